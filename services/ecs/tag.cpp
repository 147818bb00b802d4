// Tags of every ECS resource, by its ARN.
#include "services/ecs/deployment.h"
#include "services/ecs/managed_daemon.h"

namespace squall::ecs {
namespace {

constexpr size_t tags_max = 50;

/// A tagged resource: how to see and to change its tags.
struct Tagged {
  const Tags* tags = nullptr;
  Tags* (*edit)(sim::Scope& scope, const std::string& id) = nullptr;
  std::string id;
  bool inactive = false;
};

template <class T>
Tagged tagged(const sim::Scope& scope, std::string id) {
  Tagged found;
  if (const T* record = scope.view<T>(id)) {
    found.tags = &record->tags;
    found.inactive = record->status == "INACTIVE";
  }
  found.edit = [](sim::Scope& s, const std::string& key) { return &s.edit<T>(key).tags; };
  found.id = std::move(id);
  return found;
}

Tagged tagged_task(const sim::Scope& scope, const std::string& arn) {
  Tagged found;
  if (const Task* task = scope.view<Task>(arn)) {
    found.tags = &task->tags;
    found.inactive = task->last_status == "STOPPED";
  }
  found.edit = [](sim::Scope& s, const std::string& key) { return &s.edit<Task>(key).tags; };
  found.id = arn;
  return found;
}

Tagged find_by_kind(const sim::Scope& scope, const std::string& kind, const std::string& name,
                    const std::string& arn) {
  const bool in_cluster = kind == "service" || kind == "task" || kind == "container-instance";
  if (in_cluster && name.find('/') == std::string::npos)
    throw invalid_parameter("Long arn format must be used for tagging operations");
  if (kind == "cluster") return tagged<Cluster>(scope, name);
  if (kind == "capacity-provider") return tagged<CapacityProvider>(scope, name);
  if (kind == "task-definition") return tagged<TaskDefinition>(scope, name);
  if (kind == "daemon-task-definition")
    return tagged<TaskDefinition>(scope, cat(daemon_family, name));
  if (kind == "container-instance") return tagged<ContainerInstance>(scope, arn);
  if (kind == "service") return tagged<Service>(scope, arn);
  if (kind == "task-set") return tagged<TaskSet>(scope, arn);
  if (kind == "task") return tagged_task(scope, arn);
  if (kind == "daemon") return tagged<Daemon>(scope, arn);
  throw invalid_parameter("Invalid resource type: " + kind);
}

Tagged find_tagged(const sim::Scope& scope, const std::string& arn, bool listing) {
  const auto parts = split(arn, ':');
  if (parts.size() < 6 || parts[0] != "arn" || parts[2] != "ecs")
    throw invalid_parameter("Invalid arn syntax.");
  const std::string_view resource = std::string_view(arn).substr(arn.find(parts[5]));
  const std::string kind{resource.substr(0, resource.find('/'))};
  const std::string name{resource.substr(resource.find('/') + 1)};
  Tagged found = find_by_kind(scope, kind, name, arn);
  const bool foreign = parts[3] != scope.region() || parts[4] != scope.account();
  if (!found.tags || foreign) {
    if (kind == "cluster") throw cluster_not_found();
    const std::string text = cat("The specified ", kind, " wasn't found. Specify a valid ARN and "
                                 "try again.");
    if (listing) throw invalid_parameter(text);
    throw resource_not_found(text);
  }
  if (found.inactive)
    throw invalid_parameter(cat("The specified ", kind, " is inactive. Specify an active ", kind,
                                " and try again."));
  return found;
}

Value tag_resource(Context& ctx, Input in) {
  const Tagged found = find_tagged(ctx, in.string("resourceArn"), false);
  const Tags added = read_tags(in);
  if (added.empty()) throw invalid_parameter("Tags cannot be empty.");
  Tags& tags = *found.edit(ctx, found.id);
  for (const auto& [key, value] : added) tags[key] = value;
  size_t own = 0;
  for (const auto& [key, value] : tags) own += !key.starts_with("aws:");
  if (own > tags_max)
    throw limit_exceeded(cat("A resource cannot have more than ", tags_max, " tags."));
  return Value::map();
}

Value untag_resource(Context& ctx, Input in) {
  const Tagged found = find_tagged(ctx, in.string("resourceArn"), false);
  const auto keys = in.strings("tagKeys");
  if (keys.empty()) throw invalid_parameter("Tag keys cannot be empty.");
  Tags& tags = *found.edit(ctx, found.id);
  for (const std::string& key : keys) {
    if (to_lower(key).starts_with("aws:"))
      throw invalid_parameter("Tag keys and values cannot start with 'aws:'.");
    tags.erase(key);
  }
  return Value::map();
}

Value list_tags(Context& ctx, Input in) {
  return {{"tags", describe_tags_of(*find_tagged(ctx, in.string("resourceArn"), true).tags)}};
}

const api::HandlerRow rows[] = {
    {"TagResource", Writes, tag_resource},
    {"UntagResource", Writes, untag_resource},
    {"ListTagsForResource", Reads, list_tags},
};

}  // namespace

HandlerRows tag_rows() { return rows; }

}  // namespace squall::ecs
