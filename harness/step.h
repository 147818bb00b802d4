// The step interface: what a drill can do to a World and what it can ask of a run.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/local.h"
#include "harness/drill.h"
#include "harness/report.h"
#include "harness/yaml.h"
#include "services/dataplane/engine.h"

namespace squall::harness {

struct FaultWindow {
  std::string id, fault;
  Time from{};
  std::optional<Time> to;
};

/// One storm under way, or just finished.
struct Run {
  const Drill& drill;
  sim::World& world;
  api::Local& local;               // API calls, in-process
  dataplane::TrafficEngine* engine = nullptr;  // nullptr: no traffic
  Time start{}, end{};
  uint64_t deployed = 0;           // the journal's last sequence number before the storm
  std::vector<FaultWindow> faults; // in order of their start
  Report& report;

  sim::Scope scope() const { return {world, drill.region}; }
  const dataplane::Results& results() const;
  /// When the first fault began; the storm's start if there was none.
  Time first_fault() const { return faults.empty() ? start : faults.front().from; }
  double since_start_s(Time t) const { return to_seconds(t - start); }
};

/// A step's own file holds one class of this. Actions change the World; checks fill in a Check.
class Step {
 public:
  virtual ~Step() = default;
  /// Checks fill `check` (id, kind and because are set already); actions leave it alone.
  virtual void run(Run& run, Check& check) const = 0;
};

struct StepKind {
  std::string_view name;
  std::string_view help;   // one line with its keys, for errors and `squall drill --steps`
  bool is_check;
  std::shared_ptr<Step> (*parse)(YamlMap& arguments);
};

/// All kinds: harness/steps/steps.cpp.
std::span<const StepKind> step_kinds();
const StepKind* find_step_kind(std::string_view name);

/// An interval of a check: `from` and `to` since the storm's start, or `phase: before|during|after`
/// of the first fault. The whole storm by default.
struct Interval {
  std::optional<Duration> from, to;
  std::string phase;
  static Interval parse(YamlMap& arguments);
  std::pair<Time, Time> of(const Run& run) const;
  std::string text() const;
};

/// `at_least`, `at_most`, `above`, `below`, `equals` on a measured number.
struct Bound {
  std::optional<double> at_least, at_most;
  static Bound parse(YamlMap& arguments, bool shares);
  bool holds(double value) const;
  std::string text(std::string_view unit) const;
  bool empty() const { return !at_least && !at_most; }
};

std::string percent(double share);
std::string decimal(double value, int digits = 1);

/// Replaces `${kind:NAME}` by what the World holds under that Name tag or name: lb (metric
/// dimension), lb-arn, tg, tg-arn, vpc, subnet, sg, acl, rtb, nat, eip, instance, endpoint,
/// certificate (by domain), service and task (CLUSTER/NAME). Throws DrillError if there is none.
std::string resolve(const sim::Scope& scope, std::string text);
Value resolve(const sim::Scope& scope, const Value& document);
/// The same text with each `${kind:NAME}` shown as NAME: for titles.
std::string unresolved_name(std::string text);

}  // namespace squall::harness
