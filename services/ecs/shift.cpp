// Traffic between two target groups, and lifecycle hooks.
#include "services/ecs/shift.h"

#include <algorithm>

#include "services/common/value_json.h"
#include "services/elbv2/elbv2.h"

namespace squall::ecs {
namespace {

constexpr int64_t hook_timeout_minutes = 1440;

std::string member_of(const LoadBalancerUse& use, std::string_view member) {
  return std::string(value_from_json(use.advanced_json).at(member).text());
}

/// Which of a service's two target groups production traffic goes to.
std::string serving_group(const sim::Scope& scope, const LoadBalancerUse& use) {
  const std::string alternate = member_of(use, "alternateTargetGroupArn");
  for (const auto& group :
       elbv2::forward_of(scope, member_of(use, "productionListenerRule")))
    if (group.weight > 0 && group.target_group_arn == alternate) return alternate;
  return use.target_group_arn;
}

}  // namespace

void shift_traffic(sim::Scope& scope, const RunSpec& blue, const RunSpec& green,
                   std::string_view rule_member, double percent) {
  for (size_t n = 0; n < green.load_balancers.size(); ++n) {
    const LoadBalancerUse& use = green.load_balancers[n];
    const std::string rule = member_of(use, rule_member);
    if (rule.empty()) continue;
    const auto share = static_cast<int64_t>(percent + 0.5);
    std::vector<elbv2::WeightedTargetGroup> groups;
    if (n < blue.load_balancers.size() &&
        blue.load_balancers[n].target_group_arn != use.target_group_arn)
      groups.push_back({blue.load_balancers[n].target_group_arn, 100 - share});
    groups.push_back({use.target_group_arn, groups.empty() ? 100 : share});
    elbv2::set_forward(scope, rule, groups);
  }
}

void choose_target_groups(const sim::Scope& scope, const Service& service, RunSpec& spec) {
  const auto good = std::ranges::find(service.deployments, "COMPLETED", &Deployment::rollout_state);
  for (size_t n = 0; n < spec.load_balancers.size(); ++n) {
    LoadBalancerUse& use = spec.load_balancers[n];
    const std::string alternate = member_of(use, "alternateTargetGroupArn");
    if (alternate.empty()) continue;
    if (good == service.deployments.end()) {
      use.target_group_arn = serving_group(scope, use);
      continue;
    }
    const bool on_alternate = n < good->spec.load_balancers.size() &&
                              good->spec.load_balancers[n].target_group_arn == alternate;
    if (!on_alternate) use.target_group_arn = alternate;
  }
}

void begin_hooks(sim::Scope& scope, const Service& service, ServiceDeployment& record) {
  const Value configuration = value_from_json(record.configuration_json);
  for (const Value& hook : configuration.at("lifecycleHooks").items()) {
    const auto at_stage = hook.at("lifecycleStages").items();
    if (std::ranges::none_of(at_stage, [&](const Value& s) { return s.text() == record.stage; }))
      continue;
    HookRun run;
    run.id = scope.new_uuid("ecs-lifecycle-hook", record.id);
    run.stage = record.stage;
    run.target_type = hook.at("targetType").is_absent() ? "AWS_LAMBDA"
                                                        : std::string(hook.at("targetType").text());
    run.target_arn = hook.at("hookTargetArn").text();
    const Value timeout = hook.at("timeoutConfiguration");
    run.timeout_action = timeout.at("action").is_absent()
                             ? "ROLLBACK"
                             : std::string(timeout.at("action").text());
    if (run.target_type == "PAUSE") {
      const Value limit = timeout.at("timeoutInMinutes");
      run.status = "AWAITING_ACTION";
      run.expires = scope.now() + std::chrono::minutes(limit.is_absent() ? hook_timeout_minutes
                                                                         : limit.integer());
    } else {
      // No function runs in here: it is taken to agree, and the journal says so.
      run.status = "SUCCEEDED";
      scope.announce("ecs.lifecycle-hook", service.id,
                     cat("Lifecycle hook ", run.target_arn, " at ", run.stage,
                         " is taken to have succeeded: functions do not run here."));
    }
    record.hooks.push_back(std::move(run));
  }
}

Hooks check_hooks(sim::Scope& scope, const Service& service, ServiceDeployment& record) {
  Hooks answer = Hooks::done;
  for (HookRun& run : record.hooks) {
    if (run.stage != record.stage) continue;
    if (run.status == "FAILED") return Hooks::failed;
    if (run.status != "AWAITING_ACTION") continue;
    if (run.expires && *run.expires <= scope.now()) {
      run.status = "TIMED_OUT";
      if (run.timeout_action == "ROLLBACK") return Hooks::failed;
      continue;
    }
    if (run.expires) wake_service_at(scope, service.id, *run.expires);
    answer = Hooks::waiting;
  }
  return answer;
}

}  // namespace squall::ecs
