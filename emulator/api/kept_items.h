// Rendered items of long answers, kept while nothing that they show changes: who polls a list sees
// the same thousand resources again and again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "emulator/core/arena.h"
#include "emulator/protocol/codec.h"
#include "emulator/sim/annex.h"

namespace squall::api {

/// The items of one answer by the records that they show. Filled by one request, then only read.
struct KeptList {
  uint64_t version = 0;
  Arena memory;
  std::unordered_map<const void*, std::string_view> items;  // looked up, never walked
  protocol::RenderRoom room{memory};
};

/// No part of a World's state: it is made anew from records, and forgotten with them.
class KeptItems final : public sim::Annex {
 public:
  explicit KeptItems(sim::World&) {}
  std::string_view kind() const override { return "api:kept-items"; }
  void reset() override;
  void dump(std::string_view, std::string&) const override {}

  /// What is kept of `list` as of `version`, or nothing. `again`: it was asked for that version
  /// before, so that keeping it promises to pay.
  std::shared_ptr<const KeptList> find(const std::string& list, uint64_t version, bool& again);
  void keep(const std::string& list, std::shared_ptr<const KeptList> items);

 private:
  struct Slot {
    uint64_t asked_for = 0;
    std::shared_ptr<const KeptList> items;
  };
  std::mutex mutex_;
  std::map<std::string, Slot> lists_;
};

}  // namespace squall::api
