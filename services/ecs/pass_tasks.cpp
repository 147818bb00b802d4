// Starting and stopping a service's tasks, and what the scheduler makes of failures.
#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

constexpr int64_t batch_max = 10;
constexpr Duration place_retry_first = 15s;
constexpr Duration start_retry_first = 10s;
constexpr Duration retry_max = 15min;  // service-throttle-logic.md
constexpr Duration avoid_for = 5min;

constexpr std::string_view see_more =
    " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

Duration doubled(Duration first, int64_t times) {
  Duration delay = first;
  for (int64_t n = 0; n < times && delay < retry_max; ++n) delay *= 2;
  return std::min(delay, retry_max);
}

std::string task_list(const std::vector<std::string>& arns) {
  std::string text;
  for (const std::string& arn : arns) text += cat(" (task ", short_name(arn), ')');
  return text;
}

Tags task_tags(const sim::Scope& scope, const Service& service, const RunSpec& spec) {
  Tags tags;
  if (service.propagate_tags == "SERVICE") tags = service.tags;
  if (service.propagate_tags == "TASK_DEFINITION")
    if (const auto* definition = scope.view<TaskDefinition>(spec.definition))
      tags = definition->tags;
  return tags;
}

TaskRequest request_for(const Pass& pass, const Launch& launch) {
  const Service& service = pass.service();
  const RunSpec& spec = *launch.spec;
  TaskRequest request;
  request.cluster = service.cluster;
  request.definition = spec.definition;
  request.group = "service:" + service.name;
  request.started_by = request.deployment = launch.id;
  request.service = service.id;
  request.launch_type = spec.launch_type;
  request.platform_version = spec.platform_version;
  request.container_instance = launch.instance;
  request.network = spec.network;
  request.load_balancers = spec.load_balancers;
  request.registries = spec.registries;
  for (RegistryUse& use : connect_registries(pass.scope, service, spec))
    request.registries.push_back(std::move(use));
  request.strategy = service.placement_strategy;
  if (request.strategy.empty() && service.scheduling == "REPLICA" && !is_fargate(spec))
    request.strategy = {{"spread", "attribute:ecs.availability-zone"}};
  request.constraints = service.placement_constraints;
  request.volumes_json = spec.volumes_json;
  request.zone = launch.zone;
  request.enable_execute_command = service.enable_execute_command;
  request.managed_tags = service.managed_tags;
  request.tags = task_tags(pass.scope, service, spec);
  return request;
}

/// Fargate spreads over the zones of the subnets; the emptiest first. Zones in which tasks failed
/// to start just now are passed over while there are others.
struct ZoneSpread {
  explicit ZoneSpread(const Pass& pass, const Launch& launch) {
    if (!is_fargate(*launch.spec) || !launch.zone.empty()) return;
    std::map<std::string, int64_t> avoided;
    for (const std::string& id : launch.spec->network.subnets) {
      const auto* subnet = pass.scope.view<ec2::Subnet>(id);
      if (!subnet) continue;
      const auto at = pass.state().avoided.find(subnet->zone);
      const bool avoid = at != pass.state().avoided.end() && at->second > pass.now();
      (avoid ? avoided : counts)[subnet->zone] = 0;
    }
    if (counts.empty()) counts = avoided;
    for (const LiveTask& live : pass.tasks) {
      const auto at = counts.find(live.task->zone);
      if (at != counts.end() && !live.stopping && !live.failing) ++at->second;
    }
  }
  /// Empty: no preference.
  std::string next() {
    if (counts.empty()) return {};
    const auto fewest =
        std::ranges::min_element(counts, {}, [](const auto& zone) { return zone.second; });
    ++fewest->second;
    return fewest->first;
  }
  std::map<std::string, int64_t> counts;
};

std::string placement_words(const PlacementFailure& failure) {
  std::string words =
      "was unable to place a task because no container instance met all of its requirements. ";
  if (failure.arn.empty() && failure.reason.starts_with("No Container Instances"))
    return cat(words, "Reason: ", failure.reason, see_more);
  if (failure.arn.empty())
    return cat("was unable to place a task. Reason: ", failure.reason,
               failure.detail.empty() ? "" : ": ", failure.detail, '.', see_more);
  words += cat("The closest matching (container-instance ", short_name(failure.arn), ") ");
  if (failure.reason == "RESOURCE:CPU")
    words += "has insufficient CPU units available.";
  else if (failure.reason == "RESOURCE:MEMORY")
    words += "has insufficient memory available.";
  else if (failure.reason.starts_with("RESOURCE:PORTS"))
    words += "is already using a port required by your task.";
  else if (failure.reason == "ATTRIBUTE")
    words += "is missing an attribute required by your task.";
  else if (failure.reason == "AGENT")
    words += "has the agent disconnected.";
  else
    words += cat("encountered error \"", failure.reason, "\".");
  return words + std::string(see_more);
}

void note_placement_failure(Pass& pass, const Launch& launch, const PlacementFailure& failure) {
  const std::string words = placement_words(failure);
  const SchedulerState& state = pass.state();
  const bool due = !state.place_at || *state.place_at <= pass.now();
  if (!due && state.waiting == words) return;
  add_event(pass.scope, pass.service(), words);
  SchedulerState& changed = pass.edit_state();
  changed.waiting = words;
  if (!due) return;
  changed.place_at = pass.now() + doubled(place_retry_first, changed.place_failures);
  ++changed.place_failures;
  wake_service_at(pass.scope, pass.service().id, *changed.place_at);
  note_failure(pass.scope, pass.service().id, launch.id, pass.now(), false);
}

}  // namespace

