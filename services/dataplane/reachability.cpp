#include "services/dataplane/reachability.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "services/dataplane/dataplane.h"
#include "services/elasticache/elasticache.h"
#include "services/elbv2/elbv2.h"
#include "services/rds/rds.h"

namespace squall::dataplane {
namespace {

// What clients, NAT gateways and load balancer nodes use as source ports (VPC user guide).
constexpr int ephemeral_first = 1024, ephemeral_last = 65535;

/// Collects hops; the first that refuses ends the walk and names the reason.
class Walk {
 public:
  Walk(const sim::Scope& scope, const Endpoint& from, const Endpoint& to,
       std::string_view protocol, int port)
      : scope_(scope), from_(from), to_(to), protocol_(protocol), port_(port) {}

  sim::ReachabilityAnswer run() {
    answer_.reachable = there() && back();
    if (answer_.reachable) {
      answer_.reason = cat(to_.label, " answers ", from_.label, " on ", protocol_, ' ', port_);
      answer_.timed_out = false;
    }
    return std::move(answer_);
  }

 private:
  const ec2::Subnet* subnet_of(const Endpoint& end) const {
    return scope_.view<ec2::Subnet>(end.subnet_id);
  }
  bool hop(std::string_view kind, std::string_view component, bool allowed, std::string rule) {
    if (!allowed && answer_.reason.empty()) {
      answer_.reason = cat(kind, ' ', component, is_back_ ? " drops the answer: " : ": ", rule);
    }
    auto& hops = is_back_ ? answer_.back : answer_.forward;
    hops.push_back({std::string(component), std::string(kind), allowed, std::move(rule)});
    return allowed;
  }
  bool hop(std::string_view kind, Decision d) {
    return hop(kind, d.component, d.allowed, std::move(d.rule));
  }

  bool is_up(const Endpoint& end) {
    if (!end.down.empty()) {
      const std::string& what = end.resources.back();
      return hop(what.starts_with("arn:") ? "task" : "instance", what, false, end.down);
    }
    if (end.internet) return true;
    for (const std::string& resource : end.resources)
      if (sim::is_dark(scope_, end.zone, resource))
        return hop("host", resource, false, cat("no answer: its host in ", end.zone, " is down"));
    return true;
  }
  /// Faults that drop packets between two places; an empty zone is the internet.
  bool link_holds(const Endpoint& a, const Endpoint& b) {
    for (const Endpoint* end : {&a, &b}) {
      if (end->internet) continue;
      const Endpoint& peer = end == &a ? b : a;
      for (const auto* i : scope_.by<sim::Impairment>(cat("zone:", end->zone))) {
        if (i->what != "network" || !i->resource.empty()) continue;
        if (!i->peer_zone.empty() && i->peer_zone != peer.zone) continue;
        if (i->peer_zone.empty() && peer.zone == end->zone) continue;
        return hop("network", i->zone, false,
                   cat("packets between ", i->zone, " and ",
                       i->peer_zone.empty() ? "everything else" : i->peer_zone, " are lost"));
      }
      if (!subnet_link_holds(*end, peer)) return false;
    }
    return true;
  }
  bool subnet_link_holds(const Endpoint& end, const Endpoint& peer) {
    if (end.subnet_id != peer.subnet_id && !packets_pass(end.subnet_id)) return false;
    return std::ranges::all_of(end.resources, [&](const auto& r) { return packets_pass(r); });
  }
  bool packets_pass(const std::string& resource) {
    for (const auto* i : scope_.by<sim::Impairment>(cat("resource:", resource)))
      if (i->what == "network")
        return hop("network", resource, false, cat("packets of ", resource, " are lost"));
    return true;
  }
  /// A port that a fault has made a black hole, at a task or at all tasks of a service.
  bool port_holds(const Endpoint& end, bool ingress) {
    const auto holds = [&](const std::string& resource) {
      for (const auto* i : scope_.by<sim::Impairment>(cat("resource:", resource)))
        if (i->what == (ingress ? "blackhole-ingress" : "blackhole-egress") &&
            (i->magnitude == 0 || i->magnitude == port_))
          return hop("network", resource, false,
                     cat("packets ", ingress ? "to" : "from", " its port ", port_, " vanish"));
      return true;
    };
    return (end.service.empty() || holds(end.service)) &&
           std::ranges::all_of(end.resources, holds);
  }

