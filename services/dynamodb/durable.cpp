#include "services/dynamodb/durable.h"

#include "services/dynamodb/replica.h"
#include "services/dynamodb/stream_log.h"

namespace squall::dynamodb {
namespace {

/// The attributes of an item's key: it begins with them.
std::string_view key_part(const Item& item, const KeySchema& keys) {
  const char* begin = item.data().data();
  Entries e = item.entries();
  const char* end = e.value().end();
  if (!keys.range.empty()) {
    e.next();
    end = e.value().end();
  }
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

DeedText made_text(const TableStore& store) {
  DeedText deed(Deed::table_made, store);
  const Plan& plan = store.plan();
  deed.out().text(plan.arn);
  deed.out().text(plan.table_id);
  sim::write_binary(deed.out(), store.keys());
  deed.out().byte(static_cast<uint8_t>(store.key_types().hash));
  deed.out().byte(static_cast<uint8_t>(store.key_types().range));
  deed.out().byte(store.has_local_indexes());
  return deed;
}

void note_made(const TableStore& store) {
  if (store.world().is_logged()) made_text(store).log(store.world());
}

void note_dropped(const TableStore& store) {
  if (store.world().is_logged()) DeedText(Deed::table_dropped, store).log(store.world());
}

void note_item(const TableStore& store, const ItemChange& change) {
  if (!store.world().is_logged()) return;
  DeedText deed(Deed::item, store);
  sim::BinaryWriter& out = deed.out();
  out.time(change.time);
  out.byte(change.by_service);
  const ReplicaTap* tap = store.attached_if<ReplicaTap>();
  const bool from_elsewhere = tap && tap->applying;
  out.byte(from_elsewhere);
  if (from_elsewhere) {
    out.time(tap->applied.time);
    out.text(tap->applied.region);
  }
  out.byte(static_cast<bool>(change.after));
  out.text(change.after ? change.after->data() : key_part(*change.before, store.keys()));
  deed.log(store.world());
}

void note_seeded(const TableStore& to, const TableStore& from) {
  if (!to.world().is_logged()) return;
  DeedText deed(Deed::seeded, to);
  deed.out().text(from.region());
  deed.out().text(from.name());
  deed.log(to.world());
}

void note_restored(const TableStore& store, const RestoreSource& source) {
  if (!store.world().is_logged()) return;
  DeedText deed(Deed::restored, store);
  deed.out().text(source.backup_arn);
  deed.out().text(source.table_arn.substr(source.table_arn.find('/') + 1));
  deed.out().time(source.time.value_or(Time{}));
  deed.log(store.world());
}

void note_stream(sim::World& world, const StreamLog& log) {
  if (!world.is_logged()) return;
  DeedText deed(Deed::stream_made);
  deed.out().text(log.arn());
  deed.out().text(log.region());
  deed.out().text(log.view_type());
  sim::write_binary(deed.out(), log.keys());
  deed.out().time(world.now());
  deed.log(world);
}

void note_stream_gone(sim::World& world, std::string_view arn) {
  if (!world.is_logged()) return;
  DeedText deed(Deed::stream_gone);
  deed.out().text(arn);
  deed.log(world);
}

void note_roll(sim::World& world, std::string_view arn, Time now, bool is_end) {
  if (!world.is_logged()) return;
  DeedText deed(Deed::stream_rolled);
  deed.out().text(arn);
  deed.out().time(now);
  deed.out().byte(is_end);
  deed.log(world);
}

void note_tap(const TableStore& store, std::string_view arn) {
  if (!store.world().is_logged()) return;
  const StreamTap* tap = store.attached_if<StreamTap>();
  if (tap && tap->log && tap->log->arn() == arn) return;
  DeedText deed(Deed::tapped, store);
  deed.out().text(arn);
  deed.log(store.world());
}

void note_recovery(const TableStore& store, bool enabled, Duration period) {
  if (!store.world().is_logged()) return;
  DeedText deed(Deed::recovery, store);
  deed.out().byte(enabled);
  deed.out().integer(period.count());
  deed.log(store.world());
}

void note_backup(const TableStore& store, std::string_view arn) {
  if (!store.world().is_logged()) return;
  DeedText deed(Deed::backup_made, store);
  deed.out().text(arn);
  deed.log(store.world());
}

void note_backup_gone(sim::World& world, std::string_view arn) {
  if (!world.is_logged()) return;
  DeedText deed(Deed::backup_gone);
  deed.out().text(arn);
  deed.log(world);
}

void await_writers(sim::World& world, const StreamLog& log) {
  if (!world.is_logged()) return;
  std::string_view table = log.arn();  // .../table/NAME/stream/LABEL
  table.remove_prefix(table.find('/') + 1);
  const auto store = stores_of(world).find(log.region(), table.substr(0, table.find('/')));
  if (store) const std::lock_guard wait(store->mutex());
}

void note_token(sim::World& world, std::string_view token, uint64_t request_hash, Time until) {
  if (!world.is_logged()) return;
  DeedText deed(Deed::token);
  deed.out().text(token);
  deed.out().word(request_hash);
  deed.out().time(until);
  deed.log(world);
}

void note_destinations(const TableStore& store, const std::vector<std::string>& regions) {
  if (!store.world().is_logged()) return;
  DeedText deed(Deed::destinations, store);
  sim::write_binary(deed.out(), regions);
  deed.log(store.world());
}

void note_sent(const TableStore& from, std::string_view region, size_t count) {
  if (!from.world().is_logged()) return;
  DeedText deed(Deed::sent, from);
  deed.out().text(region);
  deed.out().number(count);
  deed.log(from.world());
}

}  // namespace squall::dynamodb
