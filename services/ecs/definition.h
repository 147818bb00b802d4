// What the files of task definitions share: the steps of RegisterTaskDefinition.
#pragma once

#include "services/ecs/registry.h"

namespace squall::ecs {

/// A definition on its way: the record, and the members that are only stored and shown.
struct Draft {
  TaskDefinition record;
  Value document = Value::map();
  std::vector<std::string> volumes;   // names
  std::string pid_mode, ipc_mode;
  int64_t ephemeral_gib = 0;
  bool is_fargate() const;            // required, so that its rules hold
  bool is_awsvpc() const { return record.network_mode == "awsvpc"; }
  bool is_windows() const { return record.os_family.starts_with("WINDOWS"); }
};

/// Everything that RegisterTaskDefinition checks.
Draft draft_of(Context& ctx, const Input& in);
/// The next revision of its family. `kind` sets families of other resources apart ("daemon-"):
/// their ids begin with it and the resource's name.
const TaskDefinition& add_definition(Context& ctx, Draft& draft, std::string_view kind);
/// Container definitions: checked, filled with defaults, kept as records and as the document.
void read_containers(const Input& in, Draft& draft);
void check_container_options(const Input& container, const Draft& draft);
void check_log_configuration(const Input& container, const Draft& draft);
/// Rules that look at several containers: dependencies, links, FireLens, essential ones.
void check_together(const Input& in, const Draft& draft);
void read_volumes(const Input& in, Draft& draft);
/// Task-level CPU units and MiB of "256", ".25 vCPU", "1GB".
void read_task_size(const Input& in, Draft& draft);
void check_fargate(const Input& in, const Draft& draft);
void check_sizes(const Draft& draft);
/// Fills in compatibilities and requiresAttributes.
void derive_requirements(const Input& in, Draft& draft);
/// What of the definition Fargate refuses; empty if it would run there.
std::string fargate_refusal(const Input& in, const Draft& draft);

}  // namespace squall::ecs
