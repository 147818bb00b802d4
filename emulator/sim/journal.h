// What happened in a World, in order: the basis of verdicts, timelines and run comparison.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/fields.h"
#include "emulator/core/time.h"

namespace squall::sim {

/// category: "event" (what a service announces: a scaling activity, an RDS event, a state change),
/// "change" (a record was created, changed or deleted through the door), "call" (a mutating API
/// call), "fault" (started, stopped), "aggregate" (per-second figures of the data plane).
/// `detail` is JSON text or empty.
struct JournalEntry {
  uint64_t sequence = 0;
  Time time{};
  std::string category;
  std::string name;     // "rds.failover-started", "ec2:instance", "RunInstances"
  std::string region;
  std::string subject;  // id or ARN of the resource
  std::string message;  // AWS's words where AWS has some
  std::string detail;
  bool canonical = true;  // false: kept for people, not compared between runs
  SQUALL_FIELDS(sequence, time, category, name, region, subject, message, detail)
};

class Journal {
 public:
  /// 0: unbounded (drills); otherwise the oldest are dropped (serve).
  void set_limit(size_t entries_max) { entries_max_ = entries_max; }
  /// Whether change entries carry the changed fields (drills) or only the ids (serve).
  void set_detailed(bool detailed) { detailed_ = detailed; }
  bool detailed() const { return detailed_; }

  void append(JournalEntry&& entry);
  const std::deque<JournalEntry>& entries() const { return entries_; }
  void clear() { entries_.clear(); }
  uint64_t sequence() const { return sequence_; }
  /// Forgets what was noted after that sequence number.
  void rewind(uint64_t sequence);
  /// One line an entry, canonical entries only, without sequence numbers: compared byte for byte.
  std::string canonical_dump() const;

 private:
  std::deque<JournalEntry> entries_;
  size_t entries_max_ = 100'000;
  uint64_t sequence_ = 0;
  bool detailed_ = false;
};

}  // namespace squall::sim
