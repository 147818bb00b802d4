// Flow logs against the traffic: no flow without its records, no record without its flow.
#include "harness/steps/flow_logs.h"

#include <algorithm>
#include <array>
#include <map>

#include "emulator/core/text.h"
#include "harness/steps/steps.h"
#include "services/logs/logs.h"

namespace squall::harness {
namespace {

using dataplane::Conversation;
using dataplane::FlowEnd;
using Fate = Conversation::Fate;

constexpr int64_t ephemeral_first = 1024, ephemeral_last = 65535;  // NAT gateways take these
constexpr int64_t bytes_min = 28, bytes_max = 9001;  // of a packet: two headers; a jumbo frame

/// What must be the same in a flow and in its record; the client's port is its own affair.
std::string key_of(int64_t minute, std::string_view interface, std::string_view from,
                   std::string_view to, int64_t port, bool answer, int64_t protocol,
                   bool accepted) {
  return cat(interface, ' ', from, answer ? cat(':', port) : "", " -> ", to,
             answer ? "" : cat(':', port), " protocol ", protocol, accepted ? " ACCEPT" : " REJECT",
             " in minute ", minute);
}

struct Expected {
  int64_t packets_min = 0;  // of one record
  int wanted = 0, met = 0;  // records
};

class Auditor {
 public:
  Auditor(FlowAudit& audit, std::string account_id)
      : audit_(audit), account_id_(std::move(account_id)) {}

  void expect(int64_t minute, const Conversation& c) {
    ++audit_.flows;
    const bool back = c.fate == Fate::answered;
    if (c.is_seen_by_source) {
      one(minute, c.from, c.from.ip, c.to.ip, c, false, c.fate != Fate::stopped);
      if (back) one(minute, c.from, c.to.ip, c.from.ip, c, true, true);
    }
    if (back || c.fate == Fate::single || c.fate == Fate::rejected)
      one(minute, c.to, c.from.ip, c.to.ip, c, false, c.fate != Fate::rejected);
    if (back) one(minute, c.to, c.to.ip, c.from.ip, c, true, true);
    if (!c.gateway.is_inside() || c.fate == Fate::stopped) return;
    const std::string& nat = c.gateway.ip;
    one(minute, c.gateway, c.from.ip, nat, c, false, true);
    one(minute, c.gateway, nat, c.to.ip, c, false, true);
    if (!back) return;
    one(minute, c.gateway, c.to.ip, nat, c, true, true);
    one(minute, c.gateway, nat, c.from.ip, c, true, true);
  }

  void meet(const std::string& line) {
    ++audit_.records;
    const auto f = split(line, ' ');
    if (f.size() != 14 || f[0] != "2" || f[1] != account_id_ || f[13] != "OK")
      return audit_.implausible.push_back(line);
    std::array<int64_t, 7> n{};  // ports, protocol, packets, bytes, start, end
    for (size_t i = 0; i < n.size(); ++i) {
      const auto number = parse_int(f[i + 5]);
      if (!number) return audit_.implausible.push_back(line);
      n[i] = *number;
    }
    const auto [source, destination, protocol, packets, bytes, start, end] = n;
    const bool sized = packets > 0 && bytes >= packets * bytes_min && bytes <= packets * bytes_max;
    const bool timed = start <= end && end - start <= 60;
    if (!sized || !timed) audit_.implausible.push_back(line);
    const bool accepted = f[12] == "ACCEPT";
    audit_.rejected += !accepted;
    for (const bool answer : {false, true}) {
      const int64_t port = answer ? source : destination, own = answer ? destination : source;
      const auto at = expected_.find(
          key_of(start / 60, f[2], f[3], f[4], port, answer, protocol, accepted));
      if (at == expected_.end() || at->second.met == at->second.wanted) continue;
      if (own < ephemeral_first || own > ephemeral_last || packets < at->second.packets_min)
        audit_.implausible.push_back(line);
      ++at->second.met;
      ++audit_.matched;
      return;
    }
    audit_.unexpected.push_back(line);
  }

  void finish() {
    for (const auto& [key, e] : expected_)
      if (e.met < e.wanted) audit_.missing.push_back(key);
  }

