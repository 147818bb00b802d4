// What a World tells its log: one entry a commit, with all that the commit changed.
#include "emulator/sim/change_entry.h"
#include "emulator/sim/world.h"

namespace squall::sim {
namespace {

thread_local ChangeGroup* group_under_way = nullptr;

}  // namespace

ChangeGroup::ChangeGroup(World& world) : world_(world) {
  if (world.is_logged() && !group_under_way) group_under_way = this;
}

ChangeGroup::~ChangeGroup() {
  if (group_under_way != this) return;
  group_under_way = nullptr;
  if (!entry_.empty()) world_.append_entry(entry_);
}

void World::append_entry(std::string_view entry) { log_->append(account(), entry); }

void World::log_annex(std::string_view kind, std::string_view change) {
  if (!log_) return;
  std::string made;
  ChangeGroup* group = group_under_way;
  std::string& entry = group && &group->world_ == this ? group->entry_ : made;
  if (entry.empty()) begin_change(entry, Change::now).time(now());
  BinaryWriter out = begin_change(entry, Change::annex);
  out.text(kind);
  out.text(change);
  if (&entry == &made) append_entry(made);
}

void World::note_commit() {
  for (const Undo& u : undo_) {
    const void* record = u.table->find(u.id);
    if (!record && !u.before) continue;  // made and removed within the transaction
    BinaryWriter out = begin_change(notes_, record ? Change::put : Change::gone);
    out.text(u.region->name);
    out.text(u.table->kind());
    out.text(u.id);
    if (record) u.table->type().write(out, record);
  }
  for (const OrdinalUndo& o : ordinals_before_) {
    BinaryWriter out = begin_change(notes_, Change::ordinal);
    out.text(o.region->name);
    out.text(o.key);
    out.number(*o.value);
  }
  for (const std::string& name : drawn_) {
    BinaryWriter out = begin_change(notes_, Change::stream);
    out.text(name);
    for (const uint64_t word : streams_[name].state()) out.word(word);
  }
  drawn_.clear();
}

void World::note_region(std::string_view name) {
  ++notes_held_;
  if (log_) begin_change(notes_, Change::region).text(name);
}

void World::note_event(const Event& event) {
  BinaryWriter out = begin_change(notes_, Change::event);
  write_event(out, event);
}

Event World::take_event() {
  Event event = scheduler_.pop();
  if (log_) begin_change(notes_, Change::event_done).number(event.sequence);
  return event;
}

/// Where time passes only when told to, its having passed is a change like others.
void World::note_clock() {
  if (notes_.empty() && clock_.pace() != Pace::wall && to_ns(now()) != noted_now_ns_)
    begin_change(notes_, Change::now).time(now());
  flush_notes();
}

void World::note_reset() {
  if (!log_) return;
  notes_.clear();
  drawn_.clear();
  begin_change(notes_, Change::reset);
  flush_notes();
}

void World::set_pace(Pace pace, double scale) {
  clock_.set_pace(pace, scale);
  if (!log_) return;
  BinaryWriter out = begin_change(notes_, Change::pace);
  out.byte(static_cast<uint8_t>(pace));
  out.real(scale);
  flush_notes();
}

void World::flush_notes() {
  if (!log_ || notes_.empty() || notes_held_ > 0) return;
  noted_now_ns_ = to_ns(now());
  begin_change(notes_, Change::now).time(now());
  append_entry(notes_);
  notes_.clear();
}

}  // namespace squall::sim
