// What DynamoDB's annexes tell the World's log, in the order in which it happened: whatever is
// called here is called under the lock of the table that it is about, before anybody can see it.
// replay.cpp does the same things again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/sim/binary.h"
#include "services/dynamodb/store.h"
#include "services/dynamodb/table_settings.h"

namespace squall::dynamodb {

class StreamLog;

inline constexpr std::string_view items_kind = "dynamodb:items";

enum class Deed : uint8_t {
  table_made = 1,
  table_dropped = 2,
  item = 3,           // put, replaced, deleted
  seeded = 4,         // filled with another table's items
  restored = 5,       // filled from a backup or a moment
  stream_made = 6,
  stream_gone = 7,
  stream_rolled = 8,
  tapped = 9,         // the table writes into that stream
  recovery = 10,      // history switched on or off
  backup_made = 11,   // of the table as it was here
  backup_gone = 12,
  token = 13,
  destinations = 14,  // of a replica
  sent = 15,          // to a replica
  // In snapshots only; items are given once, and then by number.
  image = 20,         // what follows is one
  image_items = 21,
  image_stream = 22,
  image_entries = 23,
  image_history = 24,
  image_backup = 25,
  image_outgoing = 26,
  image_stamps = 27,
};

void note_made(const TableStore& store);
void note_dropped(const TableStore& store);
void note_item(const TableStore& store, const ItemChange& change);
void note_seeded(const TableStore& to, const TableStore& from);
void note_restored(const TableStore& store, const RestoreSource& source);
void note_stream(sim::World& world, const StreamLog& log);
void note_stream_gone(sim::World& world, std::string_view arn);
void note_roll(sim::World& world, std::string_view arn, Time now, bool is_end);
void note_tap(const TableStore& store, std::string_view arn);
void note_recovery(const TableStore& store, bool enabled, Duration period);
void note_backup(const TableStore& store, std::string_view arn);
void note_backup_gone(sim::World& world, std::string_view arn);
void note_token(sim::World& world, std::string_view token, uint64_t request_hash, Time until);
void note_destinations(const TableStore& store, const std::vector<std::string>& regions);
void note_sent(const TableStore& from, std::string_view region, size_t count);

/// A stream is read without its table's lock: what was read of a transaction that is being made is
/// in the log when this returns.
void await_writers(sim::World& world, const StreamLog& log);

/// One deed's text.
class DeedText {
 public:
  explicit DeedText(Deed deed) : out_(text_) { out_.byte(static_cast<uint8_t>(deed)); }
  DeedText(Deed deed, const TableStore& store) : DeedText(deed) {
    out_.text(store.region());
    out_.text(store.name());
  }
  sim::BinaryWriter& out() { return out_; }
  const std::string& text() const { return text_; }
  void log(sim::World& world) const { world.log_annex(items_kind, text_); }

 private:
  std::string text_;
  sim::BinaryWriter out_;
};
DeedText made_text(const TableStore& store);

}  // namespace squall::dynamodb
