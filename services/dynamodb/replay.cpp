// Does again what the log tells of (durable.h), with the functions that did it the first time.
#include <set>

#include "services/dynamodb/image.h"

namespace squall::dynamodb {
namespace {

using sim::BadBytes;
using sim::BinaryReader;

/// One deed at a time. Secondary indexes wait for settle().
class Doer {
 public:
  Doer(Stores& stores, std::vector<ItemRef>& shared, BinaryReader& in)
      : stores_(stores), world_(stores.world()), shared_(shared), in_(in) {}
  void run();

 private:
  std::string text() { return std::string(in_.text()); }
  std::shared_ptr<TableStore> store_if();
  TableStore& store();
  StreamLog& stream(std::string_view arn);
  ItemRef item();

  void make_table();
  void change_item();
  void fill_from_source();
  void make_stream();
  void read_stream();
  void send();
  bool run_image(Deed deed);
  void run_stream(Deed deed);
  void read_backup();

  Stores& stores_;
  sim::World& world_;
  std::vector<ItemRef>& shared_;
  BinaryReader& in_;
  std::shared_ptr<TableStore> held_;
};

std::shared_ptr<TableStore> Doer::store_if() {
  const std::string_view region = in_.text(), name = in_.text();
  return stores_.find(region, name);
}

TableStore& Doer::store() {
  held_ = store_if();
  if (!held_) throw BadBytes("it tells of a table that is not there");
  return *held_;
}

StreamLog& Doer::stream(std::string_view arn) {
  const auto log = world_.annex<StreamLogs>().find(arn);
  if (!log) throw BadBytes("it tells of a stream that is not there");
  return *log;
}

ItemRef Doer::item() {
  const uint64_t number = in_.number();
  if (number == 0) return {};
  if (number <= shared_.size()) return shared_[number - 1];
  if (number != shared_.size() + 1) throw BadBytes("an item's number is none");
  shared_.push_back(ItemRef::adopt(Item::make(in_.text())));
  return shared_.back();
}

void Doer::make_table() {
  auto plan = std::make_shared<Plan>();
  plan->region = text();
  plan->name = text();
  plan->arn = text();
  plan->table_id = text();
  sim::read_binary(in_, plan->keys);
  plan->types.hash = static_cast<Type>(in_.byte());
  plan->types.range = static_cast<Type>(in_.byte());
  plan->has_local_indexes = in_.boolean();
  stores_.adopt(std::move(plan));
}

void Doer::change_item() {
  TableStore& store = this->store();
  ItemChange change;
  change.time = in_.time();
  change.by_service = in_.boolean();
  WriteStamp stamp;
  const bool from_elsewhere = in_.boolean();
  if (from_elsewhere) {
    stamp.time = in_.time();
    stamp.region = text();
  }
  const bool is_put = in_.boolean();
  const ItemRef given = ItemRef::adopt(Item::make(in_.text()));
  const Position key = store.items().position_of(*given);
  change.before = ItemRef::share(store.find(key));
  if (is_put) change.after = given;
  if (!change.before && !change.after) return;
  ReplicaTap* tap = from_elsewhere ? store.attached_if<ReplicaTap>() : nullptr;
  if (tap) {
    tap->written[replica_key(store.items(), *given)] = stamp;
    tap->applying = true;
  }
  store.apply(change);
  if (tap) tap->applying = false;
}

void Doer::fill_from_source() {
  TableStore& target = store();
  const std::shared_ptr<TableStore> kept = held_;
  const std::string backup = text(), table = text();
  const Time time = in_.time();
  if (!backup.empty()) {
    const auto items = world_.annex<BackupItems>().find(backup);
    if (!items) throw BadBytes("it tells of a backup that is not there");
    size_t bytes = 0;
    for (auto c = items->begin(); c != items->end(); items->next(c))
      bytes += items->item(c)->size();
    return target.load(*items, bytes);
  }
  const auto source = stores_.find(target.region(), table);
  const RecoveryLog* log = source ? source->attached_if<RecoveryLog>() : nullptr;
  if (!log) throw BadBytes("it tells of a table's history that is not there");
  auto [items, bytes] = log->at(*source, time);
  target.load(std::move(items), bytes);
}

void Doer::make_stream() {
  const std::string arn = text(), region = text(), view = text();
  KeySchema keys;
  sim::read_binary(in_, keys);
  world_.annex<StreamLogs>().put_back(
      std::make_shared<StreamLog>(arn, region, view, keys, in_.time()));
}

void Doer::read_stream() {
  StreamImage image;
  image.arn = text();
  image.region = text();
  image.view_type = text();
  sim::read_binary(in_, image.keys);
  image.next = in_.number();
  image.shards_made = in_.number();
  for (uint64_t n = in_.number(); n > 0; --n) {
    StreamShard shard;
    shard.id = text();
    shard.parent = text();
    shard.first = in_.number();
    sim::read_binary(in_, shard.last);
    shard.closed = in_.time();
    image.shards.push_back(std::move(shard));
  }
  world_.annex<StreamLogs>().put_back(std::make_shared<StreamLog>(image));
}

void Doer::send() {
  TableStore& from = store();
  const std::string region = text();
  ReplicaTap* tap = from.attached_if<ReplicaTap>();
  if (!tap) return;
  const auto queue = tap->out.find(region);
  for (uint64_t n = in_.number(); n > 0 && queue != tap->out.end(); --n)
    if (!queue->second.empty()) queue->second.pop_front();
}

void Doer::read_backup() {
  const std::string arn = text(), region = text();
  std::vector<std::string> components{text()};
  if (std::string range = text(); !range.empty()) components.push_back(std::move(range));
  std::vector<ItemRef> items;
  while (!in_.at_end()) items.push_back(item());
  world_.annex<BackupItems>().put_back(arn, region, components, items);
}

bool Doer::run_image(Deed deed) {
  switch (deed) {
    case Deed::image: shared_.clear(); return true;
    case Deed::image_items: {
      TableStore& table = store();
      std::vector<ItemRef> items;
      while (!in_.at_end()) items.push_back(item());
      StoreImage::put_back(table, items);
      return true;
    }
    case Deed::image_stream: read_stream(); return true;
    case Deed::image_entries: {
      StreamLog& log = stream(in_.text());
      while (!in_.at_end()) {
        StreamEntry entry;
        entry.sequence = in_.number();
        entry.time = in_.time();
        entry.by_service = in_.boolean();
        entry.before = item();
        entry.after = item();
        StreamImage::put_back(log, std::move(entry));
      }
      return true;
    }
    case Deed::image_history: {
      RecoveryLog& log = store().attached<RecoveryLog>();
      while (!in_.at_end()) {
        RecoveryLog::Change change{in_.time(), item(), {}};
        change.after = item();
        log.put_back(std::move(change));
      }
      return true;
    }
    case Deed::image_backup: read_backup(); return true;
    case Deed::image_outgoing: {
      auto& out = store().attached<ReplicaTap>().out[text()];
      while (!in_.at_end()) {
        ReplicaTap::Entry entry{in_.time(), item(), {}, {}};
        entry.after = item();
        out.push_back(std::move(entry));
      }
      return true;
    }
    case Deed::image_stamps: {
      auto& written = store().attached<ReplicaTap>().written;
      while (!in_.at_end()) {
        const std::string key = text();
        const Time time = in_.time();
        written[key] = {time, text()};
      }
      return true;
    }
    default: return false;
  }
}

void Doer::run_stream(Deed deed) {
  if (deed == Deed::stream_made) return make_stream();
  if (deed == Deed::stream_gone) return world_.annex<StreamLogs>().drop(in_.text());
  const auto log = world_.annex<StreamLogs>().find(in_.text());
  const Time now = in_.time();
  const bool is_end = in_.boolean();
  if (!log) return;
  log->trim(now);
  log->roll(now, is_end);
}

void Doer::run() {
  const auto deed = static_cast<Deed>(in_.byte());
  if (run_image(deed)) return;
  switch (deed) {
    case Deed::table_made: return make_table();
    case Deed::table_dropped: {
      const std::string region = text();
      return stores_.drop(region, in_.text());
    }
    case Deed::item: return change_item();
    case Deed::seeded: {
      TableStore& to = store();
      const std::shared_ptr<TableStore> kept = held_;
      TableStore& from = store();
      return to.load(from.copy_items(), from.bytes());
    }
    case Deed::restored: return fill_from_source();
    case Deed::stream_made:
    case Deed::stream_gone:
    case Deed::stream_rolled: return run_stream(deed);
    case Deed::tapped: {
      TableStore& table = store();
      const std::string_view arn = in_.text();
      table.attached<StreamTap>().log =
          arn.empty() ? nullptr : world_.annex<StreamLogs>().find(arn);
      return;
    }
    case Deed::recovery: {
      RecoveryLog& log = store().attached<RecoveryLog>();
      log.enabled = in_.boolean();
      log.period = Duration{in_.integer()};
      if (!log.enabled) log.clear();
      return;
    }
    case Deed::backup_made: {
      const TableStore& table = store();
      return world_.annex<BackupItems>().add(text(), table.region(), table.copy_items());
    }
    case Deed::backup_gone: return world_.annex<BackupItems>().drop(in_.text());
    case Deed::token: {
      const std::string token = text();
      const uint64_t hash = in_.word();
      return world_.annex<TransactionTokens>().put_back(token, {hash, in_.time()});
    }
    case Deed::destinations: {
      ReplicaTap& tap = store().attached<ReplicaTap>();
      std::vector<std::string> regions;
      sim::read_binary(in_, regions);
      return tap.set_destinations(regions);
    }
    case Deed::sent: return send();
    default: throw BadBytes("it was written by another version");
  }
}

}  // namespace

void Stores::replay(sim::BinaryReader& in) { Doer(*this, shared_items_, in).run(); }

namespace {

/// What begins with an event of its own: the index of what expires is made by the one that
/// switched it on, and what waits for other replicas is looked at.
void begin_again(sim::World& world, const std::string& region) {
  sim::Scope scope(world, region);
  for (const TableSettings& settings : scope.all<TableSettings>())
    if (settings.ttl.status == "ENABLED")
      scope.at_unique(scope.now(), "dynamodb.ttl.index", settings.id);
  for (const GlobalTable& group : scope.all<GlobalTable>())
    scope.at_unique(scope.now(), "dynamodb.replicate", group.id);
}

}  // namespace

/// A replica that was being made when all ended is none: nothing is told to it.
void set_destinations(Stores& stores, const std::shared_ptr<TableStore>& store) {
  const std::lock_guard lock(store->mutex());
  ReplicaTap* tap = store->attached_if<ReplicaTap>();
  if (!tap) return;
  const sim::Scope scope(stores.world(), store->region());
  tap->set_destinations(other_replicas(scope, store->name()));
}

/// Records decide: their tables get indexes and settings, and what no record speaks of goes.
void Stores::settle() {
  shared_items_.clear();
  std::vector<std::string> regions;
  for (const auto& [name, region] : world_.regions()) regions.push_back(name);
  std::set<std::pair<std::string, std::string>> tables;
  std::set<std::string> streams, backups;
  for (const std::string& name : regions) {
    const sim::Scope scope(world_, name);
    for (const Table& table : scope.all<Table>()) {
      tables.emplace(name, table.id);
      if (find(name, table.id)) adopt(plan_of(table, name));
    }
    for (const Stream& stream : scope.all<Stream>()) streams.insert(stream.id);
    for (const Backup& backup : scope.all<Backup>()) backups.insert(backup.id);
  }
  for (const auto& store : all())
    if (!tables.contains({store->region(), store->name()})) drop(store->region(), store->name());
  for (const auto& store : all()) set_destinations(*this, store);
  auto& logs = world_.annex<StreamLogs>();
  for (const auto& log : logs.all()) {
    log->trim(world_.now());
    if (!streams.contains(log->arn())) logs.drop(log->arn());
  }
  auto& kept = world_.annex<BackupItems>();
  for (const auto& [arn, items] : kept.all())
    if (!backups.contains(arn)) kept.drop(arn);
  for (const std::string& name : regions) begin_again(world_, name);
}

}  // namespace squall::dynamodb
