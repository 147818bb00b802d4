// Global indexes follow their table a little later, as on AWS. Nobody sees an index but by reading
// it: what is on its way waits in order, and whoever reads lets in what has arrived by then. So the
// lag costs no events, and nothing at all where the World's latencies are zero.
#pragma once

#include <deque>
#include <memory>

#include "emulator/core/time.h"
#include "emulator/sim/random.h"
#include "services/dynamodb/item.h"

namespace squall::sim {
class World;
}

namespace squall::dynamodb {

/// Changes of a table that one global index does not show yet.
class IndexBacklog {
 public:
  struct Change {
    Time due{};
    ItemRef before, after;
  };
  bool empty() const { return !queue_ || queue_->changes.empty(); }
  /// Behind those before it, and at least `lag` after `now`.
  void push(const ItemRef& before, const ItemRef& after, Time due);
  /// The first that has arrived, or nothing.
  bool pop_due(Time now, Change& change);
  void clear() { queue_.reset(); }
  /// The index's own stream, made of `name` on first touch.
  sim::Stream& stream(uint64_t seed, std::string_view name);

 private:
  struct Queue {
    std::deque<Change> changes;
    sim::Stream stream;
    bool has_stream = false;
    Time latest{};
  };
  std::unique_ptr<Queue> queue_;
};

/// Whether a change goes through the backlog: a lag is to be drawn, or others wait already.
bool lags(const IndexBacklog& backlog, const sim::World& world);

}  // namespace squall::dynamodb
