#include "services/dataplane/flow_logs.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dataplane/dataplane.h"
#include "services/dataplane/engine.h"
#include "services/logs/logs.h"

namespace squall::dataplane {
namespace {

constexpr int client_port_first = 32768, client_ports = 28232;  // Linux's ephemeral range
constexpr uint32_t clients_block = (198u << 24) | (51u << 16) | (100u << 8);  // TEST-NET-2
constexpr uint32_t scanners_block = (203u << 24) | (0u << 16) | (113u << 8);  // TEST-NET-3
constexpr int sampled_clients = 4;
constexpr std::string_view default_format =
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

struct Flow {
  std::string source, destination;
  int source_port = 0, destination_port = 0, protocol = 6;
  int64_t packets = 0, bytes = 0;
  bool accepted = true;
};

int client_port(std::string_view a, std::string_view b) {
  return client_port_first +
         static_cast<int>(stable_hash(cat(a, '>', b)) % client_ports);
}

class Writer {
 public:
  Writer(sim::Scope& scope, Time start, Time end) : scope_(scope), start_(start), end_(end) {
    for (const auto& log : scope.all<ec2::FlowLog>())
      if (log.status == "ACTIVE" && log.destination_type == "cloud-watch-logs")
        logs_.push_back(log);
  }
  bool idle() const { return logs_.empty(); }

  void write(const ec2::NetworkInterface& at, const Flow& flow) {
    for (const ec2::FlowLog& log : logs_) {
      if (log.resource_id != at.id && log.resource_id != at.subnet_id &&
          log.resource_id != at.vpc_id)
        continue;
      const char* action = flow.accepted ? "ACCEPT" : "REJECT";
      if (log.traffic_type != "ALL" && log.traffic_type != action) continue;
      logs::append(scope_, log.log_group, cat(at.id, '-', to_lower(log.traffic_type)),
                   line(log, at, flow, action), end_);
    }
  }
  /// A conversation of `count` requests, seen at one of its ends: there and back.
  void both(const ec2::NetworkInterface* at, const std::string& from, const std::string& to,
            int port, int64_t count, bool answered = true) {
    if (!at || count <= 0) return;
    const int own = client_port(from, to);
    write(*at, {from, to, own, port, 6, count * (answered ? flow_packets_in : 3),
                count * (answered ? flow_bytes_in : 180)});
    if (answered)
      write(*at, {to, from, port, own, 6, count * flow_packets_out, count * flow_bytes_out});
  }

 private:
  std::string line(const ec2::FlowLog& log, const ec2::NetworkInterface& at, const Flow& flow,
                   const char* action) const {
    const std::string_view format =
        log.log_format.empty() ? default_format : std::string_view(log.log_format);
    std::string out;
    for (size_t i = 0; i < format.size();) {
      const size_t end = format.substr(i, 2) == "${" ? format.find('}', i) : format.npos;
      if (end == format.npos) {
        out += format[i++];
        continue;
      }
      out += field(format.substr(i + 2, end - i - 2), at, flow, action);
      i = end + 1;
    }
    return out;
  }
  std::string field(std::string_view name, const ec2::NetworkInterface& at, const Flow& flow,
                    const char* action) const {
    if (name == "version") return "2";
    if (name == "account-id") return scope_.account();
    if (name == "interface-id") return at.id;
    if (name == "srcaddr" || name == "pkt-srcaddr") return flow.source;
    if (name == "dstaddr" || name == "pkt-dstaddr") return flow.destination;
    if (name == "srcport") return cat(flow.source_port);
    if (name == "dstport") return cat(flow.destination_port);
    if (name == "protocol") return cat(flow.protocol);
    if (name == "packets") return cat(flow.packets);
    if (name == "bytes") return cat(flow.bytes);
    if (name == "start") return cat(unix_seconds(start_));
    if (name == "end") return cat(unix_seconds(end_));
    if (name == "action") return action;
    if (name == "log-status") return "OK";
    if (name == "vpc-id") return at.vpc_id;
    if (name == "subnet-id") return at.subnet_id;
    if (name == "instance-id") return at.instance_id.empty() ? "-" : at.instance_id;
    if (name == "type") return "IPv4";
    if (name == "region") return scope_.region();
    if (name == "flow-direction") return flow.source == at.private_ip ? "egress" : "ingress";
    return "-";
  }

