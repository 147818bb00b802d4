// Elastic Load Balancing v2: the definition, and what its files share.
#include "services/elbv2/elbv2.h"

#include <set>

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/elbv2/internal.h"

namespace squall::elbv2 {
namespace {

void add_group_keys(std::vector<std::string>& keys, const std::vector<Action>& actions) {
  for (const std::string& arn : target_groups_of(actions)) keys.push_back("tg:" + arn);
}

}  // namespace

std::vector<std::string> Listener::index_keys() const {
  std::vector<std::string> keys{"lb:" + load_balancer_arn};
  add_group_keys(keys, default_actions);
  for (const std::string& arn : certificates) keys.push_back("certificate:" + arn);
  return keys;
}

std::vector<std::string> Rule::index_keys() const {
  std::vector<std::string> keys{"listener:" + listener_arn};
  add_group_keys(keys, actions);
  return keys;
}

std::vector<std::string> TargetGroup::index_keys() const {
  std::vector<std::string> keys{"name:" + name};
  for (const Target& t : targets) keys.push_back("target:" + t.id);
  return keys;
}

std::vector<std::string> load_balancers_of(const sim::Scope& scope, std::string_view target_group) {
  std::set<std::string> arns;
  const std::string key = cat("tg:", target_group);
  for (const Listener* l : scope.by<Listener>(key)) arns.insert(l->load_balancer_arn);
  for (const Rule* rule : scope.by<Rule>(key))
    if (const Listener* l = scope.view<Listener>(rule->listener_arn))
      arns.insert(l->load_balancer_arn);
  return {arns.begin(), arns.end()};
}

bool is_arn_of(std::string_view arn, std::string_view resource) {
  const auto parts = split(arn, ':');
  return parts.size() == 6 && parts[0] == "arn" && parts[2] == "elasticloadbalancing" &&
         parts[5].starts_with(cat(resource, '/'));
}

std::string_view arn_path(std::string_view arn) {
  const size_t slash = arn.find('/');
  return slash == arn.npos ? std::string_view() : arn.substr(slash + 1);
}

const LoadBalancer& find_load_balancer(const sim::Scope& scope, const std::string& arn) {
  if (!is_arn_of(arn, "loadbalancer"))
    throw validation_error(cat("'", arn, "' is not a valid load balancer ARN"));
  const LoadBalancer* found = scope.view<LoadBalancer>(arn);
  if (!found) throw load_balancer_not_found(arn);
  return *found;
}

const TargetGroup& find_target_group(const sim::Scope& scope, const std::string& arn) {
  if (!is_arn_of(arn, "targetgroup"))
    throw validation_error(cat("'", arn, "' is not a valid target group ARN"));
  const TargetGroup* found = scope.view<TargetGroup>(arn);
  if (!found) throw target_group_not_found(arn);
  return *found;
}

const Listener& find_listener(const sim::Scope& scope, const std::string& arn) {
  if (!is_arn_of(arn, "listener"))
    throw validation_error(cat("'", arn, "' is not a valid listener ARN"));
  const Listener* found = scope.view<Listener>(arn);
  if (!found) throw listener_not_found();
  return *found;
}

PageRequest page_of(const Input& in) {
  const std::string marker = in.string("Marker");
  return page_request(marker, in.optional_integer("PageSize"),
                      validation_error(cat("'", marker, "' is not a valid marker")));
}

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::elbv2),
      .handlers = {load_balancer_rows(), load_balancer_network_rows(), attribute_rows(),
                   target_group_rows(), target_rows(), listener_rows(),
                   listener_certificate_rows(), rule_rows(), tag_rows(), limit_rows(),
                   capacity_rows()},
      .events = {load_balancer_events(), target_events(), capacity_events()},
      .watches = {target_watches()},
      .latencies = {load_balancer_latencies(), capacity_latencies()},
      .records = {sim::records<Listener, LoadBalancer, Rule, TargetGroup,
                               CapacityReservation>()},
  };
  return definition;
}

}  // namespace squall::elbv2
