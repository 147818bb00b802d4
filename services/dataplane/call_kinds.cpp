// Calls by Cloud Map name, through load balancers, to DynamoDB tables and to third parties.
#include <algorithm>
#include <bit>

#include "emulator/core/text.h"
#include "emulator/sim/math.h"
#include "services/dataplane/engine.h"
#include "services/dataplane/tasks.h"
#include "services/dynamodb/dynamodb.h"
#include "services/servicediscovery/servicediscovery.h"

namespace squall::dataplane {
namespace {

constexpr int64_t second_ns = 1'000'000'000;
constexpr int64_t refusal_ns = 500'000;           // an error that comes back at once
constexpr int64_t no_name_ttl_ns = 15 * second_ns;  // Cloud Map's SOA record, by default
constexpr int64_t connect_refresh_ns = second_ns;   // ECS tells its proxies at once: inferred
constexpr double balancer_ttl_s = 60;             // of an ALB's name
constexpr size_t answers_max = 8;                 // of MULTIVALUE routing
constexpr double table_sigma = 0.35;

int64_t ns_of_ms(double ms) { return static_cast<int64_t>(ms * 1e6); }

/// Where the key of a call falls: one of the hot ones, or any of the others, all alike.
uint32_t pick_key(const KeyModel& keys, sim::Stream& stream) {
  const bool hot = keys.hot_share > 0 && stream.chance(keys.hot_share);
  const uint64_t key = stream.below(static_cast<uint64_t>(hot ? keys.hot : keys.count));
  return static_cast<uint32_t>(stable_hash(cat(hot ? "hot/" : "key/", key)));
}

}  // namespace

Destination TrafficEngine::destination_of(const sim::Scope& scope, const std::string& ip,
                                          int64_t port) {
  Destination to{-1, static_cast<int>(port)};
  std::string target = ip;
  for (const auto* interface : scope.by<ec2::NetworkInterface>(cat("ip:", ip)))
    if (!interface->instance_id.empty()) target = interface->instance_id;
  const TaskEnd end = task_at(scope, target, port);
  if (end.task) {
    to.host = host_of(end.task->id);
    if (!hosts_[static_cast<size_t>(to.host)].is_task) compile_task(scope, *end.task);
  } else if (const auto at = host_index_.find(target); at != host_index_.end()) {
    to.host = at->second;
  }
  return to;
}

/// By the caller's Service Connect proxy if the name is one of its aliases.
bool TrafficEngine::resolve_connect(const sim::Scope& scope, size_t caller, const Callee& callee) {
  const std::string service = hosts_[caller].service_arn;
  if (service.empty()) return false;
  const auto proxied = ecs::connect_ends(scope, service, callee.model->target, callee.port());
  if (!proxied) return false;
  std::vector<Destination> ends;
  for (const ecs::ConnectEnd& end : *proxied)
    ends.push_back(destination_of(scope, end.ip, end.port));
  Resolution& known = hosts_[caller].names[static_cast<size_t>(callee.index)];
  known.ends = std::move(ends);
  known.expires = now_ + connect_refresh_ns;
  return true;
}

/// Asks the VPC's resolver; the answer is kept for the records' time to live.
void TrafficEngine::resolve_name(size_t caller, const Callee& callee) {
  const sim::Scope scope(*world_, region_);
  if (resolve_connect(scope, caller, callee)) return;
  const Call& call = *callee.model;
  Host& host = hosts_[caller];
  auto records = servicediscovery::eligible(scope, host.vpc_id, call.target,
                                            call.srv ? "SRV" : "A");
  int64_t ttl_ns = no_name_ttl_ns;
  if (!records.empty()) ttl_ns = std::max<int64_t>(records.front().ttl_s, 1) * second_ns;
  const size_t wanted = !records.empty() && records.front().is_weighted ? 1 : answers_max;
  while (records.size() > wanted)
    records.erase(records.begin() +
                  static_cast<std::ptrdiff_t>(host.stream.below(records.size())));
  std::vector<Destination> ends;
  for (const auto& record : records)
    ends.push_back(destination_of(scope, record.ip, call.srv ? record.port : callee.port()));
  // Hosts that are met for the first time move the others: `host` is not good any more.
  Resolution& known = hosts_[caller].names[static_cast<size_t>(callee.index)];
  known.ends = std::move(ends);
  known.expires = now_ + ttl_ns;
}

void TrafficEngine::call_service(uint32_t slot) {
  const Callee& callee = callee_of(slot);
  const auto caller = static_cast<size_t>(requests_[slot].host);
  const auto index = static_cast<size_t>(callee.index);
  if (now_ >= hosts_[caller].names[index].expires)
    resolve_name(caller, callee);
  Host& host = hosts_[caller];
  const auto& ends = host.names[index].ends;
  if (ends.empty()) return conclude(slot, now_ + refusal_ns, false);  // no such name
  const Destination to = ends[ends.size() == 1 ? 0 : host.stream.below(ends.size())];
  if (to.host < 0) return await_answer(slot);
  Host& target = hosts_[static_cast<size_t>(to.host)];
  const Link link = link_between(host, target, to.port);
  if (link == Link::silent) return await_answer(slot);
  const int64_t trip = round_trip(host, target);
  if (link == Link::refused) return conclude(slot, now_ + trip, false);
  await_answer(slot);
  const uint32_t called = spawn(slot, callee);
  Request& r = requests_[called];
  r.host = to.host;
  r.host_epoch = target.epoch;
  r.network = trip;
  ++target.requests;
  enter(called);
}

void TrafficEngine::call_balancer(uint32_t slot) {
  const Callee& callee = callee_of(slot);
  Host& host = host_of(requests_[slot]);
  Balancer& balancer = balancers_[static_cast<size_t>(callee.balancer)];
  if (balancer.nodes.empty()) return conclude(slot, now_ + refusal_ns, false);
  Resolution& known = host.names[static_cast<size_t>(callee.index)];
  const uint32_t every = (1u << balancer.nodes.size()) - 1;
  if (now_ >= known.expires || !(known.nodes & every)) {
    known.nodes = balancer.dns_mask ? balancer.dns_mask : every;
    known.expires = now_ + static_cast<int64_t>(balancer_ttl_s * 1e9);
  }
  uint32_t left = known.nodes & every;
  for (uint64_t skip = host.stream.below(static_cast<uint64_t>(std::popcount(left))); skip--;)
    left &= left - 1;
  const auto picked = static_cast<size_t>(std::countr_zero(left));
  const Node& node = balancer.nodes[picked];
  const Link link = link_to_node(host, node, callee.port());
  if (link == Link::silent) return await_answer(slot);
  const int64_t trip = round_trip(host.zone, node.zone, host, host.stream);
  if (link == Link::refused || callee.path.kind == Path::Kind::no_listener)
    return conclude(slot, now_ + trip, false);
  await_answer(slot);
  const uint32_t called = spawn(slot, callee);
  requests_[called].node = static_cast<uint8_t>(picked);
  requests_[called].network = trip;
  through_node(called);
}

void TrafficEngine::call_table(uint32_t slot) {
  const Callee& callee = callee_of(slot);
  const Call& call = *callee.model;
  Host& host = host_of(requests_[slot]);
  TableEnd& table = tables_[static_cast<size_t>(callee.table)];
  const Link link = pass_exit(host.exits[static_cast<size_t>(callee.index)], host, "dynamodb");
  if (link == Link::silent) return await_answer(slot);
  const int64_t trip = round_trip(host.zone, host.zone, host, host.stream);
  if (link == Link::refused || !table.exists) return conclude(slot, now_ + trip, false);
  int64_t time = trip;
  dynamodb::SimulatedUse use;
  use.key_hash = pick_key(call.keys, table.keys);
  use.at = from_ns(now_);
  const auto operate = [&](bool write, double units, double median_ms) {
    if (units <= 0) return true;
    use.write = write;
    use.units = units;
    use.took_ms = table.stream.lognormal(median_ms, table_sigma);
    if (!dynamodb::use_throughput(*world_, region_, table.name, use)) return false;
    time += ns_of_ms(use.took_ms);
    return true;
  };
  const bool good = operate(false, call.reads, table.model->read_ms) &&
                    operate(true, call.writes, table.model->write_ms);
  if (!good) ++second_of(callee, states_[slot]).throttled;
  conclude(slot, now_ + time, good);
}

void TrafficEngine::call_third_party(uint32_t slot) {
  const Callee& callee = callee_of(slot);
  Host& host = host_of(requests_[slot]);
  ++host.internet_requests;
  const Link link = pass_exit(host.exits[static_cast<size_t>(callee.index)], host,
                              cat("internet:", callee.model->target));
  if (link == Link::silent) return await_answer(slot);
  if (link == Link::refused) return conclude(slot, now_ + refusal_ns, false);
  const int64_t trip = round_trip(host.zone, 0, host, host.stream);
  conclude(slot, now_ + trip + draw(host.stream, callee.model->latency), true);
}

}  // namespace squall::dataplane
