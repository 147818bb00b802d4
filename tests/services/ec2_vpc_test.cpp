// VPCs, subnets, routes, gateways and groups: side effects, refusals, filters, pages.
#include "services/ec2/ec2.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

using testing::HasSubstr;

class Ec2VpcTest : public ServiceTest {
 protected:
  Value ec2(std::string_view operation, Value input = Value::map()) {
    return call("ec2", operation, input);
  }
  AwsError refused(std::string_view operation, Value input = Value::map()) {
    return error("ec2", operation, input);
  }
  std::string text(const Value& v) { return std::string(v.text()); }
  std::string make_vpc(std::string_view cidr = "10.0.0.0/16") {
    return text(ec2("CreateVpc", {{"CidrBlock", cidr}}).at("Vpc").at("VpcId"));
  }
  std::string make_subnet(const std::string& vpc, std::string_view cidr) {
    return text(
        ec2("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", cidr}}).at("Subnet").at("SubnetId"));
  }
  static Value list(std::initializer_list<Value> items) {
    Value l = Value::list();
    for (const Value& item : items) l.push(item);
    return l;
  }
  static Value filter(std::string_view name, std::string_view value) {
    return list({{{"Name", name}, {"Values", list({value})}}});
  }
};

TEST_F(Ec2VpcTest, CreateVpcShowsPendingThenAvailable) {
  const Value vpc = ec2("CreateVpc", {{"CidrBlock", "10.0.0.7/16"}}).at("Vpc");
  EXPECT_EQ(vpc.at("State").text(), "pending");
  EXPECT_EQ(vpc.at("CidrBlock").text(), "10.0.0.0/16");
  EXPECT_THAT(text(vpc.at("VpcId")), testing::MatchesRegex("vpc-0[0-9a-f]{16}"));
  const Value seen = ec2("DescribeVpcs", {{"VpcIds", list({vpc.at("VpcId")})}}).at("Vpcs")[0];
  EXPECT_EQ(seen.at("State").text(), "available");
  EXPECT_TRUE(seen.at("Tags").is_absent());
}

TEST_F(Ec2VpcTest, AVpcBringsMainTableDefaultGroupAndAcl) {
  const std::string vpc = make_vpc();
  const Value tables =
      ec2("DescribeRouteTables", {{"Filters", filter("vpc-id", vpc)}}).at("RouteTables");
  ASSERT_EQ(tables.size(), 1u);
  EXPECT_TRUE(tables[0].at("Associations")[0].at("Main").boolean());
  EXPECT_EQ(tables[0].at("Routes")[0].at("GatewayId").text(), "local");
  const Value groups =
      ec2("DescribeSecurityGroups", {{"Filters", filter("vpc-id", vpc)}}).at("SecurityGroups");
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].at("Description").text(), "default VPC security group");
  EXPECT_EQ(groups[0].at("IpPermissions")[0].at("UserIdGroupPairs")[0].at("GroupId").text(),
            groups[0].at("GroupId").text());
  EXPECT_EQ(groups[0].at("IpPermissionsEgress")[0].at("IpRanges")[0].at("CidrIp").text(),
            "0.0.0.0/0");
}

TEST_F(Ec2VpcTest, RefusesSizesAndOverlaps) {
  EXPECT_EQ(refused("CreateVpc", {{"CidrBlock", "10.0.0.0/8"}}).code, "InvalidVpc.Range");
  EXPECT_EQ(refused("CreateVpc", {{"CidrBlock", "nonsense"}}).code, "InvalidParameterValue");
  const std::string vpc = make_vpc();
  make_subnet(vpc, "10.0.1.0/24");
  EXPECT_EQ(refused("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", "10.0.1.128/25"}}).message,
            "The CIDR '10.0.1.128/25' conflicts with another subnet");
  EXPECT_EQ(refused("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", "10.1.0.0/24"}}).code,
            "InvalidSubnet.Range");
  EXPECT_THAT(
      refused("CreateSubnet",
              {{"VpcId", vpc}, {"CidrBlock", "10.0.2.0/24"}, {"AvailabilityZone", "us-east-1z"}})
          .message,
      HasSubstr("Subnets can currently only be created in the following availability zones: "
                "us-east-1a, us-east-1b"));
  EXPECT_EQ(refused("DescribeVpcs", {{"VpcIds", list({"vpc-0123"})}}).message,
            "The vpc ID 'vpc-0123' does not exist");
  EXPECT_EQ(refused("DescribeVpcs", {{"VpcIds", list({"pizza"})}}).code, "InvalidVpcID.Malformed");
}

