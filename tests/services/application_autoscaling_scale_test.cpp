// Application Auto Scaling at work: tracking, steps, schedules, cooldowns.
#include "tests/services/application_autoscaling_fixture.h"

namespace squall {
namespace {

TEST_F(AppScalingTest, ScalesOutWhenLoadRises) {
  make_target();
  ask("PutScalingPolicy", tracking(50));
  load(100, 2);
  EXPECT_EQ(desired(), 2);
  load(100, 2);
  EXPECT_EQ(desired(), 4);
  const Value list = activities();
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].at("Description").text(), "Setting desired count to 4.");
  EXPECT_THAT(std::string(list[0].at("Cause").text()),
              testing::MatchesRegex("monitor alarm TargetTracking-service/shop/web-AlarmHigh-.* "
                                    "in state ALARM triggered policy cpu"));
  // No tasks can be placed here, so ECS has not fulfilled it.
  EXPECT_EQ(list[0].at("StatusCode").text(), "InProgress");
  load(100, 4);  // within the cooldown of 300 s what was added counts
  EXPECT_EQ(desired(), 4);
  load(100, 3);
  EXPECT_EQ(desired(), 8);
  EXPECT_EQ(activities()[1].at("StatusCode").text(), "Overridden");
  load(100, 8);
  EXPECT_EQ(desired(), 10);
  load(100, 8);
  const Value all = activities(true);
  EXPECT_EQ(all[0].at("NotScaledReasons")[0].at("Code").text(), "AlreadyAtMaxCapacity");
  EXPECT_EQ(all[0].at("NotScaledReasons")[0].at("MaxCapacity").integer(), 10);
  EXPECT_EQ(activities().size(), 3u);
}

TEST_F(AppScalingTest, ScalesInSlowlyAndOnlyIfAllAgree) {
  set_desired(8);
  make_target(2);
  ask("PutScalingPolicy", tracking(50));
  load(20, 14);
  EXPECT_EQ(desired(), 8);
  load(20, 2);
  EXPECT_EQ(desired(), 4);
  Value memory = tracking(50);
  memory.set("PolicyName", "memory");
  memory.set("TargetTrackingScalingPolicyConfiguration",
             Value{{"TargetValue", 50},
                   {"PredefinedMetricSpecification",
                    Value{{"PredefinedMetricType", "ECSServiceAverageMemoryUtilization"}}}});
  ask("PutScalingPolicy", memory);
  for (int i = 0; i < 20; ++i) {
    sim::Transaction change(world());
    sim::Scope here = scope();
    cloudwatch::put_metric(here, "AWS/ECS", "MemoryUtilization",
                           {{"ClusterName", "shop"}, {"ServiceName", "web"}},
                           cloudwatch::StatisticSet::of(48), "Percent", here.now());
    change.commit();
    load(10, 1);
  }
  EXPECT_EQ(desired(), 4);  // memory wants ceil(4 x 48 / 50)
}

TEST_F(AppScalingTest, NoScaleInWhereItIsDisabledOrSuspended) {
  set_desired(8);
  make_target(2);
  ask("PutScalingPolicy", tracking(50, {{"DisableScaleIn", true}}));
  load(10, 20);
  EXPECT_EQ(desired(), 8);
  ask("PutScalingPolicy", tracking(50));
  ask("RegisterScalableTarget",
      {{"SuspendedState", Value{{"DynamicScalingInSuspended", true},
                                {"DynamicScalingOutSuspended", true}}}});
  load(10, 20);
  load(100, 5);
  EXPECT_EQ(desired(), 8);
}

TEST_F(AppScalingTest, MissingDataScalesNothing) {
  set_desired(6);
  make_target(2);
  ask("PutScalingPolicy", tracking(50));
  advance(30min);
  EXPECT_EQ(desired(), 6);
}