  bool acl(const Endpoint& at, bool egress, int low, int high, uint32_t peer_ip) {
    const ec2::Subnet* subnet = subnet_of(at);
    if (!subnet) return hop("subnet", at.subnet_id, false, "does not exist");
    return hop("network-acl", decide_acl(scope_, *subnet, egress, protocol_, low, high, peer_ip));
  }
  bool acl_back(const Endpoint& at, bool egress, uint32_t peer_ip) {
    return acl(at, egress, ephemeral_first, ephemeral_last, peer_ip);
  }
  bool group(const Endpoint& own, const Endpoint& peer, uint32_t peer_ip, bool egress) {
    return hop("security-group",
               decide_groups(scope_, own, peer, peer_ip, egress, protocol_, port_));
  }

  bool there() {
    if (!is_up(from_) || !port_holds(from_, false)) return false;
    if (from_.internet && to_.internet) return hop("internet", "internet", false, "not in a VPC");
    if (to_.internet || is_public_detour()) {
      if (!leave()) return false;
      if (to_.internet) return true;
      return enter(from_.public_ip ? from_.public_ip : nat_ip_) && arrive();
    }
    if (from_.internet) return link_holds(from_, to_) && enter(from_.ip) && arrive();
    return inside() && arrive();
  }
  /// Two ends that only meet over public addresses.
  bool is_public_detour() const {
    if (from_.internet || to_.internet || from_.vpc_id == to_.vpc_id) return false;
    const ec2::Subnet* subnet = subnet_of(from_);
    if (!subnet) return false;
    const RouteChoice choice = choose_route(scope_, *subnet, to_.ip);
    return !choice.route || choice.route->target_kind == "gateway" ||
           choice.route->target_kind == "nat";
  }

  bool inside() {
    if (!group(from_, to_, to_.ip, true)) return false;
    const ec2::Subnet* subnet = subnet_of(from_);
    if (!subnet) return hop("subnet", from_.subnet_id, false, "does not exist");
    const bool same_subnet = from_.subnet_id == to_.subnet_id;
    if (!same_subnet) {
      if (!acl(from_, true, port_, port_, to_.ip)) return false;
      if (!routed(*subnet, to_)) return false;
    }
    if (!link_holds(from_, to_)) return false;
    // Both filters of the destination are shown: opening one would not help while the other drops.
    const bool let_in = same_subnet || acl(to_, false, port_, port_, from_.ip);
    return group(to_, from_, from_.ip, false) && let_in;
  }
  bool routed(const ec2::Subnet& subnet, const Endpoint& peer) {
    const RouteChoice choice = choose_route(scope_, subnet, peer.ip);
    if (!choice.route) {
      return hop("route-table", choice.table_id, false,
                 cat("no route to ", format_ipv4(peer.ip)));
    }
    const ec2::Route& route = *choice.route;
    if (route.blackhole) return hop("route-table", choice.table_id, false, route_text(route));
    const bool local = route.target_kind == "local" && peer.vpc_id == subnet.vpc_id;
    const bool joined = route.target_kind == "peering" || route.target_kind == "transit";
    return hop("route-table", choice.table_id, local || joined,
               local || joined ? route_text(route)
                               : cat(route_text(route), " does not lead there"));
  }

