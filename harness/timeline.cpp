#include "harness/timeline.h"

#include <algorithm>
#include <cmath>

#include "emulator/core/text.h"
#include "services/autoscaling/autoscaling.h"
#include "services/ecs/ecs.h"
#include "services/elasticache/elasticache.h"
#include "services/elbv2/elbv2.h"
#include "services/rds/rds.h"

namespace squall::harness {

Series& Timeline::series(const std::string& panel, const std::string& name,
                         const std::string& unit) {
  const auto [at, is_new] = found_.try_emplace({panel, name}, run_.report.series.size());
  if (!is_new) return run_.report.series[at->second];
  Series s{panel, name, unit, step_s_, {}};
  s.values.assign(samples_, std::nan(""));
  return run_.report.series.emplace_back(std::move(s));
}

void Timeline::add(const std::string& panel, const std::string& name, const std::string& unit,
                   double value) {
  series(panel, name, unit).values.push_back(value);
}

void Timeline::sample() {
  const sim::Scope scope = run_.scope();
  for (const elbv2::TargetGroup& group : scope.all<elbv2::TargetGroup>()) {
    double healthy = 0, registered = 0;
    for (const elbv2::Target& target : group.targets) {
      healthy += target.state == "healthy";
      registered += target.state != "draining";
    }
    add("targets", cat(group.name, " healthy"), "", healthy);
    add("targets", cat(group.name, " registered"), "", registered);
  }
  for (const autoscaling::Group& group : scope.all<autoscaling::Group>()) {
    const auto in_service =
        std::ranges::count(group.instances, "InService", &autoscaling::GroupInstance::lifecycle);
    add("capacity", cat(group.id, " in service"), "", static_cast<double>(in_service));
    add("capacity", cat(group.id, " desired"), "", static_cast<double>(group.desired));
  }
  add_tasks(scope);
  for (const rds::DbInstance& db : scope.all<rds::DbInstance>())
    add("data stores", cat(db.id, " serving"), "", rds::is_serving(scope, db) ? 1 : 0);
  for (const elasticache::ReplicationGroup& group : scope.all<elasticache::ReplicationGroup>()) {
    double serving = 0;
    for (const elasticache::NodeGroup& shard : group.node_groups)
      for (const elasticache::CacheNode& node : shard.nodes)
        serving += node.role == "primary" && node.serving_since;
    add("data stores", cat(group.id, " primaries serving"), "", serving);
  }
  ++samples_;
  for (Series& s : run_.report.series)  // what has gone meanwhile
    if (s.values.size() < samples_) s.values.push_back(std::nan(""));
}

/// Each service's tasks, or, where a cluster has too many services to be told apart in a plot, the
/// cluster's.
void Timeline::add_tasks(const sim::Scope& scope) {
  constexpr size_t services_shown_max = 12;
  std::map<std::string, std::vector<const ecs::Service*>> clusters;
  for (const ecs::Service& service : scope.all<ecs::Service>())
    if (service.status != "INACTIVE") clusters[service.cluster].push_back(&service);
  for (const auto& [cluster, services] : clusters) {
    double running_in_all = 0, desired_in_all = 0;
    for (const ecs::Service* service : services) {
      double running = 0;
      for (const ecs::Task* task : scope.by<ecs::Task>(cat("live:", service->id)))
        running += task->last_status == "RUNNING";
      running_in_all += running;
      desired_in_all += static_cast<double>(service->desired);
      if (services.size() > services_shown_max) continue;
      const std::string name = cat(cluster, '/', service->name);
      add("tasks", cat(name, " running"), "", running);
      add("tasks", cat(name, " desired"), "", static_cast<double>(service->desired));
    }
    if (services.size() <= services_shown_max) continue;
    add("tasks", cat(cluster, " running"), "", running_in_all);
    add("tasks", cat(cluster, " desired"), "", desired_in_all);
  }
}

void Timeline::add_traffic() {
  const dataplane::Results& results = run_.results();
  size_t seconds = 0;
  for (const auto& c : results.classes) seconds = std::max(seconds, c.seconds.size());
  Series intended{"requests", "intended", "1/s", 1, {}}, good{"requests", "good", "1/s", 1, {}},
      availability{"availability", "availability", "%", 1, {}};
  std::array<Series, dataplane::outcome_count> bad;
  for (size_t o = 0; o < bad.size(); ++o)
    bad[o] = {"errors", std::string(to_string(static_cast<dataplane::Outcome>(o))), "1/s", 1, {}};
  for (size_t i = 0; i < seconds; ++i) {
    double all = 0, fine = 0;
    std::array<double, dataplane::outcome_count> outcomes{};
    for (const auto& c : results.classes) {
      if (i >= c.seconds.size()) continue;
      all += c.seconds[i].intended;
      fine += c.seconds[i].good();
      for (size_t o = 0; o < bad.size(); ++o) outcomes[o] += c.seconds[i].by_outcome[o];
    }
    intended.values.push_back(all);
    good.values.push_back(fine);
    availability.values.push_back(all > 0 ? fine / all * 100 : std::nan(""));
    for (size_t o = 1; o < bad.size(); ++o) bad[o].values.push_back(outcomes[o]);
  }
  auto& out = run_.report.series;
  std::vector<Series> traffic{std::move(availability), std::move(intended), std::move(good)};
  for (size_t o = 1; o < bad.size(); ++o)
    if (std::ranges::any_of(bad[o].values, [](double v) { return v > 0; }))
      traffic.push_back(std::move(bad[o]));
  for (const auto& [name, q] : {std::pair{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}}) {
    Series s{"latency", name, "ms", 10, {}};
    for (size_t ten = 0; ten * 10 < seconds; ++ten) {
      dataplane::Histogram merged;
      for (const auto& c : results.classes)
        if (ten < c.tens.size()) merged.add(c.tens[ten]);
      s.values.push_back(merged.count() ? merged.percentile_ms(q) : std::nan(""));
    }
    traffic.push_back(std::move(s));
  }
  out.insert(out.begin(), std::make_move_iterator(traffic.begin()),
             std::make_move_iterator(traffic.end()));
  Series cpu{"cpu", "web servers, mean", "%", 60, {}};
  size_t minutes = 0;
  for (const auto& t : results.targets) minutes = std::max(minutes, t.minutes.size());
  for (size_t m = 0; m < minutes; ++m) {
    double busy = 0, cores = 0;
    for (const auto& t : results.targets) {
      if (m >= t.minutes.size() || t.minutes[m].requests == 0) continue;
      busy += t.minutes[m].cpu_busy_s;
      cores += t.vcpus;
    }
    cpu.values.push_back(cores > 0 ? busy / (cores * 60) * 100 : std::nan(""));
  }
  out.push_back(std::move(cpu));
}

void Timeline::finish() {
  if (run_.engine) add_traffic();
}

namespace {

std::string category_of(const sim::JournalEntry& e) {
  if (e.category == "fault") return "fault";
  if (e.name.starts_with("rds.")) return "rds";
  if (e.name.starts_with("elasticache.")) return "cache";
  if (e.name == "autoscaling.activity") return "scaling";
  if (e.name == "cloudwatch.alarm-state") return "alarm";
  if (e.name == "elbv2.target-health") return "targets";
  if (e.name.starts_with("ecs.")) return "tasks";
  if (e.name.starts_with("fault.")) return "fault";
  return "other";
}

}  // namespace

std::vector<Mark> marks_of(const Run& run) {
  std::vector<Mark> marks;
  for (const sim::JournalEntry& e : run.world.journal().entries()) {
    if ((e.category != "event" && e.category != "fault") || e.sequence <= run.deployed) continue;
    const std::string category = category_of(e);
    if (category == "other" && e.name != "ec2.instance-state") continue;
    const bool named = category == "fault" || e.message.empty();
    const bool is_arn = e.subject.starts_with("arn:");  // of which the resource tells enough
    marks.push_back({run.since_start_s(e.time), category,
                     is_arn ? e.subject.substr(e.subject.rfind(':') + 1) : e.subject,
                     named ? cat(e.name, e.message.empty() ? "" : ": ", e.message) : e.message});
  }
  return marks;
}

std::vector<PhaseRow> phases_of(const Run& run) {
  std::vector<PhaseRow> rows;
  if (!run.engine) return rows;
  auto add = [&](const std::string& name, Time from, Time to) {
    if (to <= from) return;
    const dataplane::Totals totals = run.results().totals(from, to);
    PhaseRow row{name, run.since_start_s(from), run.since_start_s(to), totals.intended,
                 totals.by_outcome[0], totals.latency.percentile_ms(0.5),
                 totals.latency.percentile_ms(0.95), totals.latency.percentile_ms(0.99),
                 totals.latency.percentile_ms(1), ""};
    size_t worst = 0;
    for (size_t o = 1; o < totals.by_outcome.size(); ++o)
      if (totals.by_outcome[o] > (worst ? totals.by_outcome[worst] : 0)) worst = o;
    if (worst) {
      row.worst = cat(to_string(static_cast<dataplane::Outcome>(worst)), " (",
                      totals.by_outcome[worst], ")");
    }
    rows.push_back(std::move(row));
  };
  if (run.faults.empty()) {
    add("storm", run.start, run.end);
    return rows;
  }
  const Time from = run.faults.front().from, to = run.faults.front().to.value_or(run.end);
  add("before", run.start, from);
  add("during", from, to);
  add("after", to, run.end);
  return rows;
}

void journal_aggregates(Run& run) {
  if (!run.engine) return;
  for (const auto& c : run.results().classes) {
    for (size_t i = 0; i < c.seconds.size(); ++i) {
      const auto& second = c.seconds[i];
      sim::JournalEntry entry;
      entry.time = run.start + std::chrono::seconds{i};
      entry.category = "aggregate";
      entry.name = "requests";
      entry.region = run.drill.region;
      entry.subject = c.name;
      entry.detail = cat("{\"intended\":", second.intended, ",\"attempts\":", second.attempts);
      for (size_t o = 0; o < second.by_outcome.size(); ++o)
        if (second.by_outcome[o])
          entry.detail += cat(",\"", to_string(static_cast<dataplane::Outcome>(o)),
                              "\":", second.by_outcome[o]);
      entry.detail += '}';
      run.world.journal(std::move(entry));
    }
  }
}

}  // namespace squall::harness
