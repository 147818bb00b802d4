#include "emulator/sim/world.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <optional>

#include "emulator/core/error.h"
#include "emulator/sim/scope.h"

namespace squall::sim {
namespace {
// A loop that keeps scheduling itself for "now" must not hang the server: beyond this many events
// without time moving, the rest waits a second.
constexpr int events_per_instant_max = 200'000;
}  // namespace

TypeIndex next_type_index() {
  static std::atomic<TypeIndex> next{0};
  return next++;
}

size_t next_annex_index() {
  static std::atomic<size_t> next{0};
  return next++;
}

void Laws::add_records(RecordTypes types) {
  for (const RecordType* type : types) {
    if (records.size() <= type->index) records.resize(type->index + 1);
    records[type->index] = type;
  }
}

const RecordType* Laws::find_records(std::string_view kind) const {
  for (const RecordType* type : records)
    if (type && type->kind == kind) return type;
  return nullptr;
}

World::World(const Laws& laws, WorldOptions options)
    : laws_(laws),
      options_(std::move(options)),
      clock_(options_.pace, options_.start),
      next_due_ns_(std::numeric_limits<int64_t>::max()),
      enforces_throughput_(options_.enforce_throughput) {
  journal_.set_detailed(options_.detailed_journal);
  journal_.set_limit(options_.journal_entries_max);
}

World::~World() = default;

void World::begin_storm(uint64_t seed, LatencyProfile profile) {
  options_.seed = seed;
  options_.latency = profile;
  streams_.clear();
}

void World::begin() {
  if (depth_) std::abort();  // transactions do not nest
  depth_ = 1;
}

void World::commit() {
  publish_changes();
  if (log_) note_commit();
  undo_.clear();
  recorded_.clear();
  ordinals_before_.clear();
  depth_ = 0;
  for (auto& [event, unique] : scheduled_) push(std::move(event), unique);
  scheduled_.clear();
  for (JournalEntry& entry : journalled_) journal_.append(std::move(entry));
  journalled_.clear();
  update_next_due();
  flush_notes();
}

void World::rollback() {
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) {
    undo->table->restore(undo->id, std::move(undo->before));
    undo->table->refresh_indexes();
  }
  for (auto it = ordinals_before_.rbegin(); it != ordinals_before_.rend(); ++it)
    *it->value = it->before;
  undo_.clear();
  recorded_.clear();
  ordinals_before_.clear();
  scheduled_.clear();
  journalled_.clear();
  depth_ = 0;
}

void World::publish_changes() {
  std::vector<std::pair<const WatchRow*, const Region*>> told;
  for (const Undo& u : undo_) u.table->mark_stale(u.id);
  for (const Undo& u : undo_) {
    u.table->refresh_indexes();
    const bool there = u.table->contains(u.id);
    if (!there && !u.before) continue;  // made and removed within the transaction
    ++u.table->version;
    if (u.table->is_quiet()) continue;
    std::string detail;
    if (journal_.detailed()) {
      detail = u.table->change_json(u.id, u.before.get());
      if (detail == "{}" && u.before) continue;  // an edit that changed nothing
    }
    JournalEntry& entry = journalled_.emplace_back();
    entry.time = now();
    entry.category = "change";
    entry.name = u.table->kind();
    entry.region = u.region->name;
    entry.subject = u.id;
    entry.message = !there ? "deleted" : u.before ? "changed" : "created";
    entry.detail = std::move(detail);
    for (const WatchRow* watch : u.table->watches) {
      if (watch->whole_region) {  // one event serves all changes of a transaction
        const std::pair<const WatchRow*, const Region*> about{watch, u.region};
        if (std::ranges::find(told, about) != told.end()) continue;
        told.push_back(about);
      }
      Event& event = scheduled_.emplace_back(Event{}, true).first;
      event.time = now();
      event.kind = watch->event_kind;
      event.region = u.region->name;
      if (!watch->whole_region) event.subject = u.id;
    }
  }
}

