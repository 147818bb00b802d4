#include "services/dataplane/engine.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "emulator/core/text.h"
#include "emulator/sim/math.h"
#include "emulator/sim/scope.h"

namespace squall::dataplane {
namespace {

constexpr uint32_t generation_mask = 0xffffff;  // as much as a step carries

int64_t ns_of_ms(double ms) { return static_cast<int64_t>(ms * 1e6); }

}  // namespace

TrafficEngine::TrafficEngine(sim::World& world, std::string region, Workload workload, Time start,
                             Time end)
    : world_(&world),
      region_(std::move(region)),
      workload_(std::move(workload)),
      seed_(world.seed()),
      start_ns_(to_ns(start)),
      end_ns_(to_ns(end)),
      now_(start_ns_),
      timeout_ns_(ns_of_ms(workload_.client.timeout_ms)),
      connect_timeout_ns_(ns_of_ms(workload_.client.connect_timeout_ms)),
      rtt_ns_(ns_of_ms(workload_.client.rtt_ms)) {
  check(workload_);
  for (int a = 0; a < zones_max; ++a)
    for (int b = 0; b < zones_max; ++b)
      one_way_ns_[a][b] = ns_of_ms(a == b ? workload_.in_zone_ms : workload_.cross_zone_ms);
  results_.start = start;
  balancers_.emplace_back().wanted = workload_.load_balancer;
  plan_works();
  start_arrivals();
  sim::Scope scope(world, region_);
  scope.at_unique(world.now(), "dataplane.health.sync", "");
  const Time minute = Time{std::chrono::floor<std::chrono::minutes>(start.time_since_epoch())};
  scope.at_unique(minute + 1min, "dataplane.metrics", "");
  scope.at_unique(minute + 10s, "dataplane.host-counts", "");
}

TrafficEngine::~TrafficEngine() = default;

TrafficEngine* engine_of(const sim::Scope& scope) {
  auto* engine = dynamic_cast<TrafficEngine*>(scope.world().engine());
  return engine && engine->region() == scope.region() ? engine : nullptr;
}

void TrafficEngine::run_until(sim::World& world, Time until) {
  const int64_t until_ns = to_ns(until);
  now_ = std::max(now_, to_ns(world.now()));
  refresh(world);
  for (;;) {
    int64_t t = next_arrival_;
    int source = 0;
    if (!heap_.empty() && heap_.front().time < t) {
      t = heap_.front().time;
      source = 1;
    }
    if (!expiries_.empty() && expiries_.front().time < t) {
      t = expiries_.front().time;
      source = 2;
    }
    if (next_share_ < t) {
      t = next_share_;
      source = 3;
    }
    if (t >= until_ns) break;
    now_ = std::max(now_, t);
    if (source == 3) {
      settle_shares();
    } else if (source == 0) {
      arrive();
    } else if (source == 1) {
      const Step step = heap_.front();
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
      heap_.pop_back();
      const Request& r = requests_[step.slot];
      if (r.live && (r.generation & generation_mask) == step.tag >> 8) run_step(step);
    } else {
      expire(expiries_.pop());
    }
  }
  now_ = std::max(now_, until_ns);
}

void TrafficEngine::run_step(const Step& step) {
  const uint32_t slot = step.slot;
  Request& r = requests_[slot];
  switch (static_cast<Kind>(step.tag & 0xff)) {
    case Kind::retry: return begin_attempt(slot);
    case Kind::try_next_node:
      if (r.phase == Phase::connecting) resolve_and_connect(slot);
      return;
    case Kind::alb_timeout:
      if (r.phase == Phase::hung) answer_elb(slot, Outcome::elb_504);
      return;
    case Kind::cpu_done: return after_cpu(slot);
    case Kind::cache_done: return is_lost(r) ? lost_host(slot) : after_database(slot);
    case Kind::cache_passed: return is_lost(r) ? lost_host(slot) : ask_database(slot);
    case Kind::given_up:
      if (r.phase != Phase::waiting) return;  // served meanwhile
      return is_lost(r) ? lost_host(slot) : respond(slot, false);
    case Kind::query_done: return query_done(slot);
    case Kind::query_failed:
      if (is_lost(r)) return lost_host(slot);
      ++databases_[static_cast<size_t>(plan(r).database)].failures;
      release_connection(r);
      return respond(slot, false);
    case Kind::io_done: return is_lost(r) ? lost_host(slot) : respond(slot, true);
    case Kind::call_timeout: return call_timed_out(slot, step.time);
    case Kind::call_good: return attempt_over(slot, true);
    case Kind::call_bad: return attempt_over(slot, false);
    case Kind::call_again: return is_lost(r) ? lost_host(slot) : attempt_call(slot);
  }
}

void TrafficEngine::push(int64_t time, uint32_t slot, Kind kind) {
  const uint32_t generation = requests_[slot].generation & generation_mask;
  heap_.push_back({time, slot, generation << 8 | static_cast<uint32_t>(kind)});
  std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
}

uint32_t TrafficEngine::allocate() {
  if (free_.empty()) {
    const auto first = static_cast<uint32_t>(requests_.size());
    const uint32_t more = std::max<uint32_t>(256, first);
    requests_.resize(first + more);
    states_.resize(first + more);
    for (uint32_t i = more; i-- > 0;) free_.push_back(first + i);
  }
  const uint32_t slot = free_.back();
  free_.pop_back();
  const uint32_t generation = requests_[slot].generation;
  requests_[slot] = Request{};
  requests_[slot].generation = generation;
  requests_[slot].live = true;
  return slot;
}

void TrafficEngine::release(uint32_t slot) {
  requests_[slot].live = false;
  ++requests_[slot].generation;
  free_.push_back(slot);
}

SecondOfClass& TrafficEngine::second_of(const Request& r) {
  ClassResults& c = results_.classes[static_cast<size_t>(r.cls)];
  const auto second = static_cast<size_t>((r.intended - start_ns_) / 1'000'000'000);
  if (second >= c.seconds.size()) c.seconds.resize(second + 1);
  return c.seconds[second];
}

// --- the client's side -----------------------------------------------------------------------

void TrafficEngine::arrive() {
  const size_t cls = next_class_;
  const uint32_t slot = allocate();
  Request& r = requests_[slot];
  r.cls = r.work = static_cast<int16_t>(cls);
  r.intended = next_arrival_;
  ClassState& c = classes_[cls];
  if (workload_.client.retry_budget > 0)
    c.retry_tokens = std::min(100.0, c.retry_tokens + workload_.client.retry_budget);
  SecondOfClass& second = second_of(r);
  ++second.intended;
  ++second.pending;
  ++simulated_;
  c.next = next_arrival(c, next_arrival_);
  pick_next_class();
  begin_attempt(slot);
}

void TrafficEngine::begin_attempt(uint32_t slot) {
  Request& r = requests_[slot];
  r.began = now_;
  r.phase = Phase::connecting;
  r.network = rtt_ns_;
  ++second_of(r).attempts;
  expiries_.push({now_ + timeout_ns_, ticket(slot)});
  resolve_and_connect(slot);
}

int TrafficEngine::pick_node(Request& r) {
  ClassState& c = classes_[static_cast<size_t>(r.cls)];
  const Balancer& balancer = balancers_.front();
  if (balancer.nodes.empty()) return -1;
  const uint32_t every = (1u << balancer.nodes.size()) - 1;
  ClientGroup& group = groups_[c.client.below(groups_.size())];
  if (now_ >= group.expires || !group.mask) {
    // AWS answers with every address when none is healthy.
    group.mask = balancer.dns_mask ? balancer.dns_mask : every;
    const auto ttl_ns = static_cast<int64_t>(workload_.client.dns_ttl_s * 1e9);
    while (group.expires <= now_) group.expires += std::max<int64_t>(ttl_ns, 1'000'000);
  }
  uint32_t left = group.mask & ~uint32_t{r.tried} & every;
  if (!left) return -1;
  uint64_t skip = c.client.below(static_cast<uint64_t>(std::popcount(left)));
  while (skip--) left &= left - 1;
  return std::countr_zero(left);
}

void TrafficEngine::resolve_and_connect(uint32_t slot) {
  Request& r = requests_[slot];
  const int picked = pick_node(r);
  if (picked < 0) {
    settle(slot, balancers_.front().nodes.empty() ? Outcome::unresolved : Outcome::no_connection,
           now_);
    return release(slot);
  }
  r.node = static_cast<uint8_t>(picked);
  r.tried = static_cast<uint8_t>(r.tried | 1u << picked);
  const Node& node = balancers_.front().nodes[static_cast<size_t>(picked)];
  const Path& path = classes_[static_cast<size_t>(r.cls)].path;
  if (node.dark || path.entry[static_cast<size_t>(picked)] == Link::silent)
    return push(now_ + connect_timeout_ns_, slot, Kind::try_next_node);
  if (path.kind == Path::Kind::no_listener) {
    ++balancers_.front().front.connection_errors;
    settle(slot, Outcome::no_connection, now_ + r.network);  // refused: no listener on that port
    return release(slot);
  }
  through_node(slot);
}

void TrafficEngine::through_node(uint32_t slot) {
  Request& r = requests_[slot];
  const Path& path = path_of(slot);
  Balancer& balancer = balancer_of(r);
  Node& node = balancer.nodes[r.node];
  ++node.connections;
  ++balancer.front.requests;
  r.zone = static_cast<uint8_t>(node.zone);
  balancer.front.redirects += static_cast<uint32_t>(path.redirects);
  r.network += path.redirects * rtt_ns_;
  if (path.kind == Path::Kind::redirected_away) {
    ++balancer.front.redirects;
    settle(slot, Outcome::ok, now_ + r.network);
    return release(slot);
  }
  if (path.kind == Path::Kind::fixed || path.pools.empty()) {
    const bool bad = path.kind != Path::Kind::fixed || path.status >= 500;
    if (bad) return answer_elb(slot, Outcome::elb_503);
    settle(slot, Outcome::ok, now_ + r.network);
    return release(slot);
  }
  r.pool = path.pools.front().first;
  if (path.pools.size() > 1) {
    auto draw = static_cast<int64_t>(classes_[static_cast<size_t>(r.cls)].client.below(
        static_cast<uint64_t>(std::max<int64_t>(path.weight, 1))));
    for (const auto& [pool, weight] : path.pools) {
      r.pool = pool;
      if ((draw -= weight) < 0) break;
    }
  }
  offer(slot);
}

int TrafficEngine::pick_target(Pool& pool, const Request& r) {
  const auto& list = pool.cross_zone ? pool.usable : pool.usable_in[r.zone];
  if (list.empty()) return -1;
  if (!pool.least_outstanding) return list[pool.turn[r.node]++ % list.size()];
  const auto load = [&](int t) {
    const Host& host = hosts_[static_cast<size_t>(pool.targets[static_cast<size_t>(t)].host)];
    return host.in_flight + static_cast<int>(host.queue.size());
  };
  const size_t from = pool.turn[r.node]++ % list.size();  // ties go round
  int best = list[from];
  for (size_t i = 1; i < list.size(); ++i) {
    const int other = list[(from + i) % list.size()];
    if (load(other) < load(best)) best = other;
  }
  return best;
}

void TrafficEngine::expire(const Expiry& expiry) {
  if (!is_current(expiry.ticket)) return;
  const uint32_t slot = expiry.ticket.slot;
  Request& r = requests_[slot];
  if (r.abandoned || r.phase == Phase::backoff || r.began + timeout_ns_ != expiry.time) return;
  const bool connecting = r.phase == Phase::connecting;
  if (!connecting && r.pool >= 0) ++counters(r).elb_4xx;  // 460: the client closed
  const bool ends_here = connecting || r.phase == Phase::hung;
  settle(slot, connecting ? Outcome::no_connection : Outcome::client_timeout, expiry.time);
  if (ends_here)
    release(slot);
  else
    requests_[slot].abandoned = true;  // the target works on: nobody told it
}

bool TrafficEngine::may_retry(ClassState& c, const Request& r, Outcome outcome) const {
  if (outcome == Outcome::ok || outcome == Outcome::slow) return false;
  if (r.attempt >= workload_.client.attempts_max) return false;
  if (workload_.client.retry_budget <= 0) return true;
  if (c.retry_tokens < 1) return false;
  c.retry_tokens -= 1;
  return true;
}

/// The client's attempt is over; the intended request is too, unless it tries again.
void TrafficEngine::settle(uint32_t slot, Outcome outcome, int64_t at) {
  const Request r = requests_[slot];
  if (r.abandoned) return;
  if (r.nested) return answer_caller(slot, outcome == Outcome::ok, at);
  ClassState& c = classes_[static_cast<size_t>(r.cls)];
  if (!may_retry(c, r, outcome)) return record(r, outcome, at);
  const ClientModel& client = workload_.client;
  double limit_ms = client.backoff_base_ms;
  for (int i = 1; i < r.attempt && limit_ms < client.backoff_cap_ms; ++i) limit_ms *= 2;
  limit_ms = std::min(limit_ms, client.backoff_cap_ms);
  const uint32_t again = allocate();
  Request& next = requests_[again];
  next.cls = r.cls;
  next.work = r.work;
  next.intended = r.intended;
  next.attempt = static_cast<uint8_t>(r.attempt + 1);
  next.phase = Phase::backoff;
  push(at + ns_of_ms(c.client.uniform() * limit_ms), again, Kind::retry);
}

void TrafficEngine::record(const Request& r, Outcome outcome, int64_t at) {
  const RequestClass& cls = workload_.classes[static_cast<size_t>(r.cls)];
  const int64_t latency = std::max<int64_t>(at - r.intended, 0);
  const double objective_ms =
      cls.objective_ms > 0 ? cls.objective_ms : workload_.client.timeout_ms;
  if (outcome == Outcome::ok && latency > ns_of_ms(objective_ms)) outcome = Outcome::slow;
  SecondOfClass& second = second_of(r);
  --second.pending;
  ++second.by_outcome[static_cast<size_t>(outcome)];
  ClassResults& results = results_.classes[static_cast<size_t>(r.cls)];
  const auto ten = static_cast<size_t>((r.intended - start_ns_) / 10'000'000'000);
  if (ten >= results.tens.size()) results.tens.resize(ten + 1);
  results.tens[ten].add(latency / 1000);
}

void TrafficEngine::finish(Time now) {
  now_ = std::max(now_, to_ns(now));
  workload_.client.attempts_max = 1;
  for (uint32_t slot = 0; slot < requests_.size(); ++slot) {
    const Request r = requests_[slot];
    if (!r.live || r.abandoned || r.nested) continue;
    record(r, Outcome::client_timeout, std::max(now_, r.intended + timeout_ns_));
    requests_[slot].abandoned = true;
  }
}

}  // namespace squall::dataplane
