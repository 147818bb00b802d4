// Changes on their way between a global table's replicas, on the clock.
#include "services/dynamodb/replica.h"

#include <algorithm>

#include "emulator/sim/impairment.h"
#include "services/dynamodb/durable.h"
#include "services/dynamodb/stream_log.h"

namespace squall::dynamodb {

const Replica* GlobalTable::find(std::string_view region) const {
  for (const Replica& replica : replicas)
    if (replica.region == region) return &replica;
  return nullptr;
}

const GlobalTable* global_table_of(const sim::Scope& scope, std::string_view table) {
  // A read must not make a region.
  if (!scope.world().regions().contains("aws-global")) return nullptr;
  const GlobalTable* group = scope.global().view<GlobalTable>(table);
  return group && group->find(scope.region()) ? group : nullptr;
}

std::vector<std::string> other_replicas(const sim::Scope& scope, std::string_view table) {
  std::vector<std::string> regions;
  const GlobalTable* group = global_table_of(scope, table);
  if (group && !group->legacy)
    for (const Replica& replica : group->replicas)
      if (replica.region != scope.region()) regions.push_back(replica.region);
  return regions;
}

bool expires_items(const sim::Scope& scope, std::string_view table) {
  const GlobalTable* group = global_table_of(scope, table);
  if (!group) return true;
  const auto first = std::ranges::find_if(
      group->replicas, [](const Replica& replica) { return replica.seeded.has_value(); });
  const Replica& one = first == group->replicas.end() ? group->replicas.front() : *first;
  return one.region == scope.region();
}

namespace {

constexpr std::string_view replicate_event = "dynamodb.replicate";

}  // namespace

std::string replica_key(const OrderedIndex& items, const Item& item) {
  std::string key;
  for (size_t i = 0; i < items.component_count(); ++i) append_name(key, items.component(item, i));
  return key;
}

void ReplicaTap::set_destinations(const std::vector<std::string>& regions) {
  std::erase_if(out, [&](const auto& queue) {
    return std::ranges::find(regions, queue.first) == regions.end();
  });
  // What is on its way to somewhere already may not have reached the new one's source.
  const std::deque<Entry> known = out.empty() ? std::deque<Entry>() : out.begin()->second;
  for (const std::string& region : regions) out.try_emplace(region, known);
}

bool ReplicaTap::idle() const {
  return std::ranges::all_of(out, [](const auto& queue) { return queue.second.empty(); });
}

void ReplicaTap::dump(std::string& text) const {
  for (const auto& [region, queue] : out)
    for (const Entry& e : queue) {
      text += cat(text.empty() ? "[\"" : ",\n[\"", region, "\",", to_ns(e.time), ",");
      if (e.after)
        append_attributes_json(text, e.after->data());
      else
        text += "null";
      text += ']';
    }
}

void note_for_replicas(TableStore& store, const ItemChange& change) {
  ReplicaTap* tap = store.attached_if<ReplicaTap>();
  if (!tap || tap->applying || tap->out.empty()) return;
  const Item& item = change.after ? *change.after : *change.before;
  tap->written[replica_key(store.items(), item)] = {change.time, store.region()};
  // A queue that is not empty has its event already, or waits for a pause's end.
  bool wakes = false;
  for (auto& [region, queue] : tap->out) {
    wakes = wakes || queue.empty();
    queue.push_back({change.time, change.before, change.after, {}});
  }
  if (!wakes) return;
  sim::Event event;
  event.time = change.time;
  event.kind = replicate_event;
  event.region = "aws-global";
  event.subject = store.name();
  store.world().post(std::move(event));
}

namespace {

bool is_paused(const sim::Scope& scope, std::string_view table) {
  const std::string arn = scope.arn("dynamodb", cat("table/", table));
  for (const auto* impairment : scope.by<sim::Impairment>(cat("resource:", arn)))
    if (impairment->what == "replication") return true;
  return false;
}

/// Takes what is due from a replica's queue for one destination.
std::vector<ReplicaTap::Entry> take_due(sim::Scope& scope, TableStore& from,
                                        const std::string& destination) {
  std::vector<ReplicaTap::Entry> due;
  const std::lock_guard lock(from.mutex());
  ReplicaTap* tap = from.attached_if<ReplicaTap>();
  const auto queue = tap ? tap->out.find(destination) : std::map<std::string,
      std::deque<ReplicaTap::Entry>>::iterator();
  if (!tap || queue == tap->out.end()) return due;
  Time earliest{};
  for (ReplicaTap::Entry& e : queue->second) {
    if (!e.due)
      e.due = std::max(earliest, e.time + scope.latency("dynamodb.replication.lag", from.name()));
    if (*e.due > scope.now()) break;
    earliest = *e.due;
  }
  while (!queue->second.empty() && queue->second.front().due &&
         *queue->second.front().due <= scope.now()) {
    due.push_back(std::move(queue->second.front()));
    queue->second.pop_front();
  }
  return due;
}

/// When the first of what is left is due: take_due() has looked at it.
std::optional<Time> first_due(TableStore& from, const std::string& destination) {
  const std::lock_guard lock(from.mutex());
  const ReplicaTap* tap = from.attached_if<ReplicaTap>();
  if (!tap) return {};
  const auto queue = tap->out.find(destination);
  if (queue == tap->out.end() || queue->second.empty()) return {};
  return queue->second.front().due;
}

void deliver(const sim::Scope& scope, TableStore& to, const std::string& origin,
             const std::vector<ReplicaTap::Entry>& entries) {
  const std::lock_guard lock(to.mutex());
  ReplicaTap* tap = to.attached_if<ReplicaTap>();
  if (!tap || to.gone()) return;
  tap->applying = true;
  for (const ReplicaTap::Entry& e : entries) {
    const Item& item = e.after ? *e.after : *e.before;
    const WriteStamp stamp{e.time, origin};
    tap->applied = stamp;
    WriteStamp& last = tap->written[replica_key(to.items(), item)];
    if (stamp < last) continue;  // a later writer has won here
    last = stamp;
    ItemChange change;
    change.before = ItemRef::share(to.find(to.items().position_of(item)));
    change.after = e.after;
    change.time = scope.now();
    if (!change.before && !change.after) continue;
    if (change.before && change.after && same_attributes(*change.before, *change.after)) continue;
    to.apply(change);
  }
  tap->applying = false;
}

/// Stamps are needed only while something older may still come.
void forget_stamps(const std::vector<std::shared_ptr<TableStore>>& stores) {
  for (const auto& store : stores) {
    const std::lock_guard lock(store->mutex());
    const ReplicaTap* tap = store->attached_if<ReplicaTap>();
    if (tap && !tap->idle()) return;
  }
  for (const auto& store : stores) {
    const std::lock_guard lock(store->mutex());
    if (ReplicaTap* tap = store->attached_if<ReplicaTap>(); tap && tap->idle())
      tap->written.clear();
  }
}

void replicate(sim::Scope& scope, const sim::Event& event) {
  const GlobalTable* group = scope.view<GlobalTable>(event.subject);
  if (!group) return;
  std::vector<std::shared_ptr<TableStore>> stores;
  for (const Replica& replica : group->replicas)
    if (auto store = stores_of(scope.world()).find(replica.region, group->id))
      if (!is_paused(scope.in_region(replica.region), group->id))
        stores.push_back(std::move(store));
  std::optional<Time> next;
  for (const auto& from : stores)
    for (const auto& to : stores) {
      if (from == to) continue;
      const auto due = take_due(scope, *from, to->region());
      if (!due.empty()) {
        deliver(scope, *to, from->region(), due);
        note_sent(*from, to->region(), due.size());  // behind it: told twice is told once
      }
      if (const auto first = first_due(*from, to->region()))
        next = next ? std::min(*next, *first) : *first;
    }
  if (stores.size() == group->replicas.size()) forget_stamps(stores);
  if (next) scope.at_unique(*next, replicate_event, event.subject);
}

/// A pause may be over: what waited for that goes on.
void impairments_changed(sim::Scope& scope, const sim::Event&) {
  if (!scope.world().regions().contains("aws-global")) return;
  sim::Scope global = scope.global();
  for (const GlobalTable& group : global.all<GlobalTable>())
    global.at_unique(global.now(), replicate_event, group.id);
}

/// A replica's table has gone: the others go on without it.
void follow_table(sim::Scope& scope, const sim::Event& event) {
  const GlobalTable* group = global_table_of(scope, event.subject);
  if (!group || scope.has<Table>(event.subject)) return;
  sim::Scope global = scope.global();
  GlobalTable& edited = global.edit<GlobalTable>(event.subject);
  std::erase_if(edited.replicas, [&](const Replica& r) { return r.region == scope.region(); });
  connect_replicas(global, edited);
  if (edited.replicas.size() < (edited.legacy ? 1 : 2)) global.erase<GlobalTable>(event.subject);
}

}  // namespace

void connect_replicas(sim::Scope& global, const GlobalTable& group) {
  for (const Replica& replica : group.replicas) {
    std::vector<std::string> others;
    for (const Replica& other : group.replicas)
      if (other.region != replica.region) others.push_back(other.region);
    const auto store = stores_of(global.world()).find(replica.region, group.id);
    if (!store) continue;
    const std::lock_guard lock(store->mutex());
    note_destinations(*store, others);
    store->attached<ReplicaTap>().set_destinations(others);
  }
  global.at_unique(global.now(), replicate_event, group.id);
}

void disconnect_replica(const sim::Scope& scope, const std::string& region,
                        const std::string& table) {
  const auto store = stores_of(scope.world()).find(region, table);
  if (!store) return;
  const std::lock_guard lock(store->mutex());
  if (ReplicaTap* tap = store->attached_if<ReplicaTap>()) tap->set_destinations({});
}

std::span<const sim::EventRow> replica_events() {
  static const sim::EventRow rows[] = {{replicate_event, replicate},
                                       {"dynamodb.replica.impaired", impairments_changed},
                                       {"dynamodb.replica.follow", follow_table}};
  return rows;
}

std::span<const sim::WatchRow> replica_watches() {
  static const sim::WatchRow rows[] = {
      {"dynamodb:table", "dynamodb.replica.follow", false},
      {"sim:impairment", "dynamodb.replica.impaired"}};
  return rows;
}

std::span<const sim::LatencyRow> replica_latencies() {
  // "Usually within a second" (FACTS.md, DynamoDB); a new replica takes minutes to be made.
  static const sim::LatencyRow rows[] = {
      {"dynamodb.replication.lag", 100ms, 700ms, 300ms, 800ms},
      {"dynamodb.replica.creating", 60s, 300s, 60s, 1800s},
  };
  return rows;
}

}  // namespace squall::dynamodb
