// A World as it was at one moment. Records are shared with the World, which copies what it changes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/sim/world.h"

namespace squall::sim {

class Snapshot {
 public:
  /// The World's state as entries that Replay takes, a part at a time; `part` may keep the text.
  void write(const std::function<void(std::string&&)>& part) const;
  Time now() const { return now_; }
  size_t record_count() const;
  /// The last entry of the log that is in it.
  uint64_t logged() const { return logged_; }

 private:
  friend class World;
  struct Records {
    TypeIndex type = 0;
    const RecordType* description = nullptr;
    std::vector<std::pair<std::string, std::shared_ptr<void>>> list;
  };
  struct Part {  // a region's
    std::vector<Records> tables;
    std::vector<std::pair<std::string, uint64_t>> ordinals;
  };
  std::map<std::string, Part> regions_;
  std::vector<Event> events_;
  uint64_t event_sequence_ = 0, journal_sequence_ = 0, logged_ = 0;
  std::map<std::string, Stream, std::less<>> streams_;
  Time now_{};
  Pace pace_ = Pace::held;
  double scale_ = 1;
  std::vector<std::pair<std::string, std::shared_ptr<const AnnexState>>> annexes_;
};

/// What a log that is begun anew starts with: the World's named snapshots and its own state.
struct Checkpoint {
  std::shared_ptr<const Snapshot> state;
  NamedSnapshots named;
  void write(const std::function<void(std::string&&)>& part) const;
};

}  // namespace squall::sim
