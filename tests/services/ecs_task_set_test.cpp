// Task sets: services whose deployments are somebody else's.
#include "tests/services/ecs_service_fixture.h"

namespace squall::ecs {
namespace {

class EcsTaskSetTest : public EcsServiceTest {
 protected:
  EcsTaskSetTest() {
    put(definition());
    put(second());
  }
  Value external() {
    return {{"cluster", "web"},
            {"serviceName", "api"},
            {"desiredCount", 4},
            {"deploymentController", {{"type", "EXTERNAL"}}}};
  }
  Value add_set(const std::string& definition, double scale) {
    return call("ecs", "CreateTaskSet",
                {{"cluster", "web"},
                 {"service", "api"},
                 {"taskDefinition", definition},
                 {"launchType", "FARGATE"},
                 {"externalId", definition},
                 {"networkConfiguration", network()},
                 {"scale", {{"value", scale}, {"unit", "PERCENT"}}}})
        .at("taskSet");
  }
  Value on(const Value& set, const Value& more = Value::map()) {
    return with({{"cluster", "web"}, {"service", "api"}, {"taskSet", set.at("id")}}, more);
  }
  Value sets() {
    return call("ecs", "DescribeTaskSets", {{"cluster", "web"}, {"service", "api"}})
        .at("taskSets");
  }
};

TEST_F(EcsTaskSetTest, EachSetRunsItsShare) {
  create(external());
  const Value first = add_set("app:1", 100);
  EXPECT_EQ(first.at("computedDesiredCount").integer(), 4);
  EXPECT_EQ(first.at("stabilityStatus").text(), "STABILIZING");
  const Value second_set = add_set("app:2", 30);
  EXPECT_EQ(second_set.at("computedDesiredCount").integer(), 2);  // rounded up
  EXPECT_EQ(count("app:1"), 4);
  EXPECT_EQ(count("app:2"), 2);
  for (const Value& set : sets().items())
    EXPECT_EQ(set.at("stabilityStatus").text(), "STEADY_STATE");
  call("ecs", "UpdateTaskSet", on(second_set, {{"scale", {{"value", 100.0}}}}));
  EXPECT_EQ(count("app:2"), 4);
  call("ecs", "UpdateServicePrimaryTaskSet",
       {{"cluster", "web"}, {"service", "api"}, {"primaryTaskSet", second_set.at("id")}});
  EXPECT_EQ(describe().at("taskDefinition").text(),
            "arn:aws:ecs:us-east-1:000000000000:task-definition/app:2");
  EXPECT_EQ(error("ecs", "DeleteTaskSet", on(first)).code, "InvalidParameterException");
  call("ecs", "DeleteTaskSet", on(first, {{"force", true}}));
  EXPECT_EQ(count("app:1"), 0);
  ASSERT_EQ(sets().size(), 1u);
  EXPECT_EQ(sets()[0].at("status").text(), "PRIMARY");
  update({{"desiredCount", 2}});
  EXPECT_EQ(count("app:2"), 2);
}

TEST_F(EcsTaskSetTest, WhatBelongsToTaskSetsIsRefusedElsewhere) {
  Value wrong = external();
  wrong.set("taskDefinition", "app:1");
  EXPECT_EQ(error("ecs", "CreateService", wrong).code, "InvalidParameterException");
  create(external());
  EXPECT_EQ(error("ecs", "UpdateService",
                  {{"cluster", "web"}, {"service", "api"}, {"taskDefinition", "app:2"}})
                .code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "DeleteTaskSet",
                  {{"cluster", "web"}, {"service", "api"}, {"taskSet", "ecs-svc/1"}})
                .code,
            "TaskSetNotFoundException");
  create(fargate({{"serviceName", "rolling"}}));
  EXPECT_EQ(error("ecs", "DescribeTaskSets", {{"cluster", "web"}, {"service", "rolling"}}).code,
            "InvalidParameterException");
}

TEST_F(EcsTaskSetTest, CodeDeployStartsWithAPrimarySet) {
  put(with_port(definition()));
  const std::string group = add_target_group("blue");
  add_load_balancer({group});
  const Value created = create(
      fargate(with(behind(group), {{"deploymentController", {{"type", "CODE_DEPLOY"}}}})));
  ASSERT_EQ(created.at("taskSets").size(), 1u);
  EXPECT_EQ(created.at("taskSets")[0].at("status").text(), "PRIMARY");
  EXPECT_EQ(count("app:1"), 2);
  EXPECT_EQ(error("ecs", "UpdateService",
                  {{"cluster", "web"}, {"service", "api"}, {"forceNewDeployment", true}})
                .message,
            "Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. "
            "Use AWS CodeDeploy to trigger a new deployment.");
}

}  // namespace
}  // namespace squall::ecs
