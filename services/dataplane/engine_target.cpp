// The target's side of a request: load balancer node, queue, CPU, cache, database, answer.
#include <algorithm>

#include "emulator/sim/math.h"
#include "services/dataplane/engine.h"

namespace squall::dataplane {
namespace {

constexpr int64_t second_ns = 1'000'000'000;
// ALB's time to connect to a target (FACTS.md section 2, ALB errors).
constexpr int64_t alb_connect_timeout_ns = 10 * second_ns;
// The first retransmission of a lost segment (RFC 6298's minimum as Linux has it); doubles after.
constexpr int64_t retransmission_ns = 200'000'000;
constexpr double internet_call_ms = 20;

int64_t ns_of_ms(double ms) { return static_cast<int64_t>(ms * 1e6); }

}  // namespace

void Station::resize(int servers, int64_t now) {
  if (servers == this->servers()) return;
  std::sort(free_.begin(), free_.end());
  free_.resize(static_cast<size_t>(std::max(servers, 1)), now);
}

int64_t Station::wait(int64_t now) const {
  int64_t first = free_.empty() ? now : free_.front();
  for (const int64_t f : free_) first = std::min(first, f);
  return std::max<int64_t>(first - now, 0);
}

int64_t Station::busy(int64_t now) const {
  int64_t ahead = 0;  // assigned, but not yet worked
  for (const int64_t f : free_) ahead += std::max<int64_t>(f - now, 0);
  return assigned_ - ahead;
}

void Station::clear(int64_t now) {
  assigned_ = busy(now);
  for (int64_t& f : free_) f = std::min(f, now);
}

int64_t TrafficEngine::draw(sim::Stream& stream, const Demand& demand) {
  if (demand.mean_ms <= 0) return 0;
  double ms = demand.mean_ms;
  if (demand.shape == Demand::Shape::exponential) {
    ms = stream.exponential(1 / demand.mean_ms);
  } else if (demand.shape == Demand::Shape::lognormal) {
    const double median = demand.mean_ms * sim::exp(-0.5 * demand.sigma * demand.sigma);
    ms = stream.lognormal(median, demand.sigma);
  }
  return ns_of_ms(ms);
}

int64_t TrafficEngine::faulty_delay(const PathFault& fault, sim::Stream& stream) {
  int64_t delay = fault.delay_ns;
  if (fault.jitter_ns)
    delay += static_cast<int64_t>(stream.uniform(-1, 1) * static_cast<double>(fault.jitter_ns));
  int64_t wait = retransmission_ns;
  for (int i = 0; fault.loss > 0 && i < 8 && stream.chance(fault.loss); ++i, wait *= 2)
    delay += wait;
  return std::max<int64_t>(delay, 0);
}

int64_t TrafficEngine::round_trip(int from_zone, int to_zone, const Host& host,
                                  sim::Stream& stream) {
  int64_t time = 2 * one_way_ns_[from_zone][to_zone];
  if (!has_path_faults_) return time;
  const PathFault* faults[] = {&path_fault_[from_zone][to_zone], &path_fault_[to_zone][from_zone],
                               &host.fault};
  for (const PathFault* fault : faults)
    if (fault->any()) time += faulty_delay(*fault, stream);
  return time;
}

int64_t TrafficEngine::round_trip(const Host& from, const Host& to) {
  // The caller's stream: each host's draws are its own.
  sim::Stream& stream = hosts_[static_cast<size_t>(&from - hosts_.data())].stream;
  int64_t time = round_trip(from.zone, to.zone, from, stream);
  if (has_path_faults_ && to.fault.any()) time += faulty_delay(to.fault, stream);
  return time;
}

/// A load balancer node has chosen the target group; now a target.
void TrafficEngine::offer(uint32_t slot) {
  Request& r = requests_[slot];
  Pool& pool = pools_[static_cast<size_t>(r.pool)];
  ++counters(r).requests;
  const int picked = pick_target(pool, r);
  if (picked < 0) return answer_elb(slot, Outcome::elb_503);
  Target& target = pool.targets[static_cast<size_t>(picked)];
  Host& host = hosts_[static_cast<size_t>(target.host)];
  r.host = target.host;
  r.host_epoch = host.epoch;
  r.sent = now_;
  ++host.requests;
  ++host.requests_by_node[r.node];
  const Link link = target_link(pool, target, r.node);
  if (link == Link::silent) {
    r.phase = Phase::hung;
    ++counters(r).connection_errors;
    return push(now_ + alb_connect_timeout_ns, slot, Kind::alb_timeout);
  }
  if (link == Link::refused) {
    ++counters(r).connection_errors;
    return answer_elb(slot, Outcome::elb_502);
  }
  r.network += round_trip(r.zone, host.zone, host, host.stream);
  enter(slot);
}

/// A connection reaches the target's program.
void TrafficEngine::enter(uint32_t slot) {
  Request& r = requests_[slot];
  Host& host = host_of(r);
  if (host.in_flight < host.workers) {
    ++host.in_flight;
    return start_cpu(slot);
  }
  if (static_cast<int>(host.queue.size()) >= host.queue_max) {
    if (!is_direct(r)) ++counters(r).connection_errors;
    return answer_elb(slot, Outcome::elb_502);  // its backlog is full: reset
  }
  r.phase = Phase::queued;
  host.queue.push(ticket(slot));
}

void TrafficEngine::start_cpu(uint32_t slot) {
  Request& r = requests_[slot];
  Host& host = hosts_[static_cast<size_t>(r.host)];
  r.phase = Phase::cpu;
  int64_t demand = draw(host.stream, plan(r).model->cpu);
  if (host.is_task) host.wanted_s += static_cast<double>(demand) * 1e-9;
  const double pace = host.speed * host.share;
  if (pace < 1) demand = static_cast<int64_t>(static_cast<double>(demand) / pace);
  push(host.cpu.serve(now_, demand), slot, Kind::cpu_done);
}

void TrafficEngine::after_cpu(uint32_t slot) {
  Request& r = requests_[slot];
  if (is_lost(r)) return lost_host(slot);
  const WorkPlan& work = plan(r);
  Host& host = host_of(r);
  if (host.error_share > 0 && host.stream.chance(host.error_share)) return respond(slot, false);
  if (work.database >= 0 && work.model->write_share > 0)
    r.write = host.stream.chance(work.model->write_share);
  if (work.cache >= 0 && !r.write) return ask_cache(slot);
  ask_database(slot);
}

void TrafficEngine::give_up_after(uint32_t slot, double ms) {
  requests_[slot].phase = Phase::waiting;
  push(now_ + ns_of_ms(ms), slot, Kind::given_up);
}

void TrafficEngine::ask_cache(uint32_t slot) {
  const Request& r = requests_[slot];
  const auto index = static_cast<size_t>(plan(r).cache);
  const Work& work = *plan(r).model;
  const CacheModel& model = workload_.caches[index];
  Cache& cache = caches_[index];
  Host& host = hosts_[static_cast<size_t>(r.host)];
  ++host.cache_requests[index];
  Link link = cache_link(host, index);
  if (link == Link::open && !cache.serving) link = Link::refused;
  // Until its resolver's entry ends, the host talks to the node that was primary before.
  if (now_ < cache.switched_at + ns_of_ms(host.dns_phase * model.dns_ttl_s * 1e3))
    link = Link::silent;
  if (link != Link::open) {
    ++cache.failures;
    const double wait_ms = link == Link::silent ? model.timeout_ms : 0;
    if (work.cache_required) return give_up_after(slot, wait_ms);
    return push(now_ + ns_of_ms(wait_ms), slot, Kind::cache_passed);
  }
  const bool hit = cache.stream.chance(work.cache_hit_ratio);
  ++(hit ? cache.hits : cache.misses);
  const int64_t took = draw(cache.stream, {model.operation_ms}) +
                       round_trip(host.zone, cache.zone, host, host.stream);
  push(now_ + took, slot, hit ? Kind::cache_done : Kind::cache_passed);
}

void TrafficEngine::ask_database(uint32_t slot) {
  Request& r = requests_[slot];
  const int index = plan(r).database;
  if (index < 0) return after_database(slot);
  const DatabaseModel& model = workload_.databases[static_cast<size_t>(index)];
  Database& db = databases_[static_cast<size_t>(index)];
  Host& host = hosts_[static_cast<size_t>(r.host)];
  ConnectionPool& pool = host.pools[static_cast<size_t>(index)];
  ++host.database_requests[static_cast<size_t>(index)];
  if (pool.in_use >= model.pool_size) {
    pool.waiting.push(ticket(slot));
    return give_up_after(slot, model.connect_timeout_ms);
  }
  if (db.connections >= db.max_connections) {  // "too many clients already"
    ++db.failures;
    return respond(slot, false);
  }
  start_query(slot);
}

int64_t TrafficEngine::query_time(Database& db, const DatabaseModel& model, const Request& r) {
  const double queries = plan(r).model->queries;
  Host& host = hosts_[static_cast<size_t>(r.host)];
  const int64_t cpu = draw(db.stream, {model.query_cpu_ms * queries});
  int64_t time = db.cpu.serve(now_, cpu) - now_ +
                 draw(db.stream, {model.query_io_ms * queries});
  const auto trips = static_cast<int64_t>(sim::ceil(queries));
  time += trips * round_trip(host.zone, db.zone, host, host.stream);
  if (r.write) {
    int64_t commit = ns_of_ms(model.commit_ms / 2) + draw(db.stream, {model.commit_ms / 2});
    if (db.multi_az && db.in_sync) commit += 2 * one_way_ns_[db.zone][db.standby_zone];
    db.commit_s += static_cast<double>(commit) * 1e-9;
    time += commit;
  }
  return time;
}

void TrafficEngine::start_query(uint32_t slot) {
  Request& r = requests_[slot];
  const auto index = static_cast<size_t>(plan(r).database);
  const DatabaseModel& model = workload_.databases[index];
  Database& db = databases_[index];
  Host& host = hosts_[static_cast<size_t>(r.host)];
  r.phase = Phase::query;
  r.holds_connection = true;
  r.query_began = now_;
  r.database_epoch = db.epoch;
  ++host.pools[index].in_use;
  ++db.connections;
  Link link = database_link(host, index);
  if (link == Link::open && (!db.serving || now_ < db.serving_from)) link = Link::refused;
  if (now_ < db.switched_at + ns_of_ms(host.dns_phase * model.dns_ttl_s * 1e3))
    link = Link::silent;
  if (link == Link::silent)
    return push(now_ + ns_of_ms(model.connect_timeout_ms), slot, Kind::query_failed);
  if (link == Link::refused) {
    ++db.failures;
    release_connection(r);
    return respond(slot, false);
  }
  const int64_t time = query_time(db, model, r);
  const int64_t limit = ns_of_ms(model.query_timeout_ms);
  if (time > limit) return push(now_ + limit, slot, Kind::query_failed);
  push(now_ + time, slot, Kind::query_done);
}

void TrafficEngine::query_done(uint32_t slot) {
  Request& r = requests_[slot];
  if (is_lost(r)) return lost_host(slot);
  const auto index = static_cast<size_t>(plan(r).database);
  Database& db = databases_[index];
  const Link link = database_link(host_of(r), index);
  if (db.epoch != r.database_epoch || link == Link::silent) {
    // The connection broke meanwhile: silence until its time-out.
    const int64_t limit = ns_of_ms(workload_.databases[index].query_timeout_ms);
    return push(std::max(now_, r.query_began + limit), slot, Kind::query_failed);
  }
  if (r.write && now_ < db.commits_held_until) return hold_commit(slot);
  const double took_s = static_cast<double>(now_ - r.query_began) * 1e-9;
  ++(r.write ? db.writes : db.reads);
  (r.write ? db.write_s : db.read_s) += took_s;
  if (r.write) acknowledge(db);
  release_connection(r);
  after_database(slot);
}

/// No standby confirms it, and the primary has not yet given up on the standby: it waits for
/// either.
void TrafficEngine::hold_commit(uint32_t slot) {
  const Request& r = requests_[slot];
  const auto index = static_cast<size_t>(plan(r).database);
  Database& db = databases_[index];
  const int64_t limit = r.query_began + ns_of_ms(workload_.databases[index].query_timeout_ms);
  if (db.commits_held_until > limit) return push(std::max(now_, limit), slot, Kind::query_failed);
  db.commit_s += static_cast<double>(db.commits_held_until - now_) * 1e-9;
  push(db.commits_held_until, slot, Kind::query_done);
}

/// The client will be told that its commit is safe; whether the standby has it is another matter.
void TrafficEngine::acknowledge(Database& db) {
  CommitLedger& ledger = *db.ledger;
  ++ledger.acknowledged;
  if (!db.multi_az || db.in_sync) return;
  const int64_t second = now_ / second_ns;
  if (ledger.unreplicated.empty() || ledger.unreplicated.back().first != second)
    ledger.unreplicated.emplace_back(second, 0);
  ++ledger.unreplicated.back().second;
}

void TrafficEngine::release_connection(Request& r) {
  if (!r.holds_connection) return;
  r.holds_connection = false;
  const auto index = static_cast<size_t>(plan(r).database);
  ConnectionPool& pool = hosts_[static_cast<size_t>(r.host)].pools[index];
  --pool.in_use;
  --databases_[index].connections;
  while (!pool.waiting.empty()) {
    const Ticket next = pool.waiting.pop();
    if (!is_current(next) || requests_[next.slot].phase != Phase::waiting) continue;
    return start_query(next.slot);
  }
}

void TrafficEngine::after_database(uint32_t slot) {
  const Request& r = requests_[slot];
  const Work& work = *plan(r).model;
  if (!work.calls_internet) return plan(r).calls.empty() ? wait_io(slot) : begin_calls(slot);
  Host& host = hosts_[static_cast<size_t>(r.host)];
  ++host.internet_requests;
  if (internet_link(host) != Link::open)
    return give_up_after(slot, workload_.client.connect_timeout_ms);
  requests_[slot].phase = Phase::io;
  const int64_t io = draw(host.stream, work.io) + draw(host.stream, {internet_call_ms});
  push(now_ + io, slot, Kind::io_done);
}

void TrafficEngine::wait_io(uint32_t slot) {
  Request& r = requests_[slot];
  const Work& work = *plan(r).model;
  if (work.io.mean_ms <= 0) return respond(slot, true);
  r.phase = Phase::io;
  push(now_ + draw(hosts_[static_cast<size_t>(r.host)].stream, work.io), slot, Kind::io_done);
}

void TrafficEngine::respond(uint32_t slot, bool good) {
  const Request r = requests_[slot];
  Host& host = hosts_[static_cast<size_t>(r.host)];
  if (!good) ++host.errors;
  if (is_direct(r)) {
    settle(slot, good ? Outcome::ok : Outcome::target_5xx, now_ + r.network);
  } else if (!r.abandoned) {
    Counters& count = counters(r);
    ++(good ? count.target_2xx : count.target_5xx);
    const double took_s = static_cast<double>(now_ - r.sent) * 1e-9;
    count.response_min_s = count.responses ? std::min(count.response_min_s, took_s) : took_s;
    count.response_max_s = std::max(count.response_max_s, took_s);
    count.response_sum_s += took_s;
    pools_[static_cast<size_t>(r.pool)].latency.add((now_ - r.sent) / 1000);
    ++count.responses;
    settle(slot, good ? Outcome::ok : Outcome::target_5xx, now_ + r.network);
  }
  release(slot);
  release_worker(host);
}

void TrafficEngine::release_worker(Host& host) {
  --host.in_flight;
  while (!host.queue.empty()) {
    const Ticket next = host.queue.pop();
    if (!is_current(next)) continue;
    ++host.in_flight;
    return start_cpu(next.slot);
  }
}

/// The load balancer answers for the target.
void TrafficEngine::answer_elb(uint32_t slot, Outcome outcome) {
  const Request& r = requests_[slot];
  if (is_direct(r)) {
    settle(slot, outcome, now_ + r.network);
  } else if (!r.abandoned) {
    Counters& count = r.pool >= 0 ? counters(r) : balancer_of(r).front;
    ++(outcome == Outcome::elb_502   ? count.elb_502
       : outcome == Outcome::elb_503 ? count.elb_503
                                     : count.elb_504);
    settle(slot, outcome, now_ + r.network);
  }
  release(slot);
}

/// Nobody will answer: the load balancer's idle time-out or the client's patience ends it.
void TrafficEngine::hang(uint32_t slot) {
  Request& r = requests_[slot];
  if (r.abandoned || is_direct(r)) return release(slot);
  r.phase = Phase::hung;
  push(std::max(now_, r.sent + balancer_of(r).idle_timeout_ns), slot, Kind::alb_timeout);
}

void TrafficEngine::lost_host(uint32_t slot) {
  Request& r = requests_[slot];
  r.holds_connection = false;  // gone with the host
  if (hosts_[static_cast<size_t>(r.host)].dark) return hang(slot);
  answer_elb(slot, Outcome::elb_502);
}

}  // namespace squall::dataplane
