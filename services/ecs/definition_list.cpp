// Task definitions after registration: listed, deregistered, deleted.
#include <algorithm>
#include <map>
#include <set>

#include "services/ecs/definition.h"

namespace squall::ecs {
namespace {

constexpr Duration deleted_visible = 1h;  // docs: deleted within an hour of the last reference
constexpr size_t deleted_at_once_max = 10;

/// Sorts as AWS lists: by family, then by revision.
std::string sort_key(const TaskDefinition& d) {
  std::string revision = std::to_string(d.revision);
  return cat(d.family, '\t', std::string(10 - std::min<size_t>(10, revision.size()), '0'),
             revision);
}

Value list_definitions(Context& ctx, Input in) {
  const std::string family = in.string("familyPrefix"), status = in.string("status", "ACTIVE");
  const bool descending = in.string("sort", "ASC") == "DESC";
  check_family(family);
  std::map<std::string, std::string> arns;
  auto consider = [&](const TaskDefinition& d) {
    if (d.status == status && !is_daemon_definition(d)) arns.emplace(sort_key(d), d.arn);
  };
  if (!family.empty())
    for (const TaskDefinition* d : ctx.by<TaskDefinition>("family:" + family)) consider(*d);
  else
    for (const TaskDefinition& d : ctx.all<TaskDefinition>()) consider(d);
  std::vector<std::string> keys;
  for (const auto& [key, arn] : arns) keys.push_back(key);
  if (descending) std::ranges::reverse(keys);
  const Slice slice = slice_of(keys, in, descending);
  return {{"taskDefinitionArns",
           list_of(slice.keys, [&](const std::string& key) { return Value(arns[key]); })},
          {"nextToken", slice.next_token}};
}

Value list_families(Context& ctx, Input in) {
  const std::string prefix = in.string("familyPrefix"), status = in.string("status", "ALL");
  check_family(prefix);
  std::map<std::string, bool> active;  // family: has an active revision
  for (const TaskDefinition& d : ctx.all<TaskDefinition>())
    if (d.family.starts_with(prefix) && d.status != "DELETE_IN_PROGRESS" &&
        !is_daemon_definition(d))
      active[d.family] |= d.status == "ACTIVE";
  std::vector<std::string> families;
  for (const auto& [family, is_active] : active)
    if (status == "ALL" || (status == "ACTIVE") == is_active) families.push_back(family);
  const Slice slice = slice_of(families, in);
  return {{"families", slice.keys}, {"nextToken", slice.next_token}};
}

/// "family:revision", which both ways of taking a definition away insist on.
std::string revision_of(const sim::Scope& scope, const std::string& name) {
  const std::string id = name_of(name, "task-definition");
  check_owner(scope, name);
  const size_t colon = id.find(':');
  if (colon == std::string::npos)
    throw invalid_parameter("Missing revision: the task definition must be given with its "
                            "revision.");
  const auto revision = parse_int(std::string_view(id).substr(colon + 1));
  if (!revision || *revision < 1)
    throw client_exception(cat("Invalid revision number. Number: ", id.substr(colon + 1)));
  return id;
}

Value deregister(Context& ctx, Input in) {
  const std::string id = revision_of(ctx, in.string("taskDefinition"));
  const TaskDefinition* before = ctx.view<TaskDefinition>(id);
  if (!before || before->status == "DELETE_IN_PROGRESS")
    throw client_exception("The specified task definition does not exist. Specify a valid account, "
                           "family, revision and try again.");
  if (before->status == "INACTIVE")
    throw client_exception("The specified task definition is already inactive.");
  TaskDefinition& definition = ctx.edit<TaskDefinition>(id);
  definition.status = "INACTIVE";
  definition.deregistered = ctx.now();
  return {{"taskDefinition", describe(definition)}};
}

Value delete_definitions(Context& ctx, Input in) {
  const auto names = in.strings("taskDefinitions");
  if (names.empty())
    throw invalid_parameter("Task definitions cannot be empty.");
  if (names.size() > deleted_at_once_max)
    throw invalid_parameter(cat("You can delete up to ", deleted_at_once_max,
                                " task definitions at a time."));
  Value deleted = Value::list(), failures = Value::list();
  for (const std::string& name : names) {
    const std::string id = revision_of(ctx, name);
    const std::string arn =
        name.starts_with("arn:") ? name : ctx.arn("ecs", cat("task-definition/", id));
    auto fail = [&](std::string_view reason) {
      failures.push({{"arn", arn}, {"reason", reason}});
    };
    const TaskDefinition* before = ctx.view<TaskDefinition>(id);
    if (!before) {
      fail("The specified task definition does not exist. Specify a valid account, family, "
           "revision and try again.");
    } else if (before->status == "ACTIVE") {
      fail("The specified task definition is still in ACTIVE status. Please deregister the target "
           "and try again.");
    } else {
      TaskDefinition& definition = ctx.edit<TaskDefinition>(id);
      if (definition.status == "INACTIVE") {
        definition.status = "DELETE_IN_PROGRESS";
        definition.delete_requested = ctx.now();
        ctx.after(deleted_visible, "ecs.definition.purge", id);
      }
      deleted.push(describe(definition));
    }
  }
  return {{"taskDefinitions", deleted}, {"failures", failures}};
}

bool is_referenced(const sim::Scope& scope, const std::string& id) {
  for (const Task* task : scope.by<Task>("definition:" + id))
    if (task->last_status != "STOPPED") return true;
  for (const Service* service : scope.by<Service>("definition:" + id))
    if (service->status != "INACTIVE") return true;
  return false;
}

void purge(sim::Scope& scope, const sim::Event& event) {
  const TaskDefinition* definition = scope.view<TaskDefinition>(event.subject);
  if (!definition || definition->status != "DELETE_IN_PROGRESS") return;
  if (is_referenced(scope, event.subject))
    scope.after(deleted_visible, "ecs.definition.purge", event.subject);
  else
    scope.erase<TaskDefinition>(event.subject);
}

const api::HandlerRow rows[] = {
    {"ListTaskDefinitions", Reads, list_definitions},
    {"ListTaskDefinitionFamilies", Reads, list_families},
    {"DeregisterTaskDefinition", Writes, deregister},
    {"DeleteTaskDefinitions", Writes, delete_definitions},
};
const sim::EventRow events[] = {{"ecs.definition.purge", purge}};

}  // namespace

HandlerRows definition_list_rows() { return rows; }
EventRows definition_events() { return events; }

}  // namespace squall::ecs
