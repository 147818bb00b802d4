// What passes between two ends, asked for when first needed and kept until the network changes.
#include <algorithm>

#include "services/dataplane/dataplane.h"
#include "services/dataplane/engine.h"

namespace squall::dataplane {

void TrafficEngine::forget_links() {
  between_.clear();
  for (Host& host : hosts_) {
    std::ranges::fill(host.databases, Link::unknown);
    std::ranges::fill(host.caches, Link::unknown);
    host.internet = {};
    std::ranges::fill(host.exits, Exit{});
  }
}

Link TrafficEngine::ask_link(const std::string& from, const std::string& to, int port) {
  const auto verdict = connectivity_.check({*world_, region_}, from, to, port);
  if (verdict.reachable) return Link::open;
  return verdict.silent ? Link::silent : Link::refused;
}

Link TrafficEngine::target_link(const Pool& pool, Target& target, size_t node) {
  Link& link = target.from[node];
  const Host& host = hosts_[static_cast<size_t>(target.host)];
  if (link == Link::unknown) {
    const Balancer& balancer = balancers_[static_cast<size_t>(pool.balancer)];
    link = ask_link(balancer.nodes[node].interface_id, host.end, static_cast<int>(target.port));
  }
  // The path is open, but nobody listens until the workload has started.
  if (link == Link::open && (!host.accepts || now_ < host.ready_at)) return Link::refused;
  return link;
}

Link TrafficEngine::database_link(Host& host, size_t index) {
  Link& link = host.databases[index];
  if (link == Link::unknown)
    link = ask_link(host.end, "db:" + databases_[index].id, databases_[index].port);
  return link;
}

Link TrafficEngine::cache_link(Host& host, size_t index) {
  Link& link = host.caches[index];
  if (link == Link::unknown)
    link = ask_link(host.end, "cache:" + caches_[index].id, caches_[index].port);
  return link;
}

Link TrafficEngine::internet_link(Host& host) {
  return pass_exit(host.internet, host, "internet");
}

Link TrafficEngine::pass_exit(Exit& exit, const Host& host, const std::string& end) {
  if (exit.link == Link::unknown) {
    const sim::Scope scope(*world_, region_);
    const auto answer = reachability().explain(scope, {host.end, end, "tcp", 443});
    exit.link = answer.reachable ? Link::open : answer.timed_out ? Link::silent : Link::refused;
    exit.nat = -1;
    for (const sim::Hop& hop : answer.forward) {
      if (hop.kind != "nat-gateway") continue;
      const auto at = std::ranges::find(nats_, hop.component, &NatFlow::id);
      exit.nat = static_cast<int>(at - nats_.begin());
      if (at == nats_.end()) nats_.push_back({hop.component, 0, 0});
    }
  }
  if (exit.nat >= 0) {
    NatFlow& nat = nats_[static_cast<size_t>(exit.nat)];
    ++nat.attempts;
    nat.established += exit.link == Link::open;
  }
  return exit.link;
}

Link TrafficEngine::link_between(const Host& from, const Host& to, int port) {
  const auto key = static_cast<uint64_t>(&from - hosts_.data()) << 40 |
                   static_cast<uint64_t>(&to - hosts_.data()) << 16 | static_cast<uint64_t>(port);
  const auto [at, is_new] = between_.emplace(key, Link::unknown);
  if (is_new) at->second = ask_link(from.end, to.end, port);
  if (at->second == Link::open && (!to.accepts || now_ < to.ready_at)) return Link::refused;
  return at->second;
}

Link TrafficEngine::link_to_node(const Host& from, const Node& node, int port) {
  if (node.dark) return Link::silent;
  return ask_link(from.end, node.interface_id, port);
}

}  // namespace squall::dataplane
