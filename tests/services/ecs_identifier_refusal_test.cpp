// Identifiers that name nothing, or somebody else's things: asked of every operation that takes
// them.
#include <set>

#include "tests/services/ecs_service_fixture.h"

namespace squall::ecs {
namespace {

using Texts = std::vector<std::string>;
using Values = std::vector<Value>;

struct Row {
  std::string operation;
  Value input;
};

class EcsIdentifierTest : public EcsServiceTest {
 protected:
  EcsIdentifierTest() {
    put(definition());
    put(bridge());
  }
  /// Every row gives this refusal.
  void expect(const std::vector<Row>& rows, std::string_view code, std::string_view message = "") {
    for (const Row& row : rows) {
      const AwsError e = error("ecs", row.operation, row.input);
      EXPECT_EQ(e.code, code) << row.operation << ": " << e.message;
      if (!message.empty()) {
        EXPECT_EQ(e.message, message) << row.operation;
      }
    }
  }
  static std::string arn(std::string_view resource, std::string_view region = "us-east-1",
                         std::string_view account = "000000000000") {
    return cat("arn:aws:ecs:", region, ':', account, ':', resource);
  }
  static Value scale() { return {{"value", 50.0}, {"unit", "PERCENT"}}; }
  /// What takes a service, by name or ARN, beside its cluster.
  static std::vector<Row> of_service(const Value& cluster, const Value& service) {
    const Value both{{"cluster", cluster}, {"service", service}};
    const Value set{{"taskSet", "ecs-svc/1"}};
    return {
        {"CreateTaskSet", with(both, {{"taskDefinition", "app:1"}})},
        {"DeleteService", both},
        {"DeleteTaskSet", with(both, set)},
        {"DescribeTaskSets", both},
        {"ListServiceDeployments", both},
        {"UpdateService", both},
        {"UpdateServicePrimaryTaskSet", with(both, {{"primaryTaskSet", "ecs-svc/1"}})},
        {"UpdateTaskSet", with(both, with(set, {{"scale", scale()}}))},
    };
  }
  /// What takes a task or a container instance beside its cluster.
  static std::vector<Row> of_task(const Value& cluster, const std::string& task) {
    const Value one{{"cluster", cluster}, {"task", task}};
    const Value some{{"cluster", cluster}, {"tasks", Texts{task}}};
    return {
        {"DescribeTasks", some},
        {"GetTaskProtection", some},
        {"StopTask", one},
        {"SubmitContainerStateChange", one},
        {"SubmitTaskStateChange", one},
        {"UpdateTaskProtection", with(some, {{"protectionEnabled", true}})},
    };
  }
  static std::vector<Row> of_instance(const Value& cluster, const std::string& instance) {
    const Value some{{"cluster", cluster}, {"containerInstances", Texts{instance}}};
    const Value one{{"cluster", cluster}, {"containerInstance", instance}};
    const Value attributes{{"cluster", cluster},
                           {"attributes", Values{{{"name", "rack"}, {"targetId", instance}}}}};
    return {
        {"DeleteAttributes", attributes},
        {"DeregisterContainerInstance", one},
        {"DescribeContainerInstances", some},
        {"ListTasks", one},
        {"PutAttributes", attributes},
        {"StartTask", with(some, {{"taskDefinition", "bridge:1"}})},
        {"UpdateContainerAgent", one},
        {"UpdateContainerInstancesState", with(some, {{"status", "DRAINING"}})},
    };
  }
  /// What takes a cluster, by name or ARN, and nothing else that could be refused.
  static std::vector<Row> of_cluster(const Value& cluster) {
    const Value alone{{"cluster", cluster}};
    return {
        {"CreateService", with(alone, {{"serviceName", "api"}})},
        {"DeleteCluster", alone},
        {"DescribeServices", with(alone, {{"services", Texts{"api"}}})},
        {"ListAttributes", with(alone, {{"targetType", "container-instance"}})},
        {"ListContainerInstances", alone},
        {"ListDaemons", {{"clusterArn", cluster}}},
        {"ListServices", alone},
        {"ListTasks", alone},
        {"RegisterContainerInstance", alone},
        {"RunTask", with(alone, {{"taskDefinition", "app:1"}})},
        {"UpdateCluster", alone},
    };
  }
};

TEST_F(EcsIdentifierTest, UnknownClusters) {
  for (const Value& cluster : {Value("none"), Value(arn("cluster/none"))}) {
    for (const auto& rows : {of_cluster(cluster), of_service(cluster, "api"),
                             of_task(cluster, "0123"), of_instance(cluster, "0123")})
      expect(rows, "ClusterNotFoundException", "Cluster not found.");
  }
}

TEST_F(EcsIdentifierTest, ArnsNameTheirCluster) {
  const std::string daemon = arn("daemon/none/logs"), express = arn("service/none/shop");
  expect(
      {
          {"DeleteDaemon", {{"daemonArn", daemon}}},
          {"DescribeDaemon", {{"daemonArn", daemon}}},
          {"DescribeDaemonDeployments",
           {{"daemonDeploymentArns", Texts{arn("daemon-deployment/none/logs/1")}}}},
          {"DescribeDaemonRevisions",
           {{"daemonRevisionArns", Texts{arn("daemon-revision/none/logs/1")}}}},
          {"ListDaemonDeployments", {{"daemonArn", daemon}}},
          {"UpdateDaemon",
           {{"daemonArn", daemon},
            {"daemonTaskDefinitionArn", "agent:1"},
            {"capacityProviderArns", Texts{"cp"}}}},
          {"DeleteExpressGatewayService", {{"serviceArn", express}}},
          {"DescribeExpressGatewayService", {{"serviceArn", express}}},
          {"UpdateExpressGatewayService", {{"serviceArn", express}}},
          {"DescribeServiceDeployments",
           {{"serviceDeploymentArns", Texts{arn("service-deployment/none/api/1")}}}},
          {"DescribeServiceRevisions",
           {{"serviceRevisionArns", Texts{arn("service-revision/none/api/1")}}}},
      },
      "ClusterNotFoundException", "Cluster not found.");
}

TEST_F(EcsIdentifierTest, UnknownServices) {
  for (const Value& service : {Value("none"), Value(arn("service/web/none"))})
    expect(of_service("web", service), "ServiceNotFoundException", "Service not found.");
  expect({{"DescribeServiceDeployments",
           {{"serviceDeploymentArns", Texts{arn("service-deployment/web/none/1")}}}},
          {"DescribeServiceRevisions",
           {{"serviceRevisionArns", Texts{arn("service-revision/web/none/1")}}}},
          {"ListTasks", {{"cluster", "web"}, {"serviceName", "none"}}}},
         "ServiceNotFoundException", "Service not found.");
  create(fargate({{"desiredCount", 0}}));
  const std::string gone = arn("service-deployment/web/api/1");
  const Value shown =
      call("ecs", "DescribeServiceDeployments", {{"serviceDeploymentArns", Texts{gone}}});
  EXPECT_EQ(shown.at("failures")[0].at("arn").text(), gone);
  EXPECT_EQ(shown.at("failures")[0].at("reason").text(), "MISSING");
}

TEST_F(EcsIdentifierTest, WhatIsInAnotherCluster) {
  const std::string_view words =
      "Invalid identifier: Identifier is for cluster other. Your cluster is web";
  const std::string service = arn("service/other/api");
  for (const auto& rows : {of_service("web", service), of_task("web", arn("task/other/0123")),
                           of_instance("web", arn("container-instance/other/0123"))})
    expect(rows, "InvalidParameterException", words);
  expect({{"DescribeServices", {{"cluster", "web"}, {"services", Texts{service}}}},
          {"ListTasks", {{"cluster", "web"}, {"serviceName", service}}},
          {"ListTasks", {{"cluster", "web"}, {"daemonName", arn("daemon/other/logs")}}}},
         "InvalidParameterException", words);
}

TEST_F(EcsIdentifierTest, OtherRegionsAndAccounts) {
  const std::string west = "us-west-2", somebody = "111122223333";
  const std::string of_somebody =
      "Invalid identifier: Identifier is for 111122223333. Your accountId is 000000000000";
  for (const bool foreign : {false, true}) {
    auto named = [&](std::string_view resource) {
      return foreign ? arn(resource, "us-east-1", somebody) : arn(resource, west);
    };
    const std::string words = foreign ? of_somebody : "Invalid Region in ARN";
    const std::string definition = named("task-definition/app:1");
    for (const auto& rows :
         {of_cluster(named("cluster/web")), of_service("web", named("service/web/api")),
          of_task("web", named("task/web/0123")),
          of_instance("web", named("container-instance/web/0123")),
          std::vector<Row>{
              {"DescribeTaskDefinition", {{"taskDefinition", definition}}},
              {"DeregisterTaskDefinition", {{"taskDefinition", definition}}},
              {"DeleteTaskDefinitions", {{"taskDefinitions", Texts{definition}}}},
              {"RunTask", {{"cluster", "web"}, {"taskDefinition", definition}}},
              {"DescribeDaemon", {{"daemonArn", named("daemon/web/logs")}}},
              {"StopServiceDeployment",
               {{"serviceDeploymentArn", named("service-deployment/web/api/1")}}},
              {"DiscoverPollEndpoint", {{"containerInstance", named("container-instance/a/b")}}},
          }})
      expect(rows, "InvalidParameterException", words);
  }
}

TEST_F(EcsIdentifierTest, WhatIsNoIdentifier) {
  expect({{"DiscoverPollEndpoint", {{"cluster", "a b"}}},
          {"DescribeServiceDeployments", {{"serviceDeploymentArns", Texts{"x"}}}},
          {"DescribeServiceRevisions", {{"serviceRevisionArns", Texts{"x"}}}},
          {"ContinueServiceDeployment", {{"serviceDeploymentArn", "x"}, {"hookId", "h"}}},
          {"StopServiceDeployment", {{"serviceDeploymentArn", "x"}}},
          {"DescribeExpressGatewayService", {{"serviceArn", "x"}}},
          {"DeleteExpressGatewayService", {{"serviceArn", "x"}}},
          {"UpdateExpressGatewayService", {{"serviceArn", "x"}}},
          {"ListServices", {{"cluster", "web"}, {"maxResults", 0}}}},
         "InvalidParameterException");
  for (const std::string kind : {"service", "task", "container-instance"}) {
    const std::string old = arn(kind + "/0123");
    expect({{"TagResource",
             {{"resourceArn", old}, {"tags", Values{{{"key", "k"}, {"value", "v"}}}}}},
            {"UntagResource", {{"resourceArn", old}, {"tagKeys", Texts{"k"}}}},
            {"ListTagsForResource", {{"resourceArn", old}}}},
           "InvalidParameterException", "Long arn format must be used for tagging operations");
  }
  expect({{"ListTaskDefinitions", {{"familyPrefix", "a b"}}},
          {"ListTaskDefinitionFamilies", {{"familyPrefix", "a b"}}},
          {"ListDaemonTaskDefinitions", {{"family", "a b"}}},
          {"ListTasks", {{"cluster", "web"}, {"family", "a b"}}}},
         "ClientException", "Family contains invalid characters.");
  expect({{"DeleteTaskDefinitions", {{"taskDefinitions", Texts{"app:x"}}}},
          {"DeregisterTaskDefinition", {{"taskDefinition", "app:x"}}}},
         "ClientException", "Invalid revision number. Number: x");
}

TEST_F(EcsIdentifierTest, WhatARequestMustHave) {
  const std::set<std::string, std::less<>> definitions{
      "DeregisterTaskDefinition", "DescribeTaskDefinition", "RegisterTaskDefinition"};
  const model::Service model(model::generated::ecs);
  size_t asked = 0;
  for (size_t i = 0; i < model.operation_count(); ++i) {
    const model::Operation operation = model.operation(i);
    bool required = false;
    for (size_t n = 0; n < operation.input().member_count(); ++n)
      required |= operation.input().member(n).required();
    const std::string name{operation.name()};
    if (!required || name == "ExecuteCommand") continue;
    expect({{name, Value::map()}},
           definitions.contains(name) ? "ClientException" : "InvalidParameterException");
    ++asked;
  }
  EXPECT_GT(asked, 50u);
}

}  // namespace
}  // namespace squall::ecs
