// What CreateService and UpdateService refuse, in AWS's words.
#include "tests/services/ecs_service_fixture.h"

namespace squall::ecs {
namespace {

class EcsServiceRefusalTest : public EcsServiceTest {
 protected:
  EcsServiceRefusalTest() {
    put(with_port(definition()));
    put(bridge());
  }
  std::string refusal_of(const Value& input) {
    return error("ecs", "CreateService", input).message;
  }
  Value without(Value base, std::string_view member) {
    Value out = Value::map();
    for (const Member& m : base.members())
      if (m.key.text != member) out.set(m.key, m.value);
    return out;
  }
};

TEST_F(EcsServiceRefusalTest, Networks) {
  EXPECT_EQ(refusal_of(without(fargate(), "networkConfiguration")),
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  EXPECT_EQ(
      refusal_of(bridged({{"networkConfiguration", network()}})),
      "Network Configuration is not valid for the given networkMode of this task definition.");
  EXPECT_EQ(refusal_of(fargate({{"networkConfiguration",
                                 {{"awsvpcConfiguration",
                                   {{"subnets", std::vector<std::string>{"subnet-1"}}}}}}})),
            "Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not "
            "exist (ErrorCode: InvalidSubnetID.NotFound)");
}

TEST_F(EcsServiceRefusalTest, LaunchTypes) {
  EXPECT_EQ(refusal_of(fargate({{"capacityProviderStrategy",
                                 std::vector<Value>{{{"capacityProvider", "FARGATE"},
                                                     {"weight", 1}}}}})),
            "Specifying both a launch type and capacity provider strategy is not supported. Remove "
            "one and try again.");
  EXPECT_EQ(refusal_of(bridged({{"launchType", "FARGATE"}})),
            "Task definition does not support launch_type FARGATE.");
  EXPECT_EQ(refusal_of(bridged({{"platformVersion", "1.4.0"}})),
            "The platform version must be null when specifying an EC2 launch type.");
  EXPECT_EQ(error("ecs", "CreateService", fargate({{"platformVersion", "9.9.9"}})).code,
            "PlatformUnknownException");
  EXPECT_EQ(refusal_of(fargate({{"placementConstraints",
                                 std::vector<Value>{{{"type", "distinctInstance"}}}}})),
            "Placement constraints are not supported with FARGATE launch type.");
}

TEST_F(EcsServiceRefusalTest, LoadBalancers) {
  const std::string group = add_target_group("blue");
  EXPECT_EQ(refusal_of(fargate(behind(group))),
            "The target group with targetGroupArn " + group +
                " does not have an associated load balancer.");
  const std::string other = add_target_group("hosts", "instance");
  add_load_balancer({group, other});
  EXPECT_EQ(refusal_of(fargate(behind(group, {{"containerName", "nobody"}}))),
            "The container nobody does not exist in the task definition.");
  EXPECT_EQ(refusal_of(fargate(behind(group, {{"containerPort", 81}}))),
            "The container app did not have a container port 81 defined.");
  EXPECT_EQ(refusal_of(fargate(behind(other))),
            "The provided target group " + other +
                " has target type instance, which is incompatible with the awsvpc network mode "
                "specified in the task definition.");
  EXPECT_EQ(refusal_of(fargate({{"healthCheckGracePeriodSeconds", 30}})),
            "Health check grace period is only valid for services configured to use load "
            "balancers");
  EXPECT_EQ(refusal_of(fargate(with(behind(group), {{"role", "ecsServiceRole"}}))),
            "You cannot specify an IAM role for services that require a service linked role.");
}

TEST_F(EcsServiceRefusalTest, Percents) {
  EXPECT_EQ(refusal_of(fargate({{"deploymentConfiguration",
                                 {{"maximumPercent", 100}, {"minimumHealthyPercent", 100}}}})),
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
            "deployments.");
  EXPECT_EQ(refusal_of(fargate({{"availabilityZoneRebalancing", "ENABLED"},
                                {"deploymentConfiguration",
                                 {{"maximumPercent", 100}, {"minimumHealthyPercent", 50}}}})),
            "Availability Zone rebalancing does not support maximumPercent <= 100. Increase "
            "maximumPercent and try again.");
}

TEST_F(EcsServiceRefusalTest, NamesAndPlaces) {
  EXPECT_EQ(error("ecs", "CreateService", fargate({{"cluster", "nowhere"}})).code,
            "ClusterNotFoundException");
  EXPECT_EQ(error("ecs", "CreateService", fargate({{"serviceName", "a b"}})).code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "CreateService", fargate({{"taskDefinition", "none:1"}})).code,
            "ClientException");
  EXPECT_EQ(error("ecs", "UpdateService", {{"cluster", "web"}, {"service", "none"}}).code,
            "ServiceNotFoundException");
  const Value missing = call("ecs", "DescribeServices",
                             {{"cluster", "web"}, {"services", std::vector<std::string>{"none"}}});
  EXPECT_EQ(missing.at("failures")[0].at("reason").text(), "MISSING");
  EXPECT_EQ(error("ecs", "DescribeServices",
                  {{"cluster", "web"}, {"services", std::vector<std::string>{}}})
                .message,
            "Services cannot be empty.");
  EXPECT_EQ(error("ecs", "ListServicesByNamespace", {{"namespace", "none"}}).code,
            "NamespaceNotFoundException");
}

TEST_F(EcsServiceRefusalTest, ServicesAreListedByPages) {
  for (const char* name : {"a", "b", "c"})
    create(fargate({{"serviceName", name}, {"desiredCount", 0}}));
  const Value first = call("ecs", "ListServices", {{"cluster", "web"}, {"maxResults", 2}});
  EXPECT_EQ(first.at("serviceArns").size(), 2u);
  const Value rest = call("ecs", "ListServices", {{"cluster", "web"},
                                                  {"maxResults", 2},
                                                  {"nextToken", first.at("nextToken")},
                                                  {"launchType", "FARGATE"}});
  EXPECT_EQ(rest.at("serviceArns").size(), 1u);
  EXPECT_TRUE(rest.at("nextToken").is_absent());
}

}  // namespace
}  // namespace squall::ecs
