// Instance refresh: replaces the instances of a group a few at a time.
#include <algorithm>
#include <set>

#include "services/autoscaling/internal.h"

namespace squall::autoscaling {
namespace {

const InstanceRefresh* active_refresh(const sim::Scope& scope, const std::string& group) {
  for (const InstanceRefresh* r : scope.by<InstanceRefresh>("group:" + group))
    if (r->status == "Pending" || r->status == "InProgress") return r;
  return nullptr;
}

/// `version` is the number that the group's "$Latest" or "$Default" stands for now.
bool is_current(const Group& g, const std::string& version, const GroupInstance& i) {
  return i.launch_template_id == g.launch_template_id && i.launch_template_version == version &&
         i.launch_configuration == g.launch_configuration;
}

Value start_refresh(Context& ctx, Input in) {
  const std::string group = find_group(ctx, in.string("AutoScalingGroupName")).id;
  if (active_refresh(ctx, group))
    throw AwsError{"InstanceRefreshInProgress",
                   "An Instance Refresh is already in progress and blocks the execution of this "
                   "Instance Refresh."};
  if (in.string("Strategy", "Rolling") != "Rolling")
    throw validation_error("Only the strategy Rolling is available");
  if (const Input configuration = in.at("DesiredConfiguration")) {
    Work work(ctx, group);
    read_launch_template(ctx, configuration, work.edit());
    read_mixed_instances(ctx, configuration, work.edit());
    launch_spec(ctx, work.group);
    work.save();
  }
  const Group& g = *ctx.view<Group>(group);
  InstanceRefresh r;
  const std::string ordinal = std::to_string(ctx.next_ordinal("instance-refresh", group));
  r.id = cat(group, '/', std::string(8 - std::min<size_t>(8, ordinal.size()), '0'), ordinal);
  r.refresh_id = ctx.new_uuid("instance-refresh", group);
  r.group = group;
  r.started = ctx.now();
  const Input preferences = in.at("Preferences");
  r.min_healthy_percentage =
      preferences.integer("MinHealthyPercentage", g.min_healthy_percentage.value_or(90));
  r.warmup_s = preferences.optional_integer("InstanceWarmup");
  r.skip_matching = preferences.boolean("SkipMatching");
  if (preferences.boolean("AutoRollback"))
    throw validation_error("AutoRollback is not available");
  const std::string version = launch_spec(ctx, g).launch_template_version;
  for (const GroupInstance& i : g.instances) {
    const bool skipped = r.skip_matching && is_current(g, version, i);
    if (is_counted(i) && !skipped && !i.protected_from_scale_in) r.left.push_back(i.id);
  }
  r.total = static_cast<int64_t>(r.left.size());
  const std::string id = r.refresh_id;
  ctx.add(std::move(r));
  wake(ctx, group);
  return {{"InstanceRefreshId", id}};
}

Value cancel_refresh(Context& ctx, Input in) {
  const std::string group = find_group(ctx, in.string("AutoScalingGroupName")).id;
  in.ignore("WaitForTransitioningInstances");  // nothing is left waiting: it stops at once
  const InstanceRefresh* active = active_refresh(ctx, group);
  if (!active)
    throw AwsError{"ActiveInstanceRefreshNotFound",
                   cat("No in progress or pending Instance Refresh found for Auto Scaling group ",
                       group)};
  InstanceRefresh& r = ctx.edit<InstanceRefresh>(std::string(active->id));
  r.status = "Cancelled";
  r.status_reason = "Cancelled due to user request.";
  r.ended = ctx.now();
  return {{"InstanceRefreshId", r.refresh_id}};
}

Value describe(const InstanceRefresh& r) {
  const auto left = static_cast<int64_t>(r.left.size());
  Value v{{"InstanceRefreshId", r.refresh_id},
          {"AutoScalingGroupName", r.group},
          {"Status", r.status}};
  if (!r.status_reason.empty()) v.add("StatusReason", r.status_reason);
  v.add("StartTime", r.started);
  v.add("EndTime", r.ended);
  v.add("PercentageComplete", r.total ? (r.total - left) * 100 / r.total : 100);
  v.add("InstancesToUpdate", left);
  Value preferences{{"MinHealthyPercentage", r.min_healthy_percentage},
                    {"InstanceWarmup", r.warmup_s},
                    {"SkipMatching", r.skip_matching}};
  v.add("Preferences", preferences);
  v.add("Strategy", "Rolling");
  return v;
}

Value describe_refreshes(Context& ctx, Input in) {
  const std::string group = find_group(ctx, in.string("AutoScalingGroupName")).id;
  const auto wanted = in.strings("InstanceRefreshIds");
  const PageRequest request = page_of(in);
  Value list = Value::list(), token;
  auto found = ctx.by<InstanceRefresh>("group:" + group);
  std::ranges::reverse(found);  // the newest first
  std::string last;
  for (const InstanceRefresh* r : found) {
    if (!request.after.empty() && r->id >= request.after) continue;
    if (!wanted.empty() && std::ranges::find(wanted, r->refresh_id) == wanted.end()) continue;
    if (list.size() == request.limit) {
      token = Value(base64_encode(cat("v1:", last)));
      break;
    }
    list.push(describe(*r));
    last = r->id;
  }
  return {{"InstanceRefreshes", list}, {"NextToken", token}};
}

/// How many may be taken out now without going below the healthy percentage.
int64_t replaceable(Work& work, const InstanceRefresh& r) {
  const Duration warmup =
      r.warmup_s ? Duration(std::chrono::seconds(*r.warmup_s)) : warmup_of(work.group);
  int64_t working = 0;
  for (const GroupInstance& i : work.group.instances) {
    if (i.lifecycle != "InService" || !i.in_service_since) continue;
    const Time warm = *i.in_service_since + warmup;
    if (warm > work.now() && *i.in_service_since > r.started)
      wake_at(work.scope, work.group.id, warm);
    else
      ++working;
  }
  const int64_t limit =
      std::max<int64_t>(1, work.group.desired * (100 - r.min_healthy_percentage) / 100);
  return limit - (work.group.desired - working);
}

const api::HandlerRow rows[] = {
    {"StartInstanceRefresh", Writes, start_refresh},
    {"CancelInstanceRefresh", Writes, cancel_refresh},
    {"DescribeInstanceRefreshes", Reads, describe_refreshes},
};

}  // namespace

void advance_refresh(Work& work) {
  const InstanceRefresh* active = active_refresh(work.scope, work.group.id);
  if (!active || is_suspended(work.group, "InstanceRefresh")) return;
  InstanceRefresh r = *active;
  std::set<std::string> present;
  for (const GroupInstance& i : work.group.instances)
    if (is_counted(i)) present.insert(i.id);
  std::erase_if(r.left, [&](const std::string& id) { return !present.contains(id); });
  const int64_t allowed = replaceable(work, r);
  const auto limit = std::max<int64_t>(
      1, work.group.desired * (100 - r.min_healthy_percentage) / 100);
  for (int64_t n = 0; n < allowed && !r.left.empty(); ++n) {
    const std::string id = r.left.front();
    r.left.erase(r.left.begin());
    begin_termination(work, id,
                      cat(at_text(work.now()),
                          "an instance was taken out of service in response to an instance "
                          "refresh.  ",
                          at_text(work.now()), "instance ", id, " was selected for termination."));
  }
  r.status = "InProgress";
  if (r.left.empty() && allowed >= limit) {
    r.status = "Successful";
    r.ended = work.now();
    work.scope.announce("autoscaling.instance-refresh", work.group.id,
                        "EC2 Auto Scaling Instance Refresh Succeeded");
  }
  if (r.status != active->status || r.left != active->left)
    work.scope.edit<InstanceRefresh>(r.id) = r;
}

std::span<const api::HandlerRow> refresh_rows() { return rows; }

}  // namespace squall::autoscaling
