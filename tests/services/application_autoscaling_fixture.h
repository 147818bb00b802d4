// An ECS service that may be scaled: what the tests of Application Auto Scaling start from.
#pragma once

#include <string>
#include <vector>

#include "services/application_autoscaling/application_autoscaling.h"
#include "services/cloudwatch/cloudwatch.h"
#include "services/ecs/ecs.h"
#include "tests/services/fixture.h"

namespace squall {

class AppScalingTest : public ServiceTest {
 protected:
  static constexpr std::string_view aas = "application-autoscaling";

  AppScalingTest() {
    call("ecs", "CreateCluster", {{"clusterName", "shop"}});
    call("ecs", "RegisterTaskDefinition",
         {{"family", "web"},
          {"containerDefinitions",
           std::vector<Value>{Value{{"name", "web"}, {"image", "web:1"}, {"memory", 128}}}}});
    call("ecs", "CreateService", {{"cluster", "shop"},
                                  {"serviceName", "web"},
                                  {"taskDefinition", "web"},
                                  {"desiredCount", 2}});
  }
  /// The target's three names, with more members.
  static Value named(Value more = Value::map(), const char* resource = "service/shop/web") {
    Value input{{"ServiceNamespace", "ecs"},
                {"ResourceId", resource},
                {"ScalableDimension", "ecs:service:DesiredCount"}};
    for (const Member& m : more.members()) input.set(m.key, m.value);
    return input;
  }
  Value ask(std::string_view operation, Value more = Value::map()) {
    return call(aas, operation, named(more));
  }
  std::string refusal(std::string_view operation, Value more = Value::map()) {
    return error(aas, operation, named(more)).code;
  }
  void make_target(int low = 1, int high = 10) {
    ask("RegisterScalableTarget", {{"MinCapacity", low}, {"MaxCapacity", high}});
  }
  static Value tracking(double target, Value more = Value::map()) {
    Value config{{"TargetValue", target},
                 {"PredefinedMetricSpecification",
                  Value{{"PredefinedMetricType", "ECSServiceAverageCPUUtilization"}}}};
    for (const Member& m : more.members()) config.set(m.key, m.value);
    return {{"PolicyName", "cpu"},
            {"PolicyType", "TargetTrackingScaling"},
            {"TargetTrackingScalingPolicyConfiguration", config}};
  }
  int64_t desired() {
    return ecs::find_service(scope(), "shop", "web")->desired;
  }
  void set_desired(int64_t n) {
    call("ecs", "UpdateService", {{"cluster", "shop"}, {"service", "web"}, {"desiredCount", n}});
  }
  /// Minute after minute of the metric.
  void load(double cpu, int minutes, const char* name = "CPUUtilization") {
    for (int i = 0; i < minutes; ++i) {
      sim::Transaction change(world());
      sim::Scope here = scope();
      cloudwatch::put_metric(here, "AWS/ECS", name,
                             {{"ClusterName", "shop"}, {"ServiceName", "web"}},
                             cloudwatch::StatisticSet::of(cpu), "Percent", here.now());
      change.commit();
      advance(60s);
    }
  }
  Value activities(bool all = false) {
    return call(aas, "DescribeScalingActivities",
                {{"ServiceNamespace", "ecs"}, {"IncludeNotScaledActivities", all}})
        .at("ScalingActivities");
  }
};

}  // namespace squall
