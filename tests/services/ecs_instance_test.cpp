// Container instances: how EC2 instances join and leave, attributes, states, agents, managed
// scaling.
#include "services/autoscaling/autoscaling.h"
#include "services/cloudwatch/cloudwatch.h"
#include "services/ec2/ec2.h"
#include "services/ecs/ecs.h"
#include "tests/services/fixture.h"

namespace squall::ecs {
namespace {

using testing::HasSubstr;
using Texts = std::vector<std::string>;
using Values = std::vector<Value>;

class EcsInstanceTest : public ServiceTest {
 protected:
  EcsInstanceTest() {
    call("iam", "CreateRole",
         {{"RoleName", "ecs"},
          {"AssumeRolePolicyDocument", R"({"Version":"2012-10-17","Statement":[]})"}});
    call("iam", "CreateInstanceProfile", {{"InstanceProfileName", "ecs"}});
    call("iam", "AddRoleToInstanceProfile",
         {{"InstanceProfileName", "ecs"}, {"RoleName", "ecs"}});
  }
  std::string image() {
    return ec2::image_id_of("us-east-1", "ecs-al2023-recommended-x86_64");
  }
  static std::string data(const std::string& cluster, const std::string& more = "") {
    return base64_encode(
        cat("#!/bin/bash\necho ECS_CLUSTER=", cluster, " >> /etc/ecs/ecs.config\n", more));
  }
  std::string launch(const std::string& user_data, const std::string& profile = "ecs") {
    ec2::LaunchSpec spec;
    spec.image_id = image();
    spec.instance_type = "t3.medium";
    spec.instance_profile_arn = profile;
    spec.user_data = user_data;
    sim::Scope s = scope();
    sim::Transaction transaction(world());
    const std::string id = ec2::launch_instances(s, spec, 1)[0];
    transaction.commit();
    world().drain();
    return id;
  }
  void cluster(const std::string& name = "web") {
    call("ecs", "CreateCluster", {{"clusterName", name}});
  }
  Texts arns(const std::string& name = "web", const std::string& filter = "") {
    Value input{{"cluster", name}};
    if (!filter.empty()) input.add("filter", filter);
    Texts list;
    for (const Value& arn :
         call("ecs", "ListContainerInstances", input).at("containerInstanceArns").items())
      list.emplace_back(arn.text());
    return list;
  }
  Value describe(const std::string& arn) {
    return call("ecs", "DescribeContainerInstances",
                {{"cluster", "web"}, {"containerInstances", Texts{arn}}})
        .at("containerInstances")[0];
  }
  std::string attribute(const Value& instance, std::string_view name) {
    for (const Value& a : instance.at("attributes").items())
      if (a.at("name").text() == name) return std::string(a.at("value").text());
    return "(none)";
  }
  void terminate(const std::string& id) {
    call("ec2", "TerminateInstances", {{"InstanceIds", Texts{id}}});
  }
};

TEST_F(EcsInstanceTest, InstanceJoinsTheClusterOfItsUserData) {
  cluster();
  const std::string id = launch(data("web"));
  ASSERT_EQ(arns().size(), 1u);
  const Value i = describe(arns()[0]);
  EXPECT_EQ(i.at("ec2InstanceId").text(), id);
  EXPECT_EQ(i.at("status").text(), "ACTIVE");
  EXPECT_TRUE(i.at("agentConnected").boolean());
  EXPECT_EQ(i.at("registeredResources")[0].at("integerValue").integer(), 2048);
  const int64_t memory = i.at("registeredResources")[1].at("integerValue").integer();
  EXPECT_GT(memory, 3700);
  EXPECT_LT(memory, 4096);
  EXPECT_EQ(attribute(i, "ecs.instance-type"), "t3.medium");
  EXPECT_EQ(attribute(i, "ecs.os-type"), "linux");
  EXPECT_EQ(attribute(i, "ecs.ami-id"), image());
  EXPECT_EQ(call("ecs", "DescribeClusters", {{"clusters", Texts{"web"}}})
                .at("clusters")[0]
                .at("registeredContainerInstancesCount")
                .integer(),
            1);
}

TEST_F(EcsInstanceTest, InstanceWaitsForItsCluster) {
  launch(data("web"));
  cluster();
  EXPECT_EQ(arns().size(), 1u);
}

TEST_F(EcsInstanceTest, OptimizedImageJoinsTheDefaultCluster) {
  launch("");
  EXPECT_EQ(arns("default").size(), 1u);
}

TEST_F(EcsInstanceTest, WithoutAProfileThereIsNoAgent) {
  cluster();
  launch(data("web"), "");
  EXPECT_EQ(arns().size(), 0u);
}

TEST_F(EcsInstanceTest, UserDataBringsAttributesAndTags) {
  cluster();
  launch(data("web", "echo 'ECS_INSTANCE_ATTRIBUTES={\"stack\": \"prod\"}' >> x\n"
                     "echo 'ECS_CONTAINER_INSTANCE_TAGS={\"team\": \"a\"}' >> x\n"));
  EXPECT_EQ(attribute(describe(arns()[0]), "stack"), "prod");
  EXPECT_EQ(call("ecs", "ListTagsForResource", {{"resourceArn", arns()[0]}}).at("tags").size(), 1u);
}

TEST_F(EcsInstanceTest, StoppedAgentsDisconnectAndTerminatedOnesLeave) {
  cluster();
  const std::string id = launch(data("web")), arn = arns()[0];
  call("ec2", "StopInstances", {{"InstanceIds", Texts{id}}});
  EXPECT_FALSE(describe(arn).at("agentConnected").boolean());
  EXPECT_EQ(arns().size(), 1u);
  call("ec2", "StartInstances", {{"InstanceIds", Texts{id}}});
  EXPECT_TRUE(describe(arn).at("agentConnected").boolean());
  terminate(id);
  EXPECT_EQ(describe(arn).at("status").text(), "INACTIVE");
  EXPECT_EQ(arns().size(), 0u);
  EXPECT_EQ(error("ecs", "DeregisterContainerInstance",
                  {{"cluster", "web"}, {"containerInstance", arn}})
                .code,
            "InvalidParameterException");
}

TEST_F(EcsInstanceTest, FiltersSelectInstances) {
  cluster();
  launch(data("web"));
  for (const std::string yes :
       {"attribute:ecs.instance-type == t3.medium", "attribute:ecs.instance-type =~ t3.*",
        "attribute:ecs.instance-type in [t2.micro, t3.medium]", "runningTasksCount == 0",
        "agentConnected == true and not(attribute:stack exists)",
        "attribute:stack !exists || task:group == web"})
    EXPECT_EQ(arns("web", yes).size(), 1u) << yes;
  for (const std::string no :
       {"attribute:ecs.instance-type == t3.large", "attribute:ecs.instance-type =~ t2.*",
        "attribute:ecs.instance-type !in [t2.micro, t3.medium]", "runningTasksCount > 0",
        "agentVersion < 1.2.0", "attribute:stack exists"})
    EXPECT_EQ(arns("web", no).size(), 0u) << no;
  EXPECT_EQ(error("ecs", "ListContainerInstances", {{"cluster", "web"}, {"filter", "what"}}).code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "ListContainerInstances", {{"cluster", "none"}}).code,
            "ClusterNotFoundException");
}

TEST_F(EcsInstanceTest, AttributesArePutListedAndDeleted) {
  cluster();
  launch(data("web"));
  const std::string arn = arns()[0];
  auto one = [&](const std::string& name, const std::string& target) {
    return Value{{"cluster", "web"},
                 {"attributes", Values{{{"name", name}, {"value", "v"}, {"targetId", target}}}}};
  };
  call("ecs", "PutAttributes", one("stack", arn));
  const Value input{{"cluster", "web"},
                    {"targetType", "container-instance"},
                    {"attributeName", "stack"},
                    {"attributeValue", "v"}};
  EXPECT_EQ(call("ecs", "ListAttributes", input).at("attributes")[0].at("targetId").text(), arn);
  EXPECT_EQ(arns("web", "attribute:stack == v").size(), 1u);
  EXPECT_EQ(error("ecs", "PutAttributes", one("stack", "nobody")).code, "TargetNotFoundException");
  EXPECT_EQ(error("ecs", "DeleteAttributes", one("stack", "nobody")).code,
            "TargetNotFoundException");
  EXPECT_EQ(error("ecs", "PutAttributes", one("ecs.os-type", arn)).code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "DeleteAttributes", one("ecs.os-type", arn)).code,
            "InvalidParameterException");
  for (int n = 0; n < 9; ++n) call("ecs", "PutAttributes", one(cat("a", n), arn));
  EXPECT_EQ(error("ecs", "PutAttributes", one("eleventh", arn)).code,
            "AttributeLimitExceededException");
  call("ecs", "DeleteAttributes", one("stack", arn));
  EXPECT_EQ(call("ecs", "ListAttributes", input).at("attributes").size(), 0u);
  EXPECT_EQ(error("ecs", "ListAttributes", {{"targetType", "container-instance"},
                                            {"cluster", "web"},
                                            {"attributeValue", "v"}})
                .code,
            "InvalidParameterException");
  for (const std::string operation : {"PutAttributes", "DeleteAttributes"}) {
    Value elsewhere = one("a", arn);
    elsewhere.set("cluster", "none");
    EXPECT_EQ(error("ecs", operation, elsewhere).code, "ClusterNotFoundException");
  }
  EXPECT_EQ(error("ecs", "ListAttributes",
                  {{"targetType", "container-instance"}, {"cluster", "none"}})
                .code,
            "ClusterNotFoundException");
}

