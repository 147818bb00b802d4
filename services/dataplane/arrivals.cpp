// When requests are intended to start: Poisson or even arrivals of any profile, replayed lists.
#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/math.h"
#include "services/dataplane/engine.h"

namespace squall::dataplane {
namespace {

constexpr int64_t never = std::numeric_limits<int64_t>::max();

/// The end of the stretch of time at `t_s` over which a profile's rate is taken as constant.
double stretch_end(const Profile& profile, double t_s) {
  double end = sim::floor(t_s) + 1;
  for (const Profile::Point& p : profile.points)
    if (p.at_s > t_s && p.at_s < end) end = p.at_s;
  return end;
}

}  // namespace

void TrafficEngine::start_arrivals() {
  double weights = 0;
  for (const RequestClass& c : workload_.classes) weights += c.has_own_profile ? 0 : c.weight;
  for (const RequestClass& c : workload_.classes) {
    ClassState state;
    state.arrivals = sim::Stream(seed_, cat("traffic/", c.name));
    state.client = sim::Stream(seed_, cat("client/", c.name));
    state.profile = c.has_own_profile ? &c.profile : &workload_.profile;
    state.share = c.has_own_profile ? 1 : weights > 0 ? c.weight / weights : 0;
    classes_.push_back(std::move(state));
    ClassResults results;
    results.name = c.name;
    results.tier = c.tier.empty() ? c.name : c.tier;
    results.needs_database = needs(c, false);
    results.needs_cache = needs(c, true);
    results_.classes.push_back(std::move(results));
  }
  sim::Stream resolvers(seed_, "resolvers");
  groups_.resize(static_cast<size_t>(workload_.client.groups));
  for (ClientGroup& g : groups_)
    g.expires = start_ns_ + static_cast<int64_t>(resolvers.uniform() *
                                                 workload_.client.dns_ttl_s * 1e9);
  for (ClassState& c : classes_) c.next = next_arrival(c, start_ns_);
  pick_next_class();
}

int64_t TrafficEngine::next_arrival(ClassState& c, int64_t from) {
  const Profile& profile = *c.profile;
  if (profile.kind == Profile::Kind::replay) {
    if (c.replay_at >= profile.replay_s.size()) return never;
    const int64_t at =
        start_ns_ + static_cast<int64_t>(profile.replay_s[c.replay_at++] * 1e9);
    return at < end_ns_ ? std::max(at, from) : never;
  }
  double need = profile.is_poisson ? c.arrivals.exponential(1) : 1;
  if (profile.kind == Profile::Kind::constant) {
    const double rate = profile.rate * c.share;
    if (rate <= 0) return never;
    const int64_t at = from + static_cast<int64_t>(need / rate * 1e9);
    return at < end_ns_ ? at : never;
  }
  double t_s = static_cast<double>(from - start_ns_) * 1e-9;
  const double last_s = static_cast<double>(end_ns_ - start_ns_) * 1e-9;
  while (t_s < last_s) {
    const double end_s = stretch_end(profile, t_s);
    const double rate = c.share * profile.rate_at((t_s + end_s) / 2);
    const double mass = rate * (end_s - t_s);
    if (mass >= need) {
      const int64_t at = start_ns_ + static_cast<int64_t>((t_s + need / rate) * 1e9);
      return at < end_ns_ ? std::max(at, from) : never;
    }
    need -= mass;
    t_s = end_s;
  }
  return never;
}

void TrafficEngine::pick_next_class() {
  next_class_ = 0;
  for (size_t i = 1; i < classes_.size(); ++i)
    if (classes_[i].next < classes_[next_class_].next) next_class_ = i;
  next_arrival_ = classes_[next_class_].next;
}

}  // namespace squall::dataplane
