// A World made again of the entries of its log.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "emulator/sim/world.h"

namespace squall::sim {

class BinaryReader;

class Replay {
 public:
  /// The World is fresh, logs nothing yet, and nobody else knows of it.
  explicit Replay(World& world);
  /// Throws BadBytes where it cannot be read.
  void entry(std::string_view bytes);
  /// Everything is there: indexes, what is scheduled, what annexes make of it. At pace wall the
  /// clock goes on from the real time of day, or from where it was if that is later.
  void settle();

 private:
  Table& table(std::string_view region, std::string_view kind);
  Region& region(std::string_view name);
  Annex& annex(std::string_view kind);
  void change(BinaryReader& in);
  void read_event(BinaryReader& in);
  void place_events();

  World& world_;
  const Time start_;
  std::map<uint64_t, Event> events_;
  uint64_t sequence_ = 0;
  std::map<std::string_view, const RecordType*> types_;
};

}  // namespace squall::sim