void avoid_zone(sim::Scope& scope, const std::string& service, const std::string& zone) {
  Pass(scope, service).edit_state().avoided[zone] = scope.now() + avoid_for;
  wake_service_at(scope, service, scope.now() + avoid_for);
}

std::vector<std::string> start_tasks(Pass& pass, const Launch& launch) {
  std::vector<std::string> started;
  if (launch.count <= 0) return started;
  TaskRequest request = request_for(pass, launch);
  ZoneSpread zones(pass, launch);
  std::map<std::string, int64_t> providers;
  for (const LiveTask& live : pass.tasks)
    if (!live.stopping && live.task->deployment == launch.id)
      ++providers[live.task->capacity_provider];
  for (int64_t n = 0; n < std::min(launch.count, batch_max); ++n) {
    if (!launch.spec->strategy.empty()) {
      request.capacity_provider = choose_provider(launch.spec->strategy, providers);
      request.launch_type = request.capacity_provider.starts_with("FARGATE") ? "FARGATE" : "EC2";
      ++providers[request.capacity_provider];
    }
    if (launch.zone.empty()) request.zone = zones.next();
    const auto result = start_task(pass.scope, request);
    if (const auto* failure = std::get_if<PlacementFailure>(&result)) {
      if (launch.instance.empty()) note_placement_failure(pass, launch, *failure);
      break;
    }
    started.push_back(std::get<std::string>(result));
  }
  if (started.empty()) return started;
  pass.acted = true;
  if (!pass.state().waiting.empty() || pass.state().place_at) {
    SchedulerState& state = pass.edit_state();
    state.waiting.clear();
    state.place_failures = 0;
    state.place_at.reset();
  }
  add_event(pass.scope, pass.service(),
            cat("has started ", started.size(), " tasks:", task_list(started), '.'));
  if (static_cast<int64_t>(started.size()) < launch.count)
    wake_service(pass.scope, pass.service().id);
  return started;
}

void stop_tasks(Pass& pass, const std::vector<const LiveTask*>& tasks, std::string_view reason) {
  if (tasks.empty()) return;
  pass.acted = true;
  std::vector<std::string> arns;
  for (const LiveTask* live : tasks) arns.push_back(live->task->id);
  for (const std::string& arn : arns)
    stop_task(pass.scope, arn, "ServiceSchedulerInitiated", reason);
  for (size_t from = 0; from < arns.size(); from += batch_max) {
    const size_t to = std::min(arns.size(), from + batch_max);
    add_event(pass.scope, pass.service(),
              cat("has stopped ", to - from, " running tasks:",
                  task_list({arns.begin() + static_cast<std::ptrdiff_t>(from),
                             arns.begin() + static_cast<std::ptrdiff_t>(to)}),
                  '.'));
  }
}

bool is_held_back(Pass& pass, const std::optional<Time>& retry_at) {
  if (!retry_at || *retry_at <= pass.now()) return false;
  wake_service_at(pass.scope, pass.service().id, *retry_at);
  return true;
}

std::vector<const LiveTask*> choose_stops(std::vector<const LiveTask*> candidates, int64_t count) {
  if (count <= 0) return {};
  std::erase_if(candidates, [](const LiveTask* live) { return live->held; });
  if (static_cast<size_t>(count) >= candidates.size()) return candidates;
  // The least loss last, so that it is taken first: what does not run, does not pass, is young.
  std::ranges::sort(candidates, [](const LiveTask* a, const LiveTask* b) {
    const auto rank = [](const LiveTask* t) {
      return std::tuple(t->running, t->healthy, -to_ns(t->task->created));
    };
    return rank(a) != rank(b) ? rank(a) > rank(b) : a->task->id < b->task->id;
  });
  std::vector<const LiveTask*> chosen;
  std::map<std::string, std::vector<const LiveTask*>> zones;
  for (const LiveTask* live : candidates) zones[live->task->zone].push_back(live);
  while (static_cast<int64_t>(chosen.size()) < count) {
    auto* from = &zones.begin()->second;
    for (auto& [zone, list] : zones) {
      const bool idle = !list.empty() && !list.back()->running;
      const bool from_idle = !from->empty() && !from->back()->running;
      if (idle != from_idle ? idle : list.size() > from->size()) from = &list;
    }
    chosen.push_back(from->back());
    from->pop_back();
  }
  return chosen;
}

namespace {

/// Tasks of one round, made before the first of them failed, count once for the back-off.
template <class Record>
bool count_start_failure(Record& record, Time task_created, Time now) {
  if (record.last_failure && task_created < *record.last_failure) return false;
  record.last_failure = now;
  if (++record.failures_in_a_row >= 2)
    record.retry_at = now + doubled(start_retry_first, record.failures_in_a_row - 2);
  return record.failures_in_a_row == 3;
}

}  // namespace

void note_failure(sim::Scope& scope, const std::string& service, const std::string& deployment,
                  Time task_created, bool never_ran) {
  bool tell = false;
  const Service* found = scope.view<Service>(service);
  if (!found) return;
  if (found->controller == "ECS") {
    Service& changed = scope.edit<Service>(service);
    for (Deployment& d : changed.deployments) {
      if (d.id != deployment) continue;
      ++d.failed;
      if (never_ran)
        tell = count_start_failure(d, task_created, scope.now());
      else
        d.last_failure = scope.now();
    }
  } else {
    for (const TaskSet* set : scope.by<TaskSet>("short:" + deployment))
      if (never_ran)
        tell = count_start_failure(scope.edit<TaskSet>(set->id), task_created, scope.now());
  }
  if (tell)
    add_event(scope, *scope.view<Service>(service),
              cat("is unable to consistently start tasks successfully.", see_more));
}

}  // namespace squall::ecs
