// What the files of this service share: the group at work, activities, and the steps of its loop.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/api/service.h"
#include "emulator/core/text.h"
#include "services/autoscaling/autoscaling.h"
#include "services/autoscaling/errors.h"
#include "services/common/page.h"
#include "services/ec2/ec2.h"

namespace squall::autoscaling {

using api::Context;
using api::Input;
using api::Reads;
using api::Writes;

std::span<const api::HandlerRow> group_rows();
std::span<const api::HandlerRow> describe_group_rows();
std::span<const api::HandlerRow> launch_configuration_rows();
std::span<const api::HandlerRow> instance_rows();
std::span<const api::HandlerRow> standby_rows();
std::span<const api::HandlerRow> activity_rows();
std::span<const sim::EventRow> activity_events();
std::span<const api::HandlerRow> traffic_rows();
std::span<const api::HandlerRow> tag_rows();
std::span<const api::HandlerRow> type_rows();
std::span<const api::HandlerRow> process_rows();
std::span<const api::HandlerRow> hook_rows();
std::span<const api::HandlerRow> scheduled_rows();
std::span<const api::HandlerRow> policy_rows();
std::span<const api::HandlerRow> execute_rows();
std::span<const api::HandlerRow> refresh_rows();
std::span<const sim::EventRow> reconcile_events();
std::span<const sim::WatchRow> reconcile_watches();
std::span<const sim::LatencyRow> reconcile_latencies();
std::span<const sim::EventRow> metric_events();
std::span<const sim::EventRow> scheduled_events();
std::span<const sim::EventRow> scaling_events();

/// A group being worked on: a copy that save() puts back if anything changed, so that a loop that
/// finds nothing to do leaves no trace.
struct Work {
  Work(sim::Scope& s, std::string_view name) : scope(s), group(*s.view<Group>(name)) {}
  Group& edit() {
    changed = true;
    return group;
  }
  void save() {
    if (changed) scope.edit<Group>(group.id) = group;
    changed = false;
  }
  Time now() const { return scope.now(); }
  GroupInstance* find(std::string_view id);

  sim::Scope& scope;
  Group group;
  bool changed = false;
};

const Group& find_group(const sim::Scope& scope, const std::string& name);
/// The group that holds the instance; throws ValidationError if none does.
const Group& group_of_instance(const sim::Scope& scope, const std::string& id);
bool is_suspended(const Group& group, std::string_view process);
/// Runs the group's loop now (inside its own transaction).
void wake(sim::Scope& scope, std::string_view group);
void wake_at(sim::Scope& scope, std::string_view group, Time time);
/// Whether the instance makes up capacity: pending or in service.
bool is_counted(const GroupInstance& instance);
bool is_pending(const GroupInstance& instance);
bool is_terminating(const GroupInstance& instance);
/// "At 2026-01-05T09:00:00Z " with whole seconds.
std::string at_text(Time time);
void add_cause(Group& group, std::string_view sentence);

// --- activities (activity.cpp) -----------------------------------------------------------------
struct NewActivity {
  std::string instance_id, zone, subnet_id, description, cause;
  std::string status = "InProgress", status_message = {};
};
/// Returns the record's id.
std::string start_activity(sim::Scope& scope, const Group& group, const NewActivity& activity);
void finish_activity(sim::Scope& scope, const std::string& id,
                     std::string_view status = "Successful", std::string_view message = {});
void set_activity_status(sim::Scope& scope, const std::string& id, std::string_view status,
                         int64_t progress);
Value describe_activity(const sim::Scope& scope, const Activity& activity);

// --- the loop's steps --------------------------------------------------------------------------
/// The zones in which the group may launch, in order, with a subnet for each (empty: default).
std::vector<std::pair<std::string, std::string>> launch_zones(const sim::Scope& scope,
                                                              const Group& group);
/// What the group launches; throws EC2's errors where the template is wrong.
ec2::LaunchSpec launch_spec(const sim::Scope& scope, const Group& group);
/// Launches up to `count`, `rebalancing` beyond the desired capacity. Returns how many.
size_t launch(Work& work, size_t count, bool rebalancing);
/// Takes an instance out: draining, hook, EC2's termination, removal.
void begin_termination(Work& work, const std::string& id, std::string cause);
void choose_and_terminate(Work& work, size_t count);
void check_health(Work& work);
/// Moves pending and terminating instances along.
void advance_instances(Work& work);
void enter_service(Work& work, GroupInstance& instance);
void continue_launch(Work& work, GroupInstance& instance);
void continue_termination(Work& work, const std::string& id);
/// Puts the instance into a Wait state if the group has hooks for the transition.
bool begin_hooks(Work& work, GroupInstance& instance, std::string_view transition);
void check_hooks(Work& work);
void advance_refresh(Work& work);
void deregister_from_target_groups(Work& work, GroupInstance& instance);
void register_with_target_groups(Work& work, const GroupInstance& instance);

/// Changes the desired capacity by whoever `cause` says.
void set_desired(sim::Scope& scope, const std::string& group, int64_t desired,
                 std::string_view cause);
Duration warmup_of(const Group& group);

// --- what several handlers read ----------------------------------------------------------------
void read_launch_template(const sim::Scope& scope, const Input& in, Group& group);
void read_mixed_instances(const sim::Scope& scope, const Input& in, Group& group);
Value describe_mixed_instances(const Group& group);
Value describe_launch_template(const Group& group);
/// Members that Create and Update share.
void read_group(Context& ctx, const Input& in, Group& group);
void check_sizes(const Group& group);
void add_hook(Context& ctx, const std::string& group, const Input& in);
std::vector<GroupTag> read_group_tags(const Input& in, const std::string& group);
bool is_metric(std::string_view name);
const std::vector<std::string_view>& metric_names();
const std::vector<std::string_view>& process_names();
PageRequest page_of(const Input& in);
/// Keeps of `ids` (sorted) the page asked for; sets the next token.
std::vector<std::string> page_ids(std::vector<std::string> ids, const PageRequest& request,
                                  Value& next_token);

}  // namespace squall::autoscaling
