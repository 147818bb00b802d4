// Rules: create, modify, delete, describe, priorities. A listener's default rule is no record.
#include <algorithm>
#include <map>
#include <set>

#include "services/elbv2/internal.h"

namespace squall::elbv2 {
namespace {

std::string rule_prefix(const std::string& listener) {
  const size_t at = listener.find(":listener/");
  return cat(listener.substr(0, at), ":listener-rule/", listener.substr(at + 10), '/');
}

std::string default_rule_arn(const std::string& listener) {
  return rule_prefix(listener) + hex16(stable_hash(listener, 7));
}

/// The listener whose default rule the ARN names, if it does.
const Listener* listener_of_default_rule(const sim::Scope& scope, const std::string& arn) {
  const size_t at = arn.find(":listener-rule/");
  const size_t slash = arn.rfind('/');
  if (at == arn.npos || slash == arn.npos) return nullptr;
  constexpr size_t word = std::string_view(":listener-rule/").size();
  const std::string listener =
      cat(arn.substr(0, at), ":listener/", arn.substr(at + word, slash - at - word));
  const Listener* found = scope.view<Listener>(listener);
  return found && default_rule_arn(listener) == arn ? found : nullptr;
}

Value describe(const Rule& rule) {
  return {{"RuleArn", rule.id},
          {"Priority", std::to_string(rule.priority)},
          {"Conditions", describe_conditions(rule.conditions)},
          {"Actions", describe_actions(rule.actions)},
          {"IsDefault", false}};
}

Value describe_default(const Listener& listener) {
  return {{"RuleArn", default_rule_arn(listener.id)},
          {"Priority", "default"},
          {"Conditions", Value::list()},
          {"Actions", describe_actions(listener.default_actions)},
          {"IsDefault", true}};
}

const Rule& find_rule(const sim::Scope& scope, const std::string& arn) {
  if (!is_arn_of(arn, "listener-rule"))
    throw validation_error(cat("'", arn, "' is not a valid listener rule ARN"));
  const Rule* rule = scope.view<Rule>(arn);
  if (!rule) throw rule_not_found();
  return *rule;
}

Value answer_with(const Rule& rule) {
  Value list = Value::list();
  list.push(describe(rule));
  return {{"Rules", list}};
}

Value create_rule(Context& ctx, Input in) {
  Rule rule;
  rule.listener_arn = in.string("ListenerArn");
  const Listener& listener = find_listener(ctx, rule.listener_arn);
  const LoadBalancer& lb = find_load_balancer(ctx, listener.load_balancer_arn);
  if (lb.type != "application")
    throw validation_error("Rules are only supported for application load balancers");
  rule.priority = in.integer("Priority");
  rule.conditions = parse_conditions(in.list("Conditions"));
  rule.actions = parse_actions(ctx, lb, in.list("Actions"), listener.protocol);
  rule.tags = new_tags(in);
  for (const Rule* other : ctx.by<Rule>("listener:" + rule.listener_arn))
    if (other->priority == rule.priority) throw priority_in_use(rule.priority);
  rule.id = rule_prefix(rule.listener_arn) + ctx.new_hex("rule", 16, rule.listener_arn);
  return answer_with(ctx.add(std::move(rule)));
}

Value modify_rule(Context& ctx, Input in) {
  const std::string arn = in.string("RuleArn");
  if (listener_of_default_rule(ctx, arn))
    throw operation_not_permitted(cat("Default rule '", arn, "' cannot be modified"));
  Rule rule = find_rule(ctx, arn);
  const Listener& listener = find_listener(ctx, rule.listener_arn);
  const LoadBalancer& lb = find_load_balancer(ctx, listener.load_balancer_arn);
  const std::vector<Action> before = rule.actions;
  if (in.has("Conditions")) rule.conditions = parse_conditions(in.list("Conditions"));
  if (in.has("Actions"))
    rule.actions = parse_actions(ctx, lb, in.list("Actions"), listener.protocol);
  Rule& changed = ctx.edit<Rule>(arn);
  changed = std::move(rule);
  const Value answer = answer_with(changed);
  release_target_groups(ctx, before);
  return answer;
}

Value delete_rule(Context& ctx, Input in) {
  const std::string arn = in.string("RuleArn");
  if (listener_of_default_rule(ctx, arn))
    throw operation_not_permitted(cat("Default rule '", arn, "' cannot be deleted"));
  const std::vector<Action> before = find_rule(ctx, arn).actions;
  ctx.erase<Rule>(arn);
  release_target_groups(ctx, before);
  return Value::map();
}

Value describe_rules(Context& ctx, Input in) {
  const std::string listener_arn = in.string("ListenerArn");
  const auto arns = in.strings("RuleArns");
  const PageRequest request = page_of(in);
  if (listener_arn.empty() == arns.empty())
    throw validation_error("You must specify either listener rule ARNs or a listener ARN");
  Value list = Value::list();
  for (const std::string& arn : arns) {
    if (const Listener* listener = listener_of_default_rule(ctx, arn))
      list.push(describe_default(*listener));
    else
      list.push(describe(find_rule(ctx, arn)));
  }
  if (listener_arn.empty()) return {{"Rules", list}};
  const Listener& listener = find_listener(ctx, listener_arn);
  std::vector<const Rule*> rules = ctx.by<Rule>("listener:" + listener_arn);
  std::ranges::sort(rules, {}, &Rule::priority);
  const auto after = parse_int(request.after);
  for (const Rule* rule : rules) {
    if (after && rule->priority <= *after) continue;
    if (list.size() == request.limit)
      return {{"Rules", list},
              {"NextMarker", base64_encode(cat("v1:", rule->priority - 1))}};
    list.push(describe(*rule));
  }
  list.push(describe_default(listener));
  return {{"Rules", list}};
}

Value set_rule_priorities(Context& ctx, Input in) {
  std::map<std::string, int64_t> wanted;
  std::set<std::string> listeners;
  for (const Input& pair : in.list("RulePriorities")) {
    const std::string arn = pair.string("RuleArn");
    if (listener_of_default_rule(ctx, arn))
      throw operation_not_permitted(cat("The priority of default rule '", arn,
                                        "' cannot be modified"));
    listeners.insert(find_rule(ctx, arn).listener_arn);
    wanted[arn] = pair.integer("Priority");
  }
  if (listeners.size() > 1)
    throw validation_error("All rules must belong to the same listener");
  std::set<int64_t> taken;
  for (const std::string& listener : listeners)
    for (const Rule* rule : ctx.by<Rule>("listener:" + listener)) {
      const auto at = wanted.find(rule->id);
      const int64_t priority = at == wanted.end() ? rule->priority : at->second;
      if (!taken.insert(priority).second) throw priority_in_use(priority);
    }
  Value list = Value::list();
  for (const auto& [arn, priority] : wanted) {
    Rule& rule = ctx.edit<Rule>(arn);
    rule.priority = priority;
    list.push(describe(rule));
  }
  return {{"Rules", list}};
}

const api::HandlerRow rows[] = {
    {"CreateRule", Writes, create_rule},     {"ModifyRule", Writes, modify_rule},
    {"DeleteRule", Writes, delete_rule},     {"DescribeRules", Reads, describe_rules},
    {"SetRulePriorities", Writes, set_rule_priorities},
};

/// The listener that the ARN names itself or by its default rule.
const Listener* listener_named(const sim::Scope& scope, const std::string& arn) {
  const Listener* listener = scope.view<Listener>(arn);
  return listener ? listener : listener_of_default_rule(scope, arn);
}

}  // namespace

std::vector<WeightedTargetGroup> forward_of(const sim::Scope& scope, const std::string& arn) {
  const Rule* rule = scope.view<Rule>(arn);
  const Listener* listener = rule ? nullptr : listener_named(scope, arn);
  if (!rule && !listener) return {};
  for (const Action& action : rule ? rule->actions : listener->default_actions)
    if (action.type == "forward") return action.forward;
  return {};
}

void set_forward(sim::Scope& scope, const std::string& arn,
                 const std::vector<WeightedTargetGroup>& groups) {
  const Rule* rule = scope.view<Rule>(arn);
  const Listener* listener = rule ? nullptr : listener_named(scope, arn);
  if (!rule && !listener) return;
  auto& actions = rule ? scope.edit<Rule>(arn).actions
                       : scope.edit<Listener>(listener->id).default_actions;
  for (Action& action : actions)
    if (action.type == "forward") action.forward = groups;
}

std::span<const api::HandlerRow> rule_rows() { return rows; }

}  // namespace squall::elbv2
