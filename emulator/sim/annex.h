// What a World holds beside its records: bulk data with locks of its own, such as items of tables.
#pragma once

#include <string>
#include <string_view>

namespace squall::sim {

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
};

}  // namespace squall::sim
