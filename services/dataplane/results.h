// What became of the requests: per-second figures, latencies, and the verdicts drawn from them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/time.h"

namespace squall::dataplane {

/// How one intended request ended, as its client saw it.
enum class Outcome : uint8_t {
  ok,               // below 500, within the objective
  slow,             // below 500, too late
  client_timeout,   // no answer within the client's patience
  no_connection,    // no address took the connection
  unresolved,       // the name has no address
  elb_502, elb_503, elb_504,
  target_5xx,
};
inline constexpr size_t outcome_count = 9;
std::string_view to_string(Outcome outcome);

/// Latencies in logarithmic buckets, 16 an octave (3 % wide), from 1 us to 134 s.
class Histogram {
 public:
  static constexpr int buckets = 16 * 24;
  static int bucket_of(int64_t us);
  static double value_ms(int bucket);  // its middle
  void add(int64_t us) { ++counts_[static_cast<size_t>(bucket_of(us))]; }
  void add(const Histogram& other);
  uint64_t count() const;
  /// q in (0, 1].
  double percentile_ms(double q) const;
  double mean_ms() const;
  const std::array<uint32_t, buckets>& counts() const { return counts_; }
  void clear() { counts_.fill(0); }

 private:
  std::array<uint32_t, buckets> counts_{};
};

/// By the second of the intended start.
struct SecondOfClass {
  uint32_t intended = 0, attempts = 0, pending = 0;
  std::array<uint32_t, outcome_count> by_outcome{};
  uint32_t good() const { return by_outcome[0]; }
};

struct ClassResults {
  std::string name, tier;
  bool needs_database = false, needs_cache = false;
  std::vector<SecondOfClass> seconds;
  std::vector<Histogram> tens;  // one for ten seconds
};

/// By the second in which the call began.
struct SecondOfCall {
  uint32_t calls = 0, attempts = 0, good = 0, failed = 0, degraded = 0, timeouts = 0, throttled = 0;
};

/// What became of one call of the workload: of all who make it.
struct CallResults {
  std::string name;
  std::vector<SecondOfCall> seconds;
  Histogram latency;  // of calls that succeeded, their retries included
};

struct TargetMinute {
  uint32_t requests = 0, errors = 0;
  double cpu_busy_s = 0;
};
struct TargetResults {
  std::string id, zone;
  int vcpus = 0;
  std::vector<TargetMinute> minutes;  // since the traffic began
};

/// Acknowledged commits that no promoted copy may miss.
struct CommitLedger {
  std::string database;
  uint64_t acknowledged = 0;
  uint64_t lost = 0;
  std::optional<Time> oldest_lost, newest_lost;
  std::vector<std::pair<int64_t, uint64_t>> unreplicated;  // (second, commits) the standby lacks
};

struct Totals {
  uint64_t intended = 0, attempts = 0;
  std::array<uint64_t, outcome_count> by_outcome{};
  Histogram latency;
  double availability() const {
    return intended ? static_cast<double>(by_outcome[0]) / static_cast<double>(intended) : 1;
  }
  uint64_t bad() const { return intended - by_outcome[0]; }
};

struct CallTotals {
  uint64_t calls = 0, attempts = 0, good = 0, failed = 0, degraded = 0, timeouts = 0, throttled = 0;
  double success() const {
    return calls ? static_cast<double>(good) / static_cast<double>(calls) : 1;
  }
};

struct Rpo {
  uint64_t lost = 0;
  double oldest_age_s = 0;  // at the fault
};

struct Results {
  Time start{};
  std::vector<ClassResults> classes;
  std::vector<TargetResults> targets;
  std::map<std::string, CommitLedger> ledgers;  // by database
  std::map<std::string, CallResults> calls;     // by name

  /// Requests intended in [from, to); all classes, or those of a tier or of a name.
  Totals totals(Time from, Time to, std::string_view tier = {}) const;
  /// From the fault to the first moment from which a tier succeeds at 99 % or better for 60 seconds
  /// (DESIGN: Verdicts are defined). 0 if it never failed, nothing if it never recovered. Seconds
  /// without requests neither fail nor prove anything.
  std::optional<double> rto_s(Time fault, Time end, std::string_view tier = {}) const;
  /// Calls begun in [from, to) under a name; "*": all.
  CallTotals call_totals(Time from, Time to, std::string_view name) const;
  Rpo rpo(std::string_view database, Time fault) const;
  /// 64 bits over every figure: equal runs have equal ones.
  uint64_t fingerprint() const;

 private:
  bool matches(const ClassResults& c, std::string_view tier) const;
};

}  // namespace squall::dataplane