bool World::is_recorded(const Table& table, std::string_view id) {
  constexpr size_t searched_max = 16;
  if (undo_.size() <= searched_max) {
    return std::ranges::any_of(
        undo_, [&](const Undo& u) { return u.table == &table && u.id == id; });
  }
  if (recorded_.empty())
    for (const Undo& u : undo_) recorded_.emplace(u.table, u.id);
  return !recorded_.emplace(&table, id).second;
}

Table& World::table(Region& region, TypeIndex type, std::string_view kind) {
  if (type >= region.tables.size()) region.tables.resize(type + 1);
  auto& slot = region.tables[type];
  if (!slot) {
    if (type >= laws_.records.size() || !laws_.records[type]) {
      std::fprintf(stderr, "records of kind %.*s are in no definition's `records`\n",
                   static_cast<int>(kind.size()), kind.data());
      std::abort();
    }
    slot = std::make_unique<Table>(*laws_.records[type]);
    const auto [from, to] = laws_.watches.equal_range(kind);
    for (auto watch = from; watch != to; ++watch) slot->watches.push_back(&watch->second);
  }
  return *slot;
}

void World::record_undo(Table& table, Region& region, const std::string& id,
                        std::shared_ptr<void> before) {
  if (!depth_) std::abort();  // a change outside of a transaction
  if (is_recorded(table, id)) return;
  undo_.push_back({&table, &region, id, std::move(before)});
}

void World::schedule(Event event, bool unique) {
  if (depth_) {
    scheduled_.emplace_back(std::move(event), unique);
    return;
  }
  push(std::move(event), unique);
  update_next_due();
  flush_notes();
}

void World::push(Event&& event, bool unique) {
  std::optional<Event> kept;
  if (log_) kept = event;
  const uint64_t sequence = unique ? scheduler_.push_unique(std::move(event))
                                   : scheduler_.push(std::move(event));
  if (!kept || !sequence) return;
  kept->unique = unique;
  kept->sequence = sequence;
  note_event(*kept);
}

void World::journal(JournalEntry entry) {
  if (depth_)
    journalled_.push_back(std::move(entry));
  else
    journal_.append(std::move(entry));
}

uint64_t World::next_ordinal(Region& region, std::string_view key) {
  auto at = region.ordinals.find(key);
  if (at == region.ordinals.end()) at = region.ordinals.emplace(std::string(key), 0).first;
  if (depth_) ordinals_before_.push_back({&region, at->first, &at->second, at->second});
  return ++at->second;
}

void World::run_event(const Event& event) {
  const auto law = laws_.events.find(event.kind);
  if (law == laws_.events.end()) return;
  begin();
  try {
    Scope scope(*this, event.region);
    law->second(scope, event);
    commit();
  } catch (const AwsError& error) {
    rollback();
    JournalEntry entry;
    entry.time = now();
    entry.category = "event";
    entry.name = cat(event.kind, ".failed");
    entry.region = event.region;
    entry.subject = event.subject;
    entry.message = cat(error.code, ": ", error.message);
    journal_.append(std::move(entry));
  } catch (...) {
    rollback();
    throw;
  }
}

void World::advance_to(Time until) {
  int at_this_instant = 0;
  Time instant = now();
  update_next_due();  // takes what was posted
  for (;;) {
    const auto next = scheduler_.next_time();
    const bool due = next && *next <= until;
    const Time stop = due ? std::max(*next, now()) : until;
    if (engine_ && stop > now()) {
      engine_->run_until(*this, stop);
      const auto sooner = scheduler_.next_time();  // the engine may have scheduled something
      if (sooner && *sooner < stop) {
        clock_.set(*sooner);
        run_event(take_event());
        continue;
      }
    }
    clock_.set(stop);
    if (!due) break;
    at_this_instant = stop == instant ? at_this_instant + 1 : 0;
    instant = stop;
    Event event = take_event();
    if (at_this_instant > events_per_instant_max) {
      event.time = stop + std::chrono::seconds{1};
      push(std::move(event), false);
      continue;
    }
    run_event(event);
  }
  update_next_due();
  if (log_) note_clock();
}

void World::post(Event event) {
  const std::lock_guard lock(posted_mutex_);
  const int64_t due = to_ns(event.time);
  if (due < next_due_ns_.load(std::memory_order_relaxed))
    next_due_ns_.store(due, std::memory_order_relaxed);
  posted_.push_back(std::move(event));
}

