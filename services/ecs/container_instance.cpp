// Container instances: found, described, listed, drained, taken out.
#include <algorithm>
#include <set>

#include "services/ecs/expression.h"
#include "services/ecs/instance.h"

namespace squall::ecs {
namespace {

constexpr Duration inactive_visible = 1h;
constexpr size_t described_max = 100, drained_at_once_max = 10;

std::string arn_of(const sim::Scope& scope, const Cluster& cluster, std::string_view id_or_arn) {
  return scope.arn("ecs", cat("container-instance/", cluster.id, '/',
                              id_in(scope, cluster.id, "container-instance", id_or_arn)));
}

Value integer_resource(std::string_view name, int64_t value) {
  return {{"name", name},
          {"type", "INTEGER"},
          {"doubleValue", 0.0},
          {"longValue", 0},
          {"integerValue", value}};
}

Value port_resource(std::string_view name, const ContainerInstance& instance,
                    std::string_view protocol, bool remaining) {
  std::set<int64_t> ports;
  for (const HostPort& port : instance.reserved_ports)
    if (port.protocol == protocol) ports.insert(port.port);
  if (remaining)
    for (const HostPort& port : instance.used_ports)
      if (port.protocol == protocol) ports.insert(port.port);
  return {{"name", name},
          {"type", "STRINGSET"},
          {"doubleValue", 0.0},
          {"longValue", 0},
          {"integerValue", 0},
          {"stringSetValue",
           list_of(ports, [](int64_t port) { return Value(std::to_string(port)); })}};
}

Value describe_resources(const ContainerInstance& i, bool remaining) {
  Value list = Value::list();
  list.push(integer_resource("CPU", remaining ? i.cpu_left : i.cpu));
  list.push(integer_resource("MEMORY", remaining ? i.memory_left : i.memory));
  list.push(port_resource("PORTS", i, "tcp", remaining));
  list.push(port_resource("PORTS_UDP", i, "udp", remaining));
  if (i.gpus > 0) list.push(integer_resource("GPU", remaining ? i.gpus_left : i.gpus));
  return list;
}

Value describe_health(const ContainerInstance& i) {
  const std::string_view status = i.agent_connected ? "OK" : "INSUFFICIENT_DATA";
  return {{"overallStatus", status},
          {"details", Value(std::vector<Value>{{{"type", "CONTAINER_RUNTIME"},
                                                {"status", status},
                                                {"lastUpdated", i.registered},
                                                {"lastStatusChange", i.registered}}})}};
}

Value describe_instances(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const auto ids = in.strings("containerInstances"), include = in.strings("include");
  if (ids.empty()) throw invalid_parameter("Container Instances cannot be empty.");
  if (ids.size() > described_max)
    throw invalid_parameter("You can describe up to 100 container instances at a time.");
  const bool tags = std::ranges::find(include, "TAGS") != include.end();
  const bool health = std::ranges::find(include, "CONTAINER_INSTANCE_HEALTH") != include.end();
  Value found = Value::list(), failures = Value::list();
  for (const std::string& id : ids) {
    const std::string arn = arn_of(ctx, cluster, id);
    if (const auto* instance = ctx.view<ContainerInstance>(arn))
      found.push(describe(ctx, *instance, tags, health));
    else
      failures.push(missing(arn));
  }
  return {{"containerInstances", found}, {"failures", failures}};
}

Value list_instances(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const std::string filter = in.string("filter"), status = in.string("status");
  std::optional<Expression> expression;
  if (!filter.empty()) expression = parse_expression(filter);
  std::vector<std::string> arns;
  for (const auto* instance : ctx.by<ContainerInstance>("cluster:" + cluster.id)) {
    if (instance->status == "INACTIVE" || (!status.empty() && instance->status != status))
      continue;
    if (!expression || matches(*expression, subject_of(ctx, *instance)))
      arns.push_back(instance->id);
  }
  const Slice slice = slice_of(arns, in);
  return {{"containerInstanceArns", slice.keys}, {"nextToken", slice.next_token}};
}

Value update_state(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const auto ids = in.strings("containerInstances");
  const std::string status = in.string("status");
  if (status != "ACTIVE" && status != "DRAINING")
    throw invalid_parameter("Container instance status must be ACTIVE or DRAINING.");
  if (ids.empty()) throw invalid_parameter("Container Instances cannot be empty.");
  if (ids.size() > drained_at_once_max)
    throw invalid_parameter("You can update up to 10 container instances at a time.");
  Value changed = Value::list(), failures = Value::list();
  for (const std::string& id : ids) {
    const std::string arn = arn_of(ctx, cluster, id);
    const auto* before = ctx.view<ContainerInstance>(arn);
    if (!before || before->status == "INACTIVE") {
      failures.push(before ? Value{{"arn", arn}, {"reason", "INACTIVE"}} : missing(arn));
      continue;
    }
    set_instance_status(ctx, arn, status);
    changed.push(describe(ctx, *ctx.view<ContainerInstance>(arn), true, false));
  }
  return {{"containerInstances", changed}, {"failures", failures}};
}

Value deregister(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const std::string id = in.string("containerInstance");
  if (id.empty()) throw invalid_parameter("Container instance cannot be empty.");
  const std::string arn = require_instance(ctx, cluster, id).id;
  const bool force = in.boolean("force");
  if (!force && !ctx.by<Task>("instance:" + arn).empty())
    throw invalid_parameter("Found running tasks on the instance.");
  deregister_instance(ctx, arn, "Deregistered by the user.");
  return {{"containerInstance", describe(ctx, *ctx.view<ContainerInstance>(arn), true, false)}};
}

void forget(sim::Scope& scope, const sim::Event& event) {
  const auto* instance = scope.view<ContainerInstance>(event.subject);
  if (instance && instance->status == "INACTIVE") scope.erase<ContainerInstance>(event.subject);
}

const api::HandlerRow rows[] = {
    {"DescribeContainerInstances", Reads, describe_instances},
    {"ListContainerInstances", Reads, list_instances},
    {"UpdateContainerInstancesState", Writes, update_state},
    {"DeregisterContainerInstance", Writes, deregister},
};
const sim::EventRow events[] = {{"ecs.instance.forget", forget}};

}  // namespace

const ContainerInstance& require_instance(const sim::Scope& scope, const Cluster& cluster,
                                          std::string_view id_or_arn) {
  const auto* instance =
      scope.view<ContainerInstance>(arn_of(scope, cluster, id_or_arn));
  if (!instance || instance->status == "INACTIVE") throw instance_not_found();
  return *instance;
}

void set_instance_status(sim::Scope& scope, const std::string& arn, std::string_view status) {
  if (scope.view<ContainerInstance>(arn)->status == status) return;
  ContainerInstance& instance = scope.edit<ContainerInstance>(arn);
  instance.status = status;
  ++instance.version;
  scope.announce("ecs.container-instance", arn,
                 cat("Container instance of ", instance.instance_id, " in cluster ",
                     instance.cluster, " is ", status));
}

void deregister_instance(sim::Scope& scope, const std::string& arn, std::string_view why) {
  set_instance_status(scope, arn, "INACTIVE");
  ContainerInstance& instance = scope.edit<ContainerInstance>(arn);
  instance.agent_connected = false;
  instance.status_reason = why;
  scope.after(inactive_visible, "ecs.instance.forget", arn);
}

Value describe(const sim::Scope& scope, const ContainerInstance& i, bool with_tags,
               bool with_health) {
  int64_t running = 0, pending = 0;
  for (const Task* task : scope.by<Task>("instance:" + i.id))
    ++(task->last_status == "RUNNING" ? running : pending);
  Value v{{"containerInstanceArn", i.id}};
  if (!i.instance_id.empty()) v.add("ec2InstanceId", i.instance_id);
  if (!i.capacity_provider.empty()) v.add("capacityProviderName", i.capacity_provider);
  v.add("version", i.version);
  Value versions = Value::map();
  if (!i.agent_version.empty())
    versions = {{"agentVersion", i.agent_version},
                {"agentHash", i.agent_hash},
                {"dockerVersion", i.docker_version}};
  v.add("versionInfo", versions);
  v.add("remainingResources", describe_resources(i, true));
  v.add("registeredResources", describe_resources(i, false));
  v.add("status", i.status);
  if (!i.status_reason.empty()) v.add("statusReason", i.status_reason);
  v.add("agentConnected", i.agent_connected);
  v.add("runningTasksCount", running);
  v.add("pendingTasksCount", pending);
  if (!i.agent_update_status.empty()) v.add("agentUpdateStatus", i.agent_update_status);
  v.add("attributes", list_of(i.attributes, [](const Attribute& a) -> Value {
          Value attribute{{"name", a.name}};
          if (!a.value.empty()) attribute.add("value", a.value);
          return attribute;
        }));
  v.add("registeredAt", i.registered);
  v.add("attachments", Value::list());
  v.add("tags", with_tags ? describe_tags_of(i.tags) : Value::list());
  if (with_health) v.add("healthStatus", describe_health(i));
  return v;
}

HandlerRows container_instance_rows() { return rows; }
EventRows container_instance_events() { return events; }

}  // namespace squall::ecs
