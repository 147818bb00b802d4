// Daemons on the instances of a capacity provider, Express Gateway services, public parameters.
#include "services/ecs/managed_daemon.h"
#include "services/elbv2/elbv2.h"
#include "tests/services/ecs_instance_fixture.h"

namespace squall::ecs {
namespace {

using testing::HasSubstr;

class EcsDaemonTest : public EcsProviderTest {
 protected:
  EcsDaemonTest() {
    group(0, 4, 2, false);
    call("ecs", "CreateCapacityProvider", provider(Value::map()));
    associate();
    advance(1min);
  }
  std::string put(const std::string& image = "agent:1") {
    return std::string(
        call("ecs", "RegisterDaemonTaskDefinition",
             {{"family", "agent"},
              {"containerDefinitions",
               Values{{{"name", "agent"}, {"image", image}, {"memory", 64}}}}})
            .at("daemonTaskDefinitionArn")
            .text());
  }
  static Value wanted(const std::string& definition) {
    return {{"daemonName", "agent"},
            {"clusterArn", "web"},
            {"daemonTaskDefinitionArn", definition},
            {"capacityProviderArns", Texts{"cp"}}};
  }
  std::string status(const Value& deployment) {
    return std::string(call("ecs", "DescribeDaemonDeployments",
                            {{"daemonDeploymentArns", Texts{std::string(deployment.text())}}})
                           .at("daemonDeployments")[0]
                           .at("status")
                           .text());
  }
};

TEST_F(EcsDaemonTest, RunsOnEveryInstanceOfItsProviders) {
  ASSERT_EQ(arns().size(), 2u);
  const Value made = call("ecs", "CreateDaemon", wanted(put()));
  EXPECT_EQ(scope().by<Task>("group:web/daemon:agent").size(), 2u);
  EXPECT_EQ(status(made.at("deploymentArn")), "SUCCESSFUL");
  const Value daemon =
      call("ecs", "DescribeDaemon", {{"daemonArn", made.at("daemonArn")}}).at("daemon");
  EXPECT_EQ(daemon.at("currentRevisions")[0].at("totalRunningCount").integer(), 2);
  call("autoscaling", "SetDesiredCapacity",
       {{"AutoScalingGroupName", "asg"}, {"DesiredCapacity", 3}});
  advance(1min);
  EXPECT_EQ(scope().by<Task>("group:web/daemon:agent").size(), 3u);
  EXPECT_EQ(call("ecs", "ListDaemons", {{"clusterArn", "web"}}).at("daemonSummariesList").size(),
            1u);
}

TEST_F(EcsDaemonTest, UpdateReplacesInstanceByInstance) {
  const std::string first = put(), second = put("agent:2");
  const Value made = call("ecs", "CreateDaemon", wanted(first));
  const Value arn = made.at("daemonArn");
  const Value changed = call("ecs", "UpdateDaemon",
                             {{"daemonArn", arn},
                              {"daemonTaskDefinitionArn", second},
                              {"capacityProviderArns", Texts{"cp"}}});
  advance(5min);
  EXPECT_EQ(status(changed.at("deploymentArn")), "SUCCESSFUL");
  for (const Task* task : scope().by<Task>("group:web/daemon:agent"))
    EXPECT_EQ(task->definition, "daemon-task-definition/agent:2");
  EXPECT_EQ(call("ecs", "ListDaemonDeployments", {{"daemonArn", arn}})
                .at("daemonDeployments")
                .size(),
            2u);
  const Value revision =
      call("ecs", "DescribeDaemon", {{"daemonArn", arn}}).at("daemon").at("currentRevisions")[0];
  const Value shown = call("ecs", "DescribeDaemonRevisions",
                           {{"daemonRevisionArns", Texts{std::string(revision.at("arn").text())}}})
                          .at("daemonRevisions")[0];
  EXPECT_EQ(shown.at("daemonTaskDefinitionArn").text(), second);
  call("ecs", "DeleteDaemon", {{"daemonArn", arn}});
  advance(5min);
  EXPECT_EQ(error("ecs", "DescribeDaemon", {{"daemonArn", arn}}).code, "DaemonNotFoundException");
  EXPECT_EQ(scope().by<Task>("group:web/daemon:agent").size(), 0u);
}

TEST_F(EcsDaemonTest, RefusesWhatIsNotThere) {
  const std::string definition = put();
  Value elsewhere = wanted(definition);
  elsewhere.set("clusterArn", "none");
  EXPECT_EQ(error("ecs", "CreateDaemon", elsewhere).code, "ClusterNotFoundException");
  Value on_fargate = wanted(definition);
  on_fargate.set("capacityProviderArns", Texts{"FARGATE"});
  EXPECT_EQ(error("ecs", "CreateDaemon", on_fargate).code, "UnsupportedFeatureException");
  EXPECT_EQ(error("ecs", "CreateDaemon", wanted("none:1")).code, "ClientException");
  call("ecs", "CreateDaemon", wanted(definition));
  EXPECT_EQ(error("ecs", "CreateDaemon", wanted(definition)).code, "InvalidParameterException");
  EXPECT_EQ(error("ecs", "ListDaemons", {{"clusterArn", "none"}}).code,
            "ClusterNotFoundException");
  const std::string nobody = "arn:aws:ecs:us-east-1:000000000000:daemon/web/nobody";
  for (const std::string operation : {"DescribeDaemon", "DeleteDaemon"}) {
    EXPECT_EQ(error("ecs", operation, {{"daemonArn", nobody}}).code, "DaemonNotFoundException");
    EXPECT_EQ(error("ecs", operation, {{"daemonArn", "x"}}).code, "InvalidParameterException");
  }
  EXPECT_EQ(call("ecs", "DescribeDaemonRevisions", {{"daemonRevisionArns", Texts{nobody}}})
                .at("failures")[0]
                .at("reason")
                .text(),
            "MISSING");
}

TEST_F(EcsDaemonTest, DefinitionsHaveFamiliesOfTheirOwn) {
  put();
  put("agent:2");
  EXPECT_EQ(call("ecs", "ListTaskDefinitions").at("taskDefinitionArns").size(), 0u);
  const Value newest =
      call("ecs", "DescribeDaemonTaskDefinition", {{"daemonTaskDefinition", "agent"}})
          .at("daemonTaskDefinition");
  EXPECT_EQ(newest.at("revision").integer(), 2);
  EXPECT_EQ(newest.at("family").text(), "agent");
  EXPECT_EQ(call("ecs", "ListDaemonTaskDefinitions").at("daemonTaskDefinitions").size(), 2u);
  EXPECT_EQ(call("ecs", "ListDaemonTaskDefinitions", {{"revision", "LAST_REGISTERED"}})
                .at("daemonTaskDefinitions")
                .size(),
            1u);
  call("ecs", "DeleteDaemonTaskDefinition", {{"daemonTaskDefinition", "agent:2"}});
  EXPECT_EQ(call("ecs", "DescribeDaemonTaskDefinition", {{"daemonTaskDefinition", "agent"}})
                .at("daemonTaskDefinition")
                .at("revision")
                .integer(),
            1);
  EXPECT_EQ(error("ecs", "DescribeDaemonTaskDefinition", {{"daemonTaskDefinition", "none"}}).code,
            "ClientException");
  EXPECT_EQ(error("ecs", "DeleteDaemonTaskDefinition", {{"daemonTaskDefinition", "agent"}}).code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "DeleteDaemonTaskDefinition", {{"daemonTaskDefinition", "agent:9"}}).code,
            "ClientException");
}

class EcsExpressTest : public ServiceTest {
 protected:
  static Value wanted(const Value& more = Value::map()) {
    Value input{{"executionRoleArn", "arn:aws:iam::000000000000:role/exec"},
                {"infrastructureRoleArn", "arn:aws:iam::000000000000:role/infra"},
                {"serviceName", "shop"},
                {"primaryContainer", {{"image", "nginx"}, {"containerPort", 8080}}}};
    for (const Member& m : more.members()) input.set(m.key, m.value);
    return input;
  }
  Value create(const Value& input = wanted()) {
    return call("ecs", "CreateExpressGatewayService", input).at("service");
  }
};

TEST_F(EcsExpressTest, ComesWithLoadBalancerDomainAndScaling) {
  const Value made = create();
  EXPECT_EQ(made.at("status").at("statusCode").text(), "ACTIVE");
  const Value config = made.at("activeConfigurations")[0];
  EXPECT_THAT(std::string(config.at("ingressPaths")[0].at("endpoint").text()),
              HasSubstr(".ecs.us-east-1.on.aws/"));
  EXPECT_EQ(call("elbv2", "DescribeLoadBalancers").at("LoadBalancers").size(), 1u);
  EXPECT_EQ(scope().by<Task>("status:default/RUNNING").size(), 1u);
  EXPECT_EQ(call("application-autoscaling", "DescribeScalableTargets",
                 {{"ServiceNamespace", "ecs"}})
                .at("ScalableTargets")[0]
                .at("MaxCapacity")
                .integer(),
            20);
  create(wanted({{"serviceName", "second"}}));
  for (const auto& [type, count] : {std::pair{"ECS", 2u}, std::pair{"CUSTOMER", 0u}})
    EXPECT_EQ(call("ecs", "ListServices", {{"resourceManagementType", type}})
                  .at("serviceArns")
                  .size(),
              count);
  EXPECT_EQ(call("elbv2", "DescribeLoadBalancers").at("LoadBalancers").size(), 1u);
}

TEST_F(EcsExpressTest, ChangesAndGoes) {
  const Value arn = create().at("serviceArn");
  const Value changed = call("ecs", "UpdateExpressGatewayService",
                             {{"serviceArn", arn},
                              {"cpu", "512"},
                              {"memory", "1024"},
                              {"scalingTarget", {{"minTaskCount", 2}, {"maxTaskCount", 4}}}})
                            .at("service");
  EXPECT_EQ(changed.at("targetConfiguration").at("cpu").text(), "512");
  EXPECT_EQ(call("ecs", "DescribeExpressGatewayService", {{"serviceArn", arn}})
                .at("service")
                .at("activeConfigurations")[0]
                .at("memory")
                .text(),
            "1024");
  call("ecs", "DeleteExpressGatewayService", {{"serviceArn", arn}});
  EXPECT_EQ(error("ecs", "DescribeExpressGatewayService", {{"serviceArn", arn}}).code,
            "ResourceNotFoundException");
  EXPECT_EQ(call("elbv2", "DescribeLoadBalancers").at("LoadBalancers").size(), 0u);
  for (const std::string operation :
       {"UpdateExpressGatewayService", "DeleteExpressGatewayService"})
    EXPECT_EQ(error("ecs", operation, {{"serviceArn", arn}}).code, "ServiceNotFoundException");
}

TEST_F(EcsExpressTest, RefusedCreationLeavesNothing) {
  EXPECT_EQ(error("ecs", "CreateExpressGatewayService", wanted({{"cpu", "300"}})).code,
            "ClientException");
  EXPECT_EQ(call("elbv2", "DescribeLoadBalancers").at("LoadBalancers").size(), 0u);
  EXPECT_EQ(error("ecs", "CreateExpressGatewayService", wanted({{"cluster", "none"}})).code,
            "ClusterNotFoundException");
  EXPECT_EQ(error("ecs", "CreateExpressGatewayService", wanted({{"healthCheckPath", "x"}})).code,
            "InvalidParameterException");
}

TEST_F(EcsExpressTest, PublicParametersNameImages) {
  const std::string path = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended";
  const std::string image{call("ssm", "GetParameter", {{"Name", path + "/image_id"}})
                              .at("Parameter")
                              .at("Value")
                              .text()};
  EXPECT_EQ(image, ec2::image_id_of("us-east-1", "ecs-al2023-recommended-x86_64"));
  EXPECT_THAT(std::string(call("ssm", "GetParameter", {{"Name", path}})
                              .at("Parameter")
                              .at("Value")
                              .text()),
              HasSubstr(image));
  EXPECT_EQ(error("ssm", "GetParameter", {{"Name", "/my/own"}}).code, "ParameterNotFound");
  EXPECT_EQ(call("ssm", "GetParameters", {{"Names", Texts{"/my/own"}}})
                .at("InvalidParameters")
                .size(),
            1u);
}

}  // namespace
}  // namespace squall::ecs
