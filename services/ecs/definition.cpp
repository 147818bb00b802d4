// Task definitions: RegisterTaskDefinition, their look, and how others find them.
#include "services/ecs/definition.h"

#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/expression.h"

namespace squall::ecs {
namespace {

constexpr int64_t revisions_max = 1'000'000;  // of a family, deregistered ones included
constexpr size_t document_max = 65536;

void read_family(const Input& in, TaskDefinition& record) {
  record.family = in.string("family");
  if (record.family.empty()) throw client_exception("Family should not be null or empty.");
  check_family(record.family);
  if (record.family.size() > 255)
    throw client_exception("Family length should be less than or equal to 255.");
}

std::string read_role(const sim::Scope& scope, const Input& in, std::string_view member) {
  const std::string role = in.string(member);
  if (role.empty()) return role;
  if (!role.starts_with("arn:")) return scope.global_arn("iam", cat("role/", role));
  const auto parts = split(role, ':');
  if (parts.size() != 6 || parts[2] != "iam" || !parts[5].starts_with("role/"))
    throw client_exception("Role is not valid");
  return role;
}

void read_modes(const sim::Scope& scope, const Input& in, Draft& draft) {
  TaskDefinition& record = draft.record;
  record.network_mode = in.string("networkMode");
  record.execution_role = read_role(scope, in, "executionRoleArn");
  record.task_role = read_role(scope, in, "taskRoleArn");
  record.requires_compatibilities = in.strings("requiresCompatibilities");
  const Input platform = in.at("runtimePlatform");
  record.os_family = platform.string("operatingSystemFamily");
  record.cpu_architecture = platform.string("cpuArchitecture");
  if (draft.is_windows() && record.cpu_architecture == "ARM64")
    throw client_exception("The ARM64 CPU architecture is not supported for Windows.");
  draft.pid_mode = in.string("pidMode");
  draft.ipc_mode = in.string("ipcMode");
  if (const Input storage = in.at("ephemeralStorage")) {
    draft.ephemeral_gib = storage.integer("sizeInGiB");
    if (draft.ephemeral_gib < 21 || draft.ephemeral_gib > 200)
      throw client_exception("Ephemeral storage size must be between 21 and 200 GiB.");
  }
  for (const std::string_view member :
       {"pidMode", "ipcMode", "ephemeralStorage", "runtimePlatform", "enableFaultInjection",
        "inferenceAccelerators"})
    if (in.has(member)) draft.document.set(Key::copy(member), in.raw(member));
}

void read_constraints(const Input& in, Draft& draft) {
  const auto constraints = in.list("placementConstraints");
  if (constraints.size() > 10)
    throw client_exception("A task definition cannot have more than 10 placement constraints.");
  for (const Input& constraint : constraints) {
    const std::string type = constraint.string("type"), text = constraint.string("expression");
    if (type != "memberOf") throw client_exception(cat("Invalid constraint type: ", type));
    if (text.empty()) throw client_exception("Constraint expression must not be blank.");
    parse_expression(text);
    draft.record.constraints.emplace_back(type, text);
  }
}

void read_proxy(const Input& in, Draft& draft) {
  const Input proxy = in.at("proxyConfiguration");
  if (!proxy) return;
  if (!draft.is_awsvpc())
    throw client_exception("proxyConfiguration is only supported when networkMode=awsvpc.");
  const std::string name = proxy.string("containerName");
  if (std::ranges::find(draft.record.containers, name, &ContainerDefinition::name) ==
      draft.record.containers.end())
    throw client_exception(cat("Proxy container '", name, "' does not exist."));
  draft.document.set("proxyConfiguration", in.raw("proxyConfiguration"));
}

Value register_definition(Context& ctx, Input in) {
  Draft draft = draft_of(ctx, in);
  const TaskDefinition& made = add_definition(ctx, draft, "");
  Value answer{{"taskDefinition", describe(made)}};
  if (!made.tags.empty()) answer.add("tags", describe_tags_of(made.tags));
  return answer;
}

Value describe_definition(Context& ctx, Input in) {
  const std::string name = in.string("taskDefinition");
  const auto include = in.strings("include");
  const TaskDefinition* definition = find_definition(ctx, name);
  if (!definition) throw client_exception("Unable to describe task definition.");
  Value answer{{"taskDefinition", describe(*definition)}};
  if (std::ranges::find(include, "TAGS") != include.end())
    answer.add("tags", describe_tags_of(definition->tags));
  return answer;
}

const api::HandlerRow rows[] = {
    {"RegisterTaskDefinition", Writes, register_definition},
    {"DescribeTaskDefinition", Reads, describe_definition},
};

}  // namespace

bool Draft::is_fargate() const {
  return std::ranges::find(record.requires_compatibilities, "FARGATE") !=
         record.requires_compatibilities.end();
}

Draft draft_of(Context& ctx, const Input& in) {
  Draft draft;
  read_family(in, draft.record);
  if (const size_t length = to_json(in.value()).size(); length > document_max)
    throw client_exception(cat("Actual length: '", length, "'. Max allowed length is '",
                               document_max, "' bytes."));
  draft.record.tags = read_tags(in);
  read_modes(ctx, in, draft);
  read_task_size(in, draft);
  read_volumes(in, draft);
  read_containers(in, draft);
  read_constraints(in, draft);
  read_proxy(in, draft);
  check_together(in, draft);
  check_fargate(in, draft);
  check_sizes(draft);
  derive_requirements(in, draft);
  return draft;
}

const TaskDefinition& add_definition(Context& ctx, Draft& draft, std::string_view kind) {
  TaskDefinition& record = draft.record;
  const std::string resource = cat(kind, "task-definition");  // or a daemon's
  record.revision = static_cast<int64_t>(ctx.next_ordinal(resource, record.family));
  if (record.revision > revisions_max)
    throw limit_exceeded("The limit for the resource was exceeded.");
  const std::string name = cat(record.family, ':', record.revision);
  record.arn = ctx.arn("ecs", cat(resource, '/', name));
  record.id = kind.empty() ? name : cat(resource, '/', name);
  if (!kind.empty()) record.family = cat(resource, '/', record.family);
  record.registered = ctx.now();
  draft.document.set("registeredBy", ctx.caller_arn);
  record.document_json = to_json(draft.document);
  return ctx.add(std::move(record));
}

const TaskDefinition* find_definition(const sim::Scope& scope, std::string_view name) {
  const std::string id = name_of(name, "task-definition");
  check_owner(scope, name);
  if (id.find(':') != std::string::npos) return scope.view<TaskDefinition>(id);
  const TaskDefinition* newest = nullptr;
  for (const TaskDefinition* d : scope.by<TaskDefinition>("family:" + id))
    if (d->status == "ACTIVE" && (!newest || d->revision > newest->revision)) newest = d;
  return newest;
}

const TaskDefinition& require_definition(const sim::Scope& scope, std::string_view name) {
  const TaskDefinition* definition = find_definition(scope, name);
  if (!definition) throw definition_not_found();
  if (definition->status != "ACTIVE") throw definition_inactive();
  return *definition;
}

Value describe(const TaskDefinition& d) {
  Value v{{"taskDefinitionArn", d.arn}};
  const Value document = value_from_json(d.document_json);
  for (const Member& member : document.members()) v.add(member.key, member.value);
  auto add_text = [&v](Key key, const std::string& text) {
    if (!text.empty()) v.add(key, text);
  };
  v.add("family", d.family);
  add_text("taskRoleArn", d.task_role);
  add_text("executionRoleArn", d.execution_role);
  add_text("networkMode", d.network_mode);
  v.add("revision", d.revision);
  v.add("status", d.status);
  if (!d.requires_attributes.empty())
    v.add("requiresAttributes", list_of(d.requires_attributes, [](const Attribute& a) -> Value {
            Value attribute{{"name", a.name}};
            if (!a.value.empty()) attribute.add("value", a.value);
            return attribute;
          }));
  v.add("placementConstraints", list_of(d.constraints, [](const auto& c) -> Value {
          return {{"type", c.first}, {"expression", c.second}};
        }));
  v.add("compatibilities", d.compatibilities);
  if (!d.requires_compatibilities.empty())
    v.add("requiresCompatibilities", d.requires_compatibilities);
  if (d.cpu > 0) v.add("cpu", std::to_string(d.cpu));
  if (d.memory > 0) v.add("memory", std::to_string(d.memory));
  v.add("registeredAt", d.registered);
  v.add("deregisteredAt", d.deregistered);
  v.add("deleteRequestedAt", d.delete_requested);
  return v;
}

HandlerRows definition_rows() { return rows; }

}  // namespace squall::ecs
