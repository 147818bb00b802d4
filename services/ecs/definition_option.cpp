// The rest of a container definition: what is checked one container at a time, and what several
// containers must agree on.
#include <algorithm>
#include <map>
#include <set>

#include "services/ecs/definition.h"

namespace squall::ecs {
namespace {

bool is_arn(std::string_view text) {
  return text.starts_with("arn:") && split(text, ':').size() >= 6;
}

void check_environment(const Input& in, const Draft& draft) {
  for (const Input& entry : in.list("environment"))
    if (entry.string("name").empty())
      throw client_exception("Environment variable name must not be blank.");
  const auto secrets = in.list("secrets");
  for (const Input& secret : secrets) {
    if (secret.string("name").empty()) throw client_exception("The secret name must not be blank.");
    const std::string from = secret.string("valueFrom");
    if (from.empty())
      throw client_exception(cat("Invalid valueFrom of secret '", secret.string("name"), "'."));
    if (from.starts_with("arn:") && !is_arn(from)) throw client_exception("Invalid arn syntax.");
  }
  if (!secrets.empty() && draft.record.execution_role.empty())
    throw client_exception("When you are specifying container secrets, you must also specify a "
                           "value for 'executionRoleArn'.");
  for (const Input& file : in.list("environmentFiles"))
    if (!is_arn(file.string("value"))) throw client_exception("Invalid arn syntax.");
  const Input credentials = in.at("repositoryCredentials");
  if (!credentials) return;
  if (!is_arn(credentials.string("credentialsParameter")))
    throw client_exception("Invalid arn syntax.");
  if (draft.record.execution_role.empty())
    throw client_exception("When you are specifying container repository credentials, you must "
                           "also specify a value for 'executionRoleArn'.");
}

void check_mounts(const Input& in, const Draft& draft) {
  for (const Input& mount : in.list("mountPoints")) {
    const std::string volume = mount.string("sourceVolume");
    if (std::ranges::find(draft.volumes, volume) == draft.volumes.end())
      throw client_exception(cat("Unknown volume '", volume, "'."));
    if (mount.string("containerPath").empty())
      throw client_exception("Container path must not be blank.");
  }
}

void check_linux_parameters(const Input& in) {
  const Input linux_parameters = in.at("linuxParameters");
  const auto swappiness = linux_parameters.optional_integer("swappiness");
  if (swappiness && (*swappiness < 0 || *swappiness > 100))
    throw client_exception("Swappiness must be between 0 and 100.");
  const auto swap = linux_parameters.optional_integer("maxSwap");
  if (swap && *swap < 0) throw client_exception("maxSwap must not be negative.");
  for (const Input& tmpfs : linux_parameters.list("tmpfs")) {
    if (tmpfs.string("containerPath").empty())
      throw client_exception("The container path of tmpfs must not be blank.");
    if (tmpfs.integer("size") <= 0) throw client_exception("The size of tmpfs must be positive.");
  }
}

void check_network(const Input& in, const Draft& draft) {
  const std::string_view mode = draft.record.network_mode;
  const bool is_shared = mode == "awsvpc" || mode == "host";
  for (const std::string& link : in.strings("links")) {
    if (is_shared || mode == "none")
      throw client_exception(cat("Links are not supported when networkMode=", mode, '.'));
    const auto parts = split(link, ':');
    if (link.empty() || parts.size() > 2 || parts[0].empty() || parts.back().empty())
      throw client_exception(cat("Invalid link: ", link));
  }
  if (draft.is_awsvpc()) {
    for (const std::string_view member : {"hostname", "extraHosts", "dnsServers",
                                          "dnsSearchDomains"})
      if (in.has(member) && !in.raw(member).empty())
        throw client_exception(cat(member, " is not supported on container when networkMode="
                                   "awsvpc."));
    if (in.boolean("disableNetworking"))
      throw client_exception("disableNetworking is not supported when networkMode=awsvpc.");
  }
  for (const Input& control : in.list("systemControls")) {
    const std::string name = control.string("namespace");
    if (name.empty()) throw client_exception("The namespace of a system control must not be "
                                             "blank.");
    if (mode == "host" && name.starts_with("net."))
      throw client_exception(cat("The system control ", name, " is not supported when "
                                 "networkMode=host."));
  }
}

void check_restarts(const Input& in) {
  const Input policy = in.at("restartPolicy");
  if (!policy) return;
  const int64_t period = policy.integer("restartAttemptPeriod", 300);
  if (period < 60 || period > 1800)
    throw client_exception("The restartAttemptPeriod must be between 60 and 1800 seconds.");
  if (policy.value().at("ignoredExitCodes").size() > 50)
    throw client_exception("A restart policy cannot have more than 50 ignored exit codes.");
  policy.boolean("enabled");
}

void check_condition(const Dependency& dependency, const ContainerDefinition& on) {
  const std::string& condition = dependency.condition;
  if (condition == "HEALTHY" && !on.health_check)
    throw client_exception(cat("A dependency container with HEALTHY condition must have a health "
                               "check: ", on.name, '.'));
  if ((condition == "SUCCESS" || condition == "COMPLETE") && on.essential)
    throw client_exception("A dependency container with SUCCESS or COMPLETE condition cannot be "
                           "an essential container");
}

void check_dependencies(const Draft& draft) {
  const auto& containers = draft.record.containers;
  std::map<std::string, std::set<std::string>> waits;
  for (const ContainerDefinition& container : containers) {
    for (const Dependency& dependency : container.depends_on) {
      const auto on = std::ranges::find(containers, dependency.container,
                                        &ContainerDefinition::name);
      if (on == containers.end())
        throw client_exception(cat("Container '", container.name,
                                   "' depends on unknown container '", dependency.container, "'."));
      check_condition(dependency, *on);
      waits[container.name].insert(dependency.container);
    }
  }
  for (size_t round = 0; round < containers.size(); ++round)  // who waits for nobody is done
    for (const ContainerDefinition& container : containers) {
      if (!waits[container.name].empty()) continue;
      for (auto& [name, on] : waits) on.erase(container.name);
    }
  for (const auto& [name, on] : waits)
    if (!on.empty())
      throw client_exception("The container dependencies have a cycle: " + name + ".");
}

void check_references(const Input& in, const Draft& draft) {
  auto is_known = [&](std::string_view name) {
    return std::ranges::find(draft.record.containers, name, &ContainerDefinition::name) !=
           draft.record.containers.end();
  };
  for (const Input& container : in.list("containerDefinitions")) {
    for (const Input& from : container.list("volumesFrom"))
      if (!is_known(from.string("sourceContainer")))
        throw client_exception(cat("Unknown container '", from.string("sourceContainer"), "'."));
    for (const std::string& link : container.strings("links")) {
      const std::string name = link.substr(0, link.find(':'));
      if (!is_known(name)) throw client_exception(cat("Unknown container '", name, "'."));
    }
  }
}

void check_firelens(const Input& in) {
  size_t routers = 0, users = 0;
  for (const Input& container : in.list("containerDefinitions")) {
    routers += container.has("firelensConfiguration");
    users += container.at("logConfiguration").string("logDriver") == "awsfirelens";
  }
  if (routers > 1)
    throw client_exception("A task definition can have only one container with a "
                           "firelensConfiguration object.");
  if (routers == 1 && users == 0)
    throw client_exception("When a firelensConfiguration object is specified, at least one "
                           "container has to be configured with the awsfirelens log driver.");
  if (routers == 0 && users > 0)
    throw client_exception("When a container is configured with the awsfirelens log driver, a "
                           "firelensConfiguration object must be specified for one container.");
}

}  // namespace

void check_container_options(const Input& in, const Draft& draft) {
  check_environment(in, draft);
  check_mounts(in, draft);
  check_linux_parameters(in);
  check_network(in, draft);
  check_restarts(in);
  for (const Input& limit : in.list("ulimits"))
    if (limit.integer("softLimit") > limit.integer("hardLimit") && limit.integer("hardLimit") >= 0)
      throw client_exception(cat("The soft limit of ulimit ", limit.string("name"),
                                 " must not be greater than its hard limit."));
}

void check_log_configuration(const Input& in, const Draft& draft) {
  const Input log = in.at("logConfiguration");
  if (!log) return;
  std::set<std::string> given;
  for (const auto& [key, value] : log.string_map("options")) given.insert(key);
  std::vector<std::string> missing_options;
  const std::string driver = log.string("logDriver");
  if (driver == "awslogs")
    for (const std::string option : {"awslogs-region", "awslogs-group"})
      if (!given.contains(option)) missing_options.push_back(option);
  if (driver == "awslogs" && draft.is_fargate() && !given.contains("awslogs-stream-prefix"))
    missing_options.push_back("awslogs-stream-prefix");
  if (driver == "splunk" && !given.contains("splunk-url")) missing_options.push_back("splunk-url");
  if (!missing_options.empty())
    throw client_exception(cat("Log driver ", driver, " requires options: ",
                               join(missing_options, ", ")));
}

void check_together(const Input& in, const Draft& draft) {
  if (std::ranges::none_of(draft.record.containers, &ContainerDefinition::essential))
    throw client_exception("A task definition must have at least one essential container.");
  std::set<std::string> port_names;
  for (const ContainerDefinition& container : draft.record.containers)
    for (const PortMapping& port : container.ports)
      if (!port.name.empty() && !port_names.insert(port.name).second)
        throw client_exception(cat("Duplicate port mapping name '", port.name, "'."));
  check_dependencies(draft);
  check_references(in, draft);
  check_firelens(in);
}

}  // namespace squall::ecs
