// What a definition asks of the instance that runs it: requiresAttributes and compatibilities.
#include <algorithm>
#include <set>

#include "services/ecs/definition.h"

namespace squall::ecs {
namespace {

constexpr std::string_view docker = "com.amazonaws.ecs.capability.";
constexpr std::string_view agent = "ecs.capability.";

using Names = std::set<std::string>;

void require_secrets(const Input& container, Names& names) {
  for (const Input& secret : container.list("secrets")) {
    const bool manager =
        secret.string("valueFrom").find(":secretsmanager:") != std::string::npos;
    names.insert(cat(agent, "secrets.", manager ? "asm" : "ssm", ".environment-variables"));
  }
  for (const Input& secret : container.at("logConfiguration").list("secretOptions")) {
    const bool manager =
        secret.string("valueFrom").find(":secretsmanager:") != std::string::npos;
    names.insert(cat(agent, "secrets.", manager ? "asm" : "ssm", ".bootstrap.log-driver"));
  }
  if (container.has("repositoryCredentials"))
    names.insert(cat(agent, "private-registry-authentication.secretsmanager"));
  if (!container.list("environmentFiles").empty()) names.insert(cat(agent, "env-files.s3"));
}

void require_logging(const Input& container, bool has_role, Names& names) {
  const std::string driver = container.at("logConfiguration").string("logDriver");
  if (driver.empty()) return;
  names.insert(cat(docker, "logging-driver.", driver));
  const bool newer = driver == "awslogs" || driver == "fluentd" || driver == "splunk";
  names.insert(cat(docker, "docker-remote-api.1.", newer ? 19 : 18));
  if (driver == "awslogs" && has_role) names.insert(cat(agent, "execution-role-awslogs"));
  const Input firelens = container.at("firelensConfiguration");
  if (firelens) names.insert(cat(agent, "firelens.", firelens.string("type")));
}

void require_container(const Input& container, bool has_role, Names& names) {
  require_secrets(container, names);
  require_logging(container, has_role, names);
  if (container.string("image").find(".dkr.ecr.") != std::string::npos) {
    names.insert(cat(docker, "ecr-auth"));
    if (has_role) names.insert(cat(agent, "execution-role-ecr-pull"));
  }
  if (container.has("memoryReservation")) names.insert(cat(docker, "docker-remote-api.1.21"));
  if (container.boolean("privileged")) names.insert(cat(docker, "privileged-container"));
  if (container.has("healthCheck")) {
    names.insert(cat(agent, "container-health-check"));
    names.insert(cat(docker, "docker-remote-api.1.24"));
  }
  if (!container.list("dependsOn").empty()) names.insert(cat(agent, "container-ordering"));
  if (container.has("restartPolicy")) names.insert(cat(agent, "container-restart-policy"));
  if (container.value().at("dockerSecurityOptions").size() > 0)
    names.insert(cat(docker, "selinux"));
  for (const Input& port : container.list("portMappings"))
    if (port.has("containerPortRange")) names.insert(cat(agent, "container-port-range"));
  if (!container.at("linuxParameters").list("tmpfs").empty())
    names.insert(cat(docker, "docker-remote-api.1.22"));
  if (container.value().at("credentialSpecs").size() > 0) names.insert(cat(agent, "gmsa"));
  for (const Input& requirement : container.list("resourceRequirements"))
    if (requirement.string("type") == "GPU") names.insert(cat(docker, "gpu"));
}

void require_volumes(const Input& in, Names& names) {
  for (const Input& volume : in.list("volumes")) {
    if (const Input efs = volume.at("efsVolumeConfiguration")) {
      names.insert(cat(agent, "efs"));
      if (efs.has("authorizationConfig")) names.insert(cat(agent, "efsAuth"));
    }
    const Input plugin = volume.at("dockerVolumeConfiguration");
    if (plugin)
      names.insert(cat(agent, "docker-plugin.", plugin.string("driver", "local")));
    if (plugin) names.insert(cat(docker, "docker-remote-api.1.21"));
    if (volume.has("fsxWindowsFileServerVolumeConfiguration"))
      names.insert(cat(agent, "fsxWindowsFileServer"));
    if (volume.boolean("configuredAtLaunch")) names.insert(cat(agent, "storage.ebs-task-attach"));
  }
}

Names requirements(const Input& in, const Draft& draft) {
  Names names;
  const TaskDefinition& record = draft.record;
  const bool has_role = !record.execution_role.empty();
  for (const Input& container : in.list("containerDefinitions"))
    require_container(container, has_role, names);
  require_volumes(in, names);
  if (draft.is_awsvpc()) {
    names.insert(cat(agent, "task-eni"));
    names.insert(cat(docker, "docker-remote-api.1.18"));
  }
  if (!record.task_role.empty())
    names.insert(cat(docker, record.network_mode == "host" ? "task-iam-role-network-host"
                                                           : "task-iam-role"));
  if (record.cpu > 0 || record.memory > 0) {
    names.insert(cat(docker, "docker-remote-api.1.18"));
    if (!draft.is_fargate()) names.insert(cat(agent, "task-cpu-mem-limit"));
  }
  if (!draft.pid_mode.empty() || !draft.ipc_mode.empty())
    names.insert(cat(agent, "pid-ipc-namespace-sharing"));
  if (draft.ephemeral_gib > 0) names.insert(cat(agent, "extensible-ephemeral-storage"));
  if (in.has("proxyConfiguration")) names.insert(cat(agent, "aws-appmesh"));
  if (in.boolean("enableFaultInjection")) names.insert(cat(agent, "fault-injection"));
  return names;
}

}  // namespace

void derive_requirements(const Input& in, Draft& draft) {
  TaskDefinition& record = draft.record;
  for (const std::string& name : requirements(in, draft))
    record.requires_attributes.push_back({name, ""});
  if (draft.is_windows()) {
    record.requires_attributes.push_back({"ecs.os-type", "windows"});
    record.requires_attributes.push_back({"ecs.os-family", record.os_family});
  } else if (!record.cpu_architecture.empty()) {
    record.requires_attributes.push_back(
        {"ecs.cpu-architecture", record.cpu_architecture == "ARM64" ? "arm64" : "x86_64"});
  }
  auto& list = record.compatibilities;
  if (!draft.is_awsvpc()) list.push_back("EXTERNAL");
  list.push_back("EC2");
  if (!draft.is_windows() && record.network_mode != "none" && !record.network_mode.empty() &&
      record.network_mode != "bridge")
    list.push_back("MANAGED_INSTANCES");
  if (fargate_refusal(in, draft).empty()) list.push_back("FARGATE");
  for (const std::string& wanted : record.requires_compatibilities)
    if (std::ranges::find(list, wanted) == list.end())
      throw client_exception(cat("The task definition is not compatible with ", wanted, '.'));
}

}  // namespace squall::ecs
