// Container Insights: counts, reservations and utilisation of clusters that have it on, each
// minute, as metrics and as performance log events.
#include <algorithm>

#include "services/cloudwatch/cloudwatch.h"
#include "services/ecs/cluster.h"
#include "services/logs/logs.h"

namespace squall::ecs {
namespace {

constexpr std::string_view name_space = "ECS/ContainerInsights";

/// What tasks reserve and use of one resource each; used stays empty until somebody measures it.
struct Usage {
  double cpu_reserved = 0, memory_reserved = 0;
  std::optional<double> cpu_used, memory_used;

  void add(const Usage& other) {
    cpu_reserved += other.cpu_reserved;
    memory_reserved += other.memory_reserved;
    if (other.cpu_used) cpu_used = cpu_used.value_or(0) + *other.cpu_used;
    if (other.memory_used) memory_used = memory_used.value_or(0) + *other.memory_used;
  }
};

using Figures = std::vector<std::pair<std::string_view, double>>;

void add_usage(Figures& figures, const Usage& usage) {
  figures.emplace_back("CpuReserved", usage.cpu_reserved);
  figures.emplace_back("MemoryReserved", usage.memory_reserved);
  if (usage.cpu_used) figures.emplace_back("CpuUtilized", *usage.cpu_used);
  if (usage.memory_used) figures.emplace_back("MemoryUtilized", *usage.memory_used);
}

std::string_view unit_of(std::string_view metric) {
  if (metric.starts_with("Memory")) return "Megabytes";
  return metric.starts_with("Cpu") ? "None" : "Count";
}

std::string group_of(std::string_view cluster) {
  return cat("/aws/ecs/containerinsights/", cluster, "/performance");
}

/// One performance event and the metrics extracted from it.
void publish(sim::Scope& scope, const std::string& cluster, std::string_view type,
             const cloudwatch::Dimensions& dimensions, const Figures& figures) {
  Value event{{"Version", "0"},
              {"Type", type},
              {"Timestamp", to_ns(scope.now()) / 1'000'000}};
  for (const auto& [name, value] : dimensions) event.add(Key::copy(name), value);
  for (const auto& [name, value] : figures) {
    event.add(Key::stable(name), value);
    cloudwatch::put_metric(scope, name_space, name, dimensions,
                           cloudwatch::StatisticSet::of(value), unit_of(name), scope.now());
  }
  logs::append(scope, group_of(cluster), cat(type, "Telemetry-", cluster), to_json(event),
               scope.now());
}

/// The share in use that AWS/ECS says of the service over the last minute.
std::optional<double> utilisation(const sim::Scope& scope, const Service& service,
                                  std::string_view metric) {
  const Time until = std::chrono::floor<std::chrono::minutes>(scope.now());
  const auto points = cloudwatch::statistics(
      scope, "AWS/ECS", metric, {{"ClusterName", service.cluster}, {"ServiceName", service.name}},
      "Average", until - 1min, until, 60);
  if (points.empty()) return std::nullopt;
  return points.back().second / 100;
}

Usage reserved_by(const sim::Scope& scope, const Task& task) {
  Usage usage;
  usage.cpu_reserved = static_cast<double>(task.cpu);
  usage.memory_reserved = static_cast<double>(task.memory);
  if (task.cpu > 0 || task.memory > 0) return usage;
  if (const auto* definition = scope.view<TaskDefinition>(task.definition)) {
    usage.cpu_reserved = static_cast<double>(definition->cpu);
    usage.memory_reserved = static_cast<double>(definition->memory);
  }
  return usage;
}

struct Totals {
  Usage cluster;
  std::map<std::string, Usage> services, families;  // by ARN, by family
};

Totals add_up(const sim::Scope& scope, const std::string& cluster) {
  Totals totals;
  for (const Task* task : scope.by<Task>(cat("status:", cluster, "/RUNNING"))) {
    const Usage usage = reserved_by(scope, *task);
    if (!task->service.empty()) totals.services[task->service].add(usage);
    totals.families[task->definition.substr(0, task->definition.find(':'))].add(usage);
    totals.cluster.add(usage);
  }
  for (auto& [arn, usage] : totals.services) {
    const Service* service = scope.view<Service>(arn);
    if (!service) continue;
    if (const auto share = utilisation(scope, *service, "CPUUtilization")) {
      usage.cpu_used = *share * usage.cpu_reserved;
      totals.cluster.cpu_used = totals.cluster.cpu_used.value_or(0) + *usage.cpu_used;
    }
    if (const auto share = utilisation(scope, *service, "MemoryUtilization")) {
      usage.memory_used = *share * usage.memory_reserved;
      totals.cluster.memory_used = totals.cluster.memory_used.value_or(0) + *usage.memory_used;
    }
  }
  return totals;
}

void publish_services(sim::Scope& scope, const std::string& cluster, const Totals& totals) {
  struct Row {
    std::string name, arn;
    double desired, deployments;
  };
  std::vector<Row> rows;
  for (const Service* service : scope.by<Service>("cluster:" + cluster))
    if (service->status != "INACTIVE")
      rows.push_back({service->name, service->id, static_cast<double>(service->desired),
                      static_cast<double>(service->deployments.size())});
  for (const Row& row : rows) {
    double running = 0, pending = 0;
    for (const Task* task : scope.by<Task>("live:" + row.arn))
      ++(task->last_status == "RUNNING" ? running : pending);
    Figures figures{{"RunningTaskCount", running},
                    {"PendingTaskCount", pending},
                    {"DesiredTaskCount", row.desired},
                    {"DeploymentCount", row.deployments},
                    {"TaskSetCount", 0}};
    const auto usage = totals.services.find(row.arn);
    if (usage != totals.services.end()) add_usage(figures, usage->second);
    publish(scope, cluster, "Service", {{"ClusterName", cluster}, {"ServiceName", row.name}},
            figures);
  }
}

void publish_instances(sim::Scope& scope, const std::string& cluster) {
  std::vector<const ContainerInstance*> hosts;
  for (const auto* host : scope.by<ContainerInstance>("cluster:" + cluster))
    if (host->status != "INACTIVE" && host->agent_connected) hosts.push_back(host);
  for (const ContainerInstance* host : hosts) {
    auto share = [](int64_t all, int64_t left) {
      return all > 0 ? 100.0 * static_cast<double>(all - left) / static_cast<double>(all) : 0.0;
    };
    const Figures figures{
        {"instance_cpu_limit", static_cast<double>(host->cpu)},
        {"instance_cpu_reserved_capacity", share(host->cpu, host->cpu_left)},
        {"instance_memory_limit", static_cast<double>(host->memory)},
        {"instance_memory_reserved_capacity", share(host->memory, host->memory_left)},
        {"instance_number_of_running_tasks",
         static_cast<double>(scope.by<Task>("instance:" + host->id).size())}};
    publish(scope, cluster, "Instance",
            {{"ClusterName", cluster},
             {"ContainerInstanceId", std::string(last_part(host->id))},
             {"InstanceId", host->instance_id}},
            figures);
  }
}

bool is_on(const Cluster* cluster) {
  if (!cluster || cluster->status != "ACTIVE") return false;
  const auto setting = cluster->settings.find("containerInsights");
  return setting != cluster->settings.end() &&
         (setting->second == "enabled" || setting->second == "enhanced" ||
          setting->second == "on");
}

Time next_minute(Time now) {
  return std::chrono::floor<std::chrono::minutes>(now) + std::chrono::minutes(1);
}

void cluster_changed(sim::Scope& scope, const sim::Event& event) {
  if (!is_on(scope.view<Cluster>(event.subject))) return;
  const std::string group = group_of(event.subject);
  if (!scope.has<logs::LogGroup>(group)) {
    logs::LogGroup made;
    made.id = group;
    made.retention_days = 1;
    made.created = scope.now();
    scope.add(std::move(made));
  }
  scope.at_unique(next_minute(scope.now()), "ecs.insights", event.subject);
}

void each_minute(sim::Scope& scope, const sim::Event& event) {
  const std::string cluster = event.subject;
  if (!is_on(scope.view<Cluster>(cluster))) return;
  const ClusterCounts counts = count(scope, cluster);
  const Totals totals = add_up(scope, cluster);
  Figures figures{{"TaskCount", static_cast<double>(counts.running)},
                  {"ServiceCount", static_cast<double>(counts.active_services)},
                  {"ContainerInstanceCount", static_cast<double>(counts.instances)}};
  add_usage(figures, totals.cluster);
  publish(scope, cluster, "Cluster", {{"ClusterName", cluster}}, figures);
  publish_services(scope, cluster, totals);
  for (const auto& [family, usage] : totals.families) {
    Figures of_family;
    add_usage(of_family, usage);
    publish(scope, cluster, "Task", {{"ClusterName", cluster}, {"TaskDefinitionFamily", family}},
            of_family);
  }
  publish_instances(scope, cluster);
  scope.at_unique(next_minute(scope.now()), "ecs.insights", cluster);
}

const sim::EventRow events[] = {
    {"ecs.insights", each_minute},
    {"ecs.insights.cluster", cluster_changed},
};
const sim::WatchRow watches[] = {{"ecs:cluster", "ecs.insights.cluster", false}};

}  // namespace

EventRows insights_events() { return events; }
WatchRows insights_watches() { return watches; }

}  // namespace squall::ecs