TEST_F(Ec2VpcTest, DeletionWaitsForDependencies) {
  const std::string before = world().dump();
  const std::string vpc = make_vpc();
  const std::string subnet = make_subnet(vpc, "10.0.1.0/24");
  EXPECT_EQ(refused("DeleteVpc", {{"VpcId", vpc}}).message,
            "The vpc '" + vpc + "' has dependencies and cannot be deleted.");
  ec2("DeleteSubnet", {{"SubnetId", subnet}});
  const std::string igw =
      text(ec2("CreateInternetGateway").at("InternetGateway").at("InternetGatewayId"));
  ec2("AttachInternetGateway", {{"InternetGatewayId", igw}, {"VpcId", vpc}});
  EXPECT_EQ(refused("DeleteVpc", {{"VpcId", vpc}}).code, "DependencyViolation");
  EXPECT_EQ(refused("DeleteInternetGateway", {{"InternetGatewayId", igw}}).code,
            "DependencyViolation");
  ec2("DetachInternetGateway", {{"InternetGatewayId", igw}, {"VpcId", vpc}});
  EXPECT_EQ(refused("DetachInternetGateway", {{"InternetGatewayId", igw}, {"VpcId", vpc}}).code,
            "Gateway.NotAttached");
  ec2("DeleteInternetGateway", {{"InternetGatewayId", igw}});
  ec2("DeleteVpc", {{"VpcId", vpc}});
  EXPECT_FALSE(scope().has<ec2::Vpc>(vpc));
}

TEST_F(Ec2VpcTest, EveryRegionHasADefaultVpc) {
  const Value vpcs = ec2("DescribeVpcs", {{"Filters", filter("is-default", "true")}}).at("Vpcs");
  ASSERT_EQ(vpcs.size(), 1u);
  EXPECT_EQ(vpcs[0].at("CidrBlock").text(), "172.31.0.0/16");
  const Value subnets =
      ec2("DescribeSubnets", {{"Filters", filter("default-for-az", "true")}}).at("Subnets");
  EXPECT_EQ(subnets.size(), 6u);
  EXPECT_EQ(subnets[0].at("AvailableIpAddressCount").integer(), 4091);
  EXPECT_EQ(refused("CreateDefaultVpc").code, "DefaultVpcAlreadyExists");
}

TEST_F(Ec2VpcTest, RoutesGoToOneTargetAndTurnBlack) {
  const std::string vpc = make_vpc(), subnet = make_subnet(vpc, "10.0.1.0/24");
  const std::string igw =
      text(ec2("CreateInternetGateway").at("InternetGateway").at("InternetGatewayId"));
  const std::string table =
      text(ec2("CreateRouteTable", {{"VpcId", vpc}}).at("RouteTable").at("RouteTableId"));
  const Value route{
      {"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", igw}};
  EXPECT_THAT(refused("CreateRoute", route).message, HasSubstr("belong to different networks"));
  ec2("AttachInternetGateway", {{"InternetGatewayId", igw}, {"VpcId", vpc}});
  ec2("CreateRoute", route);
  const std::string association =
      text(ec2("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", subnet}})
               .at("AssociationId"));
  EXPECT_EQ(refused("DeleteRouteTable", {{"RouteTableId", table}}).code, "DependencyViolation");
  ec2("DetachInternetGateway", {{"InternetGatewayId", igw}, {"VpcId", vpc}});
  const Value seen =
      ec2("DescribeRouteTables", {{"RouteTableIds", list({table})}}).at("RouteTables")[0];
  EXPECT_EQ(seen.at("Routes")[1].at("State").text(), "blackhole");
  ec2("DisassociateRouteTable", {{"AssociationId", association}});
  ec2("DeleteRouteTable", {{"RouteTableId", table}});
}

TEST_F(Ec2VpcTest, MainAssociationMovesToAnotherTable) {
  const std::string vpc = make_vpc();
  const Value main = ec2("DescribeRouteTables", {{"Filters", filter("association.main", "true")}});
  std::string association;
  for (const Value& t : main.at("RouteTables").items())
    if (t.at("VpcId").text() == vpc)
      association = text(t.at("Associations")[0].at("RouteTableAssociationId"));
  const std::string table =
      text(ec2("CreateRouteTable", {{"VpcId", vpc}}).at("RouteTable").at("RouteTableId"));
  ec2("ReplaceRouteTableAssociation", {{"AssociationId", association}, {"RouteTableId", table}});
  EXPECT_EQ(scope().view<ec2::Vpc>(vpc)->main_route_table_id, table);
}