TEST_F(EcsInstanceTest, StatesAndDeregistration) {
  cluster();
  launch(data("web"));
  const std::string arn = arns()[0];
  auto set = [&](const std::string& status) {
    return Value{{"cluster", "web"}, {"containerInstances", Texts{arn}}, {"status", status}};
  };
  EXPECT_EQ(call("ecs", "UpdateContainerInstancesState", set("DRAINING"))
                .at("containerInstances")[0]
                .at("status")
                .text(),
            "DRAINING");
  EXPECT_EQ(error("ecs", "UpdateContainerInstancesState", set("DEREGISTERING")).code,
            "InvalidParameterException");
  EXPECT_EQ(call("ecs", "UpdateContainerInstancesState",
                 {{"cluster", "web"}, {"containerInstances", Texts{"x"}}, {"status", "ACTIVE"}})
                .at("failures")[0]
                .at("reason")
                .text(),
            "MISSING");
  call("ecs", "DeregisterContainerInstance",
       {{"cluster", "web"}, {"containerInstance", arn}, {"force", true}});
  EXPECT_EQ(arns().size(), 0u);
  for (const std::string operation : {"DeregisterContainerInstance", "UpdateContainerAgent"})
    EXPECT_EQ(error("ecs", operation, {{"cluster", "none"}, {"containerInstance", arn}}).code,
              "ClusterNotFoundException");
  EXPECT_EQ(error("ecs", "DescribeContainerInstances",
                  {{"cluster", "none"}, {"containerInstances", Texts{arn}}})
                .code,
            "ClusterNotFoundException");
  EXPECT_EQ(error("ecs", "DescribeContainerInstances",
                  {{"cluster", "web"}, {"containerInstances", Texts{}}})
                .code,
            "InvalidParameterException");
  Value elsewhere = set("ACTIVE");
  elsewhere.set("cluster", "none");
  EXPECT_EQ(error("ecs", "UpdateContainerInstancesState", elsewhere).code,
            "ClusterNotFoundException");
}

