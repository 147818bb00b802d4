// Availability Zone rebalancing: from a steady state, a task is started where there are fewest, and
// when it is healthy one is stopped where there are most.
#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

using Zones = std::map<std::string, int64_t>;

/// Zones that could hold tasks, with how many they hold.
Zones count_zones(const Pass& pass, const RunSpec& spec) {
  Zones zones;
  for (const std::string& id : spec.network.subnets)
    if (const auto* subnet = pass.scope.view<ec2::Subnet>(id)) zones[subnet->zone] = 0;
  if (!is_fargate(spec)) {
    Zones with_instances;
    for (const ContainerInstance* instance :
         pass.scope.by<ContainerInstance>("cluster:" + pass.service().cluster))
      if (instance->status == "ACTIVE" && instance->agent_connected &&
          (zones.empty() || zones.contains(instance->zone)))
        with_instances[instance->zone] = 0;
    zones = std::move(with_instances);
  }
  for (const auto& [zone, until] : pass.state().avoided)
    if (until > pass.now()) zones.erase(zone);
  for (const LiveTask& live : pass.tasks)
    if (!live.stopping) ++zones[live.task->zone];
  return zones;
}

std::string counts_text(const Zones& zones) {
  std::string text;
  for (const auto& [zone, count] : zones)
    text += cat(text.empty() ? "" : ", ", count, " tasks in ", zone);
  return text;
}

const LiveTask* find(const Pass& pass, const std::string& arn) {
  const auto at = std::ranges::find(pass.tasks, arn, [](const LiveTask& l) { return l.task->id; });
  return at == pass.tasks.end() ? nullptr : &*at;
}

/// Moves under way: the old task goes when the new one is healthy.
void finish_moves(Pass& pass) {
  std::vector<std::string> done;
  for (const auto& [started, replaced] : pass.state().moves) {
    const LiveTask* fresh = find(pass, started);
    const LiveTask* old = find(pass, replaced);
    const bool gone = !fresh || fresh->stopping || !old || old->stopping;
    if (!gone && !(fresh->healthy && !fresh->failing)) continue;
    done.push_back(started);
    if (gone) continue;
    const std::string zone = old->task->zone;
    pass.acted = true;
    stop_task(pass.scope, replaced, "ServiceSchedulerInitiated",
              "Task stopped due to Availability Zone rebalancing");
    add_event(pass.scope, pass.service(),
              cat("has stopped 1 running tasks in ", zone, " to AZ Rebalance: (task ",
                  short_name(replaced), ")."));
  }
  if (done.empty()) return;
  SchedulerState& state = pass.edit_state();
  for (const std::string& arn : done) state.moves.erase(arn);
  wake_service(pass.scope, pass.service().id);
}

/// The surplus beyond an even spread, one task for each.
void begin_moves(Pass& pass, const Deployment& primary, Zones zones) {
  const int64_t upper = pass.service().desired * pass.service().maximum_percent.value_or(200) / 100;
  int64_t room = std::min<int64_t>(upper - static_cast<int64_t>(pass.tasks.size()), 10);
  std::map<std::string, std::vector<const LiveTask*>> movable;
  for (const LiveTask& live : pass.tasks)
    if (!live.held) movable[live.task->zone].push_back(&live);
  bool told = false;
  while (room-- > 0) {
    const auto [fewest, most] =
        std::ranges::minmax_element(zones, {}, [](const auto& zone) { return zone.second; });
    if (most->second - fewest->second < 2 || movable[most->first].empty()) return;
    if (!told)
      add_event(
          pass.scope, pass.service(),
          cat("is not AZ balanced with ", counts_text(zones), ". AZ Rebalancing in progress."));
    told = true;
    const auto started = start_tasks(pass, {&primary.spec, primary.id, fewest->first, "", 1});
    if (started.empty()) return;
    pass.edit_state().moves[started.front()] = movable[most->first].back()->task->id;
    movable[most->first].pop_back();
    ++fewest->second;
    --most->second;
  }
}

}  // namespace

void balance_zones(Pass& pass) {
  if (!pass.state().moves.empty()) {
    finish_moves(pass);
    return;
  }
  const Service& service = pass.service();
  if (pass.acted || !service.steady || service.zone_rebalancing != "ENABLED") return;
  if (service.deployments.size() != 1 || service.desired < 2 || !can_rebalance(service)) return;
  if (service.desired != static_cast<int64_t>(pass.tasks.size())) return;
  for (const LiveTask& live : pass.tasks)
    if (!live.healthy || live.failing || live.draining) return;
  const Deployment primary = *primary_of(service);
  const Zones zones = count_zones(pass, primary.spec);
  if (zones.size() < 2) return;
  const auto [fewest, most] =
      std::ranges::minmax_element(zones, {}, [](const auto& zone) { return zone.second; });
  if (most->second - fewest->second < 2) return;
  begin_moves(pass, primary, zones);
}

}  // namespace squall::ecs