void World::update_next_due() {
  const std::lock_guard lock(posted_mutex_);
  for (Event& event : posted_) push(std::move(event), true);
  posted_.clear();
  const auto next = scheduler_.next_time();
  next_due_ns_.store(next ? to_ns(*next) : std::numeric_limits<int64_t>::max(),
                     std::memory_order_relaxed);
}

void World::reset() {
  std::vector<Annex*> annexes;  // they lock what others hold who ask for an annex
  {
    const std::lock_guard lock(annex_mutex_);
    for (const auto& annex : owned_annexes_) annexes.push_back(annex.get());
  }
  for (Annex* annex : annexes) annex->reset();
  note_reset();
  regions_.clear();
  streams_.clear();
  scheduler_.clear();
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.clear();
  }
  set_enforces_throughput(options_.enforce_throughput);
  journal_.clear();
  if (clock_.pace() != Pace::wall) {
    const double scale = clock_.scale();
    const Pace pace = clock_.pace();
    std::destroy_at(&clock_);
    std::construct_at(&clock_, pace, options_.start);
    if (scale != 1) clock_.set_pace(pace, scale);
  }
  update_next_due();
}

Region& World::region(std::string_view name) {
  const auto at = regions_.find(name);
  if (at != regions_.end()) return *at->second;
  auto made = std::make_unique<Region>();
  made->name = name;
  Region& region = *made;
  regions_.emplace(std::string(name), std::move(made));
  // One entry: a region is there with all that it holds, or not at all.
  std::string notes = std::exchange(notes_, {});
  note_region(name);
  if (name != "aws-global") make_ground(region);
  if (--notes_held_ > 0) {  // made while another one is being made
    notes_ = notes + notes_;
    return region;
  }
  flush_notes();
  notes_ = std::move(notes);
  return region;
}

void World::make_ground(Region& region) {
  // Region defaults are part of the ground, not of the transaction that first touches it.
  const int depth = std::exchange(depth_, 0);
  auto undo = std::exchange(undo_, {});
  auto recorded = std::exchange(recorded_, {});
  auto scheduled = std::exchange(scheduled_, {});
  auto journalled = std::exchange(journalled_, {});
  auto ordinals = std::exchange(ordinals_before_, {});
  for (const auto& on_region : laws_.on_region) {
    Transaction transaction(*this);
    Scope scope(*this, region.name);
    on_region(scope);
    transaction.commit();
  }
  depth_ = depth;
  undo_ = std::move(undo);
  recorded_ = std::move(recorded);
  scheduled_ = std::move(scheduled);
  journalled_ = std::move(journalled);
  ordinals_before_ = std::move(ordinals);
}

Stream& World::stream(std::string_view name) {
  if (log_ && (drawn_.empty() || drawn_.back() != name)) drawn_.emplace_back(name);
  const auto at = streams_.find(name);
  if (at != streams_.end()) return at->second;
  return streams_.emplace(std::string(name), Stream(options_.seed, name)).first->second;
}

std::string World::dump() const {
  std::string out = "{";
  const char* region_comma = "";
  std::vector<Annex*> annexes;
  {
    const std::lock_guard lock(annex_mutex_);
    for (const auto& annex : owned_annexes_) annexes.push_back(annex.get());
  }
  for (const auto& [name, region] : regions_) {
    std::map<std::string_view, std::string> by_kind;
    for (const auto& table : region->tables)
      if (table && table->size()) table->dump(by_kind[table->kind()]);
    for (const Annex* annex : annexes) {
      std::string text;
      annex->dump(name, text);
      if (!text.empty()) by_kind[annex->kind()] = std::move(text);
    }
    if (by_kind.empty()) continue;
    out += region_comma;
    append_json_string(out, name);
    out += ":{";
    const char* comma = "";
    for (const auto& [kind, text] : by_kind) {
      out += comma;
      append_json_string(out, kind);
      out += ':';
      out += text;
      comma = ",\n";
    }
    out += '}';
    region_comma = ",\n";
  }
  return out + "}";
}

}  // namespace squall::sim