  /// From an interface to the internet, by its own address or a NAT gateway.
  bool leave() {
    if (!group(from_, to_, to_.public_ip, true)) return false;
    if (!acl(from_, true, port_, port_, to_.public_ip)) return false;
    const RouteChoice choice = choose_route(scope_, *subnet_of(from_), to_.public_ip);
    if (!choice.route || choice.route->blackhole) {
      return hop("route-table", choice.table_id, false,
                 choice.route ? route_text(*choice.route)
                              : cat("no route to ", format_ipv4(to_.public_ip)));
    }
    const ec2::Route& route = *choice.route;
    hop("route-table", choice.table_id, true, route_text(route));
    if (route.target_kind == "nat") return by_nat(route.target);
    if (route.target_kind == "endpoint") return by_endpoint(route.target);
    if (route.target_kind != "gateway")
      return hop("route-table", choice.table_id, false,
                 cat(route_text(route), " does not lead to the internet"));
    return gateway(route.target, from_.vpc_id) &&
           (from_.public_ip
                ? link_holds(from_, to_)
                : hop("internet-gateway", route.target, false,
                      cat(from_.label, " has no public address")));
  }
  bool gateway(std::string_view id, std::string_view vpc_id) {
    const auto* gateway = scope_.view<ec2::InternetGateway>(id);
    const bool attached = gateway && gateway->vpc_id == vpc_id;
    return hop("internet-gateway", id, attached,
               attached ? cat("attached to ", vpc_id) : cat("is not attached to ", vpc_id));
  }

  /// A gateway endpoint takes packets to its service's blocks; policies are not looked at.
  bool by_endpoint(const std::string& id) {
    const auto* endpoint = scope_.view<ec2::VpcEndpoint>(id);
    if (!endpoint || endpoint->state != "available")
      return hop("vpc-endpoint", id, false,
                 endpoint ? cat("is ", endpoint->state) : "does not exist");
    if (!packets_pass(id)) return false;
    return link_holds(from_, to_) && hop("vpc-endpoint", id, true, endpoint->service_name);
  }

  bool by_nat(const std::string& id) {
    nat_ = scope_.view<ec2::NatGateway>(id);
    if (!nat_ || nat_->state != "available")
      return hop("nat-gateway", id, false, nat_ ? cat("is ", nat_->state) : "does not exist");
    Endpoint& nat = nat_end_;
    nat.id = nat_->interface_id;
    nat.label = id;
    nat.subnet_id = nat_->subnet_id;
    nat.ip = parse_ipv4(nat_->private_ip).value_or(0);
    nat_ip_ = parse_ipv4(nat_->public_ip).value_or(0);
    const ec2::Subnet* subnet = subnet_of(nat);
    if (!subnet) return hop("subnet", nat.subnet_id, false, "does not exist");
    nat.zone = subnet->zone;
    if (sim::is_dark(scope_, nat.zone, id))
      return hop("nat-gateway", id, false,
                 sim::is_dark(scope_, nat.zone) ? cat("its zone ", nat.zone, " is down")
                                                : "has failed: nothing passes it");
    if (!link_holds(from_, nat)) return false;
    if (from_.subnet_id != nat.subnet_id &&
        !acl(nat, false, port_, port_, from_.ip)) return false;
    if (!nat_ip_) return hop("nat-gateway", id, false, "has no public address");
    hop("nat-gateway", id, true, cat("translates to ", nat_->public_ip));
    if (!acl(nat, true, port_, port_, to_.public_ip)) return false;
    const RouteChoice choice = choose_route(scope_, *subnet, to_.public_ip);
    const bool out = choice.route && !choice.route->blackhole &&
                     choice.route->target_kind == "gateway";
    if (!hop("route-table", choice.table_id, out,
             choice.route ? route_text(*choice.route) : "no route to the internet"))
      return false;
    return gateway(choice.route->target, subnet->vpc_id);
  }

  /// From the internet to an interface with a public address.
  bool enter(uint32_t source) {
    if (!to_.public_ip)
      return hop("network-interface", to_.id, false, cat(to_.label, " has no public address"));
    const ec2::Subnet* subnet = subnet_of(to_);
    if (!subnet) return hop("subnet", to_.subnet_id, false, "does not exist");
    const RouteChoice choice = choose_route(scope_, *subnet, source);
    const bool open = choice.route && !choice.route->blackhole &&
                      choice.route->target_kind == "gateway";
    if (!open) {
      return hop("route-table", choice.table_id, false,
                 cat("no route to an internet gateway for ", format_ipv4(source)));
    }
    if (!gateway(choice.route->target, to_.vpc_id)) return false;
    return acl(to_, false, port_, port_, source) && group(to_, from_, source, false);
  }
  bool arrive() { return is_up(to_) && port_holds(to_, true); }