TEST_F(EcsInstanceTest, AgentsRegisterAndAreUpdated) {
  cluster();
  auto made = call("ecs", "RegisterContainerInstance",
                   {{"cluster", "web"},
                    {"totalResources",
                     Values{{{"name", "CPU"}, {"type", "INTEGER"}, {"integerValue", 4096}},
                            {{"name", "MEMORY"}, {"type", "INTEGER"}, {"integerValue", 8000}}}},
                    {"versionInfo", {{"agentVersion", "1.90.0"}, {"agentHash", "abc"},
                                     {"dockerVersion", "25"}}}})
                  .at("containerInstance");
  const std::string arn{made.at("containerInstanceArn").text()};
  EXPECT_EQ(made.at("registeredResources")[0].at("integerValue").integer(), 4096);
  const Value update{{"cluster", "web"}, {"containerInstance", arn}};
  use_latency(sim::LatencyProfile::measured);
  EXPECT_EQ(call("ecs", "UpdateContainerAgent", update)
                .at("containerInstance")
                .at("agentUpdateStatus")
                .text(),
            "PENDING");
  EXPECT_EQ(error("ecs", "UpdateContainerAgent", update).code, "UpdateInProgressException");
  advance(3min);
  EXPECT_EQ(describe(arn).at("agentUpdateStatus").text(), "UPDATED");
  EXPECT_EQ(error("ecs", "UpdateContainerAgent", update).code, "NoUpdateAvailableException");
  const std::string bare{
      call("ecs", "RegisterContainerInstance", {{"cluster", "web"}})
          .at("containerInstance")
          .at("containerInstanceArn")
          .text()};
  EXPECT_EQ(error("ecs", "UpdateContainerAgent", {{"cluster", "web"}, {"containerInstance", bare}})
                .code,
            "MissingVersionException");
  EXPECT_EQ(error("ecs", "UpdateContainerAgent", {{"cluster", "web"}, {"containerInstance", "x"}})
                .code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "RegisterContainerInstance",
                  {{"cluster", "web"}, {"instanceIdentityDocument", "{\"instanceId\":\"i-1\"}"}})
                .code,
            "ClientException");
  EXPECT_EQ(error("ecs", "RegisterContainerInstance", {{"cluster", "none"}}).code,
            "ClusterNotFoundException");
  EXPECT_THAT(std::string(call("ecs", "DiscoverPollEndpoint").at("endpoint").text()),
              HasSubstr("us-east-1"));
}

