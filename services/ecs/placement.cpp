// Placement: which container instance a task goes to. Instances that cannot take it fall out, the
// constraints are applied, then the strategies in their order.
#include <algorithm>

#include "services/ecs/expression.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

using Hosts = std::vector<const ContainerInstance*>;

/// Live tasks of the task's group on each host.
std::map<std::string_view, int64_t> group_counts(const sim::Scope& scope, const Task& task) {
  std::map<std::string_view, int64_t> counts;
  for (const Task* other : scope.by<Task>(cat("group:", task.cluster, '/', task.group)))
    if (is_wanted(*other) && !other->container_instance.empty())
      ++counts[other->container_instance];
  return counts;
}

bool has_attribute(const ContainerInstance& host, const Attribute& wanted) {
  return std::ranges::any_of(host.attributes, [&](const Attribute& a) {
    return a.name == wanted.name && (wanted.value.empty() || a.value == wanted.value);
  });
}

std::string missing_attribute(const ContainerInstance& host, const TaskDefinition& definition) {
  for (const Attribute& wanted : definition.requires_attributes)
    if (!has_attribute(host, wanted)) return wanted.name;
  return {};
}

bool holds(const std::vector<HostPort>& ports, int64_t port, std::string_view protocol) {
  return std::ranges::any_of(ports, [&](const HostPort& p) {
    return p.port == port && p.protocol == protocol;
  });
}

bool has_port_conflict(const ContainerInstance& host, const TaskDefinition& definition) {
  if (definition.network_mode == "awsvpc" || definition.network_mode == "none") return false;
  for (const ContainerDefinition& c : definition.containers)
    for (const PortMapping& m : c.ports) {
      const int64_t port = definition.network_mode == "host" ? m.container_port : m.host_port;
      if (port && (holds(host.used_ports, port, m.protocol) ||
                   holds(host.reserved_ports, port, m.protocol)))
        return true;
    }
  return false;
}

/// How far a host got: the one that got furthest is AWS's "closest match".
struct Refusal {
  int rank = 0;  // 0: it can take the task
  std::string reason, detail = {};
};

Refusal resource_refusal(const ContainerInstance& host, const Task& task,
                         const TaskDefinition& definition) {
  int64_t gpus = 0;
  for (const ContainerDefinition& c : definition.containers) gpus += c.gpus;
  if (host.cpu_left < task.cpu) return {4, "RESOURCE:CPU"};
  if (host.memory_left < task.memory) return {5, "RESOURCE:MEMORY"};
  if (host.gpus_left < gpus) return {6, "RESOURCE:GPU"};
  if (has_port_conflict(host, definition)) return {7, "RESOURCE:PORTS"};
  if (definition.network_mode == "awsvpc" && host.interfaces_left <= 0)
    return {8, "RESOURCE:ENI"};
  return {};
}

Refusal refusal(const sim::Scope& scope, const ContainerInstance& host, const Task& task,
                const TaskDefinition& definition) {
  if (!host.agent_connected) return {1, "AGENT"};
  if (const std::string name = missing_attribute(host, definition); !name.empty())
    return {2, "ATTRIBUTE", name};
  if (definition.network_mode == "awsvpc" &&
      subnet_in_zone(scope, task.network, host.zone).empty())
    return {2, "ATTRIBUTE", "ecs.availability-zone"};
  if (Refusal found = resource_refusal(host, task, definition); found.rank) return found;
  return {};
}

/// The constraints of the request and of the task definition, parsed once for all hosts.
struct Constraints {
  bool distinct = false;
  std::vector<Expression> member_of;
};

Constraints constraints_of(const Task& task, const TaskDefinition& definition) {
  Constraints c;
  for (const PlacementRule& rule : task.constraints) {
    if (rule.type == "distinctInstance") c.distinct = true;
    if (rule.type == "memberOf") c.member_of.push_back(parse_expression(rule.text));
  }
  for (const auto& [type, text] : definition.constraints)
    if (type == "memberOf") c.member_of.push_back(parse_expression(text));
  return c;
}

Refusal constraint_refusal(const sim::Scope& scope, const ContainerInstance& host,
                           const Constraints& constraints,
                           const std::map<std::string_view, int64_t>& counts) {
  if (constraints.distinct && counts.contains(host.id))
    return {9, "distinctInstance placement constraint unsatisfied."};
  if (constraints.member_of.empty()) return {};
  const Subject subject = subject_of(scope, host);
  for (const Expression& expression : constraints.member_of)
    if (!matches(expression, subject)) return {3, "MemberOf placement constraint unsatisfied."};
  return {};
}

bool is_candidate(const ContainerInstance& host, const Task& task) {
  if (!task.container_instance.empty()) return host.id == task.container_instance;
  if (host.status != "ACTIVE") return false;
  if (!task.zone.empty() && host.zone != task.zone) return false;
  if (!task.capacity_provider.empty()) return host.capacity_provider == task.capacity_provider;
  return host.external == (task.launch_type == "EXTERNAL");
}

