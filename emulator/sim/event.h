// Events are data, run by a handler table, so they can be persisted, forked and printed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/core/fields.h"
#include "emulator/core/time.h"

namespace squall::sim {

class Scope;

/// `kind` names a row of some service's event table, e.g. "ec2.instance.running". `subject` is the
/// resource; `payload` whatever else the handler needs, as text. A handler must tolerate that the
/// subject has gone meanwhile.
struct Event {
  Time time{};
  uint64_t sequence = 0;
  std::string kind;
  std::string region;
  std::string subject;
  std::string payload;
  bool unique = false;  // came by push_unique
  SQUALL_FIELDS(time, sequence, kind, region, subject, payload)
};

struct EventRow {
  std::string_view kind;
  void (*run)(Scope& scope, const Event& event);
};

/// When a committed change touches a record of `record_kind`, the event is scheduled for now with
/// the record's id as subject (once, however often it is touched before it runs): how loops notice
/// at once what they watch. With `whole_region`, the subject is empty and one event serves all.
struct WatchRow {
  std::string_view record_kind;
  std::string_view event_kind;
  bool whole_region = true;
};

/// Min-heap by (time, sequence). What it orders is small; the events stay where they are.
class Scheduler {
 public:
  /// The number given to it.
  uint64_t push(Event event);
  /// Skipped (0) if an equal (kind, region, subject) is pending at or before `event.time`.
  uint64_t push_unique(Event event);
  uint64_t sequence() const { return sequence_; }
  /// What pending() told, and sequence(): from then on it goes on as it did there.
  void restore(std::vector<Event> pending, uint64_t sequence);
  std::optional<Time> next_time() const;
  Event pop();
  bool empty() const { return heap_.empty(); }
  size_t size() const { return heap_.size(); }
  /// In order of execution (for dumps and forks).
  std::vector<Event> pending() const;
  void clear();

 private:
  struct Due {
    Time time;
    uint64_t sequence;
    uint32_t slot;
  };
  static bool is_later(const Due& a, const Due& b) {
    return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
  }
  uint64_t enter(Event&& event);

  std::vector<Due> heap_;
  std::vector<Event> slots_;  // by Due::slot
  std::vector<uint32_t> free_;
  std::unordered_map<std::string, Time> unique_;  // key -> earliest pending time; never walked
  std::string key_;
  uint64_t sequence_ = 0;
};

}  // namespace squall::sim
