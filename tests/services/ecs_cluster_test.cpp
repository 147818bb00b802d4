// Clusters, account settings and tags: what they show, and what ECS refuses.
#include "services/cloudwatch/cloudwatch.h"
#include "services/ecs/ecs.h"
#include "services/logs/logs.h"
#include "tests/services/fixture.h"

namespace squall::ecs {
namespace {

using testing::HasSubstr;
using Texts = std::vector<std::string>;
using Values = std::vector<Value>;

class EcsClusterTest : public ServiceTest {
 protected:
  Value create(const Value& input = Value::map()) {
    return call("ecs", "CreateCluster", input).at("cluster");
  }
  Value describe(const std::string& name = "web") {
    return call("ecs", "DescribeClusters",
                {{"clusters", Texts{name}},
                 {"include", Texts{"SETTINGS", "TAGS", "STATISTICS", "ATTACHMENTS",
                                   "CONFIGURATIONS"}}})
        .at("clusters")[0];
  }
};

TEST_F(EcsClusterTest, DefaultClusterIsNamedDefault) {
  EXPECT_EQ(error("ecs", "DeleteCluster", {{"cluster", "default"}}).code,
            "ClusterNotFoundException");
  const Value made = create();
  EXPECT_EQ(made.at("clusterName").text(), "default");
  EXPECT_EQ(made.at("clusterArn").text(),
            "arn:aws:ecs:us-east-1:000000000000:cluster/default");
  EXPECT_EQ(made.at("settings")[0].at("value").text(), "disabled");
}

TEST_F(EcsClusterTest, CreateIsIdempotentUnlessArgumentsDiffer) {
  const Value tags = Values{{{"key", "team"}, {"value", "a"}}};
  create({{"clusterName", "web"}, {"tags", tags}});
  EXPECT_EQ(create({{"clusterName", "web"}, {"tags", tags}}).at("status").text(), "ACTIVE");
  const AwsError refused = error("ecs", "CreateCluster",
                                 {{"clusterName", "web"},
                                  {"tags", Values{{{"key", "team"}, {"value", "b"}}}}});
  EXPECT_EQ(refused.code, "InvalidParameterException");
  EXPECT_THAT(refused.message, HasSubstr("idempotent request are inconsistent"));
  EXPECT_EQ(describe().at("tags")[0].at("value").text(), "a");
}

TEST_F(EcsClusterTest, ProvidersAndStrategyAreChecked) {
  EXPECT_THAT(error("ecs", "CreateCluster",
                    {{"clusterName", "web"}, {"capacityProviders", Texts{"none"}}})
                  .message,
              HasSubstr("The specified capacity provider was not found."));
  create({{"clusterName", "web"}, {"capacityProviders", Texts{"FARGATE"}}});
  EXPECT_EQ(describe().at("attachmentsStatus").text(), "UPDATE_COMPLETE");
  auto strategy = [&](const Values& items) {
    return error("ecs", "PutClusterCapacityProviders",
                 {{"cluster", "web"},
                  {"capacityProviders", Texts{"FARGATE", "FARGATE_SPOT"}},
                  {"defaultCapacityProviderStrategy", items}})
        .message;
  };
  EXPECT_THAT(strategy({{{"capacityProvider", "other"}}}), HasSubstr("not associated"));
  EXPECT_THAT(strategy({{{"capacityProvider", "FARGATE"}},
                        {{"capacityProvider", "FARGATE_SPOT"}}}),
              HasSubstr("only capacity providers with a weight value of 0"));
  EXPECT_THAT(strategy({{{"capacityProvider", "FARGATE"}, {"weight", 1}, {"base", 1}},
                        {{"capacityProvider", "FARGATE_SPOT"}, {"weight", 1}, {"base", 1}}}),
              HasSubstr("more than one capacity provider with a base value"));
  const Value changed =
      call("ecs", "PutClusterCapacityProviders",
           {{"cluster", "web"},
            {"capacityProviders", Texts{"FARGATE", "FARGATE_SPOT"}},
            {"defaultCapacityProviderStrategy",
             Values{{{"capacityProvider", "FARGATE_SPOT"}, {"weight", 1}}}}})
          .at("cluster");
  EXPECT_EQ(changed.at("attachmentsStatus").text(), "UPDATE_IN_PROGRESS");
  EXPECT_EQ(changed.at("defaultCapacityProviderStrategy")[0].at("capacityProvider").text(),
            "FARGATE_SPOT");
}

TEST_F(EcsClusterTest, AttachmentsAreBusyWhileTheyChange) {
  use_latency(sim::LatencyProfile::measured);
  create({{"clusterName", "web"}, {"capacityProviders", Texts{"FARGATE"}}});
  const Value change{{"cluster", "web"},
                     {"capacityProviders", Texts{}},
                     {"defaultCapacityProviderStrategy", Values{}}};
  EXPECT_EQ(error("ecs", "PutClusterCapacityProviders", change).code,
            "UpdateInProgressException");
  advance(1min);
  call("ecs", "PutClusterCapacityProviders", change);
  EXPECT_EQ(describe().at("capacityProviders").size(), 0u);
}

TEST_F(EcsClusterTest, DeletedClusterStaysVisibleAsInactive) {
  create({{"clusterName", "web"}});
  EXPECT_EQ(call("ecs", "DeleteCluster", {{"cluster", "web"}}).at("cluster").at("status").text(),
            "INACTIVE");
  EXPECT_EQ(describe().at("status").text(), "INACTIVE");
  EXPECT_EQ(call("ecs", "ListClusters").at("clusterArns").size(), 0u);
  EXPECT_EQ(error("ecs", "UpdateCluster", {{"cluster", "web"}}).message,
            "The referenced cluster was inactive.");
  EXPECT_EQ(error("ecs", "PutClusterCapacityProviders",
                  {{"cluster", "web"},
                   {"capacityProviders", Texts{}},
                   {"defaultCapacityProviderStrategy", Values{}}})
                .message,
            "The specified cluster is inactive. Specify an active cluster and try again.");
  EXPECT_EQ(create({{"clusterName", "web"}}).at("status").text(), "ACTIVE");
}

TEST_F(EcsClusterTest, SettingsConfigurationAndNamespaceChange) {
  create({{"clusterName", "web"}});
  call("ecs", "UpdateClusterSettings",
       {{"cluster", "web"},
        {"settings", Values{{{"name", "containerInsights"}, {"value", "enhanced"}}}}});
  call("ecs", "UpdateCluster",
       {{"cluster", "web"},
        {"configuration", {{"executeCommandConfiguration", {{"logging", "DEFAULT"}}}}},
        {"serviceConnectDefaults", {{"namespace", "inner"}}}});
  const Value now = describe();
  EXPECT_EQ(now.at("settings")[0].at("value").text(), "enhanced");
  EXPECT_EQ(now.at("configuration").at("executeCommandConfiguration").at("logging").text(),
            "DEFAULT");
  EXPECT_THAT(std::string(now.at("serviceConnectDefaults").at("namespace").text()),
              HasSubstr(":namespace/ns-"));
  EXPECT_EQ(error("ecs", "UpdateCluster",
                  {{"cluster", "web"},
                   {"serviceConnectDefaults",
                    {{"namespace", "arn:aws:servicediscovery:us-east-1:000000000000:namespace/"
                                   "ns-none"}}}})
                .code,
            "NamespaceNotFoundException");
  EXPECT_EQ(error("ecs", "UpdateCluster",
                  {{"cluster", "web"},
                   {"configuration", {{"executeCommandConfiguration", {{"logging", "OVERRIDE"}}}}}})
                .code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "UpdateClusterSettings",
                  {{"cluster", "web"},
                   {"settings", Values{{{"name", "containerInsights"}, {"value", "maybe"}}}}})
                .code,
            "InvalidParameterException");
}

TEST_F(EcsClusterTest, UnknownNamesAreMissing) {
  const Value answer =
      call("ecs", "DescribeClusters", {{"clusters", Texts{"nowhere"}}});
  EXPECT_EQ(answer.at("failures")[0].at("reason").text(), "MISSING");
  EXPECT_EQ(answer.at("failures")[0].at("arn").text(),
            "arn:aws:ecs:us-east-1:000000000000:cluster/nowhere");
  for (const std::string name : {"a/b", "a b"})
    EXPECT_EQ(error("ecs", "CreateCluster", {{"clusterName", name}}).code,
              "InvalidParameterException");
  EXPECT_EQ(error("ecs", "ListClusters", {{"nextToken", "?"}}).code, "InvalidParameterException");
  EXPECT_EQ(error("ecs", "ListClusters", {{"maxResults", 101}}).code, "InvalidParameterException");
}

TEST_F(EcsClusterTest, ListIsPaged) {
  for (const std::string name : {"a", "b", "c"}) create({{"clusterName", name}});
  const Value first = call("ecs", "ListClusters", {{"maxResults", 2}});
  ASSERT_EQ(first.at("clusterArns").size(), 2u);
  const Value rest = call("ecs", "ListClusters",
                          {{"maxResults", 2}, {"nextToken", first.at("nextToken")}});
  EXPECT_EQ(rest.at("clusterArns").size(), 1u);
  EXPECT_TRUE(rest.at("nextToken").is_absent());
}

TEST_F(EcsClusterTest, AccountSettingsHaveOwnAndEffectiveValues) {
  const Value all =
      call("ecs", "ListAccountSettings", {{"effectiveSettings", true}}).at("settings");
  EXPECT_EQ(all.size(), 11u);
  EXPECT_EQ(call("ecs", "ListAccountSettings").at("settings").size(), 0u);
  call("ecs", "PutAccountSettingDefault", {{"name", "containerInsights"}, {"value", "enabled"}});
  EXPECT_EQ(create({{"clusterName", "web"}}).at("settings")[0].at("value").text(), "enabled");
  call("ecs", "PutAccountSetting", {{"name", "awsvpcTrunking"}, {"value", "enabled"}});
  EXPECT_EQ(call("ecs", "ListAccountSettings", {{"name", "awsvpcTrunking"}})
                .at("settings")[0]
                .at("value")
                .text(),
            "enabled");
  EXPECT_EQ(call("ecs", "DeleteAccountSetting", {{"name", "awsvpcTrunking"}})
                .at("setting")
                .at("value")
                .text(),
            "disabled");
  for (const std::string operation : {"PutAccountSetting", "PutAccountSettingDefault"}) {
    EXPECT_EQ(error("ecs", operation, {{"name", "nothing"}, {"value", "on"}}).code,
              "InvalidParameterException");
    EXPECT_EQ(error("ecs", operation, {{"name", "taskLongArnFormat"}, {"value", "disabled"}}).code,
              "InvalidParameterException");
  }
  EXPECT_EQ(error("ecs", "PutAccountSetting",
                  {{"name", "awsvpcTrunking"}, {"value", "enabled"}, {"principalArn", "me"}})
                .code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "DeleteAccountSetting", {{"name", "guardDutyActivate"}}).code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "ListAccountSettings", {{"value", "on"}}).code,
            "InvalidParameterException");
}

