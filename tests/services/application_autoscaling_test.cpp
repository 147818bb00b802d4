// Application Auto Scaling: targets, policies and what is refused.
#include "tests/services/application_autoscaling_fixture.h"

namespace squall {
namespace {

TEST_F(AppScalingTest, TargetsAreRegisteredAndChanged) {
  const Value made = ask("RegisterScalableTarget",
                         {{"MinCapacity", 1},
                          {"MaxCapacity", 4},
                          {"Tags", Value{{"team", "a"}}},
                          {"SuspendedState", Value{{"DynamicScalingInSuspended", true}}}});
  const Value arn = made.at("ScalableTargetARN");
  EXPECT_TRUE(arn.text().starts_with("arn:aws:application-autoscaling:us-east-1:"));
  ask("RegisterScalableTarget", {{"MaxCapacity", 6}});
  const Value list =
      call(aas, "DescribeScalableTargets",
           {{"ServiceNamespace", "ecs"},
            {"ResourceIds", std::vector<Value>{"service/shop/web"}},
            {"ScalableDimension", "ecs:service:DesiredCount"}}).at("ScalableTargets");
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].at("MinCapacity").integer(), 1);
  EXPECT_EQ(list[0].at("MaxCapacity").integer(), 6);
  EXPECT_TRUE(list[0].at("SuspendedState").at("DynamicScalingInSuspended").boolean());
  EXPECT_EQ(list[0].at("RoleARN").text(),
            "arn:aws:iam::000000000000:role/aws-service-role/ecs.application-autoscaling."
            "amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService");
  call(aas, "TagResource", {{"ResourceARN", arn}, {"Tags", Value{{"x", "y"}}}});
  call(aas, "UntagResource", {{"ResourceARN", arn}, {"TagKeys", std::vector<Value>{"team"}}});
  EXPECT_EQ(to_json(call(aas, "ListTagsForResource", {{"ResourceARN", arn}}).at("Tags")),
            "{\"x\":\"y\"}");
}

TEST_F(AppScalingTest, TargetsThatMakeNoSenseAreRefused) {
  EXPECT_EQ(refusal("RegisterScalableTarget", {{"MinCapacity", 1}}), "ValidationException");
  EXPECT_EQ(refusal("RegisterScalableTarget", {{"MinCapacity", 5}, {"MaxCapacity", 1}}),
            "ValidationException");
  const AwsError missing =
      error(aas, "RegisterScalableTarget",
            named({{"MinCapacity", 1}, {"MaxCapacity", 2}}, "service/shop/none"));
  EXPECT_EQ(missing.message, "ECS service doesn't exist: service/shop/none");
  EXPECT_EQ(error(aas, "RegisterScalableTarget",
                  named({{"MinCapacity", 1}, {"MaxCapacity", 2}}, "web")).message,
            "Unsupported service namespace, resource type or scalable dimension");
  EXPECT_EQ(error(aas, "RegisterScalableTarget",
                  {{"ServiceNamespace", "rds"},
                   {"ResourceId", "cluster:orders"},
                   {"ScalableDimension", "rds:cluster:ReadReplicaCount"},
                   {"MinCapacity", 1},
                   {"MaxCapacity", 2}}).message,
            "Aurora DB cluster doesn't exist: cluster:orders");
  EXPECT_EQ(error(aas, "RegisterScalableTarget",
                  {{"ServiceNamespace", "dynamodb"},
                   {"ResourceId", "table/none/index/i"},
                   {"ScalableDimension", "dynamodb:index:ReadCapacityUnits"},
                   {"MinCapacity", 1},
                   {"MaxCapacity", 2}}).code,
            "ValidationException");
  EXPECT_EQ(refusal("DeregisterScalableTarget"), "ObjectNotFoundException");
  EXPECT_EQ(error(aas, "DescribeScalableTargets",
                  {{"ServiceNamespace", "ecs"},
                   {"ScalableDimension", "ecs:service:DesiredCount"}}).code,
            "ValidationException");
  EXPECT_EQ(error(aas, "DescribeScalableTargets",
                  {{"ServiceNamespace", "ecs"}, {"NextToken", "%"}}).code,
            "InvalidNextTokenException");
  const Value none{
      {"ResourceARN", "arn:aws:application-autoscaling:us-east-1:1:scalable-target/x"}};
  EXPECT_EQ(error(aas, "ListTagsForResource", none).code, "ResourceNotFoundException");
  make_target();
  EXPECT_EQ(refusal("RegisterScalableTarget", {{"Tags", Value{{"a", "b"}}}}),
            "ValidationException");
}

