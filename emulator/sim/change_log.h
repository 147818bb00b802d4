// Where every change of a World goes before an answer that shows it leaves (DESIGN: Durability).
// emulator/store writes it into files; without a data directory there is none, and nothing is paid.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace squall::sim {

class World;

/// Entries are numbered from 1 in the order in which they came: what is numbered up to durable()
/// survives the end of the process.
class ChangeLog {
 public:
  virtual ~ChangeLog() = default;
  /// From any thread, under the lock that guards what has changed: the entries of one thing are
  /// numbered in the order of its changes. An entry is kept whole or not at all.
  virtual uint64_t append(std::string_view account, std::string_view entry) = 0;
  virtual uint64_t last() const = 0;
  virtual uint64_t durable() const = 0;
};

/// Makes one entry of all changes that this thread makes to annexes of the World: a transaction's.
/// Whoever opens one holds the locks of all that it will change, until after it has ended.
class ChangeGroup {
 public:
  explicit ChangeGroup(World& world);
  ~ChangeGroup();
  ChangeGroup(const ChangeGroup&) = delete;
  ChangeGroup& operator=(const ChangeGroup&) = delete;

 private:
  friend class World;
  World& world_;
  std::string entry_;
};

}  // namespace squall::sim
