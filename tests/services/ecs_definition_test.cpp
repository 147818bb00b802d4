// Task definitions: what AWS fills in, and the words of each refusal.
#include "services/ecs/ecs.h"
#include "tests/services/fixture.h"

namespace squall::ecs {
namespace {

using testing::Contains;
using testing::HasSubstr;
using Texts = std::vector<std::string>;
using Values = std::vector<Value>;

Value with(const Value& base, const Value& more) {
  Value all = Value::map();
  for (const Member& m : base.members()) all.set(m.key, m.value);
  for (const Member& m : more.members()) all.set(m.key, m.value);
  return all;
}

class EcsDefinitionTest : public ServiceTest {
 protected:
  static Value container(const Value& more = Value::map()) {
    return with({{"name", "web"}, {"image", "nginx"}, {"memory", 128}}, more);
  }
  static Value bridge(const Value& more = Value::map()) {
    return with({{"family", "app"}, {"containerDefinitions", Values{container()}}}, more);
  }
  static Value fargate(const Value& more = Value::map()) {
    return with(bridge({{"networkMode", "awsvpc"},
                        {"requiresCompatibilities", Texts{"FARGATE"}},
                        {"cpu", "256"},
                        {"memory", "512"},
                        {"executionRoleArn", "exec"}}),
                more);
  }
  Value put(const Value& input) {
    return call("ecs", "RegisterTaskDefinition", input).at("taskDefinition");
  }
  std::string refused(const Value& input) {
    const AwsError e = error("ecs", "RegisterTaskDefinition", input);
    EXPECT_EQ(e.code, "ClientException") << e.message;
    return e.message;
  }
  std::string refused_container(const Value& more) {
    return refused(bridge({{"containerDefinitions", Values{container(more)}}}));
  }
  Texts names(const Value& attributes) {
    Texts list;
    for (const Value& a : attributes.items()) list.emplace_back(a.at("name").text());
    return list;
  }
};

TEST_F(EcsDefinitionTest, DefaultsAreFilledIn) {
  const Value d =
      put(bridge({{"containerDefinitions",
                   Values{container({{"portMappings", Values{{{"containerPort", 80}}}},
                                     {"healthCheck", {{"command", Texts{"CMD", "true"}}}}})}}}));
  EXPECT_EQ(d.at("taskDefinitionArn").text(),
            "arn:aws:ecs:us-east-1:000000000000:task-definition/app:1");
  const Value c = d.at("containerDefinitions")[0];
  EXPECT_EQ(c.at("cpu").integer(), 0);
  EXPECT_TRUE(c.at("essential").boolean());
  for (const std::string member : {"environment", "mountPoints", "volumesFrom", "systemControls"})
    EXPECT_TRUE(c.at(member).is_list() && c.at(member).empty()) << member;
  EXPECT_EQ(c.at("portMappings")[0].at("hostPort").integer(), 0);
  EXPECT_EQ(c.at("portMappings")[0].at("protocol").text(), "tcp");
  EXPECT_EQ(c.at("healthCheck").at("interval").integer(), 30);
  EXPECT_EQ(to_json(d.at("compatibilities")), R"(["EXTERNAL","EC2"])");
  EXPECT_EQ(put(bridge()).at("revision").integer(), 2);
}

TEST_F(EcsDefinitionTest, FargateDefinitionsTellWhatTheyNeed) {
  const Value log{{"logDriver", "awslogs"},
                  {"options",
                   {{"awslogs-group", "g"},
                    {"awslogs-region", "us-east-1"},
                    {"awslogs-stream-prefix", "web"}}}};
  const std::string image = "000000000000.dkr.ecr.us-east-1.amazonaws.com/app:1";
  const Value d = put(fargate(
      {{"cpu", ".25 vCPU"},
       {"memory", "0.5GB"},
       {"containerDefinitions",
        Values{container({{"image", image},
                          {"logConfiguration", log},
                          {"portMappings", Values{{{"containerPort", 80}}}}})}}}));
  EXPECT_EQ(d.at("cpu").text(), "256");
  EXPECT_EQ(d.at("memory").text(), "512");
  EXPECT_EQ(d.at("containerDefinitions")[0].at("portMappings")[0].at("hostPort").integer(), 80);
  EXPECT_EQ(d.at("executionRoleArn").text(), "arn:aws:iam::000000000000:role/exec");
  const Texts needs = names(d.at("requiresAttributes"));
  for (const std::string need :
       {"com.amazonaws.ecs.capability.ecr-auth",
        "com.amazonaws.ecs.capability.logging-driver.awslogs",
        "ecs.capability.execution-role-ecr-pull", "ecs.capability.execution-role-awslogs",
        "ecs.capability.task-eni"})
    EXPECT_THAT(needs, Contains(need));
  EXPECT_THAT(to_json(d.at("compatibilities")), HasSubstr("FARGATE"));
}

TEST_F(EcsDefinitionTest, FargateSizesAreCombinations) {
  struct Size {
    const char *cpu, *memory;
    bool ok;
  };
  for (const Size& size : {Size{"256", "512", true}, Size{"256", "1536", false},
                           Size{"256", "2048", true}, Size{"256", "3072", false},
                           Size{"512", "1024", true}, Size{"512", "5120", false},
                           Size{"1024", "8192", true}, Size{"2048", "3072", false},
                           Size{"4096", "30720", true}, Size{"8192", "16384", true},
                           Size{"8192", "17408", false}, Size{"16384", "122880", true}}) {
    const Value input = fargate({{"cpu", size.cpu}, {"memory", size.memory}});
    if (size.ok)
      put(input);
    else
      EXPECT_EQ(refused(input),
                cat("No Fargate configuration exists for given values: ", size.cpu, " CPU, ",
                    size.memory,
                    " memory. See the Amazon ECS documentation for the valid values."));
  }
}

TEST_F(EcsDefinitionTest, FargateRefusesWhatItCannotRun) {
  EXPECT_EQ(refused(with(bridge(), {{"requiresCompatibilities", Texts{"FARGATE"}}})),
            "Fargate requires that 'cpu' be defined at the task level.");
  EXPECT_EQ(refused(with(bridge(), {{"requiresCompatibilities", Texts{"FARGATE"}},
                                    {"cpu", "256"}})),
            "Fargate requires that 'memory' be defined at the task level.");
  EXPECT_EQ(refused(fargate({{"networkMode", "bridge"}})),
            "Fargate only supports network mode ‘awsvpc’.");
  auto in_container = [&](const Value& more, const Value& around = Value::map()) {
    return refused(with(fargate({{"containerDefinitions", Values{container(more)}}}), around));
  };
  EXPECT_THAT(in_container({{"privileged", true}}), HasSubstr("privileged"));
  const Value log{{"logDriver", "awslogs"},
                  {"options",
                   {{"awslogs-group", "g"},
                    {"awslogs-region", "r"},
                    {"awslogs-stream-prefix", "p"}}}};
  EXPECT_EQ(in_container({{"logConfiguration", log}}, {{"executionRoleArn", ""}}),
            "Fargate requires task definition to have execution role ARN to support log driver "
            "awslogs.");
  EXPECT_EQ(in_container({{"image", "1.dkr.ecr.us-east-1.amazonaws.com/a"}},
                         {{"executionRoleArn", ""}}),
            "Fargate requires task definition to have execution role ARN to support ECR images.");
  EXPECT_THAT(in_container({{"stopTimeout", 300}}), HasSubstr("stopTimeout"));
  EXPECT_THAT(in_container({{"linuxParameters", {{"maxSwap", 1}}}}), HasSubstr("maxSwap"));
  EXPECT_THAT(refused(fargate({{"volumes", Values{{{"name", "v"},
                                                   {"host", {{"sourcePath", "/x"}}}}}}})),
              HasSubstr("sourcePath"));
  EXPECT_THAT(refused(fargate({{"placementConstraints",
                                Values{{{"type", "memberOf"},
                                        {"expression", "attribute:x exists"}}}}})),
              HasSubstr("placement constraints"));
}

TEST_F(EcsDefinitionTest, NamesImagesAndMemoryAreRequired) {
  EXPECT_EQ(refused_container({{"name", ""}}), "Container.name should not be null or empty.");
  EXPECT_EQ(refused_container({{"name", "a b"}}), "Container.name contains invalid characters.");
  EXPECT_EQ(refused_container({{"image", ""}}), "Container.image should not be null or empty.");
  EXPECT_EQ(refused_container({{"image", "a b"}}), "Container.image contains invalid characters.");
  EXPECT_EQ(refused(bridge({{"containerDefinitions",
                             Values{{{"name", "web"}, {"image", "nginx"}}}}})),
            "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' "
            "must be specified.");
  EXPECT_EQ(refused(bridge({{"family", ""}})), "Family should not be null or empty.");
  EXPECT_EQ(refused(bridge({{"family", "a b"}})), "Family contains invalid characters.");
  EXPECT_EQ(refused(bridge({{"containerDefinitions", Values{}}})),
            "Container list cannot be empty.");
  EXPECT_THAT(refused(bridge({{"cpu", "lots"}})), HasSubstr("Invalid 'cpu' setting for task."));
  EXPECT_THAT(refused(bridge({{"memory", "x"}})), HasSubstr("Invalid 'memory' setting for task."));
  EXPECT_EQ(refused(bridge({{"taskRoleArn", "arn:aws:s3:::x"}})), "Role is not valid");
}

TEST_F(EcsDefinitionTest, TaskSizesBoundTheirContainers) {
  EXPECT_EQ(refused(bridge({{"memory", "64"}})),
            "The 'memory' setting for container 'web' is greater than for the task.");
  EXPECT_EQ(refused(bridge({{"cpu", "256"},
                            {"containerDefinitions", Values{container({{"cpu", 512}})}}})),
            "The sum of all container 'cpu' values cannot be greater than the value of the task "
            "'cpu'.");
}

TEST_F(EcsDefinitionTest, PortsVolumesAndLinksMustFit) {
  EXPECT_EQ(refused(fargate({{"containerDefinitions",
                              Values{container({{"portMappings",
                                                 Values{{{"containerPort", 80},
                                                         {"hostPort", 8080}}}}})}}})),
            "When networkMode=awsvpc, the host ports and container ports in port mappings must "
            "match.");
  EXPECT_EQ(refused_container({{"mountPoints",
                                Values{{{"sourceVolume", "data"}, {"containerPath", "/d"}}}}}),
            "Unknown volume 'data'.");
  EXPECT_EQ(refused(bridge({{"networkMode", "awsvpc"},
                            {"containerDefinitions",
                             Values{container({{"links", Texts{"db"}}})}}})),
            "Links are not supported when networkMode=awsvpc.");
  EXPECT_EQ(refused_container({{"links", Texts{"db"}}}), "Unknown container 'db'.");
  EXPECT_THAT(refused_container({{"logConfiguration", {{"logDriver", "awslogs"}}}}),
              HasSubstr("Log driver awslogs requires options: awslogs-region, awslogs-group"));
  EXPECT_THAT(refused(bridge({{"volumes", Values{{{"name", "v"}}, {{"name", "v"}}}}})),
              HasSubstr("Duplicate volume name"));
  EXPECT_THAT(refused_container({{"secrets", Values{{{"name", "S"}, {"valueFrom", "s"}}}}}),
              HasSubstr("must also specify a value for 'executionRoleArn'"));
  const Value d = put(bridge({{"volumes", Values{{{"name", "v"}}}}}));
  EXPECT_EQ(to_json(d.at("volumes")), R"([{"name":"v","host":{}}])");
}

TEST_F(EcsDefinitionTest, DependenciesAreChecked) {
  auto two = [&](const Value& first, const Value& second) {
    return bridge({{"containerDefinitions",
                    Values{container(with({{"name", "a"}}, first)),
                           container(with({{"name", "b"}}, second))}}});
  };
  auto on = [](const std::string& name, const std::string& condition) {
    return Value(Values{{{"containerName", name}, {"condition", condition}}});
  };
  EXPECT_THAT(refused(two({{"dependsOn", on("c", "START")}}, Value::map())),
              HasSubstr("unknown container"));
  EXPECT_EQ(refused(two({{"dependsOn", on("b", "SUCCESS")}}, Value::map())),
            "A dependency container with SUCCESS or COMPLETE condition cannot be an essential "
            "container");
  EXPECT_THAT(refused(two({{"dependsOn", on("b", "HEALTHY")}}, Value::map())),
              HasSubstr("HEALTHY"));
  EXPECT_THAT(refused(two({{"dependsOn", on("b", "START")}}, {{"dependsOn", on("a", "START")}})),
              HasSubstr("cycle"));
  EXPECT_THAT(refused(two({{"essential", false}}, {{"essential", false}})),
              HasSubstr("essential container"));
  const Value d =
      put(two({{"dependsOn", on("b", "COMPLETE")}}, {{"essential", false}}));
  EXPECT_THAT(names(d.at("requiresAttributes")), Contains("ecs.capability.container-ordering"));
}

TEST_F(EcsDefinitionTest, ExpressionsAreParsed) {
  auto constraint = [](const std::string& text) {
    return Value(Values{{{"type", "memberOf"}, {"expression", text}}});
  };
  for (const std::string good :
       {"attribute:ecs.instance-type =~ t3.*", "attribute:a in [x, y] and not(task:group == web)",
        "attribute:ecs.os-type exists || runningTasksCount > 3", "attribute:a !in [x]",
        "attribute:ecs.subnet-id == subnet-1 && agentConnected == true"})
    put(bridge({{"placementConstraints", constraint(good)}}));
  for (const std::string bad : {"x", "attribute:a ==", "attribute:a in x", "(attribute:a exists",
                                "attribute:a exists and", "attribute:a =~ ["})
    EXPECT_EQ(error("ecs", "RegisterTaskDefinition",
                    bridge({{"placementConstraints", constraint(bad)}}))
                  .code,
              "InvalidParameterException")
        << bad;
}

TEST_F(EcsDefinitionTest, ListsAreSortedAndFiltered) {
  for (int n = 0; n < 11; ++n) put(bridge());
  put(bridge({{"family", "app-2"}}));
  const Value all = call("ecs", "ListTaskDefinitions").at("taskDefinitionArns");
  ASSERT_EQ(all.size(), 12u);
  EXPECT_TRUE(all[1].text().ends_with("app:2"));
  EXPECT_TRUE(all[10].text().ends_with("app:11"));
  const Value newest = call("ecs", "ListTaskDefinitions",
                            {{"familyPrefix", "app"}, {"sort", "DESC"}, {"maxResults", 2}});
  EXPECT_TRUE(newest.at("taskDefinitionArns")[0].text().ends_with("app:11"));
  const Value next = call("ecs", "ListTaskDefinitions",
                          {{"familyPrefix", "app"},
                           {"sort", "DESC"},
                           {"maxResults", 2},
                           {"nextToken", newest.at("nextToken")}});
  EXPECT_TRUE(next.at("taskDefinitionArns")[0].text().ends_with("app:9"));
  EXPECT_EQ(to_json(call("ecs", "ListTaskDefinitionFamilies", {{"familyPrefix", "app"}})
                        .at("families")),
            R"(["app","app-2"])");
  EXPECT_EQ(error("ecs", "ListTaskDefinitions", {{"maxResults", 0}}).code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "ListTaskDefinitionFamilies", {{"nextToken", "?"}}).code,
            "InvalidParameterException");
}

TEST_F(EcsDefinitionTest, DeregisteredThenDeleted) {
  put(bridge());
  EXPECT_EQ(error("ecs", "DescribeTaskDefinition", {{"taskDefinition", "app:7"}}).message,
            "Unable to describe task definition.");
  EXPECT_EQ(error("ecs", "DeregisterTaskDefinition", {{"taskDefinition", "app"}}).code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "DeregisterTaskDefinition", {{"taskDefinition", "app:7"}}).code,
            "ClientException");
  auto reason = [&](const std::string& name) {
    return std::string(call("ecs", "DeleteTaskDefinitions", {{"taskDefinitions", Texts{name}}})
                           .at("failures")[0]
                           .at("reason")
                           .text());
  };
  EXPECT_THAT(reason("app:1"), HasSubstr("still in ACTIVE status"));
  EXPECT_THAT(reason("app:9"), HasSubstr("does not exist"));
  EXPECT_EQ(error("ecs", "DeleteTaskDefinitions", {{"taskDefinitions", Texts{}}}).code,
            "InvalidParameterException");
  const Value gone = call("ecs", "DeregisterTaskDefinition", {{"taskDefinition", "app:1"}});
  EXPECT_EQ(gone.at("taskDefinition").at("status").text(), "INACTIVE");
  EXPECT_EQ(call("ecs", "ListTaskDefinitions").at("taskDefinitionArns").size(), 0u);
  EXPECT_EQ(call("ecs", "ListTaskDefinitions", {{"status", "INACTIVE"}})
                .at("taskDefinitionArns")
                .size(),
            1u);
  const Value deleted =
      call("ecs", "DeleteTaskDefinitions", {{"taskDefinitions", Texts{"app:1"}}});
  EXPECT_EQ(deleted.at("taskDefinitions")[0].at("status").text(), "DELETE_IN_PROGRESS");
  advance(2h);
  EXPECT_EQ(error("ecs", "DescribeTaskDefinition", {{"taskDefinition", "app:1"}}).code,
            "ClientException");
  EXPECT_EQ(put(bridge()).at("revision").integer(), 2);
}

TEST_F(EcsDefinitionTest, IsFoundByItsArn) {
  const Value arn = put(bridge()).at("taskDefinitionArn");
  EXPECT_EQ(call("ecs", "DescribeTaskDefinition", {{"taskDefinition", arn}})
                .at("taskDefinition")
                .at("revision")
                .integer(),
            1);
  EXPECT_EQ(error("ecs", "DescribeTaskDefinition",
                  {{"taskDefinition", "arn:aws:ecs:us-east-1:000000000000:cluster/web"}})
                .code,
            "InvalidParameterException");
}

TEST_F(EcsDefinitionTest, TagsComeOnRequest) {
  put(bridge({{"tags", Values{{{"key", "a"}, {"value", "b"}}}}}));
  EXPECT_TRUE(call("ecs", "DescribeTaskDefinition", {{"taskDefinition", "app"}})
                  .at("tags")
                  .is_absent());
  EXPECT_EQ(call("ecs", "DescribeTaskDefinition",
                 {{"taskDefinition", "app"}, {"include", Texts{"TAGS"}}})
                .at("tags")
                .size(),
            1u);
}

}  // namespace
}  // namespace squall::ecs