TEST_F(AppScalingTest, TagsHaveALimit) {
  const Value arn = ask("RegisterScalableTarget", {{"MinCapacity", 1}, {"MaxCapacity", 4}})
                        .at("ScalableTargetARN");
  Value tags = Value::map();
  for (int i = 0; i < 51; ++i) tags.add(Key::copy(cat("k", i)), "v");
  EXPECT_EQ(error(aas, "TagResource", {{"ResourceARN", arn}, {"Tags", tags}}).code,
            "TooManyTagsException");
  EXPECT_EQ(error(aas, "TagResource",
                  {{"ResourceARN", arn}, {"Tags", Value{{"aws:x", "y"}}}}).code,
            "ValidationException");
  const char* gone = "arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/"
                     "012345678901234567890123456789012345";
  const Value none{{"ResourceARN", gone}, {"Tags", Value{{"a", "b"}}}};
  EXPECT_EQ(error(aas, "TagResource", none).code, "ResourceNotFoundException");
  EXPECT_EQ(error(aas, "UntagResource",
                  {{"ResourceARN", gone}, {"TagKeys", std::vector<Value>{"a"}}}).code,
            "ResourceNotFoundException");
}

TEST_F(AppScalingTest, LimitsAreKeptFromTheStart) {
  make_target(3, 5);
  EXPECT_EQ(desired(), 3);
  const Value list = activities();
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].at("Description").text(), "Setting desired count to 3.");
  EXPECT_EQ(list[0].at("Cause").text(), "minimum capacity was set to 3");
}

TEST_F(AppScalingTest, TrackingOwnsItsAlarms) {
  make_target();
  const Value made = ask("PutScalingPolicy", tracking(75));
  EXPECT_THAT(std::string(made.at("PolicyARN").text()),
              testing::HasSubstr(":resource/ecs/service/shop/web:policyName/cpu"));
  ASSERT_EQ(made.at("Alarms").size(), 2u);
  const std::string high{made.at("Alarms")[0].at("AlarmName").text()},
      low{made.at("Alarms")[1].at("AlarmName").text()};
  EXPECT_TRUE(high.starts_with("TargetTracking-service/shop/web-AlarmHigh-")) << high;
  const auto* alarm = scope().view<cloudwatch::Alarm>(high);
  ASSERT_TRUE(alarm);
  EXPECT_EQ(alarm->threshold, 75);
  EXPECT_EQ(alarm->evaluation_periods, 3);
  const auto* under = scope().view<cloudwatch::Alarm>(low);
  ASSERT_TRUE(under);
  EXPECT_EQ(under->threshold, 67.5);
  EXPECT_EQ(under->evaluation_periods, 15);
  // Put again: the same policy, new alarms.
  const Value again = ask("PutScalingPolicy", tracking(50, {{"DisableScaleIn", true}}));
  EXPECT_EQ(again.at("PolicyARN").text(), made.at("PolicyARN").text());
  EXPECT_EQ(again.at("Alarms").size(), 1u);
  EXPECT_EQ(scope().all<cloudwatch::Alarm>().size(), 1u);
  const Value shown =
      call(aas, "DescribeScalingPolicies", {{"ServiceNamespace", "ecs"}}).at("ScalingPolicies");
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].at("Alarms").size(), 1u);
  EXPECT_EQ(shown[0].at("TargetTrackingScalingPolicyConfiguration").at("TargetValue").real(), 50);
  ask("DeregisterScalableTarget");
  EXPECT_TRUE(scope().all<cloudwatch::Alarm>().empty());
  EXPECT_TRUE(scope().all<application_autoscaling::Policy>().empty());
}