/// What a strategy's field says of a host: "instanceId", "host" or an attribute's value.
std::string field_of(const ContainerInstance& host, std::string_view field) {
  if (equals_ignore_case(field, "instanceId") || field == "host") return host.id;
  if (field.starts_with("attribute:")) field.remove_prefix(10);
  if (field == "ecs.availability-zone") return host.zone;
  for (const Attribute& a : host.attributes)
    if (a.name == field) return a.value;
  return {};
}

void keep_least(Hosts& hosts, const std::vector<int64_t>& scores) {
  const int64_t least = *std::ranges::min_element(scores);
  Hosts kept;
  for (size_t i = 0; i < hosts.size(); ++i)
    if (scores[i] == least) kept.push_back(hosts[i]);
  hosts = std::move(kept);
}

/// Counts are over all hosts of the cluster: a full zone still counts as the fullest.
void spread(Hosts& hosts, const Hosts& all, std::string_view field,
            const std::map<std::string_view, int64_t>& counts) {
  std::map<std::string, int64_t> by_field;
  for (const ContainerInstance* host : all)
    if (const auto at = counts.find(host->id); at != counts.end())
      by_field[field_of(*host, field)] += at->second;
  std::vector<int64_t> scores;
  for (const ContainerInstance* host : hosts) scores.push_back(by_field[field_of(*host, field)]);
  keep_least(hosts, scores);
}

const ContainerInstance* pick(sim::Scope& scope, Hosts hosts, const Hosts& all, const Task& task,
                              const std::map<std::string_view, int64_t>& counts) {
  for (const PlacementRule& rule : task.strategy) {
    std::vector<int64_t> scores;
    if (rule.type == "spread") {
      spread(hosts, all, rule.text, counts);
    } else if (rule.type == "binpack") {
      const bool by_cpu = equals_ignore_case(rule.text, "cpu");
      for (const ContainerInstance* host : hosts)
        scores.push_back(by_cpu ? host->cpu_left : host->memory_left);
      keep_least(hosts, scores);
    }
  }
  const bool random = task.strategy.empty() || task.strategy.back().type == "random";
  if (random && hosts.size() > 1)
    return hosts[scope.random(cat("ecs/placement/", task.cluster)).below(hosts.size())];
  // Equal by every strategy: the emptiest, so that hosts fill evenly.
  return *std::ranges::max_element(hosts, {}, [](const ContainerInstance* host) {
    return host->memory_left;
  });
}

void try_waiting(sim::Scope& scope, const std::string& cluster) {
  std::vector<std::pair<Time, std::string>> waiting;
  for (const Task* task : scope.by<Task>("waiting:" + cluster))
    if (is_wanted(*task)) waiting.emplace_back(task->created, task->id);
  std::ranges::sort(waiting);
  std::string full;  // definition and provider that found no room: its like need not try again
  for (const auto& [created, arn] : waiting) {
    const Task& found = *scope.view<Task>(arn);
    const auto* definition = scope.view<TaskDefinition>(found.definition);
    const std::string like = cat(found.definition, ' ', found.capacity_provider, ' ', found.group);
    if (!definition || like == full) continue;
    auto placed = place(scope, found, *definition);
    if (std::holds_alternative<PlacementFailure>(placed)) {
      full = like;
      continue;
    }
    Task& task = scope.edit<Task>(arn);
    task.container_instance = std::get<std::string>(placed);
    take_resources(scope, task, *definition);
    begin_lifecycle(scope, arn);
  }
}

void hosts_changed(sim::Scope& scope, const sim::Event&) {
  std::vector<std::string> clusters;
  for (const Cluster& cluster : scope.all<Cluster>()) clusters.push_back(cluster.id);
  for (const std::string& cluster : clusters) try_waiting(scope, cluster);
}

const sim::EventRow events[] = {{"ecs.placement.hosts-changed", hosts_changed}};
const sim::WatchRow watches[] = {
    {"ecs:container-instance", "ecs.placement.hosts-changed", true}};

}  // namespace

std::variant<std::string, PlacementFailure> place(sim::Scope& scope, const Task& task,
                                                  const TaskDefinition& definition) {
  const auto counts = group_counts(scope, task);
  const Constraints constraints = constraints_of(task, definition);
  const Hosts all = scope.by<ContainerInstance>("cluster:" + task.cluster);
  Hosts hosts;
  Refusal closest;
  std::string closest_arn;
  for (const ContainerInstance* host : all) {
    if (!is_candidate(*host, task)) continue;
    Refusal no = refusal(scope, *host, task, definition);
    if (!no.rank) no = constraint_refusal(scope, *host, constraints, counts);
    if (!no.rank) {
      hosts.push_back(host);
    } else if (no.rank > closest.rank) {
      closest = std::move(no);
      closest_arn = host->id;
    }
  }
  if (!hosts.empty()) return pick(scope, std::move(hosts), all, task, counts)->id;
  if (closest.rank) return PlacementFailure{closest_arn, closest.reason, closest.detail};
  return PlacementFailure{"", "No Container Instances were found in your cluster.", ""};
}

EventRows placement_events() { return events; }
WatchRows placement_watches() { return watches; }

}  // namespace squall::ecs
