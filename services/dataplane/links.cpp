// What passes between two ends, asked for when first needed and kept until the network changes.
#include <algorithm>

#include "services/dataplane/engine.h"

namespace squall::dataplane {

void TrafficEngine::forget_links() {
  for (Host& host : hosts_) {
    std::ranges::fill(host.databases, Link::unknown);
    std::ranges::fill(host.caches, Link::unknown);
    host.internet = Link::unknown;
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
  if (host.internet == Link::unknown) host.internet = ask_link(host.end, "internet", 443);
  return host.internet;
}

}  // namespace squall::dataplane