TEST_F(AppScalingTest, PoliciesThatMakeNoSenseAreRefused) {
  EXPECT_EQ(error(aas, "PutScalingPolicy", named(tracking(75))).code, "ObjectNotFoundException");
  make_target();
  EXPECT_EQ(refusal("PutScalingPolicy", tracking(0)), "ValidationException");
  const Value dynamodb{{"PredefinedMetricType", "DynamoDBReadCapacityUtilization"}};
  EXPECT_EQ(refusal("PutScalingPolicy",
                    tracking(75, {{"PredefinedMetricSpecification", dynamodb}})),
            "ValidationException");
  const Value alb{{"PredefinedMetricType", "ALBRequestCountPerTarget"}};
  EXPECT_EQ(refusal("PutScalingPolicy", tracking(75, {{"PredefinedMetricSpecification", alb}})),
            "ValidationException");
  EXPECT_EQ(refusal("PutScalingPolicy",
                    tracking(75, {{"CustomizedMetricSpecification", Value::map()}})),
            "ValidationException");
  EXPECT_EQ(refusal("PutScalingPolicy", {{"PolicyName", "p"}}), "ValidationException");
  EXPECT_EQ(refusal("PutScalingPolicy", tracking(75, {{"ScaleInCooldown", -1}})),
            "ValidationException");
  auto steps = [&](std::vector<Value> list) {
    return refusal("PutScalingPolicy",
                   {{"PolicyName", "steps"},
                    {"PolicyType", "StepScaling"},
                    {"StepScalingPolicyConfiguration",
                     Value{{"AdjustmentType", "ChangeInCapacity"}, {"StepAdjustments", list}}}});
  };
  auto step = [](double from, double to) {
    return Value{{"MetricIntervalLowerBound", from},
                 {"MetricIntervalUpperBound", to},
                 {"ScalingAdjustment", 1}};
  };
  EXPECT_EQ(steps({}), "ValidationException");
  EXPECT_EQ(steps({step(0, 10), step(5, 20)}), "ValidationException");
  EXPECT_EQ(steps({step(0, 10), step(15, 20)}), "ValidationException");
  EXPECT_EQ(steps({step(10, 0)}), "ValidationException");
  EXPECT_EQ(refusal("DeleteScalingPolicy", {{"PolicyName", "none"}}), "ObjectNotFoundException");
  ask("PutScalingPolicy", tracking(75));
  EXPECT_EQ(refusal("PutScalingPolicy",
                    {{"PolicyName", "cpu"}, {"PolicyType", "StepScaling"}}),
            "ValidationException");
  for (int i = 1; i < 50; ++i) {
    Value more = tracking(75);
    more.set("PolicyName", cat("p", i));
    ask("PutScalingPolicy", more);
  }
  Value more = tracking(75);
  more.set("PolicyName", "too-many");
  EXPECT_EQ(refusal("PutScalingPolicy", more), "LimitExceededException");
  ask("DeleteScalingPolicy", {{"PolicyName", "cpu"}});
}

TEST_F(AppScalingTest, PredictionsAreNotPretended) {
  make_target();
  const Value load{{"PredefinedMetricType", "ECSServiceCPUUtilization"}};
  const Value spec{{"TargetValue", 50}, {"PredefinedMetricPairSpecification", load}};
  const AwsError put =
      error(aas, "PutScalingPolicy",
            named({{"PolicyName", "p"},
                   {"PolicyType", "PredictiveScaling"},
                   {"PredictiveScalingPolicyConfiguration",
                    Value{{"MetricSpecifications", std::vector<Value>{spec}}}}}));
  EXPECT_EQ(put.status, 501);
  EXPECT_EQ(refusal("GetPredictiveScalingForecast",
                    {{"PolicyName", "p"}, {"StartTime", world().now()},
                     {"EndTime", world().now() + 1h}}),
            "ValidationException");
}

}  // namespace
}  // namespace squall
