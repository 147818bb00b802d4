// Task sets: what deployments are where somebody else deploys (EXTERNAL, CODE_DEPLOY).
#include <algorithm>

#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

AwsError task_set_not_found() {
  return {"TaskSetNotFoundException", "The specified task set wasn't found."};
}

void check_controller(const Service& service) {
  if (service.controller == "ECS")
    throw invalid_parameter(
        "Task sets are only supported for services with the EXTERNAL or CODE_DEPLOY deployment "
        "controller.");
}

int64_t count_for(const Service& service, double scale) {
  const double exact = static_cast<double>(service.desired) * scale / 100;
  auto count = static_cast<int64_t>(exact);
  return static_cast<double>(count) < exact ? count + 1 : count;
}

double read_scale(const Input& in, double fallback) {
  const Input scale = in.at("scale");
  if (!scale) return fallback;
  if (scale.string("unit", "PERCENT") != "PERCENT")
    throw invalid_parameter("The unit of a task set's scale must be PERCENT.");
  const double value = scale.real("value");
  if (value < 0 || value > 100)
    throw invalid_parameter("The value of a task set's scale must be between 0 and 100.");
  return value;
}

TaskSet make_task_set(sim::Scope& scope, const Service& service) {
  TaskSet set;
  set.short_id = "ecs-svc/" + new_number(scope, "ecs-task-set", service.id);
  set.id = scope.arn("ecs",
                     cat("task-set/", service.cluster, '/', service.name, '/', set.short_id));
  set.service = service.id;
  set.cluster = service.cluster;
  set.created = set.updated = set.stability_at = scope.now();
  return set;
}

/// By ARN or by "ecs-svc/...".
const TaskSet& require_task_set(const sim::Scope& scope, const Service& service,
                                const std::string& name) {
  for (const TaskSet* set : scope.by<TaskSet>("service:" + service.id))
    if (set->id == name || set->short_id == name || short_name(set->short_id) == name) return *set;
  throw task_set_not_found();
}

std::string fingerprint_of(const Input& in) {
  std::string text;
  for (const Member& m : in.value().members())
    if (m.key.text != "clientToken") text += cat(m.key.text, '=', to_json(m.value), '\n');
  return hex16(stable_hash(text));
}

const Service& service_of(Context& ctx, const Input& in) {
  const Service& service =
      require_active_service(ctx, in.string("cluster"), in.string("service"));
  check_controller(service);
  return service;
}

Value create_task_set(Context& ctx, Input in) {
  const Service& service = service_of(ctx, in);
  const bool repeatable = in.has("clientToken");
  const std::string fingerprint = fingerprint_of(in);
  const auto sets = ctx.by<TaskSet>("service:" + service.id);
  for (const TaskSet* old : sets)
    if (repeatable && old->fingerprint == fingerprint)
      return {{"taskSet", describe_task_set(ctx, *old, true)}};
  if (sets.size() >= 5)
    throw invalid_parameter("5 deployments exist on the service. Unable to create new TaskSet "
                            "since this exceeds the maximum limit.");
  TaskSet set = make_task_set(ctx, service);
  RunSpec& spec = set.spec;
  spec.definition = require_definition(ctx, in.string("taskDefinition")).id;
  spec.launch_type = in.string("launchType");
  spec.strategy = read_provider_strategy(in);
  spec.platform_version = in.string("platformVersion");
  spec.network = read_service_network(in);
  spec.load_balancers = read_load_balancers(in);
  spec.registries = read_registries(in);
  resolve_launch(ctx, require_cluster(ctx, service.cluster), spec);
  Service checked = service;
  checked.spec = spec;
  if (spec.load_balancers.empty()) checked.grace_s = 0;
  check_run_spec(ctx, checked, spec);
  set.external_id = in.string("externalId");
  set.scale = read_scale(in, 0);
  set.desired = count_for(service, set.scale);
  set.tags = read_service_tags(in);
  set.fingerprint = fingerprint;
  const TaskSet& kept = ctx.add(std::move(set));
  ctx.edit<Service>(kept.service).steady = false;
  wake_service(ctx, kept.service);
  return {{"taskSet", describe_task_set(ctx, kept, true)}};
}

