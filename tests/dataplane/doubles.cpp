// Stand-ins for functions of services that this test does not link; where a service is linked, its
// own definition wins over these weak ones.
#include <algorithm>
#include <map>

#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "services/autoscaling/autoscaling.h"
#include "services/cloudwatch/cloudwatch.h"
#include "services/dynamodb/dynamodb.h"
#include "services/ec2/ec2.h"
#include "services/ecs/ecs.h"
#include "services/elasticache/elasticache.h"
#include "services/elbv2/elbv2.h"
#include "services/logs/logs.h"
#include "services/rds/rds.h"
#include "services/servicediscovery/servicediscovery.h"
#include "tests/dataplane/stack.h"

#define WEAK __attribute__((weak))

namespace squall {
namespace dataplane_test {
std::map<std::string, cloudwatch::StatisticSet>& metrics() {
  static std::map<std::string, cloudwatch::StatisticSet> all;
  return all;
}
std::vector<std::string>& log_lines() {
  static std::vector<std::string> all;
  return all;
}
}  // namespace dataplane_test

namespace ec2 {
WEAK const std::vector<Zone>& zones(std::string_view) {
  static const std::vector<Zone> list = {
      {"us-east-1a", "use1-az1"}, {"us-east-1b", "use1-az2"}, {"us-east-1c", "use1-az3"}};
  return list;
}
WEAK std::vector<std::string> prefix_list_blocks(const sim::Scope& scope,
                                                 std::string_view list) {
  const std::string region = scope.region();
  if (list == "pl-ddb" || list == cat("com.amazonaws.", region, ".dynamodb"))
    return {"198.51.100.0/25"};
  if (list == "pl-s3" || list == cat("com.amazonaws.", region, ".s3")) return {"198.51.100.128/25"};
  return {};
}
}  // namespace ec2

namespace ecs {
WEAK std::vector<std::string> Task::index_keys() const {
  return {"cluster:" + cluster, "service:" + service, "instance:" + container_instance,
          "interface:" + interface_id};
}
WEAK std::vector<std::string> Service::index_keys() const {
  return {"name:" + cluster + "/" + name};
}
WEAK void stop_task(sim::Scope& scope, std::string_view arn, std::string_view, std::string_view) {
  scope.edit<Task>(arn).last_status = "STOPPING";
}
WEAK void container_exited(sim::Scope& scope, std::string_view arn, std::string_view, int64_t,
                           std::string_view) {
  scope.edit<Task>(arn).stop_code = "EssentialContainerExited";
}
WEAK void set_container_health(sim::Scope& scope, std::string_view arn, std::string_view,
                               std::string_view health) {
  scope.edit<Task>(arn).health = health;
}
/// An alias is there if instances of a service "alias:HOST" are.
WEAK std::optional<std::vector<ConnectEnd>> connect_ends(const sim::Scope& scope, std::string_view,
                                                         std::string_view host, int64_t) {
  std::optional<std::vector<ConnectEnd>> ends;
  for (const auto* i : scope.by<servicediscovery::Instance>(cat("service:alias:", host))) {
    if (!ends) ends.emplace();
    ends->push_back({i->attributes.at("AWS_INSTANCE_IPV4"), 80});
  }
  return ends;
}
}  // namespace ecs

namespace dynamodb {
WEAK std::vector<std::string> Table::index_keys() const { return {}; }
WEAK const Table* find_table(const sim::Scope& scope, std::string_view name) {
  return scope.view<Table>(name);
}
WEAK bool use_throughput(sim::World&, std::string_view, std::string_view, const SimulatedUse&) {
  return true;
}
WEAK void enforce_throughput(sim::World&, bool) {}
}  // namespace dynamodb

namespace servicediscovery {
/// A service's id is the host name that the tests give it; its instances' ids follow it.
WEAK std::vector<Resolved> eligible(const sim::Scope& scope, std::string_view,
                                    std::string_view hostname, std::string_view) {
  std::vector<Resolved> found;
  for (const Instance* i : scope.by<Instance>(cat("service:", hostname))) {
    if (!i->active || i->health == "UNHEALTHY") continue;
    Resolved r;
    r.ip = i->attributes.at("AWS_INSTANCE_IPV4");
    const auto port = i->attributes.find("AWS_INSTANCE_PORT");
    if (port != i->attributes.end()) r.port = parse_int(port->second).value_or(0);
    r.instance_id = i->instance_id;
    r.ttl_s = 10;
    found.push_back(r);
  }
  return found;
}
}  // namespace servicediscovery

namespace elbv2 {
WEAK std::vector<std::string> Listener::index_keys() const {
  return {"load-balancer:" + load_balancer_arn};
}
WEAK std::vector<std::string> Rule::index_keys() const { return {"listener:" + listener_arn}; }
WEAK std::vector<std::string> TargetGroup::index_keys() const {
  std::vector<std::string> keys{"name:" + name};
  for (const Target& t : targets) keys.push_back("target:" + t.id);
  return keys;
}
WEAK std::vector<std::string> load_balancers_of(const sim::Scope& scope, std::string_view group) {
  std::vector<std::string> found;
  const auto uses = [&](const std::vector<Action>& actions) {
    return std::ranges::any_of(actions, [&](const Action& a) {
      return std::ranges::find(a.forward, group, &WeightedTargetGroup::target_group_arn) !=
             a.forward.end();
    });
  };
  for (const Listener& l : scope.all<Listener>()) {
    bool used = uses(l.default_actions);
    for (const Rule& r : scope.all<Rule>()) used |= r.listener_arn == l.id && uses(r.actions);
    if (used && std::ranges::find(found, l.load_balancer_arn) == found.end())
      found.push_back(l.load_balancer_arn);
  }
  return found;
}
WEAK void set_target_health(sim::Scope& scope, std::string_view group, std::string_view id,
                            int64_t port, std::string_view state, std::string_view reason) {
  for (Target& t : scope.edit<TargetGroup>(group).targets) {
    if (t.id != id || t.port != port) continue;
    if (t.state != state) scope.announce("elbv2.target-health", id, cat(t.state, " -> ", state));
    t.state = state;
    t.reason = reason;
  }
}
}  // namespace elbv2

namespace rds {
WEAK std::vector<std::string> DbInstance::index_keys() const { return {"zone:" + primary_zone}; }
WEAK bool is_serving(const sim::Scope& scope, const DbInstance& db) {
  return db.serving_since && *db.serving_since <= scope.now() &&
         !sim::is_dark(scope, db.primary_zone, db.primary_interface_id);
}
}  // namespace rds

namespace elasticache {
WEAK std::vector<std::string> ReplicationGroup::index_keys() const { return {"id:" + id}; }
}  // namespace elasticache

namespace autoscaling {
WEAK std::vector<std::string> Group::index_keys() const { return {"group:" + id}; }
}  // namespace autoscaling

namespace cloudwatch {
WEAK void put_metric(sim::Scope&, std::string_view name_space, std::string_view name,
                     const Dimensions& dimensions, const StatisticSet& data, std::string_view,
                     Time, bool) {
  std::string key = cat(name_space, ' ', name);
  for (const auto& [k, v] : dimensions) key += cat(' ', k, '=', v);
  StatisticSet& all = dataplane_test::metrics()[key];
  all.minimum = all.sample_count > 0 ? std::min(all.minimum, data.minimum) : data.minimum;
  all.maximum = std::max(all.maximum, data.maximum);
  all.sum += data.sum;
  all.sample_count += data.sample_count;
}
}  // namespace cloudwatch

namespace logs {
WEAK void append(sim::Scope&, std::string_view, std::string_view, std::string message, Time) {
  dataplane_test::log_lines().push_back(std::move(message));
}
}  // namespace logs
}  // namespace squall
