// What a container instance brings: its resources by instance type, and its attributes.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/common/value_json.h"
#include "services/ecs/instance.h"
#include "services/ecs/managed_instances.h"

namespace squall::ecs {
namespace {

// docs: AmazonECS/latest/developerguide/ecs-agent-config, ecs-optimized_AMI: what a current agent
// on Amazon Linux registers.
constexpr std::string_view capabilities[] = {
    "com.amazonaws.ecs.capability.apparmor",
    "com.amazonaws.ecs.capability.ecr-auth",
    "com.amazonaws.ecs.capability.logging-driver.awsfirelens",
    "com.amazonaws.ecs.capability.logging-driver.awslogs",
    "com.amazonaws.ecs.capability.logging-driver.fluentd",
    "com.amazonaws.ecs.capability.logging-driver.gelf",
    "com.amazonaws.ecs.capability.logging-driver.journald",
    "com.amazonaws.ecs.capability.logging-driver.json-file",
    "com.amazonaws.ecs.capability.logging-driver.none",
    "com.amazonaws.ecs.capability.logging-driver.splunk",
    "com.amazonaws.ecs.capability.logging-driver.syslog",
    "com.amazonaws.ecs.capability.privileged-container",
    "com.amazonaws.ecs.capability.selinux",
    "com.amazonaws.ecs.capability.task-iam-role",
    "com.amazonaws.ecs.capability.task-iam-role-network-host",
    "ecs.capability.aws-appmesh",
    "ecs.capability.branch-cni-plugin-version",
    "ecs.capability.cni-plugin-version",
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
    "ecs.capability.container-port-range",
    "ecs.capability.container-restart-policy",
    "ecs.capability.docker-plugin.local",
    "ecs.capability.efs",
    "ecs.capability.efsAuth",
    "ecs.capability.env-files.s3",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.execution-role-ecr-pull",
    "ecs.capability.fault-injection",
    "ecs.capability.firelens.fluentbit",
    "ecs.capability.firelens.fluentd",
    "ecs.capability.firelens.options.config.file",
    "ecs.capability.firelens.options.config.s3",
    "ecs.capability.full-sync",
    "ecs.capability.gmsa",
    "ecs.capability.increased-task-cpu-limit",
    "ecs.capability.logging-driver.awsfirelens.log-driver-buffer-limit",
    "ecs.capability.pid-ipc-namespace-sharing",
    "ecs.capability.private-registry-authentication.secretsmanager",
    "ecs.capability.secrets.asm.bootstrap.log-driver",
    "ecs.capability.secrets.asm.environment-variables",
    "ecs.capability.secrets.ssm.bootstrap.log-driver",
    "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.service-connect-v1",
    "ecs.capability.storage.ebs-task-attach",
    "ecs.capability.task-cpu-mem-limit",
    "ecs.capability.task-eia",
    "ecs.capability.task-eni",
    "ecs.capability.task-eni-block-instance-metadata",
};
constexpr int docker_api_oldest = 17, docker_api_newest = 44;
constexpr int64_t agent_ports[] = {22, 2375, 2376, 51678, 51679};

/// The text after `name=`, without quotes, up to the end of the word.
std::string assigned(std::string_view text, std::string_view name) {
  const size_t at = text.find(cat(name, '='));
  if (at == std::string_view::npos) return {};
  std::string_view rest = text.substr(at + name.size() + 1);
  while (!rest.empty() && (rest[0] == '"' || rest[0] == '\'')) rest.remove_prefix(1);
  if (!rest.empty() && rest[0] == '{') {
    const size_t end = rest.find('}');
    return std::string(rest.substr(0, end == std::string_view::npos ? end : end + 1));
  }
  return std::string(rest.substr(0, rest.find_first_of(" \t\r\n\"';>|&")));
}

/// The value of `cluster = "name"` (Bottlerocket) or `-Cluster name` (Windows).
std::string other_cluster_setting(std::string_view text) {
  for (const std::string_view marker : {"[settings.ecs]", "Initialize-ECSAgent"}) {
    size_t at = text.find(marker);
    if (at == std::string_view::npos) continue;
    at = text.find(marker[0] == '[' ? "cluster" : "-Cluster", at);
    if (at == std::string_view::npos) continue;
    std::string_view rest = text.substr(at + (marker[0] == '[' ? 7 : 8));
    while (!rest.empty() && std::string_view(" =\"'").find(rest[0]) != std::string_view::npos)
      rest.remove_prefix(1);
    return std::string(rest.substr(0, rest.find_first_of(" \t\r\n\"'")));
  }
  return {};
}

bool is_optimized_image(const sim::Scope& scope, std::string_view image_id) {
  return ec2::image_name_of(scope, image_id).find("-ecs-") != std::string::npos;
}

void read_members(std::string_view json, auto add) {
  std::string text{json};
  std::erase(text, '\\');  // inside a quoted echo
  const Value members = value_from_json(text);
  for (const Member& member : members.members())
    if (member.value.is_string()) add(std::string(member.key.text), member.value.text());
}

}  // namespace

int64_t usable_memory(int64_t memory_mib) { return memory_mib - 60 - memory_mib * 48 / 1000; }

AgentConfig agent_config(const sim::Scope& scope, const ec2::Instance& instance) {
  AgentConfig config;
  if (instance.instance_profile_arn.empty()) return config;  // no credentials, no agent
  config.is_optimized = is_optimized_image(scope, instance.image_id);
  const std::string text = base64_decode(instance.user_data).value_or(instance.user_data);
  config.cluster = assigned(text, "ECS_CLUSTER");
  if (config.cluster.empty()) config.cluster = other_cluster_setting(text);
  if (config.cluster.empty() && config.is_optimized) config.cluster = "default";
  if (config.cluster.empty()) return config;
  read_members(assigned(text, "ECS_INSTANCE_ATTRIBUTES"), [&](std::string name, auto value) {
    config.attributes.push_back({std::move(name), std::string(value)});
  });
  read_members(assigned(text, "ECS_CONTAINER_INSTANCE_TAGS"),
               [&](const std::string& key, auto value) { config.tags[key] = value; });
  if (assigned(text, "ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM") == "ec2_instance")
    for (const auto& [key, value] : instance.tags) config.tags.emplace(key, value);
  config.reserved_memory = parse_int(assigned(text, "ECS_RESERVED_MEMORY")).value_or(0);
  return config;
}

std::vector<Attribute> attributes_of(const sim::Scope& scope, const ec2::Instance& instance,
                                     const ec2::InstanceType& type, bool is_optimized) {
  std::vector<Attribute> list;
  for (const std::string_view name : capabilities) list.push_back({std::string(name), ""});
  for (int minor = docker_api_oldest; minor <= docker_api_newest; ++minor)
    list.push_back({cat("com.amazonaws.ecs.capability.docker-remote-api.1.", minor), ""});
  set_attribute(list, "ecs.capability.cni-plugin-version", "2024.09.0");
  set_attribute(list, "ecs.ami-id", instance.image_id);
  set_attribute(list, "ecs.availability-zone", instance.zone);
  for (const ec2::Zone& zone : ec2::zones(scope.region()))
    if (zone.name == instance.zone) set_attribute(list, "ecs.availability-zone-id", zone.id);
  set_attribute(list, "ecs.cpu-architecture", type.arch);
  set_attribute(list, "ecs.instance-type", instance.instance_type);
  const bool windows = instance.platform_details.find("Windows") != std::string::npos;
  set_attribute(list, "ecs.os-family", windows ? "WINDOWS_SERVER_2022_CORE" : "LINUX");
  set_attribute(list, "ecs.os-type", windows ? "windows" : "linux");
  set_attribute(list, "ecs.outpost-arn", "");
  set_attribute(list, "ecs.awsvpc-trunk-id", "");
  set_attribute(list, "ecs.subnet-id", instance.subnet_id);
  set_attribute(list, "ecs.vpc-id", instance.vpc_id);
  if (is_optimized) set_attribute(list, "ecs.ecs-optimized-ami", "true");
  std::ranges::sort(list, {}, &Attribute::name);
  return list;
}

int64_t task_interfaces_of(const sim::Scope& scope, const ec2::InstanceType& type) {
  // docs: AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.
  struct Trunk {
    std::string_view size;
    int64_t tasks;
  };
  constexpr Trunk trunks[] = {{"large", 10},   {"xlarge", 20},   {"2xlarge", 40},
                              {"4xlarge", 60}, {"8xlarge", 60},  {"9xlarge", 60},
                              {"12xlarge", 60}, {"16xlarge", 120}, {"18xlarge", 120},
                              {"24xlarge", 120}};
  const std::string trunking = account_setting(scope, "awsvpcTrunking");
  if ((trunking == "enabled" || trunking == "on") && type.nitro && !type.burstable)
    for (const Trunk& trunk : trunks)
      if (type.name.substr(type.name.find('.') + 1) == trunk.size) return trunk.tasks;
  return std::max(0, type.interfaces_max - 1);
}

void set_attribute(std::vector<Attribute>& attributes, std::string_view name,
                   std::string_view value) {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  if (found != attributes.end())
    found->value = value;
  else
    attributes.push_back({std::string(name), std::string(value)});
}

ContainerInstance new_container_instance(sim::Scope& scope, const Cluster& cluster,
                                         const ec2::Instance& instance,
                                         const AgentConfig& config) {
  ContainerInstance made;
  made.cluster = cluster.id;
  made.instance_id = instance.id;
  made.zone = instance.zone;
  made.instance_type = instance.instance_type;
  made.agent_version = current_agent;
  made.agent_hash = "5d2e2b0c";
  made.docker_version = "DockerVersion: 25.0.13";
  const ec2::InstanceType* type = ec2::find_instance_type(instance.instance_type);
  if (!type) return made;
  made.cpu = made.cpu_left = 1024 * type->vcpus;
  made.memory = made.memory_left = usable_memory(type->memory_mib) - config.reserved_memory;
  made.interfaces_left = task_interfaces_of(scope, *type);
  for (const int64_t port : agent_ports) made.reserved_ports.push_back({port, "tcp"});
  made.attributes = attributes_of(scope, instance, *type, config.is_optimized);
  for (const Attribute& own : config.attributes)
    set_attribute(made.attributes, own.name, own.value);
  made.tags = config.tags;
  for (const CapacityProvider* provider :
       scope.by<CapacityProvider>("group:" + instance.auto_scaling_group))
    if (!instance.auto_scaling_group.empty() && provider->status == "ACTIVE" &&
        std::ranges::find(cluster.capacity_providers, provider->id) !=
            cluster.capacity_providers.end())
      made.capacity_provider = provider->id;
  if (const auto* host = scope.view<ManagedHost>(instance.id))
    made.capacity_provider = host->provider;
  return made;
}

}  // namespace squall::ecs