class EcsProviderTest : public EcsInstanceTest {
 protected:
  EcsProviderTest() {
    const Value vpc = call("ec2", "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}).at("Vpc");
    subnet_ = call("ec2", "CreateSubnet",
                   {{"VpcId", vpc.at("VpcId")},
                    {"CidrBlock", "10.0.1.0/24"},
                    {"AvailabilityZone", "us-east-1a"}})
                  .at("Subnet")
                  .at("SubnetId")
                  .text();
    call("ec2", "CreateLaunchTemplate",
         {{"LaunchTemplateName", "lt"},
          {"LaunchTemplateData",
           {{"ImageId", image()},
            {"InstanceType", "t3.medium"},
            {"IamInstanceProfile", {{"Name", "ecs"}}},
            {"UserData", data("web")}}}});
    cluster();
  }
  void group(int64_t min, int64_t max, int64_t desired, bool is_protected) {
    call("autoscaling", "CreateAutoScalingGroup",
         {{"AutoScalingGroupName", "asg"},
          {"LaunchTemplate", {{"LaunchTemplateName", "lt"}, {"Version", "$Latest"}}},
          {"MinSize", min},
          {"MaxSize", max},
          {"DesiredCapacity", desired},
          {"NewInstancesProtectedFromScaleIn", is_protected},
          {"VPCZoneIdentifier", subnet_}});
  }
  std::string group_arn() { return scope().view<autoscaling::Group>("asg")->arn; }
  Value provider(const Value& settings) {
    Value group{{"autoScalingGroupArn", group_arn()}};
    for (const Member& m : settings.members()) group.add(m.key, m.value);
    return {{"name", "cp"}, {"autoScalingGroupProvider", group}};
  }
  void associate() {
    call("ecs", "PutClusterCapacityProviders",
         {{"cluster", "web"},
          {"capacityProviders", Texts{"cp"}},
          {"defaultCapacityProviderStrategy",
           Values{{{"capacityProvider", "cp"}, {"weight", 1}}}}});
  }
  std::string subnet_;
};

TEST_F(EcsProviderTest, ProvidersAreCheckedAndShown) {
  group(0, 4, 1, false);
  EXPECT_THAT(error("ecs", "CreateCapacityProvider",
                    provider({{"managedScaling", {{"status", "ENABLED"}}},
                              {"managedTerminationProtection", "ENABLED"}}))
                  .message,
              HasSubstr("must have instance protection from scale in enabled"));
  Value reserved = provider(Value::map());
  reserved.set("name", "ecs-own");
  EXPECT_EQ(error("ecs", "CreateCapacityProvider", reserved).code, "InvalidParameterException");
  const Value made =
      call("ecs", "CreateCapacityProvider",
           provider({{"managedScaling", {{"status", "ENABLED"}, {"targetCapacity", 80}}}}))
          .at("capacityProvider");
  EXPECT_EQ(made.at("status").text(), "ACTIVE");
  EXPECT_EQ(made.at("autoScalingGroupProvider").at("managedScaling").at("targetCapacity").integer(),
            80);
  EXPECT_EQ(made.at("autoScalingGroupProvider").at("managedDraining").text(), "ENABLED");
  EXPECT_EQ(error("ecs", "CreateCapacityProvider", provider(Value::map())).code,
            "ClientException");
  EXPECT_EQ(call("ecs", "DescribeCapacityProviders").at("capacityProviders").size(), 3u);
  EXPECT_EQ(call("ecs", "DescribeCapacityProviders", {{"capacityProviders", Texts{"none"}}})
                .at("failures")[0]
                .at("reason")
                .text(),
            "MISSING");
  associate();
  EXPECT_THAT(error("ecs", "DeleteCapacityProvider", {{"capacityProvider", "cp"}}).message,
              HasSubstr("associated with cluster: web"));
  EXPECT_EQ(error("ecs", "DeleteCapacityProvider", {{"capacityProvider", "FARGATE"}}).code,
            "ClientException");
  EXPECT_EQ(error("ecs", "UpdateCapacityProvider",
                  {{"name", "none"},
                   {"autoScalingGroupProvider", {{"managedDraining", "DISABLED"}}}})
                .code,
            "ClientException");
  EXPECT_EQ(call("ecs", "UpdateCapacityProvider",
                 {{"name", "cp"}, {"autoScalingGroupProvider", {{"managedDraining", "DISABLED"}}}})
                .at("capacityProvider")
                .at("updateStatus")
                .text(),
            "UPDATE_COMPLETE");
  call("ecs", "PutClusterCapacityProviders",
       {{"cluster", "web"},
        {"capacityProviders", Texts{}},
        {"defaultCapacityProviderStrategy", Values{}}});
  EXPECT_TRUE(scope().by<autoscaling::Policy>("group:asg").empty());
  call("ecs", "DeleteCapacityProvider", {{"capacityProvider", "cp"}});
  EXPECT_EQ(call("ecs", "DescribeCapacityProviders", {{"capacityProviders", Texts{"cp"}}})
                .at("capacityProviders")[0]
                .at("status")
                .text(),
            "INACTIVE");
}

TEST_F(EcsProviderTest, WaitingTasksScaleTheGroupOutAndIdleInstancesIn) {
  group(0, 4, 1, true);
  call("ecs", "CreateCapacityProvider",
       provider({{"managedScaling", {{"status", "ENABLED"}, {"instanceWarmupPeriod", 60}}},
                 {"managedTerminationProtection", "ENABLED"}}));
  associate();
  EXPECT_EQ(scope().by<autoscaling::Policy>("group:asg").size(), 1u);
  EXPECT_EQ(scope().by<autoscaling::LifecycleHook>("group:asg").size(), 1u);
  advance(3min);
  ASSERT_EQ(arns().size(), 1u);
  EXPECT_EQ(describe(arns()[0]).at("capacityProviderName").text(), "cp");
  call("ecs", "RegisterTaskDefinition",
       {{"family", "big"},
        {"containerDefinitions",
         Values{{{"name", "c"}, {"image", "nginx"}, {"cpu", 1536}, {"memory", 512}}}}});
  const Value run = call("ecs", "RunTask",
                         {{"cluster", "web"}, {"taskDefinition", "big"}, {"count", 3}});
  ASSERT_EQ(run.at("tasks").size(), 3u);
  advance(15min);
  EXPECT_EQ(scope().view<autoscaling::Group>("asg")->desired, 3);
  EXPECT_EQ(arns().size(), 3u);
  EXPECT_EQ(scope().by<Task>("status:web/RUNNING").size(), 3u);
  for (const Value& task : run.at("tasks").items())
    call("ecs", "StopTask", {{"cluster", "web"}, {"task", task.at("taskArn")}});
  advance(2h);
  EXPECT_EQ(scope().view<autoscaling::Group>("asg")->desired, 0);
  EXPECT_EQ(arns().size(), 0u);
}

TEST_F(EcsProviderTest, GroupsTerminateOnlyDrainedInstances) {
  use_latency(sim::LatencyProfile::measured);
  group(0, 2, 1, false);
  call("ecs", "CreateCapacityProvider", provider(Value::map()));
  associate();
  advance(10min);
  ASSERT_EQ(arns().size(), 1u);
  call("ecs", "RegisterTaskDefinition",
       {{"family", "app"},
        {"containerDefinitions",
         Values{{{"name", "c"}, {"image", "nginx"}, {"cpu", 128}, {"memory", 128}}}}});
  const Value task = call("ecs", "RunTask", {{"cluster", "web"}, {"taskDefinition", "app"}})
                         .at("tasks")[0]
                         .at("taskArn");
  advance(5min);
  ASSERT_EQ(scope().by<Task>("status:web/RUNNING").size(), 1u);
  call("autoscaling", "SetDesiredCapacity",
       {{"AutoScalingGroupName", "asg"}, {"DesiredCapacity", 0}});
  advance(10min);
  EXPECT_EQ(describe(arns()[0]).at("status").text(), "DRAINING");
  EXPECT_EQ(scope().view<autoscaling::Group>("asg")->instances.size(), 1u);
  call("ecs", "StopTask", {{"cluster", "web"}, {"task", task}});
  advance(10min);
  EXPECT_EQ(scope().view<autoscaling::Group>("asg")->instances.size(), 0u);
  EXPECT_EQ(arns().size(), 0u);
}

}  // namespace
}  // namespace squall::ecs
