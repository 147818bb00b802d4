// What a World holds beside its records: bulk data with locks of its own, such as items of tables.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace squall::sim {

class BinaryReader;
class World;

/// What an annex held at one moment; never changes.
class AnnexState {
 public:
  virtual ~AnnexState() = default;
  /// Tells it as changes that Annex::replay takes, one call each.
  virtual void write(const std::function<void(std::string_view)>& change) const = 0;
};

/// Made on first touch by World::annex<T>() and kept for the World's life; reached without the
/// World's lock, so it guards itself. Lock order: World, then annex.
class Annex {
 public:
  virtual ~Annex() = default;
  /// The key of its part of the dump, as TableBase::kind().
  virtual std::string_view kind() const = 0;
  /// Back to the state of a fresh World.
  virtual void reset() = 0;
  /// A region's part as JSON in canonical order; appends nothing where there is nothing.
  virtual void dump(std::string_view region, std::string& out) const = 0;

  // What outlives the process or is gone back to. An annex that is part of another one's state, or
  // made anew from records, leaves these as they are. The World's lock is held.
  /// Everything stands still until these are let go.
  virtual std::vector<std::unique_lock<std::mutex>> hold() { return {}; }
  /// Called while it stands still: a copy that costs next to nothing.
  virtual std::shared_ptr<const AnnexState> capture() { return nullptr; }
  virtual void restore(const AnnexState&) {}
  /// Makes a change that was given to World::log_annex.
  virtual void replay(BinaryReader&) {}
  /// All is replayed or restored, records as well: what follows from them is made.
  virtual void settle() {}
};

/// How a World that is made again comes to an annex.
struct AnnexRow {
  std::string_view kind;
  Annex& (*of)(World& world);
};

}  // namespace squall::sim
