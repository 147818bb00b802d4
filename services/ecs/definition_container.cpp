// Container definitions: checked, filled with AWS's defaults, kept.
#include <algorithm>
#include <set>

#include "services/ecs/definition.h"

namespace squall::ecs {
namespace {

constexpr size_t containers_max = 10;
constexpr int64_t memory_min = 6;  // MiB: Docker starts nothing with less

bool is_container_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_';
  });
}

bool is_image(std::string_view image) {
  return std::ranges::all_of(image, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_:./@#").find(c) != std::string_view::npos;
  });
}

void read_name(const Input& in, ContainerDefinition& container) {
  container.image = in.string("image");
  if (container.image.empty())
    throw client_exception("Container.image should not be null or empty.");
  if (container.image.size() > 255 || !is_image(container.image))
    throw client_exception("Container.image contains invalid characters.");
  container.name = in.string("name");
  if (container.name.empty())
    throw client_exception("Container.name should not be null or empty.");
  if (!is_container_name(container.name))
    throw client_exception("Container.name contains invalid characters.");
  if (container.name.size() > 255)
    throw client_exception("Container.name length should be less than or equal to 255.");
}

void read_resources(const Input& in, const Draft& draft, ContainerDefinition& container) {
  container.cpu = in.integer("cpu");
  if (container.cpu < 0)
    throw client_exception(cat("Invalid setting for container '", container.name,
                               "'. 'cpu' must not be negative."));
  for (const std::string_view member : {"memory", "memoryReservation"})
    if (in.has(member) && in.integer(member) < memory_min)
      throw client_exception(cat("Invalid setting for container '", container.name, "'. '", member,
                                 "' must be at least ", memory_min, " MiB."));
  container.memory = in.integer("memory");
  container.memory_reservation = in.integer("memoryReservation");
  if (container.memory == 0 && container.memory_reservation == 0 && draft.record.memory == 0)
    throw client_exception(cat("Invalid setting for container '", container.name,
                               "'. At least one of 'memory' or 'memoryReservation' must be "
                               "specified."));
  if (container.memory > 0 && container.memory_reservation > container.memory)
    throw client_exception(cat("Invalid setting for container '", container.name,
                               "'. 'memory' must be greater than 'memoryReservation'."));
  for (const Input& requirement : in.list("resourceRequirements")) {
    const std::string value = requirement.string("value");
    if (requirement.string("type") != "GPU") continue;
    const auto gpus = parse_int(value);
    if (!gpus || *gpus < 1)
      throw client_exception(cat("Invalid GPU resource requirement value: ", value));
    container.gpus += *gpus;
  }
}

bool is_port_range(std::string_view text) {
  const auto ends = split(text, '-');
  if (ends.size() != 2) return false;
  const auto first = parse_int(ends[0]), last = parse_int(ends[1]);
  return first && last && *first >= 1 && *first <= *last && *last <= 65535;
}

void check_port(const PortMapping& port, const Input& in, const Draft& draft) {
  const std::string_view mode = draft.record.network_mode;
  if (port.container_port < 0 || port.container_port > 65535)
    throw client_exception(cat("Invalid container port: ", port.container_port));
  if (port.host_port < 0 || port.host_port > 65535)
    throw client_exception(cat("Invalid host port: ", port.host_port));
  if (port.protocol != "tcp" && port.protocol != "udp")
    throw client_exception(cat("Invalid protocol: ", port.protocol));
  if (in.has("containerPortRange")) {
    if (!is_port_range(in.string("containerPortRange")))
      throw client_exception("Invalid containerPortRange. Specify a range such as 100-200.");
    if (in.has("containerPort") || in.has("hostPort"))
      throw client_exception("containerPortRange cannot be specified together with containerPort "
                             "or hostPort.");
    if (mode == "host")
      throw client_exception("containerPortRange is not supported when networkMode=host.");
  } else if (port.container_port == 0) {
    throw client_exception("Container port must be between 1 and 65535.");
  }
  const bool shared = mode == "awsvpc" || mode == "host";
  if (shared && in.has("hostPort") && port.host_port != 0 &&
      port.host_port != port.container_port)
    throw client_exception(cat("When networkMode=", mode, ", the host ports and container ports in "
                               "port mappings must match."));
  if (!port.app_protocol.empty() && port.protocol == "udp")
    throw client_exception("appProtocol is not supported for udp port mappings.");
  if (!port.name.empty() &&
      (!is_container_name(port.name) || port.name.size() > 64 || port.name[0] == '-'))
    throw client_exception(cat("Port mapping name '", port.name, "' is invalid."));
}

