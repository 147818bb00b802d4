// What each operation of tasks says of clusters, definitions and names that are not there.
#include "tests/services/ecs_task_fixture.h"

namespace squall::ecs {
namespace {

class EcsTaskRefusalTest : public TaskTest {
 protected:
  std::string code(std::string_view operation, const Value& input) {
    return error("ecs", operation, input).code;
  }
  static Value tasks(std::string_view cluster, const std::vector<std::string>& names) {
    return {{"cluster", cluster}, {"tasks", names}};
  }
  Value fargate(const std::string& definition, std::string_view version) {
    return {{"cluster", "web"},
            {"taskDefinition", definition},
            {"launchType", "FARGATE"},
            {"platformVersion", version},
            {"networkConfiguration",
             {{"awsvpcConfiguration", {{"subnets", std::vector{subnet_}}}}}}};
  }
};

TEST_F(EcsTaskRefusalTest, UnknownClusters) {
  const std::vector<std::string> some{"0123456789abcdef0123456789abcdef"};
  Value protect = tasks("none", some);
  protect.set("protectionEnabled", true);
  EXPECT_EQ(code("StartTask", {{"cluster", "none"},
                               {"taskDefinition", "app"},
                               {"containerInstances", some}}),
            "ClusterNotFoundException");
  EXPECT_EQ(code("StopTask", {{"cluster", "none"}, {"task", some[0]}}),
            "ClusterNotFoundException");
  EXPECT_EQ(code("DescribeTasks", tasks("none", some)), "ClusterNotFoundException");
  EXPECT_EQ(code("ListTasks", {{"cluster", "none"}}), "ClusterNotFoundException");
  EXPECT_EQ(code("GetTaskProtection", tasks("none", some)), "ClusterNotFoundException");
  EXPECT_EQ(code("UpdateTaskProtection", protect), "ClusterNotFoundException");
}

TEST_F(EcsTaskRefusalTest, UnknownDefinitionsAndTooMuchOfAThing) {
  const std::vector<std::string> host{"0123456789abcdef0123456789abcdef"};
  EXPECT_EQ(code("StartTask", {{"cluster", "web"},
                               {"taskDefinition", "none"},
                               {"containerInstances", host}}),
            "ClientException");
  const std::vector<std::string> many(11, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(code("GetTaskProtection", tasks("web", many)), "InvalidParameterException");
  Value none = tasks("web", {});
  none.set("protectionEnabled", true);
  EXPECT_EQ(code("UpdateTaskProtection", none), "InvalidParameterException");
  const std::vector<std::string> hundred(101, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(code("DescribeTasks", tasks("web", hundred)), "InvalidParameterException");
  EXPECT_EQ(code("ListTasks", {{"cluster", "web"}, {"maxResults", 500}}),
            "InvalidParameterException");
  EXPECT_EQ(code("ListTasks", {{"cluster", "web"}, {"nextToken", "nonsense"}}),
            "InvalidParameterException");
}

TEST_F(EcsTaskRefusalTest, OldPlatformsLackWhatADefinitionNeeds) {
  TaskDefinition d = definition();
  d.document_json = R"({"ephemeralStorage":{"sizeInGiB":50}})";
  put(d);
  EXPECT_EQ(code("RunTask", fargate("app", "1.3.0")),
            "PlatformTaskDefinitionIncompatibilityException");
  EXPECT_EQ(code("RunTask", fargate("app", "1.5.0")), "PlatformUnknownException");
  const Value out = call("ecs", "RunTask", fargate("app", "LATEST"));
  EXPECT_EQ(out.at("tasks")[0].at("ephemeralStorage").at("sizeInGiB").integer(), 50);
}

TEST_F(EcsTaskRefusalTest, BothWaysOfLaunching) {
  put(definition());
  Value strategy = Value::list();
  strategy.push({{"capacityProvider", "FARGATE"}, {"weight", 1}});
  change([](sim::Scope& s) {
    s.edit<Cluster>("web").capacity_providers = {"FARGATE", "FARGATE_SPOT"};
  });
  Value input = fargate("app", "LATEST");
  input.set("capacityProviderStrategy", strategy);
  const AwsError e = error("ecs", "RunTask", input);
  EXPECT_EQ(e.message, "Specifying both a launch type and capacity provider strategy is not "
                       "supported. Remove one and try again.");
  input.set("launchType", Value());
  const Value out = call("ecs", "RunTask", input);
  EXPECT_EQ(out.at("tasks")[0].at("capacityProviderName").text(), "FARGATE");
  EXPECT_EQ(out.at("tasks")[0].at("launchType").text(), "FARGATE");
}

TEST_F(EcsTaskRefusalTest, DefaultStrategyOfTheCluster) {
  put(definition());
  change([](sim::Scope& s) {
    Cluster& cluster = s.edit<Cluster>("web");
    cluster.capacity_providers = {"FARGATE_SPOT"};
    cluster.default_strategy = {{"FARGATE_SPOT", 1, 0}};
  });
  Value input = fargate("app", "LATEST");
  input.set("launchType", Value());
  const Value out = call("ecs", "RunTask", input);
  EXPECT_EQ(out.at("tasks")[0].at("capacityProviderName").text(), "FARGATE_SPOT");
}

TEST_F(EcsTaskRefusalTest, VolumesConfiguredAtLaunch) {
  TaskDefinition d = definition();
  d.document_json = R"({"volumes":[{"name":"data","configuredAtLaunch":true}]})";
  put(d);
  const auto with = [&](std::string_view name, const Value& ebs) {
    Value volumes = Value::list();
    volumes.push({{"name", name}, {"managedEBSVolume", ebs}});
    Value input = fargate("app", "LATEST");
    input.set("volumeConfigurations", volumes);
    return input;
  };
  const std::string_view role = "arn:aws:iam::000000000000:role/ebs";
  EXPECT_EQ(code("RunTask", with("other", {{"roleArn", role}, {"sizeInGiB", 10}})),
            "InvalidParameterException");
  EXPECT_EQ(code("RunTask", with("data", {{"roleArn", role}})), "InvalidParameterException");
  const Value out = call("ecs", "RunTask", with("data", {{"roleArn", role}, {"sizeInGiB", 10}}));
  const std::string arn{out.at("tasks")[0].at("taskArn").text()};
  const auto* volume = scope().view<ec2::Volume>(task(arn).volume_id);
  ASSERT_TRUE(volume);
  EXPECT_EQ(volume->size_gib, 10);
  EXPECT_EQ(volume->zone, task(arn).zone);
  const Value shown = call("ecs", "DescribeTasks", tasks("web", {arn})).at("tasks")[0];
  EXPECT_EQ(shown.at("attachments")[0].at("type").text(), "AmazonElasticBlockStorage");
  stop(arn);
  world().drain();
  EXPECT_TRUE(scope().all<ec2::Volume>().empty());
}

}  // namespace
}  // namespace squall::ecs
