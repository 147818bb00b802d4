#include "services/dataplane/flow_logs.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dataplane/dataplane.h"
#include "services/dataplane/engine.h"
#include "services/logs/logs.h"

namespace squall::dataplane {
namespace {

constexpr int client_port_first = 32768, client_ports = 28232;  // Linux's ephemeral range
constexpr uint32_t scanners_block = (203u << 24) | (0u << 16) | (113u << 8);  // TEST-NET-3
constexpr int64_t syn_packets = 3, syn_bytes = 60;  // a SYN and its two retransmissions
constexpr std::string_view default_format =
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

/// One line: a packet's way as one interface saw it.
struct Flow {
  std::string source, destination;
  int source_port = 0, destination_port = 0, protocol = 6;
  int64_t packets = 0, bytes = 0;
  bool accepted = true;
  std::string packet_source = {}, packet_destination = {};  // where a gateway stands in between
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

  void write(const FlowEnd& at, const Flow& flow) {
    for (const ec2::FlowLog& log : logs_) {
      if (log.resource_id != at.interface_id && log.resource_id != at.subnet_id &&
          log.resource_id != at.vpc_id)
        continue;
      const char* action = flow.accepted ? "ACCEPT" : "REJECT";
      if (log.traffic_type != "ALL" && log.traffic_type != action) continue;
      logs::append(scope_, log.log_group, cat(at.interface_id, '-', to_lower(log.traffic_type)),
                   line(log, at, flow, action), end_);
    }
  }
  void write(const Conversation& c);

 private:
  std::string line(const ec2::FlowLog& log, const FlowEnd& at, const Flow& flow,
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
  std::string field(std::string_view name, const FlowEnd& at, const Flow& flow,
                    const char* action) const {
    if (name == "version") return "2";
    if (name == "account-id") return scope_.account();
    if (name == "interface-id") return at.interface_id;
    if (name == "srcaddr") return flow.source;
    if (name == "dstaddr") return flow.destination;
    if (name == "pkt-srcaddr")
      return flow.packet_source.empty() ? flow.source : flow.packet_source;
    if (name == "pkt-dstaddr")
      return flow.packet_destination.empty() ? flow.destination : flow.packet_destination;
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
    if (name == "flow-direction") return flow.source == at.ip ? "egress" : "ingress";
    return "-";
  }

  sim::Scope& scope_;
  Time start_, end_;
  std::vector<ec2::FlowLog> logs_;
};

void Writer::write(const Conversation& c) {
  using Fate = Conversation::Fate;
  const bool one = c.fate != Fate::answered && c.fate != Fate::silent;  // a lone attempt
  const bool back = c.fate == Fate::answered;
  const int own = client_port(c.from.ip, c.to.ip);
  const int64_t packets = one ? c.count : c.count * (back ? flow_packets_in : syn_packets);
  const int64_t bytes = one || !back ? packets * syn_bytes : c.count * flow_bytes_in;
  Flow there{c.from.ip, c.to.ip, own, c.port, c.protocol, packets, bytes};
  Flow answer{c.to.ip, c.from.ip, c.port, own, c.protocol, c.count * flow_packets_out,
              c.count * flow_bytes_out};
  const auto at = [&](const FlowEnd& end, bool accepted) {
    if (!end.is_inside()) return;
    there.accepted = accepted;
    write(end, there);
    if (back) write(end, answer);
  };
  if (c.is_seen_by_source) at(c.from, c.fate != Fate::stopped);
  if (c.fate != Fate::silent && c.fate != Fate::stopped) at(c.to, c.fate != Fate::rejected);
  if (!c.gateway.is_inside() || c.fate == Fate::stopped) return;
  // A NAT gateway's interface stands in as the other end, towards the inside and the outside.
  const std::string &from = c.from.ip, &to = c.to.ip, &nat = c.gateway.ip;
  const int mapped = client_port(nat, to);
  const auto pass = [&](const std::string& source, const std::string& destination, int sport,
                        int dport, const Flow& of, bool inside) {
    Flow flow{source, destination, sport, dport, c.protocol, of.packets, of.bytes};
    if (inside) flow.packet_source = of.source, flow.packet_destination = of.destination;
    write(c.gateway, flow);
  };
  pass(from, nat, own, c.port, there, true);
  pass(nat, to, mapped, c.port, there, false);
  if (!back) return;
  pass(to, nat, c.port, mapped, answer, false);
  pass(nat, from, c.port, own, answer, true);
}

/// The internet's constant noise: somebody tries doors that should be shut.
void note_scans(sim::Scope& scope, FlowBook& book) {
  using Fate = Conversation::Fate;
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
    book.note({{{}, {}, {}, {}, format_ipv4(from)}, flow_end(interface), {}, port, 6,
               open ? Fate::single : Fate::rejected, true, 1});
  }
}

FlowEnd end_of(const sim::Scope& scope, const Endpoint& end) {
  if (const auto* interface = scope.view<ec2::NetworkInterface>(end.id))
    return flow_end(*interface);
  return {{}, {}, {}, {}, format_ipv4(end.ip)};
}

/// Who dropped it decides which end saw it: the first group and the first list on the way out of an
/// interface are its own.
Conversation::Fate fate_of(const sim::ReachabilityAnswer& answer, const Endpoint& from) {
  using Fate = Conversation::Fate;
  int groups = 0, lists = 0;
  for (const sim::Hop& hop : answer.forward) {
    if (hop.kind != "security-group" && hop.kind != "network-acl") {
      if (!hop.allowed) return Fate::silent;
      continue;
    }
    const bool own = (hop.kind == "security-group" ? groups++ : lists++) == 0 && !from.internet;
    if (!hop.allowed) return own ? Fate::stopped : Fate::rejected;
  }
  return answer.reachable || !answer.back.empty() ? Fate::single : Fate::silent;
}

}  // namespace

void write_flow_logs(sim::Scope& scope, TrafficEngine& engine) {
  // Interfaces of Nitro instances aggregate over a minute at most, whatever the flow log says.
  const Time begin = scope.now() - 1min;
  Writer out(scope, begin, scope.now());
  engine.note_flows(scope);
  if (!out.idle()) note_scans(scope, engine.flows());
  for (const auto& [key, conversation] : engine.flows().open())
    if (!out.idle()) out.write(conversation);
  engine.flows().close(begin);
}

sim::ReachabilityAnswer probe(sim::Scope& scope, const sim::ReachabilityQuery& query) {
  sim::ReachabilityAnswer answer = reachability().explain(scope, query);
  const auto sources = resolve(scope, query.from), targets = resolve(scope, query.to);
  if (sources.empty() || targets.empty()) return answer;
  const Endpoint &from = sources.front(), &to = targets.front();
  Conversation c;
  c.from = end_of(scope, from);
  c.to = end_of(scope, to);
  c.port = query.port;
  c.protocol = query.protocol == "udp" ? 17 : 6;
  c.fate = fate_of(answer, from);
  c.count = 1;
  for (const sim::Hop& hop : answer.forward)
    if (const auto* nat = scope.view<ec2::NatGateway>(hop.component))
      if (const auto* at = scope.view<ec2::NetworkInterface>(nat->interface_id))
        c.gateway = flow_end(*at);
  if (TrafficEngine* engine = engine_of(scope)) {
    engine->flows().note(std::move(c));  // the minute's records hold it
    return answer;
  }
  Writer out(scope, scope.now(), scope.now());
  if (!out.idle()) out.write(c);
  return answer;
}

}  // namespace squall::dataplane
