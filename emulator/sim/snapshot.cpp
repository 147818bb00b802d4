#include "emulator/sim/snapshot.h"

#include <cstdlib>

#include "emulator/sim/change_entry.h"

namespace squall::sim {

size_t Snapshot::record_count() const {
  size_t count = 0;
  for (const auto& [name, part] : regions_)
    for (const Records& records : part.tables) count += records.list.size();
  return count;
}

std::shared_ptr<const Snapshot> World::capture() { return capture_as(nullptr); }

void World::save_snapshot(const std::string& name) { snapshots_[name] = capture_as(&name); }

bool World::restore_snapshot(const std::string& name) {
  const auto found = snapshots_.find(name);
  if (found == snapshots_.end()) return false;
  restore(*found->second, name);
  return true;
}

bool World::drop_snapshot(const std::string& name) {
  if (snapshots_.erase(name) == 0) return false;
  note_snapshot(Change::dropped, name);
  return true;
}

void World::note_snapshot(Change change, std::string_view name) {
  if (!log_) return;
  begin_change(notes_, change).text(name);
  flush_notes();
}

std::shared_ptr<const Snapshot> World::capture_as(const std::string* name) {
  if (depth_) std::abort();
  auto snapshot = std::make_shared<Snapshot>();
  std::vector<Annex*> annexes;
  {
    const std::lock_guard lock(annex_mutex_);
    for (const auto& annex : owned_annexes_) annexes.push_back(annex.get());
  }
  std::vector<std::unique_lock<std::mutex>> held;
  for (Annex* annex : annexes)
    for (auto& lock : annex->hold()) held.push_back(std::move(lock));
  if (name) note_snapshot(Change::saved, *name);
  if (log_) snapshot->logged_ = log_->last();
  for (Annex* annex : annexes)
    if (auto state = annex->capture())
      snapshot->annexes_.emplace_back(annex->kind(), std::move(state));
  held.clear();
  for (const auto& [name, region] : regions_) {
    Snapshot::Part& part = snapshot->regions_[name];
    for (size_t type = 0; type < region->tables.size(); ++type) {
      const Table* table = region->tables[type].get();
      if (!table || table->size() == 0) continue;
      Snapshot::Records& records = part.tables.emplace_back();
      records.type = type;
      records.description = &table->type();
      records.list.reserve(table->size());
      for (const auto& [id, entry] : table->slots()) records.list.emplace_back(id, entry.record);
    }
    part.ordinals.assign(region->ordinals.begin(), region->ordinals.end());
  }
  snapshot->events_ = scheduler_.pending();
  snapshot->event_sequence_ = scheduler_.sequence();
  snapshot->journal_sequence_ = journal_.sequence();
  snapshot->streams_ = streams_;
  snapshot->now_ = now();
  snapshot->pace_ = clock_.pace();
  snapshot->scale_ = clock_.scale();
  return snapshot;
}

void World::restore(const Snapshot& snapshot, const std::string& name) {
  if (depth_) std::abort();
  std::vector<Annex*> annexes;  // they lock what others hold who ask for an annex
  {
    const std::lock_guard lock(annex_mutex_);
    for (const auto& annex : owned_annexes_) annexes.push_back(annex.get());
  }
  for (Annex* annex : annexes) annex->reset();
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.clear();
  }
  notes_.clear();
  drawn_.clear();
  regions_.clear();
  for (const auto& [name, part] : snapshot.regions_) {
    auto region = std::make_unique<Region>();
    region->name = name;
    for (const Snapshot::Records& records : part.tables) {
      Table& made = table(*region, records.type, records.description->kind);
      for (const auto& [id, record] : records.list) made.load(id, record);
      made.reindex_all();
      made.version = ++restores_ << 32;  // never one that was seen before
    }
    for (const auto& [key, last] : part.ordinals) region->ordinals.emplace(key, last);
    regions_.emplace(name, std::move(region));
  }
  scheduler_.restore(snapshot.events_, snapshot.event_sequence_);
  streams_ = snapshot.streams_;
  journal_.rewind(snapshot.journal_sequence_);
  clock_.restore(snapshot.now_, snapshot.pace_, snapshot.scale_);
  note_snapshot(Change::restored, name);
  for (const auto& [kind, state] : snapshot.annexes_) {
    const auto make = laws_.annexes.find(kind);
    if (make == laws_.annexes.end()) std::abort();  // it was captured from such an annex
    Annex& annex = make->second(*this);
    annex.restore(*state);
    annex.settle();
  }
  update_next_due();
}

namespace {

constexpr size_t part_bytes = 1 << 20;

}  // namespace

void Snapshot::write(const std::function<void(std::string&&)>& part) const {
  std::string out;
  const auto next = [&](Change change) {
    if (out.size() >= part_bytes) {
      part(std::move(out));
      out.clear();
    }
    return begin_change(out, change);
  };
  next(Change::reset);
  for (const auto& [name, region] : regions_) {
    next(Change::region).text(name);
    for (const Records& records : region.tables)
      for (const auto& [id, record] : records.list) {
        BinaryWriter writer = next(Change::put);
        writer.text(name);
        writer.text(records.description->kind);
        writer.text(id);
        records.description->write(writer, record.get());
      }
    for (const auto& [key, last] : region.ordinals) {
      BinaryWriter writer = next(Change::ordinal);
      writer.text(name);
      writer.text(key);
      writer.number(last);
    }
  }
  for (const auto& [name, stream] : streams_) {
    BinaryWriter writer = next(Change::stream);
    writer.text(name);
    for (const uint64_t word : stream.state()) writer.word(word);
  }
  for (const Event& event : events_) {
    BinaryWriter writer = next(Change::event);
    write_event(writer, event);
  }
  next(Change::sequence).number(event_sequence_);
  for (const auto& [kind, state] : annexes_)
    state->write([&](std::string_view change) {
      BinaryWriter writer = next(Change::annex);
      writer.text(kind);
      writer.text(change);
    });
  BinaryWriter pace = next(Change::clock);
  pace.time(now_);
  pace.byte(static_cast<uint8_t>(pace_));
  pace.real(scale_);
  part(std::move(out));
}

void Checkpoint::write(const std::function<void(std::string&&)>& part) const {
  for (const auto& [name, snapshot] : named) {
    snapshot->write(part);
    std::string saved;
    begin_change(saved, Change::saved).text(name);
    part(std::move(saved));
  }
  state->write(part);
}

}  // namespace squall::sim
