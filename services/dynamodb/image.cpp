// Taking a picture, and going back to it.
#include "services/dynamodb/image.h"

#include <algorithm>

namespace squall::dynamodb {

StreamImage::StreamImage(const StreamLog& log)
    : arn(log.arn()), region(log.region()), view_type(log.view_type()), keys(log.keys()) {
  const std::lock_guard lock(log.mutex_);
  entries = log.entries_;
  shards = log.shards_;
  next = log.next_;
  shards_made = log.shards_made_;
}

void StreamImage::put_back(StreamLog& log, StreamEntry entry) {
  const std::lock_guard lock(log.mutex_);
  log.entries_.push_back(std::move(entry));
}

StreamLog::StreamLog(const StreamImage& image)
    : arn_(image.arn),
      region_(image.region),
      view_type_(image.view_type),
      keys_(image.keys),
      entries_(image.entries),
      shards_(image.shards),
      next_(image.next),
      shards_made_(image.shards_made) {}

StoreImage::StoreImage(const TableStore& store)
    : plan(store.plan_),
      items(store.items_),
      bytes(store.bytes_),
      collections(store.collections_),
      has_local_indexes(store.has_local_indexes_) {
  const bool settled = std::ranges::all_of(store.indexes_, [](const TableStore::Secondary& s) {
    return s.backlog.empty() && !s.filling;
  });
  if (settled)
    for (const TableStore::Secondary& s : store.indexes_) indexes.push_back({s.entries, s.bytes});
  if (const StreamTap* tap = store.attached_if<StreamTap>(); tap && tap->log)
    stream = tap->log->arn();
  if (const RecoveryLog* log = store.attached_if<RecoveryLog>())
    history = History{log->enabled, log->period, log->changes()};
  if (const ReplicaTap* tap = store.attached_if<ReplicaTap>())
    outgoing = Outgoing{tap->out, tap->written};
}

std::shared_ptr<TableStore> StoreImage::make(sim::World& world) const {
  auto store = std::make_shared<TableStore>(plan, world);
  const std::lock_guard lock(store->mutex_);
  if (indexes.size() == store->indexes_.size()) {
    store->items_ = items;
    store->bytes_ = bytes;
    store->collections_ = collections;
    for (size_t i = 0; i < indexes.size(); ++i) {
      store->indexes_[i].entries = indexes[i].entries;
      store->indexes_[i].bytes = indexes[i].bytes;
    }
  } else {
    store->load(items, bytes);
  }
  if (!stream.empty())
    store->attached<StreamTap>().log = world.annex<StreamLogs>().find(stream);
  if (history) {
    RecoveryLog& log = store->attached<RecoveryLog>();
    log.enabled = history->enabled;
    log.period = history->period;
    for (const RecoveryLog::Change& change : history->changes) log.put_back(change);
  }
  if (outgoing) {
    ReplicaTap& tap = store->attached<ReplicaTap>();
    tap.out = outgoing->out;
    tap.written = outgoing->written;
  }
  return store;
}

void StoreImage::put_back(TableStore& store, const std::vector<ItemRef>& items) {
  for (const ItemRef& item : items) {
    store.items_.append(item.get());
    store.bytes_ += item->size();
    store.count_in_collection(nullptr, item.get());
  }
}

Image::Image(Stores& stores) {
  for (const auto& store : stores.all()) tables_.emplace_back(*store);
  for (const auto& log : stores.world().annex<StreamLogs>().all()) streams_.emplace_back(*log);
  backups_ = stores.world().annex<BackupItems>().all();
  tokens_ = stores.world().annex<TransactionTokens>().all();
}

void Image::restore(Stores& stores) const {
  sim::World& world = stores.world();
  for (const StreamImage& image : streams_)
    world.annex<StreamLogs>().put_back(std::make_shared<StreamLog>(image));
  for (const StoreImage& image : tables_) stores.put_back(image.make(world));
  for (const auto& [arn, kept] : backups_)
    world.annex<BackupItems>().add(arn, kept.region, kept.items);
  for (const auto& [token, made] : tokens_)
    world.annex<TransactionTokens>().put_back(token, made);
}

std::vector<std::unique_lock<std::mutex>> Stores::hold() {
  std::vector<std::unique_lock<std::mutex>> locks;
  for (const auto& store : all()) locks.emplace_back(store->mutex());
  return locks;
}

std::shared_ptr<const sim::AnnexState> Stores::capture() { return std::make_shared<Image>(*this); }

void Stores::restore(const sim::AnnexState& state) {
  dynamic_cast<const Image&>(state).restore(*this);
}

}  // namespace squall::dynamodb
