// Overrides of a task: what RunTask and StartTask change of a definition for one run.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

constexpr size_t overrides_max = 8192;  // characters, all overrides together
constexpr int64_t ephemeral_min = 21, ephemeral_max = 200, container_memory_min = 6;

void check_role(const std::string& role) {
  if (!role.empty() && role.starts_with("arn:") && role.find(":role/") == role.npos)
    throw client_exception("Role is not valid.");
}

void check_container(const Input& in, const TaskDefinition& definition) {
  const std::string name = in.string("name");
  if (!find_container(definition, name))
    throw invalid_parameter(cat("Override for container named ", name,
                                " is not a container in the TaskDefinition."));
  if (in.integer("cpu") < 0)
    throw invalid_parameter("Container override cpu must not be negative.");
  for (const std::string_view member : {"memory", "memoryReservation"})
    if (const auto mib = in.optional_integer(member); mib && *mib < container_memory_min)
      throw invalid_parameter(cat("Container override ", member, " must be at least ",
                                  container_memory_min, " MiB."));
  const int64_t memory = in.integer("memory"), reservation = in.integer("memoryReservation");
  if (memory && reservation > memory)
    throw invalid_parameter("Container override memory must be greater than memoryReservation.");
  for (const Input& variable : in.list("environment"))
    if (variable.string("name").empty())
      throw invalid_parameter("Environment variable name cannot be empty.");
}

/// What the containers take, with the overrides in force: only where the task itself says nothing.
void sum_containers(const Input& in, const TaskDefinition& definition, TaskRequest& request) {
  int64_t cpu = 0, memory = 0;
  for (const ContainerDefinition& c : definition.containers) {
    int64_t own_cpu = c.cpu, hard = c.memory, soft = c.memory_reservation;
    for (const Input& o : in.list("containerOverrides")) {
      if (o.string("name") != c.name) continue;
      own_cpu = o.integer("cpu", own_cpu);
      hard = o.integer("memory", hard);
      soft = o.integer("memoryReservation", soft);
    }
    cpu += own_cpu;
    memory += soft ? soft : hard;
  }
  if (!definition.cpu) request.cpu = request.cpu.value_or(cpu);
  if (!definition.memory) request.memory = request.memory.value_or(memory);
}

void read_sizes(const Input& in, const TaskDefinition& definition, TaskRequest& request) {
  if (const std::string cpu = in.string("cpu"); !cpu.empty()) {
    request.cpu = cpu_units(cpu);
    if (!request.cpu || *request.cpu < 128)
      throw client_exception("Invalid 'cpu' setting for task.");
  }
  if (const std::string memory = in.string("memory"); !memory.empty()) {
    request.memory = memory_mib(memory);
    if (!request.memory || *request.memory < container_memory_min)
      throw client_exception("Invalid 'memory' setting for task.");
  }
  if (request.launch_type != "FARGATE" && !request.capacity_provider.starts_with("FARGATE"))
    return;
  const int64_t cpu = request.cpu.value_or(definition.cpu);
  const int64_t memory = request.memory.value_or(definition.memory);
  if ((request.cpu || request.memory) && !has_fargate_size(cpu, memory))
    throw client_exception(cat("No Fargate configuration exists for given values: ", cpu, " CPU, ",
                               memory, " memory. See the Amazon ECS documentation for the valid "
                                       "values."));
}

bool is_configured_at_launch(const TaskDefinition& definition, std::string_view name) {
  const Value document = value_from_json(definition.document_json);
  for (const Value& volume : document.at("volumes").items())
    if (volume.at("name").text() == name) return volume.at("configuredAtLaunch").boolean();
  return false;
}

void check_volume(const Input& in) {
  const Input ebs = in.at("managedEBSVolume");
  if (!ebs.is_present())
    throw invalid_parameter("managedEBSVolume must be specified for a volume that is configured "
                            "at launch.");
  if (ebs.string("roleArn").empty())
    throw invalid_parameter("roleArn must be specified for managedEBSVolume.");
  if (!ebs.has("sizeInGiB") && !ebs.has("snapshotId"))
    throw invalid_parameter("Either sizeInGiB or snapshotId must be specified for "
                            "managedEBSVolume.");
}

}  // namespace

void read_overrides(const Input& in, const TaskDefinition& definition, TaskRequest& request) {
  const Input overrides = in.at("overrides");
  for (const Input& container : overrides.list("containerOverrides"))
    check_container(container, definition);
  check_role(overrides.string("taskRoleArn"));
  check_role(overrides.string("executionRoleArn"));
  read_sizes(overrides, definition, request);
  if (const Input storage = overrides.at("ephemeralStorage"); storage.is_present()) {
    request.ephemeral_gib = storage.integer("sizeInGiB");
    if (*request.ephemeral_gib < ephemeral_min || *request.ephemeral_gib > ephemeral_max)
      throw invalid_parameter(cat("Ephemeral storage size must be between ", ephemeral_min,
                                  " and ", ephemeral_max, " GiB."));
  }
  if (!overrides.is_present()) return;
  sum_containers(overrides, definition, request);
  request.overrides_json = to_json(in.raw("overrides"));
  if (request.overrides_json.size() > overrides_max)
    throw invalid_parameter(cat("Container Overrides length must be at most ", overrides_max));
}

void read_volume_configurations(const Input& in, const TaskDefinition& definition,
                                TaskRequest& request) {
  const auto volumes = in.list("volumeConfigurations");
  if (volumes.size() > 1)
    throw invalid_parameter("volumeConfigurations can have at most 1 item.");
  for (const Input& volume : volumes) {
    if (!is_configured_at_launch(definition, volume.string("name")))
      throw invalid_parameter(cat("The volume configuration ", volume.string("name"),
                                  " does not match a volume of the task definition that is "
                                  "configured at launch."));
    check_volume(volume);
  }
  if (!volumes.empty()) request.volumes_json = to_json(in.raw("volumeConfigurations"));
}

}  // namespace squall::ecs
