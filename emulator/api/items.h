// Long lists of an answer, rendered item by item while the World is held: each item's document is
// gone before the next one is made, and what is in the cache stays there.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/api/kept_items.h"
#include "emulator/api/service.h"

namespace squall::api {

class Items {
 public:
  /// Items of the list at `path` in the operation's output: {"Reservations", "Instances"}.
  Items(const Context& ctx, std::initializer_list<std::string_view> path);
  ~Items();
  Items(const Items&) = delete;
  Items& operator=(const Items&) = delete;

  /// For reads of whole lists. What an item shows follows from its record and from others that
  /// have not changed while `version` is the same: a sum of Scope::version.
  void keep(const Context& ctx, uint64_t version);

  /// What `make` gives, fit to be pushed to the list. Whatever `make` puts into documents made
  /// before it was called is lost.
  template <class Make>
  Value item(const void* record, Make make) {
    if (!list_) return make();
    if (const auto kept = find(record)) return Value::rendered(*kept);
    const ItemArena memory;
    return rendered(record, make());
  }
  template <class Make>
  Value item(Make make) {
    return item(nullptr, make);
  }

 private:
  /// What an item's document is made in.
  class ItemArena {
   public:
    ~ItemArena() { arena().reset(); }

   private:
    static Arena& arena() {
      thread_local Arena arena;
      return arena;
    }
    const Arena::Use use_{arena()};
  };

  std::optional<std::string_view> find(const void* record) const;
  Value rendered(const void* record, const Value& item);

  const protocol::Call& call_;
  model::ShapeMember list_;
  protocol::RenderRoom room_{Arena::current()};
  KeptItems* keeper_ = nullptr;
  std::string name_;
  std::shared_ptr<const KeptList> kept_;
  std::shared_ptr<KeptList> made_;
};

}  // namespace squall::api
