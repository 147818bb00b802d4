#include "emulator/sim/replay.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/change_entry.h"

namespace squall::sim {

Replay::Replay(World& world) : world_(world), start_(world.now()) {
  for (const RecordType* type : world.laws().records)
    if (type) types_.emplace(type->kind, type);
}

void Replay::entry(std::string_view bytes) {
  BinaryReader in(bytes);
  while (!in.at_end()) change(in);
}

Region& Replay::region(std::string_view name) {
  auto& slot = world_.regions_[std::string(name)];
  if (!slot) {
    slot = std::make_unique<Region>();
    slot->name = name;
  }
  return *slot;
}

Table& Replay::table(std::string_view region_name, std::string_view kind) {
  const auto type = types_.find(kind);
  if (type == types_.end())
    throw BadBytes(cat("it holds records of kind ", kind, ", which this version does not know"));
  return world_.table(region(region_name), type->second->index, kind);
}

Annex& Replay::annex(std::string_view kind) {
  const auto make = world_.laws().annexes.find(kind);
  if (make == world_.laws().annexes.end())
    throw BadBytes(cat("it holds ", kind, ", which this version does not know"));
  return make->second(world_);
}

void Replay::read_event(BinaryReader& in) {
  Event event;
  event.sequence = in.number();
  event.time = in.time();
  event.unique = in.boolean();
  for (std::string* part : {&event.kind, &event.region, &event.subject, &event.payload})
    *part = in.text();
  sequence_ = std::max(sequence_, event.sequence);
  events_.insert_or_assign(event.sequence, std::move(event));
}

void Replay::change(BinaryReader& in) {
  switch (static_cast<Change>(in.byte())) {
    case Change::now: return world_.clock_.set(in.time());
    case Change::region: region(in.text()); return;
    case Change::put: {
      const std::string_view region = in.text(), kind = in.text(), id = in.text();
      Table& records = table(region, kind);
      return records.load(std::string(id), records.type().read(in));
    }
    case Change::gone: {
      const std::string_view region = in.text(), kind = in.text();
      return table(region, kind).unload(in.text());
    }
    case Change::event: return read_event(in);
    case Change::event_done: events_.erase(in.number()); return;
    case Change::ordinal: {
      Region& where = region(in.text());
      const std::string_view key = in.text();
      where.ordinals[std::string(key)] = in.number();
      return;
    }
    case Change::stream: {
      const std::string name(in.text());
      std::array<uint64_t, 4> state{};
      for (uint64_t& word : state) word = in.word();
      return world_.streams_[name].set_state(state);
    }
    case Change::pace: {
      const auto pace = static_cast<Pace>(in.byte());
      return world_.clock_.set_pace(pace, in.real());
    }
    case Change::clock: {
      const Time now = in.time();
      const auto pace = static_cast<Pace>(in.byte());
      return world_.clock_.restore(now, pace, in.real());
    }
    case Change::annex: {
      const std::string_view kind = in.text();
      BinaryReader change(in.text());
      return annex(kind).replay(change);
    }
    case Change::sequence: sequence_ = std::max(sequence_, in.number()); return;
    case Change::reset:
      events_.clear();
      return world_.reset();
    case Change::saved:
      place_events();
      return world_.save_snapshot(std::string(in.text()));
    case Change::restored: {
      const std::string name(in.text());
      if (!world_.restore_snapshot(name))
        throw BadBytes(cat("snapshot '", name, "' was gone back to and is not there"));
      events_.clear();
      for (Event& event : world_.scheduler_.pending())
        events_.emplace(event.sequence, std::move(event));
      sequence_ = world_.scheduler_.sequence();
      return;
    }
    case Change::dropped: world_.drop_snapshot(std::string(in.text())); return;
  }
  throw BadBytes("it was written by another version");
}

void Replay::place_events() {
  std::vector<Event> pending;
  for (const auto& [sequence, event] : events_) pending.push_back(event);
  world_.scheduler_.restore(std::move(pending), sequence_);
}

void Replay::settle() {
  place_events();
  for (const auto& [name, region] : world_.regions_)
    for (const auto& table : region->tables)
      if (table) table->reindex_all();
  Clock& clock = world_.clock_;
  if (clock.pace() == Pace::wall) clock.set(start_);
  clock.set_pace(clock.pace(), clock.scale());
  {
    std::vector<Annex*> annexes;
    {
      const std::lock_guard lock(world_.annex_mutex_);
      for (const auto& annex : world_.owned_annexes_) annexes.push_back(annex.get());
    }
    for (Annex* annex : annexes) annex->settle();
  }
  world_.update_next_due();
}

}  // namespace squall::sim
