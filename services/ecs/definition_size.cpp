// A task's CPU and memory, and what Fargate takes.
#include <algorithm>

#include "services/ecs/definition.h"

namespace squall::ecs {
namespace {

struct FargateSize {
  int64_t cpu, memory_min, memory_max, step;
};
// docs: AmazonECS/latest/developerguide/fargate-tasks-services (task CPU and memory). 256 takes
// 512, 1024 and 2048 only.
constexpr FargateSize fargate_sizes[] = {
    {256, 512, 2048, 512},     {512, 1024, 4096, 1024},   {1024, 2048, 8192, 1024},
    {2048, 4096, 16384, 1024}, {4096, 8192, 30720, 1024}, {8192, 16384, 61440, 4096},
    {16384, 32768, 122880, 8192},
};

bool is_fargate_size(int64_t cpu, int64_t memory) {
  for (const FargateSize& size : fargate_sizes)
    if (size.cpu == cpu)
      return memory >= size.memory_min && memory <= size.memory_max &&
             (memory - size.memory_min) % size.step == 0 && !(cpu == 256 && memory == 1536);
  return false;
}

/// "256", "1 vCPU", ".5 vcpu", "2GB", "0.5 gb": the number times `unit` if the unit's word follows.
std::optional<int64_t> parse_size(std::string_view text, std::string_view word, int64_t unit) {
  const std::string lower = to_lower(trim(text));
  if (const auto whole = parse_int(lower)) return *whole;
  if (!lower.ends_with(word)) return std::nullopt;
  std::string number{trim(std::string_view(lower).substr(0, lower.size() - word.size()))};
  if (number.starts_with('.')) number = cat("0", number);
  const auto value = parse_double(number);
  if (!value || *value < 0 || *value > 1e6) return std::nullopt;
  return static_cast<int64_t>(*value * static_cast<double>(unit) + 0.5);
}

bool is_ecr_image(std::string_view image) {
  return image.find(".dkr.ecr.") != std::string_view::npos ||
         image.find(".dkr-ecr.") != std::string_view::npos;
}

/// Why Fargate refuses one container, or nothing.
std::string container_refusal(const Input& container, const TaskDefinition& record) {
  const std::string driver = container.at("logConfiguration").string("logDriver");
  if (!driver.empty() && driver != "awslogs" && driver != "splunk" && driver != "awsfirelens")
    return cat("Fargate only supports the log drivers awslogs, splunk and awsfirelens. '", driver,
               "' is not supported.");
  if (record.execution_role.empty()) {
    if (driver == "awslogs")
      return "Fargate requires task definition to have execution role ARN to support log driver "
             "awslogs.";
    if (is_ecr_image(container.string("image")))
      return "Fargate requires task definition to have execution role ARN to support ECR images.";
  }
  if (container.boolean("privileged"))
    return "Fargate does not support privileged containers.";
  if (!container.list("resourceRequirements").empty())
    return "Fargate does not support resource requirements of type GPU.";
  for (const std::string_view member : {"links", "dockerSecurityOptions", "credentialSpecs"})
    if (container.value().at(member).size() > 0)
      return cat("Fargate does not support the container setting '", member, "'.");
  const Input linux_parameters = container.at("linuxParameters");
  for (const std::string_view member : {"devices", "maxSwap", "swappiness", "sharedMemorySize",
                                        "tmpfs"})
    if (linux_parameters.has(member) && !(linux_parameters.value().at(member).is_list() &&
                                          linux_parameters.value().at(member).empty()))
      return cat("Fargate does not support the Linux parameter '", member, "'.");
  for (const std::string& add : linux_parameters.at("capabilities").strings("add"))
    if (add != "SYS_PTRACE")
      return cat("Fargate does not support adding the capability ", add, '.');
  for (const std::string_view member : {"startTimeout", "stopTimeout"})
    if (container.integer(member) > 120)
      return cat("Fargate supports a ", member, " of at most 120 seconds.");
  return {};
}

}  // namespace

void read_task_size(const Input& in, Draft& draft) {
  constexpr std::string_view hint =
      " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
  if (const auto cpu = in.optional_string("cpu")) {
    const auto units = parse_size(*cpu, "vcpu", 1024);
    if (!units || *units < 128 || *units > 196'608)
      throw client_exception(cat("Invalid 'cpu' setting for task.", hint));
    draft.record.cpu = *units;
  }
  if (const auto memory = in.optional_string("memory")) {
    const auto mib = parse_size(*memory, "gb", 1024);
    if (!mib || *mib < 6 || *mib > 25'165'824)
      throw client_exception(cat("Invalid 'memory' setting for task.", hint));
    draft.record.memory = *mib;
  }
}

std::string fargate_refusal(const Input& in, const Draft& draft) {
  const TaskDefinition& record = draft.record;
  if (record.cpu == 0) return "Fargate requires that 'cpu' be defined at the task level.";
  if (record.memory == 0) return "Fargate requires that 'memory' be defined at the task level.";
  if (!is_fargate_size(record.cpu, record.memory))
    return cat("No Fargate configuration exists for given values: ", record.cpu, " CPU, ",
               record.memory, " memory. See the Amazon ECS documentation for the valid values.");
  if (!draft.is_awsvpc()) return "Fargate only supports network mode ‘awsvpc’.";
  if (draft.pid_mode == "host") return "Fargate does not support the PID mode 'host'.";
  if (!draft.ipc_mode.empty()) return "Fargate does not support 'ipcMode'.";
  if (!record.constraints.empty()) return "Fargate does not support placement constraints.";
  if (in.has("inferenceAccelerators")) return "Fargate does not support inference accelerators.";
  for (const Input& volume : in.list("volumes")) {
    if (volume.at("host").has("sourcePath"))
      return "Fargate does not support the volume setting 'sourcePath' of 'host'.";
    if (volume.has("dockerVolumeConfiguration"))
      return "Fargate does not support 'dockerVolumeConfiguration'.";
  }
  for (const Input& container : in.list("containerDefinitions"))
    if (std::string why = container_refusal(container, record); !why.empty()) return why;
  return {};
}

void check_fargate(const Input& in, const Draft& draft) {
  if (!draft.is_fargate()) return;
  if (const std::string why = fargate_refusal(in, draft); !why.empty())
    throw client_exception(why);
}

void check_sizes(const Draft& draft) {
  const TaskDefinition& record = draft.record;
  int64_t cpu = 0, reserved = 0;
  for (const ContainerDefinition& container : record.containers) {
    if (record.memory > 0 && container.memory > record.memory)
      throw client_exception(cat("The 'memory' setting for container '", container.name,
                                 "' is greater than for the task."));
    if (record.memory > 0 && container.memory_reservation > record.memory)
      throw client_exception(cat("The 'memoryReservation' setting for container '", container.name,
                                 "' is greater than for the task."));
    cpu += container.cpu;
    reserved += container.memory_reservation;
  }
  if (record.cpu > 0 && cpu > record.cpu)
    throw client_exception("The sum of all container 'cpu' values cannot be greater than the value "
                           "of the task 'cpu'.");
  if (record.memory > 0 && reserved > record.memory)
    throw client_exception("The sum of all container 'memoryReservation' values cannot be greater "
                           "than the value of the task 'memory'.");
}

std::optional<int64_t> cpu_units(std::string_view text) { return parse_size(text, "vcpu", 1024); }
std::optional<int64_t> memory_mib(std::string_view text) { return parse_size(text, "gb", 1024); }
bool has_fargate_size(int64_t cpu, int64_t memory) { return is_fargate_size(cpu, memory); }

}  // namespace squall::ecs
