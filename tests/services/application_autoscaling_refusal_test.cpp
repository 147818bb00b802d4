// Application Auto Scaling's documented refusals that the other tests have no reason to provoke.
#include "tests/services/application_autoscaling_fixture.h"

namespace squall {
namespace {

TEST_F(AppScalingTest, InputThatBreaksTheModelIsRefused) {
  const model::Service model(model::generated::application_autoscaling);
  for (size_t i = 0; i < model.operation_count(); ++i) {
    const std::string name{model.operation(i).name()};
    EXPECT_EQ(error(aas, name, Value::map()).code, "ValidationException") << name;
  }
}

TEST_F(AppScalingTest, TokensThatNobodyGaveAreRefused) {
  for (const char* operation : {"DescribeScalableTargets", "DescribeScalingActivities",
                                "DescribeScalingPolicies", "DescribeScheduledActions"}) {
    EXPECT_EQ(error(aas, operation, {{"ServiceNamespace", "ecs"}, {"NextToken", "%"}}).code,
              "InvalidNextTokenException");
    EXPECT_EQ(error(aas, operation, {{"ServiceNamespace", "ecs"}, {"MaxResults", 99}}).code,
              "ValidationException");
  }
}

TEST_F(AppScalingTest, TheQuotaOfTargetsHolds) {
  {
    sim::Transaction change(world());
    sim::Scope here = scope();
    for (int i = 0; i < 3000; ++i) {
      application_autoscaling::ScalableTarget target;
      target.service_namespace = "ecs";
      target.id = cat("ecs|service/shop/s", i, "|ecs:service:DesiredCount");
      here.add(std::move(target));
    }
    change.commit();
  }
  EXPECT_EQ(refusal("RegisterScalableTarget", {{"MinCapacity", 1}, {"MaxCapacity", 2}}),
            "LimitExceededException");
}

TEST_F(AppScalingTest, DynamoDbIsScaledByUnits) {
  call("dynamodb", "CreateTable",
       {{"TableName", "orders"},
        {"AttributeDefinitions",
         std::vector<Value>{Value{{"AttributeName", "id"}, {"AttributeType", "S"}}}},
        {"KeySchema", std::vector<Value>{Value{{"AttributeName", "id"}, {"KeyType", "HASH"}}}},
        {"ProvisionedThroughput", Value{{"ReadCapacityUnits", 10}, {"WriteCapacityUnits", 10}}}});
  auto on_table = [](Value more) {
    more.add("ServiceNamespace", "dynamodb");
    more.add("ResourceId", "table/orders");
    more.add("ScalableDimension", "dynamodb:table:ReadCapacityUnits");
    return more;
  };
  call(aas, "RegisterScalableTarget", on_table({{"MinCapacity", 5}, {"MaxCapacity", 100}}));
  EXPECT_EQ(error(aas, "PutScalingPolicy",
                  on_table({{"PolicyName", "s"},
                            {"PolicyType", "StepScaling"},
                            {"StepScalingPolicyConfiguration",
                             Value{{"AdjustmentType", "ChangeInCapacity"}}}})).code,
            "ValidationException");
  const Value metric{{"PredefinedMetricType", "DynamoDBReadCapacityUtilization"}};
  const Value made = call(
      aas, "PutScalingPolicy",
      on_table({{"PolicyName", "units"},
                {"PolicyType", "TargetTrackingScaling"},
                {"TargetTrackingScalingPolicyConfiguration",
                 Value{{"TargetValue", 70}, {"PredefinedMetricSpecification", metric}}}}));
  ASSERT_EQ(made.at("Alarms").size(), 4u);
  const std::string high{made.at("Alarms")[0].at("AlarmName").text()};
  EXPECT_TRUE(high.starts_with("TargetTracking-table/orders-AlarmHigh-"));
  EXPECT_EQ(scope().view<cloudwatch::Alarm>(high)->threshold, 420);  // 10 x 60 x 70 %
  EXPECT_EQ(scope().view<cloudwatch::Alarm>(high)->evaluation_periods, 2);
  for (int i = 0; i < 4; ++i) {
    sim::Transaction change(world());
    sim::Scope here = scope();
    cloudwatch::put_metric(here, "AWS/DynamoDB", "ConsumedReadCapacityUnits",
                           {{"TableName", "orders"}}, cloudwatch::StatisticSet::of(1260), "Count",
                           here.now());
    change.commit();
    advance(60s);
  }
  const Value table = call("dynamodb", "DescribeTable", {{"TableName", "orders"}}).at("Table");
  EXPECT_EQ(table.at("ProvisionedThroughput").at("ReadCapacityUnits").integer(), 30);
  EXPECT_EQ(scope().view<cloudwatch::Alarm>(high)->threshold, 1260);
  const Value list = call(aas, "DescribeScalingActivities", {{"ServiceNamespace", "dynamodb"}})
                         .at("ScalingActivities");
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].at("Description").text(), "Setting read capacity units to 30.");
  EXPECT_EQ(list[0].at("StatusMessage").text(),
            "Successfully set read capacity units to 30. Change successfully fulfilled by "
            "dynamodb.");
}

}  // namespace
}  // namespace squall
