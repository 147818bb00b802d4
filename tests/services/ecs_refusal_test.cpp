// Refusals of clusters, capacity providers, definitions, instances and daemons that other tests do
// not come across.
#include "tests/services/ecs_instance_fixture.h"

namespace squall::ecs {
namespace {

using testing::HasSubstr;

class EcsRefusalTest : public EcsProviderTest {
 protected:
  struct Refusal {
    std::string operation;
    Value input;
    std::string code;
  };
  void expect(const std::vector<Refusal>& refusals) {
    for (const Refusal& r : refusals)
      EXPECT_EQ(error("ecs", r.operation, r.input).code, r.code) << r.operation;
  }
  static constexpr const char* no_cluster = "ClusterNotFoundException";
  static constexpr const char* invalid = "InvalidParameterException";
};

TEST_F(EcsRefusalTest, ClustersInUseAreKept) {
  group(0, 2, 1, false);
  const Value gone{{"cluster", "web"}};
  expect({{"DeleteCluster", gone, "ClusterContainsContainerInstancesException"}});
  call("ecs", "RegisterTaskDefinition",
       {{"family", "app"},
        {"containerDefinitions",
         Values{{{"name", "c"}, {"image", "nginx"}, {"memory", 64}}}}});
  call("ecs", "CreateService", {{"cluster", "web"},
                                {"serviceName", "app"},
                                {"taskDefinition", "app"},
                                {"desiredCount", 0},
                                {"launchType", "EC2"}});
  expect({{"DeleteCluster", gone, "ClusterContainsServicesException"}});
  call("ecs", "RunTask", {{"cluster", "web"}, {"taskDefinition", "app"}, {"launchType", "EC2"}});
  expect({{"DeregisterContainerInstance",
           {{"cluster", "web"}, {"containerInstance", arns()[0]}},
           invalid}});
  call("ecs", "CreateCluster",
       {{"clusterName", "other"}, {"capacityProviders", Texts{"FARGATE"}}});
  call("ecs", "DeleteCluster", {{"cluster", "other"}});
}

TEST_F(EcsRefusalTest, ClustersWithTasksAreKept) {
  call("ecs", "RegisterTaskDefinition",
       {{"family", "app"},
        {"networkMode", "awsvpc"},
        {"requiresCompatibilities", Texts{"FARGATE"}},
        {"cpu", "256"},
        {"memory", "512"},
        {"containerDefinitions", Values{{{"name", "c"}, {"image", "nginx"}}}}});
  call("ecs", "RunTask",
       {{"cluster", "web"},
        {"taskDefinition", "app"},
        {"launchType", "FARGATE"},
        {"networkConfiguration", {{"awsvpcConfiguration", {{"subnets", Texts{subnet_}}}}}}});
  expect({{"DeleteCluster", {{"cluster", "web"}}, "ClusterContainsTasksException"}});
}

TEST_F(EcsRefusalTest, BusyClustersWait) {
  use_latency(sim::LatencyProfile::measured);
  call("ecs", "CreateCluster",
       {{"clusterName", "busy"}, {"capacityProviders", Texts{"FARGATE"}}});
  expect({{"DeleteCluster", {{"cluster", "busy"}}, "UpdateInProgressException"}});
}

TEST_F(EcsRefusalTest, ManagedInstancesBelongToACluster) {
  const Value managed{
      {"infrastructureRoleArn", "arn:aws:iam::000000000000:role/infra"},
      {"instanceLaunchTemplate",
       {{"ec2InstanceProfileArn", "arn:aws:iam::000000000000:instance-profile/ecs"},
        {"networkConfiguration", {{"subnets", Texts{subnet_}}}}}}};
  expect({{"CreateCapacityProvider", {{"name", "mi"}, {"managedInstancesProvider", managed}},
           invalid},
          {"CreateCapacityProvider",
           {{"name", "mi"}, {"cluster", "none"}, {"managedInstancesProvider", managed}},
           no_cluster}});
  call("ecs", "CreateCapacityProvider",
       {{"name", "mi"}, {"cluster", "web"}, {"managedInstancesProvider", managed}});
  expect({{"DeleteCluster", {{"cluster", "web"}}, "ClusterContainsCapacityProviderException"},
          {"UpdateCapacityProvider",
           {{"name", "mi"}, {"cluster", "none"}, {"managedInstancesProvider", managed}},
           no_cluster},
          {"DeleteCapacityProvider", {{"capacityProvider", "mi"}, {"cluster", "none"}},
           no_cluster},
          {"DeleteCapacityProvider", {{"capacityProvider", "arn:aws:ecs:x"}}, invalid}});
  EXPECT_EQ(call("ecs", "DescribeCapacityProviders", {{"cluster", "web"}})
                .at("capacityProviders")[0]
                .at("type")
                .text(),
            "MANAGED_INSTANCES");
  call("ecs", "DeleteCapacityProvider", {{"capacityProvider", "mi"}});
  call("ecs", "DeleteCluster", {{"cluster", "web"}});
}

TEST_F(EcsRefusalTest, ClustersMustBeThere) {
  const Values attachments{{{"attachmentArn", "a"}, {"status", "ATTACHED"}}};
  expect({
      {"PutClusterCapacityProviders",
       {{"cluster", "none"},
        {"capacityProviders", Texts{}},
        {"defaultCapacityProviderStrategy", Values{}}},
       no_cluster},
      {"UpdateClusterSettings",
       {{"cluster", "none"},
        {"settings", Values{{{"name", "containerInsights"}, {"value", "enabled"}}}}},
       no_cluster},
      {"DescribeCapacityProviders", {{"cluster", "none"}}, no_cluster},
      {"DescribeCapacityProviders", {{"maxResults", 0}}, invalid},
      {"DescribeClusters", {{"clusters", Texts{"a/b"}}}, invalid},
      {"DeleteCluster", {{"cluster", "a/b"}}, invalid},
      {"SubmitAttachmentStateChanges",
       {{"cluster", "none"}, {"attachments", attachments}},
       no_cluster},
      {"SubmitAttachmentStateChanges",
       {{"cluster", "web"},
        {"attachments", Values{{{"attachmentArn", "a"}, {"status", "WHAT"}}}}},
       invalid},
      {"SubmitContainerStateChange", {{"cluster", "none"}, {"task", "t"}}, no_cluster},
      {"SubmitContainerStateChange", {{"cluster", "web"}, {"task", "t"}}, invalid},
      {"SubmitTaskStateChange", {{"cluster", "none"}, {"task", "t"}}, no_cluster},
      {"SubmitTaskStateChange", {{"cluster", "web"}, {"task", "t"}}, invalid},
      {"RegisterContainerInstance",
       {{"cluster", "web"},
        {"totalResources", Values{{{"name", "CPU"}, {"type", "WHAT"}}}}},
       invalid},
      {"DescribeTaskDefinition", {{"taskDefinition", "arn:aws:s3:::x"}}, invalid},
  });
}

TEST_F(EcsRefusalTest, ProvidersOfServicesStay) {
  group(0, 2, 1, false);
  call("ecs", "CreateCapacityProvider", provider(Value::map()));
  associate();
  call("ecs", "RegisterTaskDefinition",
       {{"family", "app"},
        {"containerDefinitions",
         Values{{{"name", "c"}, {"image", "nginx"}, {"memory", 64}}}}});
  call("ecs", "CreateService",
       {{"cluster", "web"},
        {"serviceName", "app"},
        {"taskDefinition", "app"},
        {"desiredCount", 1},
        {"capacityProviderStrategy", Values{{{"capacityProvider", "cp"}, {"weight", 1}}}}});
  expect({{"PutClusterCapacityProviders",
           {{"cluster", "web"},
            {"capacityProviders", Texts{}},
            {"defaultCapacityProviderStrategy", Values{}}},
           "ResourceInUseException"}});
}

TEST_F(EcsRefusalTest, DaemonsAreCheckedWhenTheyChange) {
  group(0, 2, 1, false);
  call("ecs", "CreateCapacityProvider", provider(Value::map()));
  associate();
  const Value definition = call("ecs", "RegisterDaemonTaskDefinition",
                                {{"family", "agent"},
                                 {"containerDefinitions",
                                  Values{{{"name", "a"}, {"image", "a"}, {"memory", 64}}}}})
                               .at("daemonTaskDefinitionArn");
  const Value arn = call("ecs", "CreateDaemon",
                         {{"daemonName", "agent"},
                          {"clusterArn", "web"},
                          {"daemonTaskDefinitionArn", definition},
                          {"capacityProviderArns", Texts{"cp"}}})
                        .at("daemonArn");
  auto change = [&](const Value& daemon, const std::string& provider_name) {
    return Value{{"daemonArn", daemon},
                 {"daemonTaskDefinitionArn", definition},
                 {"capacityProviderArns", Texts{provider_name}}};
  };
  Value undefined = change(arn, "cp");
  undefined.set("daemonTaskDefinitionArn", "none:1");
  expect({
      {"UpdateDaemon", undefined, "ClientException"},
      {"UpdateDaemon", change(arn, "none"), invalid},
      {"UpdateDaemon", change(arn, "FARGATE"), "UnsupportedFeatureException"},
      {"UpdateDaemon", change("arn:aws:ecs:us-east-1:000000000000:daemon/web/no", "cp"),
       "DaemonNotFoundException"},
      {"DescribeDaemonDeployments", {{"daemonDeploymentArns", Texts{}}}, invalid},
      {"DescribeDaemonRevisions", {{"daemonRevisionArns", Texts{}}}, invalid},
      {"ListDaemonDeployments", {{"daemonArn", "x"}}, invalid},
      {"ListDaemonTaskDefinitions", {{"family", "a"}, {"familyPrefix", "b"}}, invalid},
      {"ListDaemons", {{"clusterArn", "a/b"}}, invalid},
      {"RegisterDaemonTaskDefinition",
       {{"family", ""},
        {"containerDefinitions", Values{{{"name", "a"}, {"image", "a"}, {"memory", 64}}}}},
       "ClientException"},
  });
  use_latency(sim::LatencyProfile::measured);
  call("ecs", "DeleteDaemon", {{"daemonArn", arn}});
  expect({{"UpdateDaemon", change(arn, "cp"), "DaemonNotActiveException"},
          {"DeleteDaemon", {{"daemonArn", arn}}, "DaemonNotActiveException"}});
}

}  // namespace
}  // namespace squall::ecs
