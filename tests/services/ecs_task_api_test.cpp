// RunTask, StartTask, StopTask, DescribeTasks, ListTasks and task protection, with every refusal.
#include "services/ec2/ec2.h"
#include "tests/services/ecs_task_fixture.h"

namespace squall::ecs {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class EcsTaskApiTest : public TaskTest {
 protected:
  EcsTaskApiTest() {
    put(definition());
    put(bridge());
  }
  Value network() { return network({subnet_}); }
  static Value network(const std::vector<std::string>& subnets) {
    return {{"awsvpcConfiguration", {{"subnets", subnets}}}};
  }
  /// On Fargate, with further members.
  Value fargate(std::initializer_list<Member> more = {}) {
    Value v{{"cluster", "web"},
            {"taskDefinition", "app"},
            {"launchType", "FARGATE"},
            {"networkConfiguration", network()}};
    for (const Member& m : more) v.set(m.key, m.value);
    return v;
  }
  static Value ec2(std::initializer_list<Member> more = {}) {
    Value v{{"cluster", "web"}, {"taskDefinition", "bridge:1"}};
    for (const Member& m : more) v.set(m.key, m.value);
    return v;
  }
  std::string run_one(const Value& input) {
    const Value out = call("ecs", "RunTask", input);
    EXPECT_THAT(out.at("failures").items(), SizeIs(0)) << to_json(out);
    return std::string(out.at("tasks")[0].at("taskArn").text());
  }
  Value shown(const std::string& arn) {
    return call("ecs", "DescribeTasks", {{"cluster", "web"}, {"tasks", std::vector{arn}}})
        .at("tasks")[0];
  }
  std::string refused(std::string_view operation, const Value& input) {
    const AwsError e = error("ecs", operation, input);
    return cat(e.code, ": ", e.message);
  }
};

TEST_F(EcsTaskApiTest, RunTaskShowsProvisioningAndThenRuns) {
  const Value out = call("ecs", "RunTask", fargate({{"count", 2}, {"startedBy", "me"}}));
  ASSERT_THAT(out.at("tasks").items(), SizeIs(2));
  const Value& task = out.at("tasks")[0];
  EXPECT_EQ(task.at("lastStatus").text(), "PROVISIONING");
  EXPECT_EQ(task.at("desiredStatus").text(), "RUNNING");
  EXPECT_EQ(task.at("attachments")[0].at("status").text(), "PRECREATED");
  EXPECT_EQ(task.at("group").text(), "family:app");
  EXPECT_EQ(task.at("platformVersion").text(), "1.4.0");
  EXPECT_EQ(task.at("cpu").text(), "256");
  const Value later = shown(std::string(task.at("taskArn").text()));
  EXPECT_EQ(later.at("lastStatus").text(), "RUNNING");
  EXPECT_EQ(later.at("attachments")[0].at("status").text(), "ATTACHED");
  EXPECT_EQ(later.at("attachments")[0].at("details")[0].at("name").text(), "subnetId");
  EXPECT_EQ(later.at("connectivity").text(), "CONNECTED");
  EXPECT_EQ(later.at("startedBy").text(), "me");
  EXPECT_EQ(later.at("overrides").at("containerOverrides")[0].at("name").text(), "app");
}

TEST_F(EcsTaskApiTest, StopTaskGivesTheReason) {
  const std::string arn = run_one(fargate());
  const Value out = call("ecs", "StopTask", {{"cluster", "web"}, {"task", arn},
                                             {"reason", "deploying"}});
  EXPECT_EQ(out.at("task").at("lastStatus").text(), "RUNNING");
  EXPECT_EQ(out.at("task").at("desiredStatus").text(), "STOPPED");
  const Value later = shown(arn);
  EXPECT_EQ(later.at("lastStatus").text(), "STOPPED");
  EXPECT_EQ(later.at("stopCode").text(), "UserInitiated");
  EXPECT_EQ(later.at("stoppedReason").text(), "deploying");
  EXPECT_EQ(later.at("attachments")[0].at("status").text(), "DELETED");
  call("ecs", "StopTask", {{"cluster", "web"}, {"task", arn}});  // stopped already: no error
}

TEST_F(EcsTaskApiTest, RunTaskRefusals) {
  EXPECT_EQ(refused("RunTask", {{"cluster", "none"}, {"taskDefinition", "app"}}),
            "ClusterNotFoundException: Cluster not found.");
  EXPECT_EQ(refused("RunTask", fargate({{"taskDefinition", "none"}})),
            "ClientException: TaskDefinition not found.");
  EXPECT_EQ(refused("RunTask", fargate({{"count", 11}})),
            "InvalidParameterException: Count should be between 1 and 10.");
  EXPECT_EQ(refused("RunTask", fargate({{"networkConfiguration", Value()}})),
            "InvalidParameterException: Network Configuration must be provided when networkMode "
            "'awsvpc' is specified.");
  EXPECT_EQ(refused("RunTask", fargate({{"networkConfiguration", network({"subnet-1"})}})),
            "InvalidParameterException: Error retrieving subnet information for [subnet-1]: The "
            "subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)");
  EXPECT_THAT(refused("RunTask",
                      fargate({{"networkConfiguration",
                                {{"awsvpcConfiguration",
                                  {{"subnets", std::vector{subnet_}},
                                   {"securityGroups", std::vector<std::string>{"sg-1"}}}}}}})),
              HasSubstr("Error retrieving security group information for [sg-1]"));
  EXPECT_EQ(refused("RunTask", ec2({{"launchType", "FARGATE"}})),
            "InvalidParameterException: Task definition does not support launch_type FARGATE.");
  EXPECT_EQ(refused("RunTask", fargate({{"platformVersion", "9.9.9"}})),
            "PlatformUnknownException: The specified platform does not exist.");
  EXPECT_EQ(refused("RunTask", ec2({{"platformVersion", "LATEST"}})),
            "InvalidParameterException: The platform version must be null when specifying an EC2 "
            "launch type.");
  EXPECT_EQ(refused("RunTask", ec2()),
            "InvalidParameterException: No Container Instances were found in your cluster.");
  EXPECT_EQ(refused("RunTask", fargate({{"group", "service:web"}})),
            "InvalidParameterException: Group name cannot begin with 'service:'.");
  EXPECT_THAT(refused("RunTask", fargate({{"enableExecuteCommand", true}})),
              HasSubstr("valid taskRoleArn"));
  EXPECT_THAT(refused("RunTask", fargate({{"propagateTags", "SERVICE"}})), HasSubstr("SERVICE"));
}

TEST_F(EcsTaskApiTest, PlacementRefusals) {
  Value random = Value::list();
  random.push({{"type", "random"}});
  EXPECT_EQ(refused("RunTask", fargate({{"placementStrategy", random}})),
            "InvalidParameterException: Placement strategies are not supported with FARGATE "
            "launch type.");
  Value distinct = Value::list();
  distinct.push({{"type", "distinctInstance"}});
  EXPECT_EQ(refused("RunTask", fargate({{"placementConstraints", distinct}})),
            "InvalidParameterException: Placement constraints are not supported with FARGATE "
            "launch type.");
  Value binpack = Value::list();
  binpack.push({{"type", "binpack"}, {"field", "disk"}});
  EXPECT_THAT(refused("RunTask", ec2({{"placementStrategy", binpack}})),
              HasSubstr("Binpack placement strategy field"));
  Value member_of = Value::list();
  member_of.push({{"type", "memberOf"}});
  EXPECT_THAT(refused("RunTask", ec2({{"placementConstraints", member_of}})),
              HasSubstr("can not be blank"));
}

TEST_F(EcsTaskApiTest, OverridesAreCheckedAndShown) {
  const auto override = [&](Value container) {
    Value list = Value::list();
    list.push(container);
    return fargate({{"overrides", {{"containerOverrides", list}}}});
  };
  EXPECT_EQ(refused("RunTask", override({{"name", "nobody"}})),
            "InvalidParameterException: Override for container named nobody is not a container in "
            "the TaskDefinition.");
  EXPECT_THAT(refused("RunTask", fargate({{"overrides", {{"cpu", "300"}}}})),
              HasSubstr("No Fargate configuration exists for given values: 300 CPU, 512 memory."));
  EXPECT_THAT(refused("RunTask",
                      fargate({{"overrides", {{"ephemeralStorage", {{"sizeInGiB", 5}}}}}})),
              HasSubstr("Ephemeral storage size"));
  const std::string arn =
      run_one(override({{"name", "app"}, {"command", std::vector<std::string>{"migrate"}}}));
  EXPECT_EQ(shown(arn).at("overrides").at("containerOverrides")[0].at("command")[0].text(),
            "migrate");
  const std::string big =
      run_one(fargate({{"overrides", {{"cpu", "1024"}, {"memory", "2048"}}}}));
  EXPECT_EQ(shown(big).at("cpu").text(), "1024");
  EXPECT_EQ(shown(big).at("memory").text(), "2048");
}

TEST_F(EcsTaskApiTest, ClientTokenMakesARunIdempotent) {
  const std::string arn = run_one(fargate({{"clientToken", "t-1"}}));
  EXPECT_EQ(run_one(fargate({{"clientToken", "t-1"}})), arn);
  EXPECT_EQ(error("ecs", "RunTask", fargate({{"clientToken", "t-1"}, {"count", 2}})).code,
            "ConflictException");
}

TEST_F(EcsTaskApiTest, TagsComeFromTheRequestTheDefinitionAndTheCluster) {
  TaskDefinition d = definition();
  d.tags = {{"team", "orders"}};
  put(d);
  Value tags = Value::list();
  tags.push({{"key", "run"}, {"value", "1"}});
  const std::string arn = run_one(fargate({{"tags", tags},
                                           {"propagateTags", "TASK_DEFINITION"},
                                           {"enableECSManagedTags", true}}));
  const Tags expected{{"run", "1"}, {"team", "orders"}, {"aws:ecs:clusterName", "web"}};
  EXPECT_EQ(task(arn).tags, expected);
  EXPECT_THAT(shown(arn).at("tags").items(), SizeIs(0));
  const Value with = call("ecs", "DescribeTasks",
                          {{"cluster", "web"},
                           {"tasks", std::vector{arn}},
                           {"include", std::vector<std::string>{"TAGS"}}});
  EXPECT_THAT(with.at("tasks")[0].at("tags").items(), SizeIs(3));
}

TEST_F(EcsTaskApiTest, StartTaskGoesWhereItIsTold) {
  const std::string host_arn = add_host("a");
  add_host("b");
  const std::vector<std::string> hosts{host_arn, "nowhere"};
  const Value out =
      call("ecs", "StartTask", {{"cluster", "web"}, {"taskDefinition", "bridge"},
                                {"containerInstances", hosts}});
  EXPECT_EQ(out.at("tasks")[0].at("containerInstanceArn").text(), host_arn);
  EXPECT_EQ(out.at("failures")[0].at("reason").text(), "MISSING");
  EXPECT_EQ(refused("StartTask", {{"cluster", "web"}, {"taskDefinition", "bridge"},
                                  {"containerInstances", Value::list()}}),
            "InvalidParameterException: Container Instances cannot be empty.");
}

TEST_F(EcsTaskApiTest, ListTasksFilters) {
  const std::string host_arn = add_host("a");
  const std::string one = run_one(fargate({{"startedBy", "me"}}));
  const std::string two = run_one(ec2());
  const auto list = [&](std::initializer_list<Member> more) {
    Value v{{"cluster", "web"}};
    for (const Member& m : more) v.set(m.key, m.value);
    std::vector<std::string> arns;
    const Value out = call("ecs", "ListTasks", v);
    for (const Value& arn : out.at("taskArns").items()) arns.emplace_back(arn.text());
    return arns;
  };
  using testing::ElementsAre;
  EXPECT_THAT(list({}), SizeIs(2));
  EXPECT_THAT(list({{"family", "app"}}), ElementsAre(one));
  EXPECT_THAT(list({{"startedBy", "me"}}), ElementsAre(one));
  EXPECT_THAT(list({{"launchType", "EC2"}}), ElementsAre(two));
  EXPECT_THAT(list({{"containerInstance", host_arn}}), ElementsAre(two));
  EXPECT_THAT(list({{"desiredStatus", "STOPPED"}}), SizeIs(0));
  EXPECT_THAT(list({{"desiredStatus", "PENDING"}}), SizeIs(0));
  EXPECT_THAT(list({{"daemonName", "logs"}}), SizeIs(0));
  stop(two);
  EXPECT_THAT(list({{"desiredStatus", "STOPPED"}}), ElementsAre(two));
  const Value page = call("ecs", "ListTasks", {{"cluster", "web"}, {"maxResults", 1},
                                               {"desiredStatus", "RUNNING"}});
  EXPECT_TRUE(page.at("nextToken").is_absent());
  EXPECT_EQ(refused("ListTasks", {{"cluster", "web"}, {"serviceName", "none"}}),
            "ServiceNotFoundException: Service not found.");
  EXPECT_THAT(refused("ListTasks", {{"cluster", "web"}, {"startedBy", "me"}, {"family", "app"}}),
              HasSubstr("startedBy must be the only filter"));
}

TEST_F(EcsTaskApiTest, DescribeAndStopOfWhatIsNotThere) {
  const Value out = call("ecs", "DescribeTasks",
                         {{"cluster", "web"},
                          {"tasks", std::vector<std::string>{"0123456789abcdef0123456789abcdef"}}});
  EXPECT_EQ(out.at("failures")[0].at("reason").text(), "MISSING");
  EXPECT_EQ(out.at("failures")[0].at("arn").text(),
            "arn:aws:ecs:us-east-1:000000000000:task/web/0123456789abcdef0123456789abcdef");
  EXPECT_EQ(refused("DescribeTasks", {{"cluster", "web"}, {"tasks", Value::list()}}),
            "InvalidParameterException: Tasks cannot be empty.");
  EXPECT_EQ(refused("StopTask", {{"cluster", "web"}, {"task", "0123"}}),
            "InvalidParameterException: The referenced task was not found.");
  EXPECT_EQ(refused("StopTask", {{"cluster", "web"}, {"task", std::string(40, 'a')}}),
            "InvalidParameterException: taskId longer than 36.");
  EXPECT_THAT(refused("StopTask", {{"cluster", "web"},
                                   {"task", "arn:aws:ecs:us-east-1:000000000000:service/web/a"}}),
              HasSubstr("Expected 'task' but was 'service'"));
}

TEST_F(EcsTaskApiTest, OnlyTasksOfServicesAreProtected) {
  const std::string alone = run_one(fargate());
  TaskRequest r = request("app:1");
  r.group = "service:web";
  r.service = "arn:aws:ecs:us-east-1:000000000000:service/web/web";
  const std::string arn = run(r);
  const std::vector<std::string> both{alone, arn};
  const Value out = call("ecs", "UpdateTaskProtection", {{"cluster", "web"}, {"tasks", both},
                                                         {"protectionEnabled", true},
                                                         {"expiresInMinutes", 5}});
  ASSERT_THAT(out.at("protectedTasks").items(), SizeIs(1));
  EXPECT_EQ(out.at("protectedTasks")[0].at("taskArn").text(), arn);
  EXPECT_EQ(out.at("failures")[0].at("reason").text(), "TASK_NOT_VALID");
  EXPECT_TRUE(task(arn).is_protected);
  EXPECT_THAT(call("ecs", "GetTaskProtection", {{"cluster", "web"}}).at("protectedTasks").items(),
              SizeIs(1));
  advance(6min);
  EXPECT_FALSE(task(arn).is_protected);
  EXPECT_THAT(refused("UpdateTaskProtection",
                      {{"cluster", "web"}, {"tasks", both}, {"protectionEnabled", true},
                       {"expiresInMinutes", 3000}}),
              HasSubstr("between 1 and 2880"));
}

}  // namespace
}  // namespace squall::ecs
