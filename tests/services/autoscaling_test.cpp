// Auto Scaling through its API: what groups launch, replace, balance and scale.
#include "services/autoscaling/autoscaling.h"

#include <map>

#include "services/cloudwatch/cloudwatch.h"
#include "services/ec2/ec2.h"
#include "services/elbv2/elbv2.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

using Strings = std::vector<std::string>;

class AutoScalingTest : public ServiceTest {
 protected:
  AutoScalingTest() {
    vpc_ = text(call("ec2", "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}), "Vpc", "VpcId");
    a_ = subnet("10.0.1.0/24", "us-east-1a");
    b_ = subnet("10.0.2.0/24", "us-east-1b");
    const std::string image = ec2::image_id_of("us-east-1", "al2023-ami-kernel-default-x86_64");
    call("ec2", "CreateLaunchTemplate",
         {{"LaunchTemplateName", "web"},
          {"LaunchTemplateData", {{"ImageId", image}, {"InstanceType", "m5.large"}}}});
  }
  static std::string text(const Value& v, std::string_view a, std::string_view b) {
    return std::string(v.at(a).at(b).text());
  }
  std::string subnet(const char* cidr, const char* zone) {
    return text(call("ec2", "CreateSubnet",
                     {{"VpcId", vpc_}, {"CidrBlock", cidr}, {"AvailabilityZone", zone}}),
                "Subnet", "SubnetId");
  }
  void make_group(int desired, int min = 1, int max = 12, Value more = Value::map()) {
    Value input{{"AutoScalingGroupName", "web"},
                {"LaunchTemplate", {{"LaunchTemplateName", "web"}}},
                {"MinSize", min},
                {"MaxSize", max},
                {"DesiredCapacity", desired},
                {"VPCZoneIdentifier", a_ + "," + b_}};
    for (const Member& m : more.members()) input.set(m.key, m.value);
    call("autoscaling", "CreateAutoScalingGroup", input);
  }
  Value group() {
    return call("autoscaling", "DescribeAutoScalingGroups",
                {{"AutoScalingGroupNames", Strings{"web"}}})
        .at("AutoScalingGroups")[0];
  }
  std::map<std::string, int> zones(std::string_view lifecycle = "InService") {
    std::map<std::string, int> counts;
    const Value instances = group().at("Instances");
    for (const Value& i : instances.items())
      if (i.at("LifecycleState").text() == lifecycle)
        ++counts[std::string(i.at("AvailabilityZone").text())];
    return counts;
  }
  std::string first_instance() {
    return std::string(group().at("Instances")[0].at("InstanceId").text());
  }
  Value activities() {
    return call("autoscaling", "DescribeScalingActivities", {{"AutoScalingGroupName", "web"}})
        .at("Activities");
  }
  template <class Change>
  void change(Change f) {
    sim::Transaction transaction(world());
    sim::Scope here = scope();
    f(here);
    transaction.commit();
    world().drain();
  }

  std::string vpc_, a_, b_;
};

TEST_F(AutoScalingTest, LaunchesEvenlyAndSaysWhy) {
  make_group(4);
  EXPECT_EQ(zones(), (std::map<std::string, int>{{"us-east-1a", 2}, {"us-east-1b", 2}}));
  const Value list = activities();
  ASSERT_EQ(list.size(), 4u) << to_json(list);
  EXPECT_EQ(list[0].at("StatusCode").text(), "Successful");
  EXPECT_TRUE(list[0].at("Description").text().starts_with("Launching a new EC2 instance: i-"));
  EXPECT_NE(list[0].at("Cause").text().find(
                "a user request created an AutoScalingGroup changing the desired capacity from 0 "
                "to 4."),
            std::string_view::npos);
  EXPECT_NE(list[3].at("Cause").text().find("increasing the capacity from 0 to 4."),
            std::string_view::npos);
}

TEST_F(AutoScalingTest, ReplacesTerminatedInstancesAtOnce) {
  make_group(4);
  const std::string victim = first_instance();
  change([&](sim::Scope& s) { ec2::terminate_instance(s, victim, "User initiated"); });
  EXPECT_EQ(zones(), (std::map<std::string, int>{{"us-east-1a", 2}, {"us-east-1b", 2}}));
  EXPECT_NE(first_instance(), victim);
  const Value list = activities();
  EXPECT_NE(list[0].at("Cause").text().find("unhealthy instance needing to be replaced"),
            std::string_view::npos);
  EXPECT_NE(list[1].at("Cause").text().find("EC2 health check indicating it has been terminated"),
            std::string_view::npos);
}

TEST_F(AutoScalingTest, ScalesInFromTheFullerZoneAndDeletes) {
  make_group(4);
  call("autoscaling", "SetDesiredCapacity",
       {{"AutoScalingGroupName", "web"}, {"DesiredCapacity", 2}});
  EXPECT_EQ(zones(), (std::map<std::string, int>{{"us-east-1a", 1}, {"us-east-1b", 1}}));
  EXPECT_NE(activities()[0].at("Cause").text().find("was selected for termination."),
            std::string_view::npos);
  EXPECT_EQ(error("autoscaling", "DeleteAutoScalingGroup", {{"AutoScalingGroupName", "web"}}).code,
            "ResourceInUse");
  call("autoscaling", "DeleteAutoScalingGroup",
       {{"AutoScalingGroupName", "web"}, {"ForceDelete", true}});
  EXPECT_TRUE(scope().all<autoscaling::Group>().empty());
  for (const ec2::Instance& i : scope().all<ec2::Instance>()) EXPECT_EQ(i.state, "terminated");
}

TEST_F(AutoScalingTest, RefusesWhatAwsRefuses) {
  EXPECT_EQ(error("autoscaling", "UpdateAutoScalingGroup", {{"AutoScalingGroupName", "none"}})
                .message,
            "AutoScalingGroup name not found - null");
  make_group(1);
  EXPECT_EQ(error("autoscaling", "CreateAutoScalingGroup",
                  {{"AutoScalingGroupName", "web"}, {"MinSize", 0}, {"MaxSize", 1}})
                .code,
            "AlreadyExists");
  EXPECT_EQ(error("autoscaling", "SetDesiredCapacity",
                  {{"AutoScalingGroupName", "web"}, {"DesiredCapacity", 99}})
                .code,
            "ValidationError");
}

TEST_F(AutoScalingTest, ReplacesWhatTheLoadBalancerHoldsUnhealthyOneAtATime) {
  const Value made = call("elbv2", "CreateTargetGroup", {{"Name", "web"},
                                                         {"Protocol", "HTTP"},
                                                         {"Port", 80},
                                                         {"VpcId", vpc_}});
  const std::string arn{made.at("TargetGroups")[0].at("TargetGroupArn").text()};
  use_latency(sim::LatencyProfile::measured);
  make_group(4, 2, 12,
             {{"TargetGroupARNs", Strings{arn}},
              {"HealthCheckType", "ELB"},
              {"HealthCheckGracePeriod", 300}});
  advance(120s);
  ASSERT_EQ(scope().view<elbv2::TargetGroup>(arn)->targets.size(), 4u);
  const Strings ids{scope().view<elbv2::TargetGroup>(arn)->targets[0].id,
                    scope().view<elbv2::TargetGroup>(arn)->targets[1].id};
  change([&](sim::Scope& s) {
    for (const std::string& id : ids)
      elbv2::set_target_health(s, arn, id, 80, "unhealthy", "Target.Timeout");
  });
  EXPECT_EQ(scope().by<autoscaling::Group>("instance:" + ids[0]).size(), 1u);  // still in grace
  EXPECT_TRUE(zones("Terminating").empty());
  advance(300s);
  int terminations = 0;
  for (const Value& a : activities().items())
    terminations += a.at("Cause").text().find("ELB system health check failure") !=
                    std::string_view::npos;
  EXPECT_GE(terminations, 1);
  advance(1200s);
  EXPECT_EQ(zones(), (std::map<std::string, int>{{"us-east-1a", 2}, {"us-east-1b", 2}}));
  for (const std::string& id : ids)
    EXPECT_TRUE(scope().by<autoscaling::Group>("instance:" + id).empty());
}

TEST_F(AutoScalingTest, WaitsForHooks) {
  make_group(0, 0);
  call("autoscaling", "PutLifecycleHook",
       {{"AutoScalingGroupName", "web"},
        {"LifecycleHookName", "boot"},
        {"LifecycleTransition", "autoscaling:EC2_INSTANCE_LAUNCHING"},
        {"HeartbeatTimeout", 300},
        {"DefaultResult", "CONTINUE"}});
  call("autoscaling", "SetDesiredCapacity",
       {{"AutoScalingGroupName", "web"}, {"DesiredCapacity", 2}});
  EXPECT_EQ(zones("Pending:Wait").size(), 2u);
  call("autoscaling", "CompleteLifecycleAction",
       {{"AutoScalingGroupName", "web"},
        {"LifecycleHookName", "boot"},
        {"LifecycleActionResult", "CONTINUE"},
        {"InstanceId", first_instance()}});
  EXPECT_EQ(zones().size(), 1u);
  advance(301s);
  EXPECT_EQ(zones().size(), 2u);
}

TEST_F(AutoScalingTest, TargetTrackingOwnsItsAlarmsAndScales) {
  make_group(4);
  const Value put = call(
      "autoscaling", "PutScalingPolicy",
      {{"AutoScalingGroupName", "web"},
       {"PolicyName", "cpu"},
       {"PolicyType", "TargetTrackingScaling"},
       {"TargetTrackingConfiguration",
        {{"PredefinedMetricSpecification", {{"PredefinedMetricType", "ASGAverageCPUUtilization"}}},
         {"TargetValue", 50.0}}}});
  ASSERT_EQ(put.at("Alarms").size(), 2u);
  const std::string policy{put.at("PolicyARN").text()},
      high{put.at("Alarms")[0].at("AlarmName").text()},
      low{put.at("Alarms")[1].at("AlarmName").text()};
  EXPECT_TRUE(high.starts_with("TargetTracking-web-AlarmHigh-"));
  EXPECT_EQ(scope().view<cloudwatch::Alarm>(low)->threshold, 35);
  EXPECT_EQ(scope().view<cloudwatch::Alarm>(low)->evaluation_periods, 15);
  advance(400s);  // past the warm-up, which is the default cooldown here
  change([&](sim::Scope& s) {
    cloudwatch::put_metric(s, "AWS/EC2", "CPUUtilization", {{"AutoScalingGroupName", "web"}},
                           cloudwatch::StatisticSet::of(90), "Percent", s.now() - 60s);
    s.at(s.now(), "autoscaling.alarm-action", policy, high);
  });
  EXPECT_EQ(group().at("DesiredCapacity").integer(), 8);  // ceil(4 * 90 / 50)
  EXPECT_NE(activities()[0].at("Cause").text().find("triggered policy cpu changing the desired "
                                                    "capacity from 4 to 8."),
            std::string_view::npos);
  call("autoscaling", "DeletePolicy", {{"AutoScalingGroupName", "web"}, {"PolicyName", "cpu"}});
  EXPECT_FALSE(scope().has<cloudwatch::Alarm>(high));
}

TEST_F(AutoScalingTest, StepPolicies) {
  make_group(4);
  Value steps = Value::list();
  steps.push({{"MetricIntervalLowerBound", 0.0},
              {"MetricIntervalUpperBound", 20.0},
              {"ScalingAdjustment", 10}});
  steps.push({{"MetricIntervalLowerBound", 20.0}, {"ScalingAdjustment", 50}});
  call("autoscaling", "PutScalingPolicy", {{"AutoScalingGroupName", "web"},
                                           {"PolicyName", "steps"},
                                           {"PolicyType", "StepScaling"},
                                           {"AdjustmentType", "PercentChangeInCapacity"},
                                           {"StepAdjustments", steps}});
  advance(400s);
  auto execute = [&](double metric) {
    call("autoscaling", "ExecutePolicy", {{"AutoScalingGroupName", "web"},
                                          {"PolicyName", "steps"},
                                          {"MetricValue", metric},
                                          {"BreachThreshold", 50.0}});
    return group().at("DesiredCapacity").integer();
  };
  EXPECT_EQ(execute(60), 5);   // 10 % of 4 is 0.4, which AWS rounds up to 1
  advance(400s);
  EXPECT_EQ(execute(80), 7);   // 50 % of 5 is 2.5, rounded down
}

TEST_F(AutoScalingTest, ScheduledActionsRunByCron) {
  make_group(1);
  call("autoscaling", "PutScheduledUpdateGroupAction", {{"AutoScalingGroupName", "web"},
                                                        {"ScheduledActionName", "hourly"},
                                                        {"Recurrence", "30 * * * *"},
                                                        {"DesiredCapacity", 3}});
  advance(3600s);
  EXPECT_EQ(group().at("DesiredCapacity").integer(), 3);
  EXPECT_EQ(scope().all<autoscaling::ScheduledAction>().size(), 1u);
}

TEST_F(AutoScalingTest, StandbyAndDetach) {
  make_group(4);
  const Strings one{first_instance()};
  call("autoscaling", "EnterStandby", {{"AutoScalingGroupName", "web"},
                                       {"InstanceIds", one},
                                       {"ShouldDecrementDesiredCapacity", true}});
  EXPECT_EQ(group().at("DesiredCapacity").integer(), 3);
  EXPECT_EQ(zones("Standby").size(), 1u);
  call("autoscaling", "ExitStandby", {{"AutoScalingGroupName", "web"}, {"InstanceIds", one}});
  EXPECT_EQ(group().at("DesiredCapacity").integer(), 4);
  EXPECT_EQ(group().at("Instances").size(), 4u);
  call("autoscaling", "DetachInstances", {{"AutoScalingGroupName", "web"},
                                          {"InstanceIds", one},
                                          {"ShouldDecrementDesiredCapacity", false}});
  EXPECT_EQ(group().at("Instances").size(), 4u);  // replaced
}

TEST_F(AutoScalingTest, InstanceRefreshReplacesAll) {
  make_group(4);
  const Value before = group().at("Instances");
  Strings ids;
  for (const Value& i : before.items()) ids.emplace_back(i.at("InstanceId").text());
  call("autoscaling", "StartInstanceRefresh", {{"AutoScalingGroupName", "web"}});
  const Value refresh =
      call("autoscaling", "DescribeInstanceRefreshes", {{"AutoScalingGroupName", "web"}})
          .at("InstanceRefreshes")[0];
  EXPECT_EQ(refresh.at("Status").text(), "Successful");
  EXPECT_EQ(group().at("Instances").size(), 4u);
  for (const std::string& id : ids)
    EXPECT_TRUE(scope().by<autoscaling::Group>("instance:" + id).empty());
}

TEST_F(AutoScalingTest, ANewZoneIsBalancedByLaunchingFirst) {
  make_group(4, 1, 12, {{"VPCZoneIdentifier", a_}});
  EXPECT_EQ(zones(), (std::map<std::string, int>{{"us-east-1a", 4}}));
  call("autoscaling", "UpdateAutoScalingGroup",
       {{"AutoScalingGroupName", "web"}, {"VPCZoneIdentifier", a_ + "," + b_}});
  EXPECT_EQ(zones(), (std::map<std::string, int>{{"us-east-1a", 2}, {"us-east-1b", 2}}));
}

}  // namespace
}  // namespace squall
