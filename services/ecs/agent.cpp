// What agents call: registration, polling endpoints, reports; and updates of agents.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/instance.h"

namespace squall::ecs {
namespace {

int64_t resource_of(const Input& in, std::string_view name) {
  for (const Input& resource : in.list("totalResources"))
    if (resource.string("name") == name)
      return resource.integer("integerValue", resource.integer("longValue",
                                                               static_cast<int64_t>(
                                                                   resource.real("doubleValue"))));
  return 0;
}

void read_resources(const Input& in, ContainerInstance& instance) {
  for (const Input& resource : in.list("totalResources")) {
    const std::string name = resource.string("name"), type = resource.string("type");
    if (type != "INTEGER" && type != "DOUBLE" && type != "LONG" && type != "STRINGSET")
      throw invalid_parameter(cat("Invalid resource type: ", type));
    if (name != "PORTS" && name != "PORTS_UDP") continue;
    for (const std::string& port : resource.strings("stringSetValue"))
      if (const auto number = parse_int(port))
        instance.reserved_ports.push_back({*number, name == "PORTS" ? "tcp" : "udp"});
  }
  if (in.has("totalResources")) {
    instance.cpu = instance.cpu_left = resource_of(in, "CPU");
    instance.memory = instance.memory_left = resource_of(in, "MEMORY");
  }
  instance.gpus = instance.gpus_left = static_cast<int64_t>(in.list("platformDevices").size());
  for (const Input& device : in.list("platformDevices")) {
    if (device.string("id").empty() || device.string("type").empty())
      throw invalid_parameter("Platform devices need an ID and a type.");
  }
}

void read_registration(const Input& in, ContainerInstance& instance) {
  const Input version = in.at("versionInfo");
  instance.agent_version = version.string("agentVersion", instance.agent_version);
  instance.agent_hash = version.string("agentHash", instance.agent_hash);
  instance.docker_version = version.string("dockerVersion", instance.docker_version);
  for (const Input& attribute : in.list("attributes")) {
    attribute.ignore("targetType");  // what registers is the target
    attribute.ignore("targetId");
    set_attribute(instance.attributes, attribute.string("name"), attribute.string("value"));
  }
  for (auto& [key, value] : read_tags(in)) instance.tags[key] = value;
}

/// The instance that the identity document names; empty for an external one.
std::string identified(const Context& ctx, const Input& in) {
  const std::string text = in.string("instanceIdentityDocument");
  in.ignore("instanceIdentityDocumentSignature");  // nobody forges documents here
  if (text.empty()) return {};
  const Value id = value_from_json(text).at("instanceId");
  if (!id.is_string() || !ctx.has<ec2::Instance>(id.text()))
    throw client_exception("Instance identity document verification failed.");
  return std::string(id.text());
}

/// An agent that knows its ARN reports again after a restart.
Value register_again(Context& ctx, const Input& in, const Cluster& cluster,
                     const std::string& arn) {
  require_instance(ctx, cluster, arn);
  ContainerInstance& instance = ctx.edit<ContainerInstance>(arn);
  read_registration(in, instance);
  in.ignore("totalResources");  // a registered instance keeps its resources
  in.ignore("platformDevices");
  instance.agent_connected = true;
  ++instance.version;
  return {{"containerInstance", describe(ctx, instance, true, false)}};
}

Value register_instance(Context& ctx, Input in) {
  const Cluster cluster = require_cluster(ctx, in.string("cluster"));
  const std::string instance_id = identified(ctx, in);
  if (const std::string arn = in.string("containerInstanceArn"); !arn.empty())
    return register_again(ctx, in, cluster, arn);
  ContainerInstance made;
  if (!instance_id.empty()) {
    for (const auto* before : ctx.by<ContainerInstance>("instance:" + instance_id))
      if (before->status != "INACTIVE")
        throw client_exception("Instance is already registered: " + before->id);
    made = new_container_instance(ctx, cluster, *ctx.view<ec2::Instance>(instance_id), {});
  } else {
    made.cluster = cluster.id;
    made.external = true;
    made.instance_id = cat("mi-0", ctx.new_hex("managed-instance", 16));
  }
  if (in.has("totalResources")) made.reserved_ports.clear();
  read_resources(in, made);
  read_registration(in, made);
  if (made.external)
    for (const Attribute& attribute : made.attributes)
      if (attribute.name == "ecs.availability-zone") made.zone = attribute.value;
  made.registered = ctx.now();
  made.id = ctx.arn("ecs", cat("container-instance/", cluster.id, '/',
                               ctx.new_hex("container-instance", 32, made.instance_id)));
  if (!instance_id.empty())
    ctx.add(Agent{instance_id, made.id,
                  ctx.view<ec2::Instance>(instance_id)->booted.value_or(ctx.now())});
  const ContainerInstance& added = ctx.add(std::move(made));
  return {{"containerInstance", describe(ctx, added, true, false)}};
}

Value update_agent(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const ContainerInstance& found =
      require_instance(ctx, cluster, in.string("containerInstance"));
  if (found.agent_version.empty()) throw missing_version();
  if (found.agent_update_status == "PENDING" || found.agent_update_status == "UPDATING")
    throw update_in_progress("There's already a current container agent update in progress on the "
                             "container instance that's specified.");
  if (!found.agent_connected)
    throw client_exception("The container agent is not connected and cannot be updated.");
  if (found.agent_version == current_agent) throw no_update_available();
  const std::string arn = found.id;
  ContainerInstance& instance = ctx.edit<ContainerInstance>(arn);
  instance.agent_update_status = "PENDING";
  ++instance.version;
  ctx.after(ctx.latency("ecs.agent.update", arn), "ecs.agent.updated", arn);
  return {{"containerInstance", describe(ctx, instance, true, false)}};
}

void agent_updated(sim::Scope& scope, const sim::Event& event) {
  const auto* before = scope.view<ContainerInstance>(event.subject);
  if (!before || before->agent_update_status != "PENDING") return;
  ContainerInstance& instance = scope.edit<ContainerInstance>(event.subject);
  instance.agent_update_status = instance.agent_connected ? "UPDATED" : "FAILED";
  if (instance.agent_connected) instance.agent_version = current_agent;
  ++instance.version;
}

Value discover_endpoint(Context& ctx, Input in) {
  // Every cluster of a Region has the same endpoints: what is named need only be spelt as names
  // are.
  find_cluster(ctx, in.string("cluster"));
  if (const std::string host = in.string("containerInstance"); !host.empty()) {
    name_of(host, "container-instance");
    check_owner(ctx, host);
  }
  return {{"endpoint", cat("https://ecs-a-1.", ctx.region(), ".amazonaws.com/")},
          {"telemetryEndpoint", cat("https://ecs-t-1.", ctx.region(), ".amazonaws.com/")},
          {"serviceConnectEndpoint", cat("https://ecs-sc.", ctx.region(), ".api.aws")}};
}

const api::HandlerRow rows[] = {
    {"RegisterContainerInstance", Writes, register_instance},
    {"UpdateContainerAgent", Writes, update_agent},
    {"DiscoverPollEndpoint", Reads, discover_endpoint},
};
const sim::EventRow events[] = {{"ecs.agent.updated", agent_updated}};
// K: the agent downloads its new image and restarts.
const sim::LatencyRow latencies[] = {{"ecs.agent.update", 20s, 90s, 20s, 90s}};

}  // namespace

HandlerRows agent_rows() { return rows; }
EventRows agent_events() { return events; }
LatencyRows agent_latencies() { return latencies; }

}  // namespace squall::ecs