  sim::Scope& scope_;
  Time start_, end_;
  std::vector<ec2::FlowLog> logs_;
};

const ec2::NetworkInterface* interface_of(const sim::Scope& scope, const Host& host) {
  for (const Endpoint& end : resolve(scope, host.end))
    return scope.view<ec2::NetworkInterface>(end.id);
  return nullptr;
}

/// A link that nobody has asked for since the network changed was open while it was used.
bool passed(Link link) { return link == Link::open || link == Link::unknown; }

void write_clients(const sim::Scope& scope, Writer& out, TrafficEngine& engine) {
  const RequestClass& first = engine.workload().classes.front();
  const int port = first.port ? first.port : first.scheme == "https" ? 443 : 80;
  for (const Node& node : engine.balancers().front().nodes) {
    const auto* at = scope.view<ec2::NetworkInterface>(node.interface_id);
    for (int i = 0; i < sampled_clients; ++i) {
      const int64_t share = (node.connections + sampled_clients - 1 - i) / sampled_clients;
      const std::string client = format_ipv4(clients_block + 10 + static_cast<uint32_t>(i));
      out.both(at, client, node.private_ip, port, share);
    }
  }
}

void write_host(const sim::Scope& scope, Writer& out, TrafficEngine& engine, const Host& host,
                int64_t port) {
  const auto* own = interface_of(scope, host);
  if (!own) return;
  const auto* seen = host.dark ? nullptr : own;  // a host without power sees nothing
  const auto& nodes = engine.balancers()[static_cast<size_t>(host.balancer)].nodes;
  for (size_t n = 0; n < nodes.size(); ++n) {
    const Node& node = nodes[n];
    const auto count = static_cast<int64_t>(host.requests_by_node[n]);
    const int p = static_cast<int>(port);
    out.both(scope.view<ec2::NetworkInterface>(node.interface_id), node.private_ip,
             own->private_ip, p, count, !host.dark);
    out.both(seen, node.private_ip, own->private_ip, p, count);
  }
  const auto store = [&](const std::string& end, int64_t count, Link link) {
    for (const Endpoint& e : resolve(scope, end)) {
      const std::string ip = format_ipv4(e.ip);
      const int p = end.starts_with("db:") ? engine.databases().front().port
                                           : engine.caches().front().port;
      out.both(seen, own->private_ip, ip, p, count, passed(link));
      if (passed(link))
        out.both(scope.view<ec2::NetworkInterface>(e.id), own->private_ip, ip, p, count);
      return;
    }
  };
  for (size_t i = 0; i < engine.databases().size(); ++i)
    store(cat("db:", engine.databases()[i].id), host.database_requests[i], host.databases[i]);
  for (size_t i = 0; i < engine.caches().size(); ++i)
    store(cat("cache:", engine.caches()[i].id), host.cache_requests[i], host.caches[i]);
  out.both(seen, own->private_ip, format_ipv4(clients_block + 7), 443, host.internet_requests,
           passed(host.internet.link));
}

/// The internet's constant noise: somebody tries doors that should be shut.
void write_scans(sim::Scope& scope, Writer& out) {
  constexpr int ports[] = {22, 23, 445, 3389, 8080};
  for (const auto& interface : scope.all<ec2::NetworkInterface>()) {
    if (interface.public_ip.empty()) continue;
    sim::Stream& stream = scope.random(cat("scan/", interface.id));
    const int port = ports[stream.below(std::size(ports))];
    const uint32_t from = scanners_block + 1 + static_cast<uint32_t>(stream.below(250));
    Endpoint scanner;
    scanner.internet = true;
    scanner.id = "internet";
    scanner.ip = scanner.public_ip = from;
    const bool open =
        walk(scope, scanner, endpoint_of(scope, interface), "tcp", port).reachable;
    Flow flow{format_ipv4(from), interface.private_ip, client_port(interface.id, "scan"), port, 6,
              1, 44};
    flow.accepted = open;
    out.write(interface, flow);
  }
}

}  // namespace

void write_flow_logs(sim::Scope& scope, TrafficEngine& engine) {
  // Interfaces of Nitro instances aggregate over a minute at most, whatever the flow log says.
  Writer out(scope, scope.now() - 1min, scope.now());
  if (out.idle()) return;
  write_clients(scope, out, engine);
  for (const Host& host : engine.hosts()) {
    int64_t port = 80;
    for (const Pool& pool : engine.pools())
      for (const Target& t : pool.targets)
        if (&engine.hosts()[static_cast<size_t>(t.host)] == &host) port = t.port;
    write_host(scope, out, engine, host, port);
  }
  write_scans(scope, out);
}

sim::ReachabilityAnswer probe(sim::Scope& scope, const sim::ReachabilityQuery& query) {
  sim::ReachabilityAnswer answer = reachability().explain(scope, query);
  Writer out(scope, scope.now(), scope.now());
  const auto sources = resolve(scope, query.from), targets = resolve(scope, query.to);
  if (out.idle() || sources.empty() || targets.empty()) return answer;
  const Endpoint &from = sources.front(), &to = targets.front();
  const auto* near = scope.view<ec2::NetworkInterface>(from.id);
  const auto* far = scope.view<ec2::NetworkInterface>(to.id);
  Flow flow{format_ipv4(from.ip), format_ipv4(from.internet || !to.internet ? to.ip : to.public_ip),
            client_port(query.from, query.to), query.port, query.protocol == "udp" ? 17 : 6, 1, 60};
  // Who dropped it decides which end saw it: the source's own rules, or the destination's.
  bool left = true, arrived = false;
  for (const sim::Hop& hop : answer.forward) {
    const bool own = hop.kind == "security-group" &&
                     std::ranges::find(from.group_ids, hop.component) != from.group_ids.end() &&
                     std::ranges::find(to.group_ids, hop.component) == to.group_ids.end();
    if (!hop.allowed && own) left = false;
    if (!hop.allowed && !own && (hop.kind == "security-group" || hop.kind == "network-acl"))
      arrived = true;
  }
  if (near) {
    flow.accepted = left;
    out.write(*near, flow);
  }
  if (far && left && (answer.reachable || arrived || !answer.back.empty())) {
    flow.accepted = !arrived;
    out.write(*far, flow);
  }
  return answer;
}


}  // namespace squall::dataplane
