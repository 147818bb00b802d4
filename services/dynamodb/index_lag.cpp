// Changes on their way into global indexes.
#include "services/dynamodb/index_lag.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dynamodb/store.h"

namespace squall::dynamodb {
namespace {

/// As Scope::latency, but from a stream of the index's own: item operations hold no World's lock.
Duration draw_lag(const sim::World& world, sim::Stream& stream) {
  const sim::LatencyRow& row = world.laws().latencies.find("dynamodb.index.lag")->second;
  switch (world.options().latency) {
    case sim::LatencyProfile::zero: break;
    case sim::LatencyProfile::measured: return stream.uniform(row.measured_min, row.measured_max);
    case sim::LatencyProfile::documented:
      return stream.uniform(row.documented_min, row.documented_max);
  }
  return {};
}

}  // namespace

void IndexBacklog::push(const ItemRef& before, const ItemRef& after, Time due) {
  if (!queue_) queue_ = std::make_unique<Queue>();
  queue_->latest = std::max(queue_->latest, due);
  queue_->changes.push_back({queue_->latest, before, after});
}

bool IndexBacklog::pop_due(Time now, Change& change) {
  if (empty() || queue_->changes.front().due > now) return false;
  change = std::move(queue_->changes.front());
  queue_->changes.pop_front();
  return true;
}

sim::Stream& IndexBacklog::stream(uint64_t seed, std::string_view name) {
  if (!queue_) queue_ = std::make_unique<Queue>();
  if (!queue_->has_stream) queue_->stream = sim::Stream(seed, name);
  queue_->has_stream = true;
  return queue_->stream;
}

bool lags(const IndexBacklog& backlog, const sim::World& world) {
  return world.options().latency != sim::LatencyProfile::zero || !backlog.empty();
}

IndexEffect TableStore::postpone(size_t i, const ItemChange& change) {
  const IndexPlan& index = plan_->indexes[i];
  IndexBacklog& backlog = indexes_[i].backlog;
  sim::Stream& stream = backlog.stream(
      world_.seed(), cat("dynamodb-index/", region_, "/", name_, "/", index.name));
  backlog.push(change.before, change.after, change.time + draw_lag(world_, stream));
  catch_up(change.time, false);  // so that a queue nobody reads does not grow for ever
  return effect_on(index, change);
}

void TableStore::catch_up(Time now, bool waits) {
  for (size_t i = 0; i < indexes_.size(); ++i) {
    if (!take_filled(indexes_[i], waits && plan_->indexes[i].readable)) continue;
    IndexBacklog::Change change;
    while (indexes_[i].backlog.pop_due(now, change)) {
      ItemChange arrived;
      arrived.before = std::move(change.before);
      arrived.after = std::move(change.after);
      move_in(indexes_[i], plan_->indexes[i], arrived);
    }
  }
}

}  // namespace squall::dynamodb