  bool back() {
    is_back_ = true;
    if (to_.internet) return back_from_internet();
    const bool public_path = from_.internet || from_.vpc_id != to_.vpc_id;
    const uint32_t source = from_.internet ? from_.ip
                            : public_path && is_public_detour()
                                ? (from_.public_ip ? from_.public_ip : nat_ip_)
                                : from_.ip;
    if (public_path && (from_.internet || is_public_detour())) {
      if (!acl_back(to_, true, source)) return false;
      return from_.internet || back_from_internet();
    }
    if (from_.subnet_id == to_.subnet_id) return true;  // stateful groups, no ACL between
    if (!acl_back(to_, true, from_.ip)) return false;
    if (!routed(*subnet_of(to_), from_)) return false;
    return acl_back(from_, false, to_.ip);
  }
  bool back_from_internet() {
    if (!nat_) return acl_back(from_, false, to_.public_ip);
    if (!acl_back(nat_end_, false, to_.public_ip)) return false;
    if (nat_end_.subnet_id != from_.subnet_id) {
      if (!acl_back(nat_end_, true, from_.ip)) return false;
    }
    return acl_back(from_, false, to_.public_ip);
  }

  const sim::Scope& scope_;
  const Endpoint& from_;
  const Endpoint& to_;
  std::string_view protocol_;
  int port_;
  sim::ReachabilityAnswer answer_;
  bool is_back_ = false;
  const ec2::NatGateway* nat_ = nullptr;
  Endpoint nat_end_;
  uint32_t nat_ip_ = 0;
};

class Plane final : public sim::Reachability {
 public:
  sim::ReachabilityAnswer explain(const sim::Scope& scope,
                                  const sim::ReachabilityQuery& query) const override {
    sim::ReachabilityAnswer answer;
    const std::vector<Endpoint> sources = resolve(scope, query.from);
    if (sources.empty()) {
      answer.reason = cat(query.from, " does not exist");
      return answer;
    }
    for (const Endpoint& from : sources) {
      const std::vector<Endpoint> targets = resolve_from(scope, from, query.to);
      if (targets.empty()) answer.reason = cat(query.to, " does not exist");
      for (const Endpoint& to : targets) {
        auto candidate = walk(scope, from, to, query.protocol, query.port);
        if (candidate.reachable) return candidate;
        if (answer.reason.empty()) answer = std::move(candidate);
      }
    }
    return answer;
  }
};

}  // namespace

sim::ReachabilityAnswer walk(const sim::Scope& scope, const Endpoint& from, const Endpoint& to,
                             std::string_view protocol, int port) {
  return Walk(scope, from, to, protocol, port).run();
}

const sim::Reachability& reachability() {
  static const Plane plane;
  return plane;
}

uint64_t network_version(const sim::Scope& scope) {
  // Versions only ever rise, so their sum tells whether any of them did.
  return scope.version<ec2::Vpc>() + scope.version<ec2::Subnet>() +
         scope.version<ec2::RouteTable>() + scope.version<ec2::NetworkAcl>() +
         scope.version<ec2::SecurityGroup>() + scope.version<ec2::NetworkInterface>() +
         scope.version<ec2::InternetGateway>() + scope.version<ec2::VpcEndpoint>() +
         scope.version<ec2::NatGateway>() + scope.version<ec2::Instance>() +
         scope.version<sim::Impairment>() + scope.version<elbv2::LoadBalancer>() +
         scope.version<rds::DbInstance>() + scope.version<elasticache::ReplicationGroup>();
}

Connectivity::Verdict Connectivity::check(const sim::Scope& scope, std::string_view from,
                                          std::string_view to, int port,
                                          std::string_view protocol) {
  const uint64_t version = network_version(scope);
  if (version != version_) {
    known_.clear();
    version_ = version;
  }
  std::string key = cat(from, '>', to, ':', protocol, port);
  const auto at = known_.find(key);
  if (at != known_.end()) return at->second;
  sim::ReachabilityQuery query{std::string(from), std::string(to), std::string(protocol), port};
  const auto answer = reachability().explain(scope, query);
  const Verdict verdict{answer.reachable, answer.timed_out};
  known_.emplace(std::move(key), verdict);
  return verdict;
}

}  // namespace squall::dataplane
