// Daemon task definitions: task definitions of their own kind, with families of their own.
#include <algorithm>
#include <map>

#include "services/ecs/definition.h"

namespace squall::ecs {
namespace {

constexpr Duration deleted_visible = 1h;

/// The document without members that the shape lacks.
Value conform(const Value& value, model::Shape shape) {
  if (shape.type() == model::ShapeType::list)
    return list_of(value.items(),
                   [&](const Value& item) { return conform(item, shape.element().shape()); });
  if (shape.type() != model::ShapeType::structure) return value;
  Value kept = Value::map();
  for (const Member& m : value.members())
    if (const auto member = shape.find(m.key.text))
      kept.add(m.key, conform(m.value, member.shape()));
  return kept;
}

const TaskDefinition* find(const sim::Scope& scope, const std::string& given) {
  const std::string name = name_of(given, "daemon-task-definition");
  check_owner(scope, given);
  if (name.find(':') != std::string::npos)
    return scope.view<TaskDefinition>(cat(daemon_family, name));
  const TaskDefinition* newest = nullptr;
  for (const TaskDefinition* d : scope.by<TaskDefinition>(cat("family:", daemon_family, name)))
    if (d->status == "ACTIVE" && (!newest || d->revision > newest->revision)) newest = d;
  return newest;
}

Value register_definition(Context& ctx, Input in) {
  Value as_task = Value::map();
  for (const Member& member : in.value().members())
    as_task.add(member.key, in.raw(member.key.text));
  as_task.add("networkMode", "host");  // daemons share their instance's network
  const Input task(as_task, ctx.call().service->find_shape("RegisterTaskDefinitionRequest"));
  Draft draft = draft_of(ctx, task);
  return {{"daemonTaskDefinitionArn", add_definition(ctx, draft, "daemon-").arn}};
}

Value describe_definition(Context& ctx, Input in) {
  const TaskDefinition* found = find(ctx, in.string("daemonTaskDefinition"));
  if (!found) throw client_exception("Unable to describe daemon task definition.");
  Value v = describe(*found);
  v.add("daemonTaskDefinitionArn", found->arn);
  v.set("family", found->family.substr(daemon_family.size()));
  return {{"daemonTaskDefinition",
           conform(v, ctx.call().operation.output().find("daemonTaskDefinition").shape())}};
}

Value delete_definition(Context& ctx, Input in) {
  const std::string given = in.string("daemonTaskDefinition");
  if (given.find(':') == std::string::npos)
    throw invalid_parameter("Missing revision: the daemon task definition must be given with its "
                            "revision.");
  const TaskDefinition* found = find(ctx, given);
  if (!found)
    throw client_exception("The specified daemon task definition does not exist. Specify a valid "
                           "account, family, revision and try again.");
  const std::string id = found->id;
  if (found->status == "ACTIVE") {
    TaskDefinition& definition = ctx.edit<TaskDefinition>(id);
    definition.status = "DELETE_IN_PROGRESS";
    definition.delete_requested = ctx.now();
    ctx.after(deleted_visible, "ecs.definition.purge", id);
  }
  return {{"daemonTaskDefinitionArn", ctx.view<TaskDefinition>(id)->arn}};
}

Value list_definitions(Context& ctx, Input in) {
  const std::string prefix = in.string("familyPrefix"), family = in.string("family");
  const std::string status = in.string("status", "ACTIVE");
  const bool last = in.string("revision") == "LAST_REGISTERED";
  const bool descending = in.string("sort", "ASC") == "DESC";
  if (!prefix.empty() && !family.empty())
    throw invalid_parameter("familyPrefix and family cannot be specified together.");
  check_family(prefix);
  check_family(family);
  std::map<std::string, const TaskDefinition*> found;
  for (const TaskDefinition& d : ctx.all<TaskDefinition>()) {
    if (!is_daemon_definition(d) || (status != "ALL" && d.status != status)) continue;
    const std::string name = d.family.substr(daemon_family.size());
    if ((!family.empty() && name != family) || !name.starts_with(prefix)) continue;
    const std::string digits = std::to_string(1'000'000'000 + d.revision);
    const std::string key = last ? name : cat(name, '\t', digits);
    const TaskDefinition*& kept = found[key];
    if (!kept || d.revision > kept->revision) kept = &d;
  }
  std::vector<std::string> keys;
  for (const auto& [key, definition] : found) keys.push_back(key);
  if (descending) std::ranges::reverse(keys);
  const Slice slice = slice_of(keys, in, descending);
  return {{"daemonTaskDefinitions",
           list_of(slice.keys,
                   [&](const std::string& key) -> Value {
                     const TaskDefinition& d = *found[key];
                     return {{"arn", d.arn},
                             {"registeredAt", d.registered},
                             {"deleteRequestedAt", d.delete_requested},
                             {"status", d.status}};
                   })},
          {"nextToken", slice.next_token}};
}

const api::HandlerRow rows[] = {
    {"RegisterDaemonTaskDefinition", Writes, register_definition},
    {"DescribeDaemonTaskDefinition", Reads, describe_definition},
    {"DeleteDaemonTaskDefinition", Writes, delete_definition},
    {"ListDaemonTaskDefinitions", Reads, list_definitions},
};

}  // namespace

HandlerRows managed_daemon_definition_rows() { return rows; }

}  // namespace squall::ecs
