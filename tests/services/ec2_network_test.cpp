// Interfaces, Elastic IPs, NAT gateways, ACLs and flow logs.
#include "services/ec2/ec2.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

using testing::HasSubstr;

class Ec2NetworkTest : public ServiceTest {
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
  /// A VPC with a gateway and one /28 subnet.
  void SetUp() override {
    vpc_ = text(ec2("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}).at("Vpc").at("VpcId"));
    subnet_ = text(ec2("CreateSubnet", {{"VpcId", vpc_}, {"CidrBlock", "10.0.1.0/28"}})
                       .at("Subnet")
                       .at("SubnetId"));
    igw_ = text(ec2("CreateInternetGateway").at("InternetGateway").at("InternetGatewayId"));
    ec2("AttachInternetGateway", {{"InternetGatewayId", igw_}, {"VpcId", vpc_}});
  }
  int64_t free_addresses() {
    return ec2("DescribeSubnets", {{"SubnetIds", list({subnet_})}})
        .at("Subnets")[0]
        .at("AvailableIpAddressCount")
        .integer();
  }
  Value make_interface(Value more = Value::map()) {
    more.set("SubnetId", subnet_);
    return ec2("CreateNetworkInterface", more).at("NetworkInterface");
  }
  std::string vpc_, subnet_, igw_;
};

TEST_F(Ec2NetworkTest, AddressesAreTakenAndGivenBack) {
  EXPECT_EQ(free_addresses(), 11);
  const Value first = make_interface();
  EXPECT_EQ(first.at("PrivateIpAddress").text(), "10.0.1.4");
  EXPECT_EQ(first.at("PrivateDnsName").text(), "ip-10-0-1-4.ec2.internal");
  EXPECT_EQ(make_interface({{"PrivateIpAddress", "10.0.1.6"}}).at("PrivateIpAddress").text(),
            "10.0.1.6");
  EXPECT_EQ(make_interface().at("PrivateIpAddress").text(), "10.0.1.5");
  EXPECT_EQ(make_interface().at("PrivateIpAddress").text(), "10.0.1.7");
  EXPECT_EQ(
      refused("CreateNetworkInterface", {{"SubnetId", subnet_}, {"PrivateIpAddress", "10.0.1.6"}})
          .code,
      "InvalidIPAddress.InUse");
  EXPECT_EQ(
      refused("CreateNetworkInterface", {{"SubnetId", subnet_}, {"PrivateIpAddress", "10.0.9.6"}})
          .code,
      "InvalidParameterValue");
  EXPECT_EQ(free_addresses(), 7);
  ec2("DeleteNetworkInterface", {{"NetworkInterfaceId", first.at("NetworkInterfaceId")}});
  EXPECT_EQ(make_interface().at("PrivateIpAddress").text(), "10.0.1.4");
  for (int i = 0; i < 7; ++i) make_interface();
  EXPECT_EQ(free_addresses(), 0);
  EXPECT_EQ(refused("CreateNetworkInterface", {{"SubnetId", subnet_}}).code,
            "InsufficientFreeAddressesInSubnet");
  EXPECT_EQ(refused("DeleteSubnet", {{"SubnetId", subnet_}}).code, "DependencyViolation");
}

TEST_F(Ec2NetworkTest, ElasticIpsMoveAndBlockDetachment) {
  const Value address = ec2("AllocateAddress", {{"Domain", "vpc"}});
  const std::string id = text(address.at("AllocationId"));
  const std::string eni = text(make_interface().at("NetworkInterfaceId"));
  const std::string association =
      text(ec2("AssociateAddress", {{"AllocationId", id}, {"NetworkInterfaceId", eni}})
               .at("AssociationId"));
  const Value seen = ec2("DescribeNetworkInterfaces", {{"NetworkInterfaceIds", list({eni})}})
                         .at("NetworkInterfaces")[0];
  EXPECT_EQ(seen.at("Association").at("PublicIp").text(), address.at("PublicIp").text());
  EXPECT_EQ(refused("ReleaseAddress", {{"AllocationId", id}}).code, "InvalidIPAddress.InUse");
  EXPECT_EQ(refused("DetachInternetGateway", {{"InternetGatewayId", igw_}, {"VpcId", vpc_}}).code,
            "DependencyViolation");
  const std::string other = text(make_interface().at("NetworkInterfaceId"));
  EXPECT_EQ(
      refused("AssociateAddress",
              {{"AllocationId", id}, {"NetworkInterfaceId", other}, {"AllowReassociation", false}})
          .code,
      "Resource.AlreadyAssociated");
  ec2("AssociateAddress", {{"AllocationId", id}, {"NetworkInterfaceId", other}});
  EXPECT_EQ(refused("DisassociateAddress", {{"AssociationId", association}}).code,
            "InvalidAssociationID.NotFound");
  ec2("DisassociateAddress", {{"PublicIp", address.at("PublicIp")}});
  ec2("ReleaseAddress", {{"AllocationId", id}});
  EXPECT_EQ(refused("ReleaseAddress", {{"AllocationId", id}}).code, "InvalidAllocationID.NotFound");
  ec2("DetachInternetGateway", {{"InternetGatewayId", igw_}, {"VpcId", vpc_}});
}

TEST_F(Ec2NetworkTest, NatGatewayLivesAndDies) {
  const std::string allocation = text(ec2("AllocateAddress").at("AllocationId"));
  const Value made = ec2("CreateNatGateway", {{"SubnetId", subnet_}, {"AllocationId", allocation}})
                         .at("NatGateway");
  EXPECT_EQ(made.at("State").text(), "pending");
  const std::string nat = text(made.at("NatGatewayId"));
  auto state = [&] {
    const Value found =
        ec2("DescribeNatGateways", {{"NatGatewayIds", list({nat})}}).at("NatGateways");
    return text(found[0].at("State"));
  };
  EXPECT_EQ(state(), "available");
  const std::string table =
      text(ec2("CreateRouteTable", {{"VpcId", vpc_}}).at("RouteTable").at("RouteTableId"));
  ec2("CreateRoute",
      {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", nat}});
  const std::string association =
      text(ec2("DescribeAddresses").at("Addresses")[0].at("AssociationId"));
  EXPECT_EQ(refused("DisassociateAddress", {{"AssociationId", association}}).code, "AuthFailure");
  ec2("DeleteNatGateway", {{"NatGatewayId", nat}});
  EXPECT_EQ(state(), "deleted");
  EXPECT_EQ(scope().view<ec2::RouteTable>(table)->routes[1].blackhole, true);
  EXPECT_EQ(free_addresses(), 11);
  ec2("ReleaseAddress", {{"AllocationId", allocation}});
  advance(61min);
  EXPECT_EQ(refused("DescribeNatGateways", {{"NatGatewayIds", list({nat})}}).code,
            "NatGatewayNotFound");
}

TEST_F(Ec2NetworkTest, NatGatewayFailsWithoutAWayOut) {
  ec2("DetachInternetGateway", {{"InternetGatewayId", igw_}, {"VpcId", vpc_}});
  const std::string allocation = text(ec2("AllocateAddress").at("AllocationId"));
  const std::string nat =
      text(ec2("CreateNatGateway", {{"SubnetId", subnet_}, {"AllocationId", allocation}})
               .at("NatGateway")
               .at("NatGatewayId"));
  const Value seen =
      ec2("DescribeNatGateways", {{"NatGatewayIds", list({nat})}}).at("NatGateways")[0];
  EXPECT_EQ(seen.at("State").text(), "failed");
  EXPECT_EQ(seen.at("FailureCode").text(), "Gateway.NotAttached");
}

TEST_F(Ec2NetworkTest, AclEntriesAreNumberedAndUnique) {
  const Value acl = ec2("CreateNetworkAcl", {{"VpcId", vpc_}}).at("NetworkAcl");
  const std::string id = text(acl.at("NetworkAclId"));
  EXPECT_EQ(acl.at("Entries").size(), 2u);
  Value entry{{"NetworkAclId", id},
              {"RuleNumber", 100},
              {"Protocol", "tcp"},
              {"RuleAction", "allow"},
              {"Egress", false},
              {"CidrBlock", "0.0.0.0/0"},
              {"PortRange", Value{{"From", 80}, {"To", 80}}}};
  ec2("CreateNetworkAclEntry", entry);
  EXPECT_EQ(refused("CreateNetworkAclEntry", entry).code, "NetworkAclEntryAlreadyExists");
  entry.set("RuleNumber", 32767);
  EXPECT_EQ(refused("CreateNetworkAclEntry", entry).code, "InvalidParameterValue");
  const Value seen =
      ec2("DescribeNetworkAcls", {{"NetworkAclIds", list({id})}}).at("NetworkAcls")[0];
  EXPECT_EQ(seen.at("Entries")[0].at("RuleNumber").integer(), 100);
  EXPECT_EQ(seen.at("Entries")[0].at("Protocol").text(), "6");
  const Value mine =
      ec2("DescribeNetworkAcls",
          {{"Filters", list({{{"Name", "association.subnet-id"}, {"Values", list({subnet_})}}})}})
          .at("NetworkAcls")[0];
  std::string association = text(mine.at("Associations")[0].at("NetworkAclAssociationId"));
  association = text(
      ec2("ReplaceNetworkAclAssociation", {{"AssociationId", association}, {"NetworkAclId", id}})
          .at("NewAssociationId"));
  EXPECT_EQ(refused("DeleteNetworkAcl", {{"NetworkAclId", id}}).code, "DependencyViolation");
  ec2("ReplaceNetworkAclAssociation",
      {{"AssociationId", association}, {"NetworkAclId", mine.at("NetworkAclId")}});
  ec2("DeleteNetworkAcl", {{"NetworkAclId", id}});
}

TEST_F(Ec2NetworkTest, FlowLogsReportWhatFailed) {
  const Value input{{"ResourceIds", list({vpc_, "vpc-0123"})},
                    {"ResourceType", "VPC"},
                    {"TrafficType", "ALL"},
                    {"LogGroupName", "/vpc/flow"},
                    {"DeliverLogsPermissionArn", "arn:aws:iam::000000000000:role/flow"}};
  const Value made = ec2("CreateFlowLogs", input);
  EXPECT_EQ(made.at("FlowLogIds").size(), 1u);
  EXPECT_EQ(made.at("Unsuccessful")[0].at("Error").at("Code").text(), "InvalidVpcID.NotFound");
  EXPECT_EQ(ec2("CreateFlowLogs", input).at("Unsuccessful")[0].at("Error").at("Code").text(),
            "FlowLogAlreadyExists");
  EXPECT_EQ(ec2("DescribeFlowLogs",
                {{"Filter", list({{{"Name", "resource-id"}, {"Values", list({vpc_})}}})}})
                .at("FlowLogs")
                .size(),
            1u);
  EXPECT_EQ(
      ec2("DeleteFlowLogs", {{"FlowLogIds", made.at("FlowLogIds")}}).at("Unsuccessful").size(), 0u);
}

}  // namespace
}  // namespace squall
