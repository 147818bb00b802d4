// Peerings, endpoints, prefix lists, attributes of interfaces.
#include "services/ec2/ec2.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

class Ec2EndpointTest : public ServiceTest {
 protected:
  Value ec2(std::string_view operation, Value input = Value::map()) {
    return call("ec2", operation, input);
  }
  AwsError refused(std::string_view operation, Value input = Value::map()) {
    return error("ec2", operation, input);
  }
  static std::string text(const Value& v) { return std::string(v.text()); }
  static Value list(std::initializer_list<Value> items) {
    Value l = Value::list();
    for (const Value& item : items) l.push(item);
    return l;
  }
  std::string make_vpc(std::string_view cidr) {
    return text(ec2("CreateVpc", {{"CidrBlock", cidr}}).at("Vpc").at("VpcId"));
  }
};

TEST_F(Ec2EndpointTest, PeeringIsAcceptedAndRoutesDieWithIt) {
  const std::string a = make_vpc("10.0.0.0/16"), b = make_vpc("10.1.0.0/16");
  const Value made = ec2("CreateVpcPeeringConnection", {{"VpcId", a}, {"PeerVpcId", b}})
                         .at("VpcPeeringConnection");
  EXPECT_EQ(made.at("Status").at("Code").text(), "initiating-request");
  const std::string id = text(made.at("VpcPeeringConnectionId"));
  EXPECT_EQ(ec2("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}})
                .at("VpcPeeringConnection")
                .at("Status")
                .at("Code")
                .text(),
            "active");
  EXPECT_EQ(refused("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}}).code,
            "InvalidStateTransition");
  const std::string table = scope().view<ec2::Vpc>(a)->main_route_table_id;
  ec2("CreateRoute", {{"RouteTableId", table},
                      {"DestinationCidrBlock", "10.1.0.0/16"},
                      {"VpcPeeringConnectionId", id}});
  ec2("DeleteVpcPeeringConnection", {{"VpcPeeringConnectionId", id}});
  EXPECT_TRUE(scope().view<ec2::RouteTable>(table)->routes[1].blackhole);
  advance(3h);
  EXPECT_FALSE(scope().has<ec2::VpcPeering>(id));
}

TEST_F(Ec2EndpointTest, OverlappingPeeringFails) {
  const std::string a = make_vpc("10.0.0.0/16"), b = make_vpc("10.0.0.0/20");
  const Value made = ec2("CreateVpcPeeringConnection", {{"VpcId", a}, {"PeerVpcId", b}})
                         .at("VpcPeeringConnection");
  EXPECT_EQ(made.at("Status").at("Code").text(), "failed");
}

TEST_F(Ec2EndpointTest, GatewayEndpointPutsRoutesAndTakesThemAway) {
  const std::string vpc = make_vpc("10.0.0.0/16");
  const std::string table = scope().view<ec2::Vpc>(vpc)->main_route_table_id;
  const Value input{{"VpcId", vpc},
                    {"ServiceName", "com.amazonaws.us-east-1.s3"},
                    {"RouteTableIds", list({table})}};
  const std::string id =
      text(ec2("CreateVpcEndpoint", input).at("VpcEndpoint").at("VpcEndpointId"));
  ASSERT_EQ(scope().view<ec2::RouteTable>(table)->routes.size(), 2u);
  EXPECT_EQ(scope().view<ec2::RouteTable>(table)->routes[1].target, id);
  EXPECT_EQ(refused("CreateVpcEndpoint", input).code, "RouteAlreadyExists");
  EXPECT_EQ(refused("DeleteVpc", {{"VpcId", vpc}}).code, "DependencyViolation");
  ec2("DeleteVpcEndpoints", {{"VpcEndpointIds", list({id})}});
  EXPECT_EQ(scope().view<ec2::RouteTable>(table)->routes.size(), 1u);
  ec2("DeleteVpc", {{"VpcId", vpc}});
  EXPECT_EQ(ec2("DescribePrefixLists").at("PrefixLists").size(), 2u);
}

TEST_F(Ec2EndpointTest, InterfaceEndpointHasInterfacesAndNeedsDns) {
  const std::string vpc = make_vpc("10.0.0.0/16");
  const std::string subnet =
      text(ec2("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", "10.0.1.0/24"}})
               .at("Subnet")
               .at("SubnetId"));
  const Value input{{"VpcId", vpc},
                    {"VpcEndpointType", "Interface"},
                    {"ServiceName", "com.amazonaws.us-east-1.sqs"},
                    {"SubnetIds", list({subnet})}};
  EXPECT_EQ(refused("CreateVpcEndpoint", input).code, "InvalidParameter");
  ec2("ModifyVpcAttribute", {{"VpcId", vpc}, {"EnableDnsHostnames", Value{{"Value", true}}}});
  const Value made = ec2("CreateVpcEndpoint", input).at("VpcEndpoint");
  EXPECT_EQ(made.at("State").text(), "pending");
  EXPECT_EQ(made.at("NetworkInterfaceIds").size(), 1u);
  EXPECT_EQ(made.at("DnsEntries").size(), 3u);
  EXPECT_EQ(refused("DeleteSubnet", {{"SubnetId", subnet}}).code, "DependencyViolation");
  ec2("DeleteVpcEndpoints", {{"VpcEndpointIds", list({made.at("VpcEndpointId")})}});
  ec2("DeleteSubnet", {{"SubnetId", subnet}});
  ec2("DeleteVpc", {{"VpcId", vpc}});
}

TEST_F(Ec2EndpointTest, SecondaryAddressesAndAttributes) {
  const std::string vpc = make_vpc("10.0.0.0/16");
  const std::string subnet =
      text(ec2("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", "10.0.1.0/24"}})
               .at("Subnet")
               .at("SubnetId"));
  const std::string eni = text(ec2("CreateNetworkInterface", {{"SubnetId", subnet}})
                                   .at("NetworkInterface")
                                   .at("NetworkInterfaceId"));
  ec2("AssignPrivateIpAddresses",
      {{"NetworkInterfaceId", eni}, {"SecondaryPrivateIpAddressCount", 2}});
  EXPECT_EQ(scope().view<ec2::Subnet>(subnet)->used, 3);
  ec2("UnassignPrivateIpAddresses",
      {{"NetworkInterfaceId", eni}, {"PrivateIpAddresses", list({"10.0.1.5"})}});
  EXPECT_EQ(scope().view<ec2::Subnet>(subnet)->used, 2);
  ec2("ModifyNetworkInterfaceAttribute",
      {{"NetworkInterfaceId", eni}, {"SourceDestCheck", Value{{"Value", false}}}});
  EXPECT_FALSE(ec2("DescribeNetworkInterfaceAttribute",
                   {{"NetworkInterfaceId", eni}, {"Attribute", "sourceDestCheck"}})
                   .at("SourceDestCheck")
                   .at("Value")
                   .boolean());
}

}  // namespace
}  // namespace squall
