// What ECS refuses because of the state that things are in: services going away, deployments of
// others, updates under way, quotas.
#include "tests/services/ecs_instance_fixture.h"
#include "tests/services/ecs_service_fixture.h"

namespace squall::ecs {
namespace {

class EcsServiceStateTest : public EcsServiceTest {
 protected:
  EcsServiceStateTest() {
    put(definition());
    TaskDefinition large = definition("large");
    large.document_json = R"({"ephemeralStorage":{"sizeInGiB":50}})";
    put(large);
  }
  void external() {
    create({{"cluster", "web"},
            {"serviceName", "api"},
            {"desiredCount", 2},
            {"deploymentController", {{"type", "EXTERNAL"}}}});
  }
  Value new_set(const Value& more = Value::map()) {
    return with({{"cluster", "web"},
                 {"service", "api"},
                 {"taskDefinition", "app:1"},
                 {"launchType", "FARGATE"},
                 {"networkConfiguration", network()},
                 {"scale", {{"value", 50.0}, {"unit", "PERCENT"}}}},
                more);
  }
  Value on(const Value& more = Value::map()) {
    return with({{"cluster", "web"}, {"service", "api"}}, more);
  }
  std::string code(std::string_view operation, const Value& input) {
    return error("ecs", operation, input).code;
  }
};

TEST_F(EcsServiceStateTest, TaskSetsNeedAnActiveService) {
  use_latency(sim::LatencyProfile::measured);
  external();
  const Value set = call("ecs", "CreateTaskSet", new_set()).at("taskSet").at("id");
  ASSERT_TRUE(eventually([&] { return live().size() == 1; }));
  const Value scale{{"value", 10.0}, {"unit", "PERCENT"}};
  EXPECT_EQ(code("UpdateTaskSet", on({{"taskSet", "ecs-svc/1"}, {"scale", scale}})),
            "TaskSetNotFoundException");
  EXPECT_EQ(code("UpdateServicePrimaryTaskSet", on({{"primaryTaskSet", "ecs-svc/1"}})),
            "TaskSetNotFoundException");
  call("ecs", "DeleteService", on({{"force", true}}));
  ASSERT_EQ(service().status, "DRAINING");
  for (const auto& [operation, input] : std::vector<std::pair<std::string, Value>>{
           {"CreateTaskSet", new_set()},
           {"UpdateTaskSet", on({{"taskSet", set}, {"scale", scale}})},
           {"UpdateServicePrimaryTaskSet", on({{"primaryTaskSet", set}})},
           {"DeleteTaskSet", on({{"taskSet", set}})},
           {"UpdateService", on({{"desiredCount", 1}})}}) {
    const AwsError e = error("ecs", operation, input);
    EXPECT_EQ(e.code, "ServiceNotActiveException") << operation;
    EXPECT_EQ(e.message, "Service was not ACTIVE.");
  }
  EXPECT_EQ(call("ecs", "DescribeTaskSets", on()).at("taskSets").size(), 1u);
  ASSERT_TRUE(eventually([&] { return service().status == "INACTIVE"; }));
  EXPECT_EQ(code("DescribeTaskSets", on()), "ServiceNotActiveException");
}

TEST_F(EcsServiceStateTest, TaskSetsAreCheckedAsServicesAre) {
  external();
  EXPECT_EQ(code("CreateTaskSet", new_set({{"taskDefinition", "none:1"}})), "ClientException");
  EXPECT_EQ(code("CreateTaskSet", new_set({{"platformVersion", "9.9.9"}})),
            "PlatformUnknownException");
  EXPECT_EQ(code("CreateTaskSet",
                 new_set({{"taskDefinition", "large:1"}, {"platformVersion", "1.3.0"}})),
            "PlatformTaskDefinitionIncompatibilityException");
  for (int n = 0; n < 5; ++n) call("ecs", "CreateTaskSet", new_set({{"scale", Value()}}));
  EXPECT_EQ(error("ecs", "CreateTaskSet", new_set()).message,
            "5 deployments exist on the service. Unable to create new TaskSet since this exceeds "
            "the maximum limit.");
}

TEST_F(EcsServiceStateTest, UpdatesAreCheckedAsCreationsAre) {
  EXPECT_EQ(code("CreateService",
                 fargate({{"taskDefinition", "large:1"}, {"platformVersion", "1.3.0"}})),
            "PlatformTaskDefinitionIncompatibilityException");
  create(fargate());
  const auto before = service();
  EXPECT_EQ(code("UpdateService", on({{"taskDefinition", "none:1"}})), "ClientException");
  EXPECT_EQ(code("UpdateService", on({{"platformVersion", "9.9.9"}})),
            "PlatformUnknownException");
  EXPECT_EQ(code("UpdateService",
                 on({{"taskDefinition", "large:1"}, {"platformVersion", "1.3.0"}})),
            "PlatformTaskDefinitionIncompatibilityException");
  EXPECT_EQ(code("UpdateService",
                 on({{"desiredCount", 7},
                     {"serviceConnectConfiguration", {{"enabled", true}, {"namespace", "no"}}}})),
            "NamespaceNotFoundException");
  EXPECT_EQ(service().desired, before.desired);
  EXPECT_EQ(service().spec.definition, before.spec.definition);
  EXPECT_EQ(service().deployments.size(), before.deployments.size());
}

TEST_F(EcsServiceStateTest, VolumesOfServicesAreCheckedAsThoseOfTasks) {
  TaskDefinition d = definition("disk");
  d.document_json = R"({"volumes":[{"name":"data","configuredAtLaunch":true}]})";
  put(d);
  auto volumes = [](std::string_view name) {
    return Value{{"volumeConfigurations",
                  std::vector<Value>{
                      {{"name", name},
                       {"managedEBSVolume",
                        {{"roleArn", "arn:aws:iam::000000000000:role/ebs"}, {"sizeInGiB", 10}}}}}}};
  };
  const Value wanted = fargate({{"taskDefinition", "disk:1"}, {"desiredCount", 1}});
  EXPECT_EQ(code("CreateService", with(wanted, volumes("other"))), "InvalidParameterException");
  create(with(wanted, volumes("data")));
  EXPECT_EQ(scope().all<ec2::Volume>().size(), 1u);
  EXPECT_EQ(code("UpdateService", on(volumes("other"))), "InvalidParameterException");
}

TEST_F(EcsServiceStateTest, DeploymentsThatAreNotThere) {
  const std::string arn =
      "arn:aws:ecs:us-east-1:000000000000:service-deployment/web/api/0123456789";
  for (const auto& [operation, input] : std::vector<std::pair<std::string, Value>>{
           {"StopServiceDeployment", {{"serviceDeploymentArn", arn}}},
           {"ContinueServiceDeployment", {{"serviceDeploymentArn", arn}, {"hookId", "hook"}}}})
    EXPECT_EQ(code(operation, input), "ServiceDeploymentNotFoundException") << operation;
}

TEST_F(EcsServiceStateTest, ExpressServicesWhoseServiceWasDeleted) {
  const Value made =
      call("ecs", "CreateExpressGatewayService",
           {{"executionRoleArn", "arn:aws:iam::000000000000:role/exec"},
            {"infrastructureRoleArn", "arn:aws:iam::000000000000:role/infra"},
            {"serviceName", "shop"},
            {"primaryContainer", {{"image", "nginx"}, {"containerPort", 8080}}}})
          .at("service");
  const Value arn = made.at("serviceArn");
  EXPECT_EQ(code("UpdateExpressGatewayService", {{"serviceArn", arn}, {"cpu", "300"}}),
            "ClientException");
  call("ecs", "DeleteService", {{"service", "shop"}, {"force", true}});
  EXPECT_EQ(code("UpdateExpressGatewayService", {{"serviceArn", arn}}),
            "ServiceNotActiveException");
  EXPECT_EQ(code("DeleteExpressGatewayService", {{"serviceArn", arn}}),
            "ServiceNotActiveException");
}

TEST_F(EcsServiceStateTest, AgentsThatCannotBeUpdated) {
  const std::string host = add_host("a");
  change([&](sim::Scope& s) {
    auto& instance = s.edit<ContainerInstance>(host);
    instance.agent_version = "1.50.0";
    instance.agent_connected = false;
    s.edit<ec2::Instance>(instance.instance_id).state = "stopped";
  });
  EXPECT_EQ(code("UpdateContainerAgent", {{"cluster", "web"}, {"containerInstance", host}}),
            "ClientException");
}

TEST_F(EcsServiceStateTest, DefinitionsHaveQuotas) {
  const std::vector<Value> containers{{{"name", "app"}, {"image", "nginx"}, {"memory", 64}}};
  const Value wanted{{"family", "many"}, {"containerDefinitions", containers}};
  sim::Scope here = scope();
  for (int n = 0; n < 1'000'000; ++n) {
    here.next_ordinal("task-definition", "many");
    here.next_ordinal("daemon-task-definition", "many");
  }
  EXPECT_EQ(code("RegisterTaskDefinition", wanted), "LimitExceededException");
  EXPECT_EQ(code("RegisterDaemonTaskDefinition", wanted), "LimitExceededException");
  EXPECT_TRUE(here.by<TaskDefinition>("family:many").empty());
  const std::vector<Value> labelled{
      with(containers[0], {{"dockerLabels", {{"long", std::string(70'000, 'x')}}}})};
  const AwsError e =
      error("ecs", "RegisterTaskDefinition", with(wanted, {{"containerDefinitions", labelled}}));
  EXPECT_EQ(e.code, "ClientException");
  EXPECT_THAT(e.message, testing::EndsWith("Max allowed length is '65536' bytes."));
}

class EcsClusterStateTest : public EcsProviderTest {
 protected:
  Value managed(const std::string& name, const std::string& cluster) {
    return {{"name", name},
            {"cluster", cluster},
            {"managedInstancesProvider",
             {{"infrastructureRoleArn", "arn:aws:iam::000000000000:role/infra"},
              {"instanceLaunchTemplate",
               {{"ec2InstanceProfileArn", "arn:aws:iam::000000000000:instance-profile/ecs"},
                {"networkConfiguration", {{"subnets", Texts{subnet_}}}}}}}}};
  }
};

TEST_F(EcsClusterStateTest, BusyClustersTakeNoOtherChange) {
  use_latency(sim::LatencyProfile::measured);
  call("ecs", "CreateCapacityProvider", managed("mine", "web"));
  call("ecs", "PutClusterCapacityProviders",
       {{"cluster", "web"},
        {"capacityProviders", Texts{"mine", "FARGATE"}},
        {"defaultCapacityProviderStrategy", Values{}}});
  for (const auto& [operation, input] : std::vector<std::pair<std::string, Value>>{
           {"CreateCapacityProvider", managed("other", "web")},
           {"DeleteCapacityProvider", {{"capacityProvider", "mine"}}},
           {"UpdateClusterSettings",
            {{"cluster", "web"},
             {"settings", Values{{{"name", "containerInsights"}, {"value", "enabled"}}}}}}}) {
    const AwsError e = error("ecs", operation, input);
    EXPECT_EQ(e.code, "UpdateInProgressException") << operation;
    EXPECT_THAT(e.message, testing::StartsWith("The specified cluster is in a busy state."));
  }
  advance(1min);
  call("ecs", "DeleteCapacityProvider", {{"capacityProvider", "mine"}});
}

TEST_F(EcsClusterStateTest, TwentyProvidersACluster) {
  for (int n = 0; n < 20; ++n)
    call("ecs", "CreateCapacityProvider", managed(cat("p", n), "web"));
  EXPECT_EQ(error("ecs", "CreateCapacityProvider", managed("more", "web")).code,
            "LimitExceededException");
  EXPECT_FALSE(scope().has<CapacityProvider>("more"));
}

TEST_F(EcsClusterStateTest, DefaultNamespacesMustExist) {
  const std::string none = "arn:aws:servicediscovery:us-east-1:000000000000:namespace/ns-none";
  EXPECT_EQ(error("ecs", "CreateCluster",
                  {{"clusterName", "other"}, {"serviceConnectDefaults", {{"namespace", none}}}})
                .code,
            "NamespaceNotFoundException");
  EXPECT_FALSE(scope().has<Cluster>("other"));
}

TEST_F(EcsClusterStateTest, FiveHundredTasksWaitForInstances) {
  group(0, 1, 0, false);
  call("ecs", "CreateCapacityProvider", provider(Value::map()));
  associate();
  call("ecs", "RegisterTaskDefinition",
       {{"family", "app"},
        {"containerDefinitions",
         Values{{{"name", "c"}, {"image", "nginx"}, {"memory", 60'000}}}}});
  const Value ten{{"cluster", "web"}, {"taskDefinition", "app"}, {"count", 10}};
  for (int n = 0; n < 50; ++n) call("ecs", "RunTask", ten);
  const AwsError e = error("ecs", "RunTask", ten);
  EXPECT_EQ(e.code, "ClientException");
  EXPECT_EQ(e.message, "Tasks provisioning capacity limit exceeded.");
  EXPECT_EQ(scope().by<Task>("cluster:web").size(), 500u);
}

}  // namespace
}  // namespace squall::ecs
