// A picture of DynamoDB's annexes as deeds that replay.cpp does again.
#include "services/dynamodb/image.h"

namespace squall::dynamodb {
namespace {

constexpr size_t portion_bytes = 64 << 10;

using Tell = std::function<void(std::string_view)>;

/// Deeds of one kind for one thing, as many as it takes: `element` adds to the one under way.
class Portions {
 public:
  Portions(const Tell& tell, Deed deed, std::vector<std::string> about)
      : tell_(tell), deed_(deed), about_(std::move(about)) {}
  ~Portions() { flush(); }
  Portions(const Portions&) = delete;
  Portions& operator=(const Portions&) = delete;

  /// Where the next element goes.
  sim::BinaryWriter& next() {
    if (text_.size() >= portion_bytes) flush();
    if (text_.empty()) {
      out_.byte(static_cast<uint8_t>(deed_));
      for (const std::string& part : about_) out_.text(part);
    }
    return out_;
  }

 private:
  void flush() {
    if (!text_.empty()) tell_(text_);
    text_.clear();
  }
  const Tell& tell_;
  Deed deed_;
  std::vector<std::string> about_;
  std::string text_;
  sim::BinaryWriter out_{text_};
};

void write_items(const Tell& tell, ItemNumbers& numbers, Deed deed,
                 std::vector<std::string> about, const OrderedIndex& items) {
  Portions portions(tell, deed, std::move(about));
  for (auto c = items.begin(); c != items.end(); items.next(c))
    numbers.write(portions.next(), items.item(c));
}

void write_stream(const Tell& tell, ItemNumbers& numbers, const StreamImage& stream) {
  DeedText deed(Deed::image_stream);
  sim::BinaryWriter& out = deed.out();
  out.text(stream.arn);
  out.text(stream.region);
  out.text(stream.view_type);
  sim::write_binary(out, stream.keys);
  out.number(stream.next);
  out.number(stream.shards_made);
  out.number(stream.shards.size());
  for (const StreamShard& shard : stream.shards) {
    out.text(shard.id);
    out.text(shard.parent);
    out.number(shard.first);
    sim::write_binary(out, shard.last);
    out.time(shard.closed);
  }
  tell(deed.text());
  Portions entries(tell, Deed::image_entries, {stream.arn});
  for (const StreamEntry& e : stream.entries) {
    sim::BinaryWriter& entry = entries.next();
    entry.number(e.sequence);
    entry.time(e.time);
    entry.byte(e.by_service);
    numbers.write(entry, e.before.get());
    numbers.write(entry, e.after.get());
  }
}

void write_history(const Tell& tell, ItemNumbers& numbers, const StoreImage& table) {
  DeedText deed(Deed::recovery);
  deed.out().text(table.plan->region);
  deed.out().text(table.plan->name);
  deed.out().byte(table.history->enabled);
  deed.out().integer(table.history->period.count());
  tell(deed.text());
  Portions changes(tell, Deed::image_history, {table.plan->region, table.plan->name});
  for (const RecoveryLog::Change& change : table.history->changes) {
    sim::BinaryWriter& out = changes.next();
    out.time(change.time);
    numbers.write(out, change.before.get());
    numbers.write(out, change.after.get());
  }
}

void write_outgoing(const Tell& tell, ItemNumbers& numbers, const StoreImage& table) {
  const Plan& plan = *table.plan;
  DeedText deed(Deed::destinations);
  deed.out().text(plan.region);
  deed.out().text(plan.name);
  std::vector<std::string> regions;
  for (const auto& [region, queue] : table.outgoing->out) regions.push_back(region);
  sim::write_binary(deed.out(), regions);
  tell(deed.text());
  for (const auto& [region, queue] : table.outgoing->out) {
    Portions entries(tell, Deed::image_outgoing, {plan.region, plan.name, region});
    for (const ReplicaTap::Entry& e : queue) {
      sim::BinaryWriter& out = entries.next();
      out.time(e.time);
      numbers.write(out, e.before.get());
      numbers.write(out, e.after.get());
    }
  }
  Portions stamps(tell, Deed::image_stamps, {plan.region, plan.name});
  for (const auto& [key, stamp] : table.outgoing->written) {
    sim::BinaryWriter& out = stamps.next();
    out.text(key);
    out.time(stamp.time);
    out.text(stamp.region);
  }
}

void write_table(const Tell& tell, ItemNumbers& numbers, const StoreImage& table) {
  const Plan& plan = *table.plan;
  DeedText made(Deed::table_made);
  table.write_made(made);
  tell(made.text());
  write_items(tell, numbers, Deed::image_items, {plan.region, plan.name}, table.items);
  if (!table.stream.empty()) {
    DeedText tap(Deed::tapped);
    tap.out().text(plan.region);
    tap.out().text(plan.name);
    tap.out().text(table.stream);
    tell(tap.text());
  }
  if (table.history) write_history(tell, numbers, table);
  if (table.outgoing) write_outgoing(tell, numbers, table);
}

}  // namespace

void StoreImage::write_made(DeedText& deed) const {
  sim::BinaryWriter& out = deed.out();
  out.text(plan->region);
  out.text(plan->name);
  out.text(plan->arn);
  out.text(plan->table_id);
  sim::write_binary(out, plan->keys);
  out.byte(static_cast<uint8_t>(plan->types.hash));
  out.byte(static_cast<uint8_t>(plan->types.range));
  out.byte(has_local_indexes);
}

void ItemNumbers::write(sim::BinaryWriter& out, const Item* item) {
  if (!item) return out.number(0);
  const auto [at, added] = numbers_.try_emplace(item, numbers_.size() + 1);
  out.number(at->second);
  if (added) out.text(item->data());
}

void Image::write(const std::function<void(std::string_view)>& change) const {
  change(DeedText(Deed::image).text());
  ItemNumbers numbers;
  for (const StreamImage& stream : streams_) write_stream(change, numbers, stream);
  for (const StoreImage& table : tables_) write_table(change, numbers, table);
  for (const auto& [arn, kept] : backups_) {
    std::vector<std::string> about{arn, kept.region};
    const auto& components = kept.items.components();
    about.push_back(components[0]);
    about.push_back(components.size() > 1 ? components[1] : std::string());
    DeedText empty(Deed::image_backup);
    for (const std::string& part : about) empty.out().text(part);
    change(empty.text());
    write_items(change, numbers, Deed::image_backup, std::move(about), kept.items);
  }
  for (const auto& [token, made] : tokens_) {
    DeedText deed(Deed::token);
    deed.out().text(token);
    deed.out().word(made.request_hash);
    deed.out().time(made.until);
    change(deed.text());
  }
}

}  // namespace squall::dynamodb
