#include "services/dataplane/flows.h"

#include <utility>

#include "emulator/core/text.h"
#include "services/dataplane/engine.h"

namespace squall::dataplane {
namespace {

constexpr uint32_t clients_block = (198u << 24) | (51u << 16) | (100u << 8);  // TEST-NET-2
constexpr uint32_t sampled_clients = 4;
constexpr uint32_t third_party = clients_block + 7;

/// What an end is now; what it was where it is gone.
void learn(const sim::Scope& scope, const std::string& name, FlowEnd& end) {
  for (const Endpoint& e : resolve(scope, name)) {
    if (const auto* interface = scope.view<ec2::NetworkInterface>(e.id)) end = flow_end(*interface);
    return;
  }
}

FlowEnd outside(uint32_t address) { return {{}, {}, {}, {}, format_ipv4(address)}; }

/// A link that nobody has asked for since the network changed was open while it was used.
Conversation::Fate fate_of(Link link) {
  return link == Link::open || link == Link::unknown ? Conversation::Fate::answered
                                                     : Conversation::Fate::silent;
}

}  // namespace

FlowEnd flow_end(const ec2::NetworkInterface& interface) {
  return {interface.id, interface.subnet_id, interface.vpc_id, interface.instance_id,
          interface.private_ip};
}

void FlowBook::note(Conversation c) {
  if (c.count <= 0 || c.from.ip.empty() || c.to.ip.empty()) return;
  const std::string key = cat(c.from.ip, '>', c.to.ip, ':', c.port, '/', c.protocol, ' ',
                              static_cast<int>(c.fate), c.gateway.interface_id);
  const auto [at, is_new] = open_.emplace(key, Conversation{});
  const int64_t before = at->second.count;
  at->second = std::move(c);
  at->second.count += before;
}

void FlowBook::close(Time begin) {
  FlowMinute& minute = minutes_.emplace_back();
  minute.begin = begin;
  for (auto& [key, conversation] : open_)
    minute.conversations.push_back(std::move(conversation));
  open_.clear();
}

void TrafficEngine::note_ends(const sim::Scope& scope) {
  for (Balancer& balancer : balancers_)
    for (Node& node : balancer.nodes) learn(scope, node.interface_id, node.at);
  for (Host& host : hosts_) learn(scope, host.end, host.at);
  for (Database& db : databases_) learn(scope, cat("db:", db.id), db.at);
  for (Cache& cache : caches_) learn(scope, cat("cache:", cache.id), cache.at);
}

/// Before what they stand for changes, and at the end of a minute, counters go into the book.
void TrafficEngine::note_flows(const sim::Scope& scope) {
  using Fate = Conversation::Fate;
  const RequestClass& first = workload_.classes.front();
  const int entry = first.port ? first.port : first.scheme == "https" ? 443 : 80;
  for (Node& node : balancers_.front().nodes) {
    const uint32_t all = std::exchange(node.connections, 0);
    for (uint32_t i = 0; i < sampled_clients; ++i)
      flows_.note({outside(clients_block + 10 + i), node.at, {}, entry, 6, Fate::answered, true,
                   (all + sampled_clients - 1 - i) / sampled_clients});
  }
  for (const Pool& pool : pools_)
    for (const Target& target : pool.targets)
      hosts_[static_cast<size_t>(target.host)].port = static_cast<int>(target.port);
  for (Host& host : hosts_) note_flows_of(scope, host);
}

void TrafficEngine::note_flows_of(const sim::Scope& scope, Host& host) {
  using Fate = Conversation::Fate;
  const bool sees = !host.dark;
  const auto& nodes = balancers_[static_cast<size_t>(host.balancer)].nodes;
  for (size_t n = 0; n < host.requests_by_node.size(); ++n) {
    const uint32_t count = std::exchange(host.requests_by_node[n], 0);
    if (n < nodes.size())
      flows_.note({nodes[n].at, host.at, {}, host.port, 6, sees ? Fate::answered : Fate::silent,
                   true, count});
  }
  for (size_t i = 0; i < databases_.size(); ++i)
    flows_.note({host.at, databases_[i].at, {}, databases_[i].port, 6, fate_of(host.databases[i]),
                 sees, std::exchange(host.database_requests[i], 0)});
  for (size_t i = 0; i < caches_.size(); ++i)
    flows_.note({host.at, caches_[i].at, {}, caches_[i].port, 6, fate_of(host.caches[i]), sees,
                 std::exchange(host.cache_requests[i], 0)});
  const uint32_t calls = std::exchange(host.internet_requests, 0);
  if (!calls) return;
  FlowEnd gateway;
  if (host.internet.nat >= 0)
    if (const auto* nat =
            scope.view<ec2::NatGateway>(nats_[static_cast<size_t>(host.internet.nat)].id))
      learn(scope, nat->interface_id, gateway);
  flows_.note({host.at, outside(third_party), gateway, 443, 6, fate_of(host.internet.link), sees,
               calls});
}

}  // namespace squall::dataplane