Value read_ports(const Input& in, const Draft& draft, ContainerDefinition& container) {
  Value shown = Value::list();
  if (draft.record.network_mode == "none" && !in.list("portMappings").empty())
    throw client_exception("Port mappings are not supported when networkMode=none.");
  for (const Input& entry : in.list("portMappings")) {
    PortMapping port;
    port.container_port = entry.integer("containerPort");
    port.protocol = entry.string("protocol", "tcp");
    port.name = entry.string("name");
    port.app_protocol = entry.string("appProtocol");
    port.host_port = entry.integer("hostPort");
    check_port(port, entry, draft);
    const std::string_view mode = draft.record.network_mode;
    if (mode == "awsvpc" || mode == "host") port.host_port = port.container_port;
    Value v = Value::map();
    if (!entry.has("containerPortRange")) {
      v.add("containerPort", port.container_port);
      v.add("hostPort", port.host_port);
    }
    v.add("protocol", port.protocol);
    if (!port.name.empty()) v.add("name", port.name);
    if (!port.app_protocol.empty()) v.add("appProtocol", port.app_protocol);
    if (entry.has("containerPortRange"))
      v.add("containerPortRange", entry.string("containerPortRange"));
    shown.push(v);
    if (port.container_port > 0) container.ports.push_back(std::move(port));
  }
  return shown;
}

int64_t bounded(const Input& in, std::string_view member, int64_t fallback, int64_t min,
                int64_t max) {
  const int64_t value = in.integer(member, fallback);
  if (value < min || value > max)
    throw client_exception(cat("Invalid health check: ", member, " must be between ", min, " and ",
                               max, '.'));
  return value;
}

Value read_health_check(const Input& in, ContainerDefinition& container) {
  const Input check = in.at("healthCheck");
  if (!check) return {};
  const auto command = check.strings("command");
  if (command.empty()) throw client_exception("Health check command must not be empty.");
  ContainerHealthCheck& health = container.health_check.emplace();
  health.interval_s = bounded(check, "interval", 30, 5, 300);
  health.timeout_s = bounded(check, "timeout", 5, 2, 120);
  health.retries = bounded(check, "retries", 3, 1, 10);
  health.start_period_s = bounded(check, "startPeriod", 0, 0, 300);
  Value v{{"command", command},
          {"interval", health.interval_s},
          {"timeout", health.timeout_s},
          {"retries", health.retries}};
  if (check.has("startPeriod")) v.add("startPeriod", health.start_period_s);
  return v;
}

void read_lifecycle(const Input& in, ContainerDefinition& container) {
  container.essential = in.boolean("essential", true);
  container.start_timeout_s = in.optional_integer("startTimeout");
  container.stop_timeout_s = in.optional_integer("stopTimeout");
  for (const auto& seconds : {container.start_timeout_s, container.stop_timeout_s})
    if (seconds && (*seconds < 0 || *seconds > 86400))
      throw client_exception(cat("Invalid setting for container '", container.name,
                                 "'. The timeout is out of range."));
  for (const Input& entry : in.list("dependsOn"))
    container.depends_on.push_back({entry.string("containerName"), entry.string("condition")});
  const Input log = in.at("logConfiguration");
  container.log_driver = log.string("logDriver");
  for (auto& [key, value] : log.string_map("options")) container.log_options[key] = value;
}

/// The definition as Describe shows it: what was given, with the defaults AWS fills in.
Value show(const Input& in, const Value& raw, const ContainerDefinition& container,
           const Value& ports, const Value& health) {
  Value v{{"name", container.name}, {"image", container.image}, {"cpu", container.cpu}};
  for (const Member& member : raw.members()) {
    const std::string_view key = member.key.text;
    if (key == "name" || key == "image" || key == "cpu" || member.value.is_null()) continue;
    if (key == "portMappings")
      v.add(member.key, ports);
    else if (key == "healthCheck")
      v.add(member.key, health);
    else
      v.add(member.key, member.value);
  }
  if (!in.has("essential")) v.add("essential", true);
  auto add_empty = [&v, &in](Key key) {
    if (!in.has(key.text)) v.add(key, Value::list());
  };
  add_empty("portMappings");
  add_empty("environment");
  add_empty("mountPoints");
  add_empty("volumesFrom");
  add_empty("systemControls");
  return v;
}

}  // namespace

void read_containers(const Input& in, Draft& draft) {
  const auto entries = in.list("containerDefinitions");
  if (entries.empty()) throw client_exception("Container list cannot be empty.");
  if (entries.size() > containers_max)
    throw client_exception(cat("A task definition cannot have more than ", containers_max,
                               " containers."));
  Value shown = Value::list();
  const Value raw = in.raw("containerDefinitions");
  std::set<std::string> names;
  for (size_t i = 0; i < entries.size(); ++i) {
    const Input& entry = entries[i];
    ContainerDefinition container;
    read_name(entry, container);
    if (!names.insert(container.name).second)
      throw client_exception(cat("Duplicate container name '", container.name, "'."));
    read_resources(entry, draft, container);
    const Value ports = read_ports(entry, draft, container);
    const Value health = read_health_check(entry, container);
    read_lifecycle(entry, container);
    check_container_options(entry, draft);
    check_log_configuration(entry, draft);
    shown.push(show(entry, raw[i], container, ports, health));
    draft.record.containers.push_back(std::move(container));
  }
  draft.document.set("containerDefinitions", shown);
}

}  // namespace squall::ecs