Value update_task_set(Context& ctx, Input in) {
  const Service& service = service_of(ctx, in);
  const TaskSet& found = require_task_set(ctx, service, in.string("taskSet"));
  if (found.status == "DRAINING") throw task_set_not_found();
  const double scale = read_scale(in, found.scale);
  TaskSet& set = ctx.edit<TaskSet>(found.id);
  set.scale = scale;
  set.desired = count_for(service, set.scale);
  set.updated = set.stability_at = ctx.now();
  set.stability = "STABILIZING";
  wake_service(ctx, set.service);
  return {{"taskSet", describe_task_set(ctx, set, true)}};
}

Value update_primary(Context& ctx, Input in) {
  const Service& service = service_of(ctx, in);
  const std::string id = require_task_set(ctx, service, in.string("primaryTaskSet")).id;
  for (const TaskSet* other : ctx.by<TaskSet>("service:" + service.id))
    if (other->status == "PRIMARY" && other->id != id) {
      TaskSet& demoted = ctx.edit<TaskSet>(other->id);
      demoted.status = "ACTIVE";
      demoted.updated = ctx.now();
    }
  TaskSet& set = ctx.edit<TaskSet>(id);
  if (set.status == "DRAINING") throw task_set_not_found();
  set.status = "PRIMARY";
  set.updated = ctx.now();
  Service& changed = ctx.edit<Service>(set.service);
  changed.spec.definition = set.spec.definition;
  changed.spec.load_balancers = set.spec.load_balancers;
  return {{"taskSet", describe_task_set(ctx, set, true)}};
}

Value delete_task_set(Context& ctx, Input in) {
  const Service& service = service_of(ctx, in);
  const TaskSet& found = require_task_set(ctx, service, in.string("taskSet"));
  const bool force = in.boolean("force");
  if (!force && found.scale > 0)
    throw invalid_parameter("The task set cannot be deleted while it is scaled above 0. Use force "
                            "to delete it.");
  if (found.status == "PRIMARY" && !force)
    throw invalid_parameter("The primary task set cannot be deleted.");
  TaskSet& set = ctx.edit<TaskSet>(found.id);
  set.status = "DRAINING";
  set.scale = 0;
  set.desired = 0;
  set.stability = "STABILIZING";
  set.updated = set.stability_at = ctx.now();
  wake_service(ctx, set.service);
  return {{"taskSet", describe_task_set(ctx, set, true)}};
}

Value describe_task_sets(Context& ctx, Input in) {
  const Service& service = require_service(ctx, in.string("cluster"), in.string("service"));
  if (service.status == "INACTIVE") throw service_not_active();
  check_controller(service);
  const auto include = in.strings("include");
  const bool with_tags = std::ranges::find(include, "TAGS") != include.end();
  const auto names = in.strings("taskSets");
  const auto sets = ctx.by<TaskSet>("service:" + service.id);
  Value shown = Value::list(), failures = Value::list();
  if (names.empty())
    for (const TaskSet* set : sets) shown.push(describe_task_set(ctx, *set, with_tags));
  for (const std::string& name : names) {
    const auto at = std::ranges::find_if(sets, [&](const TaskSet* set) {
      return set->id == name || set->short_id == name;
    });
    if (at != sets.end())
      shown.push(describe_task_set(ctx, **at, with_tags));
    else
      failures.push({{"arn", name}, {"reason", "MISSING"}});
  }
  return {{"taskSets", shown}, {"failures", failures}};
}

const api::HandlerRow rows[] = {
    {"CreateTaskSet", api::Writes, create_task_set},
    {"UpdateTaskSet", api::Writes, update_task_set},
    {"UpdateServicePrimaryTaskSet", api::Writes, update_primary},
    {"DeleteTaskSet", api::Writes, delete_task_set},
    {"DescribeTaskSets", api::Reads, describe_task_sets},
};

}  // namespace

void add_first_task_set(sim::Scope& scope, const Service& service) {
  TaskSet set = make_task_set(scope, service);
  set.status = "PRIMARY";
  set.started_by = "CODE_DEPLOY";
  set.spec = service.spec;
  set.scale = 100;
  set.desired = service.desired;
  scope.add(std::move(set));
}

HandlerRows task_set_rows() { return rows; }

}  // namespace squall::ecs
