// Container instances: how EC2 instances join and leave, attributes, states, agents.
#include "tests/services/ecs_instance_fixture.h"

namespace squall::ecs {
namespace {

using testing::HasSubstr;

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

}  // namespace
}  // namespace squall::ecs