TEST_F(AppScalingTest, StepsFollowTheBreach) {
  make_target();
  const Value made = ask(
      "PutScalingPolicy",
      {{"PolicyName", "steps"},
       {"StepScalingPolicyConfiguration",
        Value{{"AdjustmentType", "PercentChangeInCapacity"},
              {"MinAdjustmentMagnitude", 2},
              {"Cooldown", 60},
              {"MetricAggregationType", "Average"},
              {"StepAdjustments",
               std::vector<Value>{Value{{"MetricIntervalLowerBound", 0},
                                        {"MetricIntervalUpperBound", 20},
                                        {"ScalingAdjustment", 10}},
                                  Value{{"MetricIntervalLowerBound", 20},
                                        {"ScalingAdjustment", 200}}}}}}});
  call("cloudwatch", "PutMetricAlarm",
       {{"AlarmName", "busy"},
        {"Namespace", "AWS/ECS"},
        {"MetricName", "CPUUtilization"},
        {"Dimensions", std::vector<Value>{Value{{"Name", "ClusterName"}, {"Value", "shop"}},
                                          Value{{"Name", "ServiceName"}, {"Value", "web"}}}},
        {"Statistic", "Average"},
        {"Period", 60},
        {"EvaluationPeriods", 1},
        {"Threshold", 50},
        {"ComparisonOperator", "GreaterThanOrEqualToThreshold"},
        {"AlarmActions", std::vector<Value>{made.at("PolicyARN")}}});
  load(60, 2);
  EXPECT_EQ(desired(), 4);  // ten per cent, but at least two
  EXPECT_EQ(call(aas, "DescribeScalingPolicies", {{"ServiceNamespace", "ecs"}})
                .at("ScalingPolicies")[0].at("Alarms")[0].at("AlarmName").text(), "busy");
  load(90, 2);
  EXPECT_EQ(desired(), 10);
}

TEST_F(AppScalingTest, MetricMathIsTracked) {
  make_target();
  auto stat = [](const char* id, const char* name) {
    return Value{
        {"Id", id},
        {"ReturnData", false},
        {"MetricStat",
         Value{{"Stat", "Average"},
               {"Metric",
                Value{{"Namespace", "AWS/ECS"},
                      {"MetricName", name},
                      {"Dimensions",
                       std::vector<Value>{Value{{"Name", "ClusterName"}, {"Value", "shop"}},
                                          Value{{"Name", "ServiceName"}, {"Value", "web"}}}}}}}}};
  };
  const Value sum{{"Id", "s"}, {"Expression", "a / 2"}, {"ReturnData", true}};
  Value policy = tracking(50);
  policy.set("TargetTrackingScalingPolicyConfiguration",
             Value{{"TargetValue", 50},
                   {"CustomizedMetricSpecification",
                    Value{{"Metrics",
                           std::vector<Value>{stat("a", "CPUUtilization"), sum}}}}});
  ask("PutScalingPolicy", policy);
  load(80, 6);
  EXPECT_EQ(desired(), 2);
  load(200, 4);
  EXPECT_EQ(desired(), 4);
  const Value shown = call(aas, "DescribeScalingPolicies", {{"ServiceNamespace", "ecs"}})
                          .at("ScalingPolicies")[0].at("TargetTrackingScalingPolicyConfiguration");
  EXPECT_EQ(shown.at("CustomizedMetricSpecification").at("Metrics").size(), 2u);
  EXPECT_EQ(refusal("PutScalingPolicy",
                    tracking(50, {{"PredefinedMetricSpecification", Value()},
                                  {"CustomizedMetricSpecification",
                                   Value{{"Metrics", std::vector<Value>{
                                              stat("a", "CPUUtilization")}}}}})),
            "ValidationException");
}