TEST_F(Ec2VpcTest, DryRunSaysSoAndChangesNothing) {
  const std::string before = world().dump();
  const AwsError e = refused("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}, {"DryRun", true}});
  EXPECT_EQ(e.code, "DryRunOperation");
  EXPECT_EQ(e.status, 412);
}

TEST_F(Ec2VpcTest, PagesAndFiltersWithWildcards) {
  for (int i = 0; i < 12; ++i) {
    const std::string vpc = make_vpc("10." + std::to_string(i) + ".0.0/16");
    ec2("CreateTags", {{"Resources", list({vpc})},
                       {"Tags", list({{{"Key", "Name"}, {"Value", "web-" + std::to_string(i)}}})}});
  }
  size_t seen = 0, pages = 0;
  std::string token;
  do {
    Value input{{"MaxResults", 5}, {"Filters", filter("tag:Name", "web-*")}};
    if (!token.empty()) input.set("NextToken", token);
    const Value page = ec2("DescribeVpcs", input);
    seen += page.at("Vpcs").size();
    token = text(page.at("NextToken"));
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(seen, 12u);
  EXPECT_EQ(pages, 3u);
  EXPECT_EQ(refused("DescribeVpcs", {{"MaxResults", 4}}).code, "InvalidParameterValue");
  EXPECT_EQ(refused("DescribeVpcs", {{"Filters", filter("pizza", "x")}}).message,
            "The filter 'pizza' is invalid");
  EXPECT_EQ(ec2("DescribeTags", {{"Filters", filter("value", "web-1?")}}).at("Tags").size(), 2u);
}

TEST_F(Ec2VpcTest, SecurityGroupRulesSpeakAsAws) {
  const std::string vpc = make_vpc();
  const std::string group = text(
      ec2("CreateSecurityGroup", {{"GroupName", "web"}, {"Description", "web"}, {"VpcId", vpc}})
          .at("GroupId"));
  EXPECT_EQ(
      refused("CreateSecurityGroup", {{"GroupName", "web"}, {"Description", "web"}, {"VpcId", vpc}})
          .code,
      "InvalidGroup.Duplicate");
  const Value permission{{"IpProtocol", "tcp"},
                         {"FromPort", 80},
                         {"ToPort", 80},
                         {"IpRanges", list({{{"CidrIp", "0.0.0.0/0"}, {"Description", "all"}}})}};
  const Value input{{"GroupId", group}, {"IpPermissions", list({permission})}};
  const Value rules = ec2("AuthorizeSecurityGroupIngress", input).at("SecurityGroupRules");
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules[0].at("CidrIpv4").text(), "0.0.0.0/0");
  EXPECT_EQ(refused("AuthorizeSecurityGroupIngress", input).message,
            "the specified rule \"peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW\" "
            "already exists");
  EXPECT_EQ(refused("AuthorizeSecurityGroupIngress",
                    {{"GroupId", group},
                     {"IpPermissions", list({{{"IpProtocol", "tcp"}, {"FromPort", 80}}})}})
                .message,
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.");
  EXPECT_EQ(ec2("DescribeSecurityGroups", {{"Filters", filter("ip-permission.from-port", "80")}})
                .at("SecurityGroups")
                .size(),
            1u);
  ec2("RevokeSecurityGroupIngress",
      {{"GroupId", group}, {"SecurityGroupRuleIds", list({rules[0].at("SecurityGroupRuleId")})}});
  EXPECT_EQ(refused("RevokeSecurityGroupIngress", input).code, "InvalidPermission.NotFound");
  ec2("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                        {"IpProtocol", "tcp"},
                                        {"FromPort", 22},
                                        {"ToPort", 22},
                                        {"CidrIp", "10.0.0.0/16"}});
  EXPECT_EQ(ec2("DescribeSecurityGroupRules", {{"Filters", filter("group-id", group)}})
                .at("SecurityGroupRules")
                .size(),
            2u);
  ec2("DeleteSecurityGroup", {{"GroupId", group}});
}

TEST_F(Ec2VpcTest, ReferencedGroupsStay) {
  const std::string vpc = make_vpc();
  auto make = [&](std::string_view name) {
    return text(
        ec2("CreateSecurityGroup", {{"GroupName", name}, {"Description", "x"}, {"VpcId", vpc}})
            .at("GroupId"));
  };
  const std::string alb = make("alb"), web = make("web");
  ec2("AuthorizeSecurityGroupIngress",
      {{"GroupId", web},
       {"IpPermissions", list({{{"IpProtocol", "tcp"},
                                {"FromPort", 80},
                                {"ToPort", 80},
                                {"UserIdGroupPairs", list({{{"GroupId", alb}}})}}})}});
  EXPECT_EQ(refused("DeleteSecurityGroup", {{"GroupId", alb}}).message,
            "resource " + alb + " has a dependent object");
  ec2("DeleteSecurityGroup", {{"GroupId", web}});
  ec2("DeleteSecurityGroup", {{"GroupId", alb}});
}

}  // namespace
}  // namespace squall
