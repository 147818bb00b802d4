// The words of a World's log: what one entry is made of. Written by world_log.cpp and snapshot.cpp,
// read by replay.cpp.
#pragma once

#include <cstdint>

#include "emulator/sim/binary.h"
#include "emulator/sim/event.h"

namespace squall::sim {

enum class Change : uint8_t {
  now = 1,         // time
  region = 2,      // name: it was made
  put = 3,         // region, kind, id, record
  gone = 4,        // region, kind, id
  event = 5,       // event
  event_done = 6,  // sequence
  ordinal = 7,     // region, key, value
  stream = 8,      // name, state
  pace = 9,        // pace, scale
  annex = 10,      // kind, what the annex wrote
  reset = 11,
  restored = 12,   // name of a snapshot
  sequence = 13,   // the last event's
  clock = 14,      // time, pace, scale: also backwards
  saved = 15,      // name: a snapshot was made of what there was here
  dropped = 16,    // name of a snapshot
};

/// `writer.byte(...)` of a change, and the writer to go on with.
inline BinaryWriter begin_change(std::string& out, Change change) {
  BinaryWriter writer(out);
  writer.byte(static_cast<uint8_t>(change));
  return writer;
}

inline void write_event(BinaryWriter& out, const Event& event) {
  out.number(event.sequence);
  out.time(event.time);
  out.byte(event.unique);
  for (const std::string* part : {&event.kind, &event.region, &event.subject, &event.payload})
    out.text(*part);
}

}  // namespace squall::sim