TEST_F(AppScalingTest, ScheduledActionsRunOnTime) {
  make_target();
  const Value limits{{"MinCapacity", 5}, {"MaxCapacity", 8}};
  ask("PutScheduledAction", {{"ScheduledActionName", "once"},
                             {"Schedule", cat("at(", format_iso8601(world().now() + 1h).substr(
                                                         0, 19), ")")},
                             {"ScalableTargetAction", limits}});
  advance(59min);
  EXPECT_EQ(desired(), 2);
  advance(2min);
  EXPECT_EQ(desired(), 5);
  const Value list = activities();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].at("Cause").text(), "minimum capacity was set to 5");
  EXPECT_EQ(list[1].at("Description").text(), "Setting min capacity to 5 and max capacity to 8");
  EXPECT_EQ(list[1].at("Cause").text(), "scheduled action name once was triggered");
  ask("PutScheduledAction", {{"ScheduledActionName", "often"},
                             {"Schedule", "rate(10 minutes)"},
                             {"ScalableTargetAction", Value{{"MinCapacity", 6}}}});
  advance(11min);
  EXPECT_EQ(desired(), 6);
  ask("RegisterScalableTarget", {{"SuspendedState", Value{{"ScheduledScalingSuspended", true}}}});
  ask("PutScheduledAction", {{"ScheduledActionName", "often"},
                             {"ScalableTargetAction", Value{{"MinCapacity", 7}}}});
  advance(11min);
  EXPECT_EQ(desired(), 6);
  EXPECT_EQ(call(aas, "DescribeScheduledActions", {{"ServiceNamespace", "ecs"}})
                .at("ScheduledActions").size(), 2u);
  ask("DeleteScheduledAction", {{"ScheduledActionName", "often"}});
  EXPECT_EQ(refusal("DeleteScheduledAction", {{"ScheduledActionName", "often"}}),
            "ObjectNotFoundException");
}

TEST_F(AppScalingTest, CronFollowsTheTimeZone) {
  make_target();
  // The epoch of drills is in winter: New York is five hours behind UTC.
  ask("PutScheduledAction", {{"ScheduledActionName", "morning"},
                             {"Schedule", "cron(0 9 ? * MON-FRI *)"},
                             {"Timezone", "America/New_York"},
                             {"ScalableTargetAction", Value{{"MinCapacity", 4}}}});
  const auto* action = &*scope().all<application_autoscaling::ScheduledAction>().begin();
  ASSERT_TRUE(action->next);
  EXPECT_EQ(unix_seconds(*action->next) % 86400, 14 * 3600);
  advance(*action->next - world().now());
  EXPECT_EQ(desired(), 4);
}

TEST_F(AppScalingTest, SchedulesThatMakeNoSenseAreRefused) {
  const Value limits{{"MinCapacity", 5}};
  auto code = [&](Value more) {
    if (!more.find("ScalableTargetAction")) more.add("ScalableTargetAction", limits);
    more.add("ScheduledActionName", "a");
    return refusal("PutScheduledAction", more);
  };
  EXPECT_EQ(code({{"Schedule", "rate(5 minutes)"}}), "ObjectNotFoundException");
  make_target();
  EXPECT_EQ(code(Value::map()), "ValidationException");
  EXPECT_EQ(code({{"Schedule", "every day"}}), "ValidationException");
  EXPECT_EQ(code({{"Schedule", "rate(5 minute)"}}), "ValidationException");
  EXPECT_EQ(code({{"Schedule", "cron(0 9 * * * *)"}}), "ValidationException");
  EXPECT_EQ(code({{"Schedule", "at(2020-01-01T00:00:00)"}}), "ValidationException");
  EXPECT_EQ(code({{"Schedule", "at(tomorrow)"}}), "ValidationException");
  EXPECT_EQ(code({{"Schedule", "rate(1 day)"}, {"Timezone", "Mars/Olympus"}}),
            "ValidationException");
  EXPECT_EQ(code({{"Schedule", "rate(1 day)"},
                  {"ScalableTargetAction", Value{{"MinCapacity", 5}, {"MaxCapacity", 1}}}}),
            "ValidationException");
  EXPECT_EQ(code({{"Schedule", "rate(1 day)"}, {"ScalableTargetAction", Value::map()}}),
            "ValidationException");
  EXPECT_EQ(code({{"Schedule", "rate(1 day)"}, {"EndTime", world().now() - 1h}}),
            "ValidationException");
  for (int i = 0; i < 200; ++i)
    ask("PutScheduledAction", {{"ScheduledActionName", cat("n", i)},
                               {"Schedule", "rate(1 day)"},
                               {"ScalableTargetAction", limits}});
  EXPECT_EQ(code({{"Schedule", "rate(1 day)"}}), "LimitExceededException");
}

}  // namespace
}  // namespace squall
