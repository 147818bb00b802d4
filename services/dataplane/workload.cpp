#include "services/dataplane/workload.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/math.h"

namespace squall::dataplane {
namespace {

AwsError invalid(std::string message) { return {"InvalidWorkload", std::move(message)}; }

/// Bhaskara's approximation is exact at the quarter periods and needs no libm.
double sine(double turns) {
  double x = turns - sim::floor(turns);
  const bool negative = x >= 0.5;
  if (negative) x -= 0.5;
  const double d = x * 360;  // degrees in [0, 180)
  const double v = 4 * d * (180 - d) / (40500 - d * (180 - d));
  return negative ? -v : v;
}


std::string_view size_of(std::string_view type) {
  const size_t dot = type.rfind('.');
  return dot == type.npos ? type : type.substr(dot + 1);
}

std::string_view family_of(std::string_view type) {
  for (const char* prefix : {"db.", "cache."})
    if (type.starts_with(prefix)) type.remove_prefix(std::string_view(prefix).size());
  return type.substr(0, type.find('.'));
}

}  // namespace

double Profile::rate_at(double t_s) const {
  switch (kind) {
    case Kind::constant: return rate;
    case Kind::diurnal: return std::max(0.0, rate * (1 + amplitude * sine(t_s / period_s - 0.25)));
    case Kind::replay: return 0;
    case Kind::points: break;
  }
  if (points.empty()) return 0;
  if (t_s < points.front().at_s) return points.front().rate;
  for (size_t i = points.size(); i-- > 0;) {
    if (t_s < points[i].at_s) continue;
    if (i + 1 == points.size()) return points[i].rate;
    const Point &a = points[i], &b = points[i + 1];
    return a.rate + (b.rate - a.rate) * (t_s - a.at_s) / (b.at_s - a.at_s);
  }
  return 0;
}

double Profile::rate_max() const {
  switch (kind) {
    case Kind::constant: return rate;
    case Kind::diurnal: return rate * (1 + amplitude);
    case Kind::replay: return 0;
    case Kind::points: break;
  }
  double most = 0;
  for (const Point& p : points) most = std::max(most, p.rate);
  return most;
}

const ServerModel& Workload::server_of(const std::string& arn, const std::string& name) const {
  static const ServerModel usual;
  const ServerModel* any = &usual;
  for (const ServerModel& s : servers) {
    if (!s.service.empty()) continue;
    if (s.target_group == arn || s.target_group == name) return s;
    if (s.target_group.empty()) any = &s;
  }
  return *any;
}

const ServerModel* Workload::server_of_service(const std::string& cluster,
                                               const std::string& name) const {
  for (const ServerModel& s : servers)
    if (!s.service.empty() && (s.service == name || s.service == cat(cluster, '/', name)))
      return &s;
  return nullptr;
}

namespace {

void check_calls(const Workload& w, const Work& work, const std::string& owner, size_t depth) {
  if (depth > w.operations.size())
    throw invalid(cat("The calls of ", owner, " lead back to where they came from."));
  if (work.calls_internet && !work.calls.empty())
    throw invalid(cat(owner, " has calls: calls_internet is a third party among them."));
  for (const Call& call : work.calls) {
    const std::string name = cat("The call of ", owner, " to ", call.target);
    if (call.attempts_max < 1 || call.timeout_ms <= 0)
      throw invalid(cat(name, " makes at least one attempt and waits longer than nothing."));
    if (call.share < 0 || call.share > 1)
      throw invalid(cat(name, " is made by a share that is not between 0 and 1."));
    if (call.reads < 0 || call.writes < 0) throw invalid(cat(name, " has negative units."));
    const bool is_table = call.kind == Call::Kind::table;
    if (is_table != (call.reads > 0 || call.writes > 0))
      throw invalid(cat(name, is_table ? " reads and writes nothing." : " is no table's."));
    if (call.operation.empty()) continue;
    const auto at = std::ranges::find(w.operations, call.operation, &Operation::name);
    if (at == w.operations.end())
      throw invalid(cat(name, " names an unknown operation: ", call.operation));
    check_calls(w, *at, cat("operation ", at->name), depth + 1);
  }
}

void check_behaviours(const Workload& w) {
  for (const Behaviour& b : w.behaviours)
    if (b.error_share < 0 || b.error_share > 1)
      throw invalid("A behaviour's share of errors is not between 0 and 1.");
}

}  // namespace

void check(const Workload& w) {
  if (w.classes.empty()) throw invalid("A workload needs at least one class of requests.");
  double rate = w.profile.rate_max(), weights = 0;
  for (const RequestClass& c : w.classes) {
    if (c.has_own_profile) rate += c.profile.rate_max();
    weights += c.has_own_profile ? 0 : c.weight;
    if (c.weight < 0) throw invalid(cat("The weight of class ", c.name, " is negative."));
    if (c.write_share < 0 || c.write_share > 1 || c.cache_hit_ratio < 0 || c.cache_hit_ratio > 1)
      throw invalid(cat("A share of class ", c.name, " is not between 0 and 1."));
    if (c.cpu.mean_ms < 0 || c.io.mean_ms < 0)
      throw invalid(cat("A demand of class ", c.name, " is negative."));
  }
  if (rate > request_mode_rate_max) {
    throw invalid(cat("The workload peaks at ", static_cast<int64_t>(rate),
                      " requests a second; request mode carries ",
                      static_cast<int64_t>(request_mode_rate_max),
                      " and the fluid mode is not built yet."));
  }
  for (const Profile::Point& p : w.profile.points)
    if (p.rate < 0) throw invalid("A point of the traffic profile has a negative rate.");
  if (w.profile.rate < 0) throw invalid("The traffic's rate is negative.");
  for (size_t i = 1; i < w.profile.points.size(); ++i)
    if (w.profile.points[i].at_s < w.profile.points[i - 1].at_s)
      throw invalid("The points of the traffic profile are not in order of time.");
  if (rate > 0 && weights <= 0 && w.profile.rate_max() > 0)
    throw invalid("No class takes a share of the traffic profile.");
  if (w.client.attempts_max < 1 || w.client.timeout_ms <= 0 || w.client.groups < 1)
    throw invalid("A client makes at least one attempt and waits longer than nothing.");
  for (const RequestClass& c : w.classes) check_calls(w, c, cat("class ", c.name), 0);
  for (const Operation& o : w.operations) check_calls(w, o, cat("operation ", o.name), 1);
  check_behaviours(w);
  for (const ServerModel& s : w.servers)
    if (s.workers < 1 || s.queue_max < 0) throw invalid("A server needs at least one worker.");
}

int vcpus_of(const std::string& type) {
  const std::string_view size = size_of(type), family = family_of(type);
  const bool old_burstable = family == "t1" || family == "t2" || family == "m1";
  if (size == "nano" || size == "micro" || size == "small") return old_burstable ? 1 : 2;
  if (size == "medium") return family == "m1" || family == "m3" || family == "m6g" ? 1 : 2;
  if (size == "large") return 2;
  if (size == "xlarge" || size == "metal") return size == "metal" ? 96 : 4;
  const size_t x = size.find("xlarge");
  if (x != size.npos)
    if (const auto n = parse_int(size.substr(0, x))) return static_cast<int>(*n) * 4;
  return 2;
}

double memory_gib_of(const std::string& type) {
  const std::string_view size = size_of(type), family = family_of(type);
  if (family.starts_with("t")) {
    if (size == "nano") return 0.5;
    if (size == "micro") return 1;
    if (size == "small") return 2;
    if (size == "medium") return 4;
  }
  const double each = family.starts_with("r") || family.starts_with("x") ? 8
                      : family.starts_with("c")                          ? 2
                                                                         : 4;
  return each * vcpus_of(type);
}

}  // namespace squall::dataplane
