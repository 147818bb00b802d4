// Suspended processes, and the group's own metrics each minute.
#include <algorithm>
#include <map>

#include "services/autoscaling/internal.h"
#include "services/cloudwatch/cloudwatch.h"

namespace squall::autoscaling {
namespace {

std::vector<std::string> processes_in(const Input& in) {
  auto wanted = in.strings("ScalingProcesses");
  for (const std::string& name : wanted)
    if (std::ranges::find(process_names(), name) == process_names().end())
      throw validation_error(cat("Invalid process type: ", name));
  if (wanted.empty()) wanted.assign(process_names().begin(), process_names().end());
  return wanted;
}

Value suspend(Context& ctx, Input in) {
  const std::string name = find_group(ctx, in.string("AutoScalingGroupName")).id;
  const auto wanted = processes_in(in);
  auto& suspended = ctx.edit<Group>(name).suspended;
  for (const std::string& process : wanted)
    if (std::ranges::find(suspended, process) == suspended.end()) suspended.push_back(process);
  std::ranges::sort(suspended);
  return Value::map();
}

Value resume(Context& ctx, Input in) {
  const std::string name = find_group(ctx, in.string("AutoScalingGroupName")).id;
  auto& suspended = ctx.edit<Group>(name).suspended;
  for (const std::string& process : processes_in(in)) std::erase(suspended, process);
  wake(ctx, name);
  return Value::map();
}

std::vector<std::string> metrics_in(const Input& in) {
  auto wanted = in.strings("Metrics");
  for (const std::string& metric : wanted)
    if (!is_metric(metric)) throw validation_error(cat("Invalid metric: ", metric));
  if (wanted.empty()) wanted.assign(metric_names().begin(), metric_names().end());
  return wanted;
}

Time next_minute(Time now) {
  return std::chrono::floor<std::chrono::minutes>(now) + std::chrono::minutes(1);
}

Value enable_metrics(Context& ctx, Input in) {
  const std::string name = find_group(ctx, in.string("AutoScalingGroupName")).id;
  if (in.string("Granularity") != "1Minute")
    throw validation_error("Granularity must be 1Minute");
  const auto wanted = metrics_in(in);
  auto& enabled = ctx.edit<Group>(name).enabled_metrics;
  for (const std::string& metric : wanted)
    if (std::ranges::find(enabled, metric) == enabled.end()) enabled.push_back(metric);
  ctx.at_unique(next_minute(ctx.now()), "autoscaling.metrics", name);
  return Value::map();
}

Value disable_metrics(Context& ctx, Input in) {
  const std::string name = find_group(ctx, in.string("AutoScalingGroupName")).id;
  auto& enabled = ctx.edit<Group>(name).enabled_metrics;
  for (const std::string& metric : metrics_in(in)) std::erase(enabled, metric);
  return Value::map();
}

std::map<std::string, double, std::less<>> values_of(const Group& g) {
  double serving = 0, pending = 0, terminating = 0, standby = 0;
  for (const GroupInstance& i : g.instances) {
    serving += i.lifecycle == "InService";
    pending += is_pending(i);
    terminating += is_terminating(i);
    standby += i.lifecycle == "Standby";
  }
  const double total = serving + pending + terminating + standby;
  std::map<std::string, double, std::less<>> values{
      {"GroupMinSize", static_cast<double>(g.min_size)},
      {"GroupMaxSize", static_cast<double>(g.max_size)},
      {"GroupDesiredCapacity", static_cast<double>(g.desired)}};
  for (const auto& [what, n] : {std::pair{"InService", serving}, {"Pending", pending},
                                {"Terminating", terminating}, {"Standby", standby},
                                {"Total", total}}) {
    values[cat("Group", what, "Instances")] = n;
    values[cat("Group", what, "Capacity")] = n;
  }
  return values;
}

void emit_metrics(sim::Scope& scope, const sim::Event& event) {
  const Group* g = scope.view<Group>(event.subject);
  if (!g || g->enabled_metrics.empty()) return;
  const auto values = values_of(*g);
  const cloudwatch::Dimensions dimensions{{"AutoScalingGroupName", g->id}};
  for (const std::string& metric : g->enabled_metrics) {
    const auto value = values.find(metric);
    if (value != values.end())
      cloudwatch::put_metric(scope, "AWS/AutoScaling", metric, dimensions,
                             cloudwatch::StatisticSet::of(value->second), "None", scope.now());
  }
  scope.at_unique(next_minute(scope.now()), "autoscaling.metrics", event.subject);
}

const api::HandlerRow rows[] = {
    {"SuspendProcesses", Writes, suspend},
    {"ResumeProcesses", Writes, resume},
    {"EnableMetricsCollection", Writes, enable_metrics},
    {"DisableMetricsCollection", Writes, disable_metrics},
};
const sim::EventRow events[] = {{"autoscaling.metrics", emit_metrics}};

}  // namespace

std::span<const api::HandlerRow> process_rows() { return rows; }
std::span<const sim::EventRow> metric_events() { return events; }

}  // namespace squall::autoscaling