 private:
  void one(int64_t minute, const FlowEnd& at, const std::string& from, const std::string& to,
           const Conversation& c, bool answer, bool accepted) {
    if (!at.is_inside()) return;
    Expected& e = expected_[key_of(minute, at.interface_id, from, to, c.port, answer, c.protocol,
                                   accepted)];
    e.packets_min = e.wanted++ ? std::min(e.packets_min, c.count) : c.count;
  }

  FlowAudit& audit_;
  std::string account_id_;
  std::map<std::string, Expected, std::less<>> expected_;
};

struct FlowLogsCheck final : Step {
  std::string group;
  int64_t flows_min = 1, rejected_min = 0;

  void run(Run& run, Check& check) const override {
    check.title = cat("flow logs in ", group, " match the traffic");
    check.bound = cat("every flow has its records and every record its flow, at least ", flows_min,
                      " flows and ", rejected_min, " refused records");
    check.exercised = run.engine != nullptr;
    if (!run.engine) {
      check.measured = "there is no traffic";
      return;
    }
    std::vector<std::string> lines;
    for (const logs::LogEvent& event : logs::events(run.scope(), group))
      if (event.time > run.start) lines.push_back(event.message);
    const auto& account = run.engine->flows().minutes();
    const FlowAudit audit = audit_flows(account, lines, run.scope().account());
    const size_t requests = unaccounted(run, account);
    check.exercised = audit.flows > 0;
    check.measured = cat(audit.flows, " flows, ", audit.records, " records, ", audit.rejected,
                         " refused; ", audit.missing.size(), " flows without a record, ",
                         audit.unexpected.size(), " records without a flow, ",
                         audit.implausible.size(), " implausible, ", requests,
                         " requests outside the account");
    show(check, "without a record", audit.missing);
    show(check, "without a flow", audit.unexpected);
    show(check, "implausible", audit.implausible);
    check.passed = audit.holds() && requests == 0 &&
                   static_cast<int64_t>(audit.flows) >= flows_min &&
                   static_cast<int64_t>(audit.rejected) >= rejected_min;
  }

 private:
  static void show(Check& check, const char* what, const std::vector<std::string>& all) {
    for (size_t i = 0; i < std::min<size_t>(all.size(), 5); ++i)
      check.details.push_back(cat(what, ": ", all[i]));
  }

  /// Requests that the targets counted and the account of flows does not hold, or the reverse.
  static size_t unaccounted(const Run& run, const std::vector<dataplane::FlowMinute>& account) {
    std::map<std::string, int64_t> left;  // by instance
    for (const auto& target : run.results().targets)
      for (const auto& minute : target.minutes)
        if (target.id.starts_with("i-")) left[target.id] += minute.requests;
    for (const auto& minute : account)
      for (const Conversation& c : minute.conversations)
        // What came from outside were probes.
        if (c.from.is_inside() && (c.fate == Fate::answered || c.fate == Fate::silent))
          if (const auto at = left.find(c.to.instance_id); at != left.end()) at->second -= c.count;
    size_t sum = 0;
    for (const auto& [id, count] : left) sum += static_cast<size_t>(count < 0 ? -count : count);
    return sum;
  }
};

}  // namespace

FlowAudit audit_flows(const std::vector<dataplane::FlowMinute>& account,
                      const std::vector<std::string>& lines, const std::string& account_id) {
  FlowAudit audit;
  Auditor auditor(audit, account_id);
  for (const dataplane::FlowMinute& minute : account)
    for (const Conversation& c : minute.conversations)
      auditor.expect(unix_seconds(minute.begin) / 60, c);
  for (const std::string& line : lines) auditor.meet(line);
  auditor.finish();
  return audit;
}

std::shared_ptr<Step> parse_flow_logs(YamlMap& arguments) {
  auto step = std::make_shared<FlowLogsCheck>();
  step->group = arguments.text("group");
  step->flows_min = arguments.integer("flows", 1);
  step->rejected_min = arguments.integer("rejected", 0);
  return step;
}

}  // namespace squall::harness
