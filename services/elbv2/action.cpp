// What listeners and rules do (actions) and when (conditions), parsed and shown in AWS's form.
#include <algorithm>
#include <set>

#include "services/elbv2/internal.h"

namespace squall::elbv2 {
namespace {

constexpr size_t forward_groups_max = 5;
constexpr int64_t weight_max = 999;

void check_group(const sim::Scope& scope, const LoadBalancer& lb, const std::string& arn,
                 std::string_view protocol) {
  if (!is_arn_of(arn, "targetgroup"))
    throw validation_error(cat("'", arn, "' is not a valid target group ARN"));
  const TargetGroup* group = scope.view<TargetGroup>(arn);
  if (!group) throw target_group_not_found(arn);
  if (group->target_type != "lambda") {
    if (is_http(protocol) != is_http(group->protocol))
      throw incompatible_protocols(cat("The protocol of the target group '", arn,
                                       "' is incompatible with the protocol of the listener: ",
                                       protocol));
    if (group->vpc_id != lb.vpc_id)
      throw invalid_configuration(
          cat("The following target groups are not in the VPC '", lb.vpc_id, "': '", arn, "'"));
  }
  for (const std::string& other : load_balancers_of(scope, arn))
    if (other != lb.id) throw target_group_association_limit(arn);
}

void read_forward(const sim::Scope& scope, const LoadBalancer& lb, std::string_view protocol,
                  const Input& in, Action& action) {
  const std::string arn = in.string("TargetGroupArn");
  const Input config = in.at("ForwardConfig");
  for (const Input& tuple : config.list("TargetGroups")) {
    const int64_t weight = tuple.integer("Weight", 1);
    if (weight < 0 || weight > weight_max)
      throw validation_error(cat("Weight '", weight, "' must be between '0' and '999'"));
    action.forward.push_back({tuple.string("TargetGroupArn"), weight});
  }
  if (action.forward.empty()) {
    if (arn.empty())
      throw validation_error("A target group ARN must be specified for a forward action");
    action.forward.push_back({arn, 1});
  } else if (!arn.empty() &&
             (action.forward.size() > 1 || action.forward[0].target_group_arn != arn)) {
    throw validation_error(
        "You cannot specify both a target group ARN and a different forward configuration");
  }
  if (action.forward.size() > forward_groups_max)
    throw AwsError{"TooManyUniqueTargetGroupsPerLoadBalancer",
                   "A forward action can have at most 5 target groups"};
  std::set<std::string> seen;
  for (const WeightedTargetGroup& w : action.forward) {
    if (!seen.insert(w.target_group_arn).second)
      throw validation_error(cat("Target group '", w.target_group_arn, "' is listed twice"));
    check_group(scope, lb, w.target_group_arn, protocol);
  }
  const Input sticky = config.at("TargetGroupStickinessConfig");
  action.stickiness = sticky.boolean("Enabled");
  action.stickiness_s = sticky.integer("DurationSeconds");
  if (action.stickiness && (action.stickiness_s < 1 || action.stickiness_s > 604'800))
    throw validation_error("Target group stickiness duration must be between 1 and 604800 seconds "
                           "inclusive");
}

void read_redirect(const Input& config, std::string_view protocol, const LoadBalancer&,
                   Action& action) {
  if (!config) throw validation_error("A redirect action needs a redirect configuration");
  if (!is_http(protocol))
    throw invalid_action("Redirect actions need an HTTP or HTTPS listener");
  action.redirect_protocol = config.string("Protocol", "#{protocol}");
  action.redirect_host = config.string("Host", "#{host}");
  action.redirect_port = config.string("Port", "#{port}");
  action.redirect_path = config.string("Path", "/#{path}");
  action.redirect_query = config.string("Query", "#{query}");
  action.redirect_status = config.string("StatusCode");
  if (!action.redirect_path.starts_with('/'))
    throw validation_error("The redirect path must start with '/'");
  if (action.redirect_protocol == "#{protocol}" && action.redirect_host == "#{host}" &&
      action.redirect_port == "#{port}" && action.redirect_path == "/#{path}")
    throw invalid_action("The redirect configuration is not valid because it creates a loop");
}

void read_fixed_response(const Input& config, std::string_view protocol, Action& action) {
  static const std::set<std::string> types{"", "text/plain", "text/css", "text/html",
                                           "application/javascript", "application/json"};
  if (!config)
    throw validation_error("A fixed-response action needs a fixed-response configuration");
  if (!is_http(protocol))
    throw invalid_action("Fixed-response actions need an HTTP or HTTPS listener");
  action.fixed_status = config.string("StatusCode");
  action.fixed_content_type = config.string("ContentType");
  action.fixed_body = config.string("MessageBody");
  if (!types.contains(action.fixed_content_type))
    throw validation_error(
        cat("Content type '", action.fixed_content_type, "' is not a valid content type"));
}

Action parse_action(const sim::Scope& scope, const LoadBalancer& lb, const Input& in,
                    std::string_view protocol) {
  Action action;
  action.type = in.string("Type");
  action.order = in.integer("Order");
  if (action.type == "forward")
    read_forward(scope, lb, protocol, in, action);
  else if (action.type == "redirect")
    read_redirect(in.at("RedirectConfig"), protocol, lb, action);
  else if (action.type == "fixed-response")
    read_fixed_response(in.at("FixedResponseConfig"), protocol, action);
  else  // refused rather than accepted without effect: there is no identity provider to ask
    throw invalid_action(cat("Action type '", action.type, "' is not available"));
  if (lb.type == "network" && action.type != "forward")
    throw invalid_action("Network load balancers only support forward actions");
  return action;
}

Value describe_action(const Action& a) {
  Value v{{"Type", a.type}};
  if (a.type == "forward" && a.forward.size() == 1)
    v.add("TargetGroupArn", a.forward[0].target_group_arn);
  if (a.order) v.add("Order", a.order);
  if (a.type == "forward") {
    Value sticky{{"Enabled", a.stickiness}};
    if (a.stickiness_s) sticky.add("DurationSeconds", a.stickiness_s);
    v.add("ForwardConfig", {{"TargetGroups", list_of(a.forward,
                                                     [](const WeightedTargetGroup& w) {
                                                       return Value{
                                                           {"TargetGroupArn", w.target_group_arn},
                                                           {"Weight", w.weight}};
                                                     })},
                            {"TargetGroupStickinessConfig", sticky}});
  } else if (a.type == "redirect") {
    v.add("RedirectConfig", {{"Protocol", a.redirect_protocol},
                             {"Port", a.redirect_port},
                             {"Host", a.redirect_host},
                             {"Path", a.redirect_path},
                             {"Query", a.redirect_query},
                             {"StatusCode", a.redirect_status}});
  } else {
    Value config{{"StatusCode", a.fixed_status}};
    if (!a.fixed_content_type.empty()) config.add("ContentType", a.fixed_content_type);
    if (!a.fixed_body.empty()) config.add("MessageBody", a.fixed_body);
    v.add("FixedResponseConfig", config);
  }
  return v;
}

struct FieldRow {
  std::string_view field, config;
};
const FieldRow field_rows[] = {
    {"host-header", "HostHeaderConfig"},   {"path-pattern", "PathPatternConfig"},
    {"http-header", "HttpHeaderConfig"},   {"query-string", "QueryStringConfig"},
    {"source-ip", "SourceIpConfig"},       {"http-request-method", "HttpRequestMethodConfig"},
};

const FieldRow& field_row(std::string_view field) {
  for (const FieldRow& row : field_rows)
    if (row.field == field) return row;
  throw validation_error(cat("Condition field '", field,
                             "' must be one of '[path-pattern, host-header, http-header, "
                             "http-request-method, query-string, source-ip]'"));
}

Condition parse_condition(const Input& in) {
  Condition c;
  c.field = in.string("Field");
  const FieldRow& row = field_row(c.field);
  const Input config = in.at(row.config);
  if (c.field == "query-string") {
    for (const Input& pair : config.list("Values")) {
      const auto key = pair.optional_string("Key");
      c.values.push_back(key ? cat(*key, '=', pair.string("Value")) : pair.string("Value"));
    }
  } else {
    c.values = config.strings("Values");
  }
  if (c.field == "http-header") {
    c.header_name = config.string("HttpHeaderName");
    if (c.header_name.empty())
      throw validation_error("The HTTP header name of the condition must be specified");
  }
  const bool old_form = c.field == "host-header" || c.field == "path-pattern";
  const auto values = in.strings("Values");
  if (!values.empty() && !old_form)
    throw validation_error(cat("Condition field '", c.field, "' takes its values in ", row.config));
  if (!values.empty() && !c.values.empty() && c.values != values)
    throw validation_error("You can't specify both Values and a condition configuration");
  if (!values.empty()) c.values = values;
  if (c.values.empty()) throw validation_error("A condition value must be specified");
  return c;
}

Value describe_condition(const Condition& c) {
  Value config = Value::map();
  if (c.field == "http-header") config.add("HttpHeaderName", c.header_name);
  if (c.field == "query-string")
    config.add("Values", list_of(c.values, [](const std::string& pair) {
                 const size_t equals = pair.find('=');
                 if (equals == pair.npos) return Value{{"Value", pair}};
                 return Value{{"Key", pair.substr(0, equals)}, {"Value", pair.substr(equals + 1)}};
               }));
  else
    config.add("Values", c.values);
  Value v{{"Field", c.field}};
  if (c.field == "host-header" || c.field == "path-pattern") v.add("Values", c.values);
  v.add(Key::stable(field_row(c.field).config), config);
  return v;
}

}  // namespace

std::vector<Action> parse_actions(const sim::Scope& scope, const LoadBalancer& lb,
                                  const std::vector<Input>& list, std::string_view protocol) {
  if (list.empty()) throw validation_error("You must specify at least one action");
  std::vector<Action> actions;
  for (const Input& in : list) actions.push_back(parse_action(scope, lb, in, protocol));
  if (actions.size() > 1)
    throw invalid_action(
        "Only one forward, redirect or fixed-response action can be specified");
  return actions;
}

Value describe_actions(const std::vector<Action>& actions) {
  return list_of(actions, describe_action);
}

std::vector<std::string> target_groups_of(const std::vector<Action>& actions) {
  std::vector<std::string> arns;
  for (const Action& a : actions)
    for (const WeightedTargetGroup& w : a.forward) arns.push_back(w.target_group_arn);
  return arns;
}

std::vector<Condition> parse_conditions(const std::vector<Input>& list) {
  if (list.empty()) throw validation_error("At least one condition must be specified");
  std::vector<Condition> conditions;
  size_t values = 0;
  std::set<std::string> once;
  for (const Input& in : list) {
    Condition& c = conditions.emplace_back(parse_condition(in));
    values += c.values.size();
    const bool repeats = c.field == "http-header" || c.field == "query-string";
    if (!repeats && !once.insert(c.field).second)
      throw validation_error(cat("A rule can only have one '", c.field, "' condition"));
  }
  if (values > 5) throw AwsError{"TooManyRules", "A rule can only have '5' condition values"};
  return conditions;
}

Value describe_conditions(const std::vector<Condition>& conditions) {
  return list_of(conditions, describe_condition);
}

}  // namespace squall::elbv2