TEST_F(EcsClusterTest, TagsOfResources) {
  const std::string arn{create({{"clusterName", "web"}}).at("clusterArn").text()};
  call("ecs", "TagResource",
       {{"resourceArn", arn}, {"tags", Values{{{"key", "a"}, {"value", "1"}},
                                              {{"key", "b"}, {"value", "2"}}}}});
  call("ecs", "UntagResource", {{"resourceArn", arn}, {"tagKeys", Texts{"a"}}});
  const Value tags = call("ecs", "ListTagsForResource", {{"resourceArn", arn}}).at("tags");
  ASSERT_EQ(tags.size(), 1u);
  EXPECT_EQ(tags[0].at("key").text(), "b");
  const Values one{{{"key", "k"}, {"value", "v"}}};
  const std::string stem = "arn:aws:ecs:us-east-1:000000000000:";
  EXPECT_EQ(error("ecs", "TagResource", {{"resourceArn", stem + "cluster/x"}, {"tags", one}}).code,
            "ClusterNotFoundException");
  EXPECT_EQ(error("ecs", "TagResource",
                  {{"resourceArn", stem + "task-definition/x:1"}, {"tags", one}})
                .code,
            "ResourceNotFoundException");
  EXPECT_EQ(error("ecs", "UntagResource",
                  {{"resourceArn", stem + "service/x/y"}, {"tagKeys", Texts{"k"}}})
                .code,
            "ResourceNotFoundException");
  EXPECT_EQ(error("ecs", "UntagResource",
                  {{"resourceArn", stem + "cluster/x"}, {"tagKeys", Texts{"k"}}})
                .code,
            "ClusterNotFoundException");
  EXPECT_EQ(error("ecs", "ListTagsForResource", {{"resourceArn", stem + "cluster/x"}}).code,
            "ClusterNotFoundException");
  EXPECT_EQ(error("ecs", "ListTagsForResource", {{"resourceArn", "nonsense"}}).code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "TagResource",
                  {{"resourceArn", arn}, {"tags", Values{{{"key", "aws:x"}, {"value", "v"}}}}})
                .code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "UntagResource", {{"resourceArn", arn}, {"tagKeys", Texts{}}}).code,
            "InvalidParameterException");
  for (int batch = 0; batch < 2; ++batch) {
    Values many;
    for (int n = 0; n < 30; ++n)
      many.push_back({{"key", cat("k", batch, '-', n)}, {"value", ""}});
    if (batch == 0)
      call("ecs", "TagResource", {{"resourceArn", arn}, {"tags", many}});
    else
      EXPECT_EQ(error("ecs", "TagResource", {{"resourceArn", arn}, {"tags", many}}).code,
                "LimitExceededException");
  }
}

TEST_F(EcsClusterTest, ContainerInsightsComeEachMinute) {
  create({{"clusterName", "web"},
          {"settings", Values{{{"name", "containerInsights"}, {"value", "enabled"}}}}});
  advance(3min);
  EXPECT_TRUE(cloudwatch::has_metric(scope(), "ECS/ContainerInsights", "TaskCount",
                                     {{"ClusterName", "web"}}));
  EXPECT_EQ(logs::events(scope(), "/aws/ecs/containerinsights/web/performance").size(), 3u);
  call("ecs", "UpdateClusterSettings",
       {{"cluster", "web"},
        {"settings", Values{{{"name", "containerInsights"}, {"value", "disabled"}}}}});
  advance(3min);
  EXPECT_EQ(logs::events(scope(), "/aws/ecs/containerinsights/web/performance").size(), 3u);
}

}  // namespace
}  // namespace squall::ecs
