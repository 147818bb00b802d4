#include "emulator/sim/event.h"

#include <algorithm>

namespace squall::sim {
namespace {

void write_unique_key(std::string& out, const Event& e) {
  out.clear();
  for (const std::string* part : {&e.kind, &e.region, &e.subject}) (out += *part) += '\n';
}

}  // namespace

uint64_t Scheduler::enter(Event&& event) {
  event.sequence = ++sequence_;
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const uint32_t slot = free_.back();
  free_.pop_back();
  heap_.push_back({event.time, event.sequence, slot});
  std::ranges::push_heap(heap_, is_later);
  slots_[slot] = std::move(event);
  return sequence_;
}

uint64_t Scheduler::push(Event event) { return enter(std::move(event)); }

uint64_t Scheduler::push_unique(Event event) {
  event.unique = true;
  write_unique_key(key_, event);
  const auto [at, added] = unique_.try_emplace(key_, event.time);
  if (!added) {
    if (at->second <= event.time) return 0;
    at->second = event.time;
  }
  return enter(std::move(event));
}

void Scheduler::restore(std::vector<Event> pending, uint64_t sequence) {
  clear();
  slots_ = std::move(pending);
  sequence_ = sequence;
  for (const Event& event : slots_) {
    heap_.push_back({event.time, event.sequence, static_cast<uint32_t>(heap_.size())});
    if (!event.unique) continue;
    write_unique_key(key_, event);
    const auto [at, added] = unique_.try_emplace(key_, event.time);
    if (!added) at->second = std::min(at->second, event.time);
  }
  std::ranges::make_heap(heap_, is_later);
}

std::optional<Time> Scheduler::next_time() const {
  if (heap_.empty()) return {};
  return heap_.front().time;
}

Event Scheduler::pop() {
  std::ranges::pop_heap(heap_, is_later);
  const uint32_t slot = heap_.back().slot;
  heap_.pop_back();
  Event event = std::move(slots_[slot]);
  free_.push_back(slot);
  if (event.unique) {
    write_unique_key(key_, event);
    const auto at = unique_.find(key_);
    if (at != unique_.end() && at->second == event.time) unique_.erase(at);
  }
  return event;
}

std::vector<Event> Scheduler::pending() const {
  std::vector<Due> order = heap_;
  std::ranges::sort(order, [](const Due& a, const Due& b) { return is_later(b, a); });
  std::vector<Event> events;
  events.reserve(order.size());
  for (const Due& due : order) events.push_back(slots_[due.slot]);
  return events;
}

void Scheduler::clear() {
  heap_.clear();
  slots_.clear();
  free_.clear();
  unique_.clear();
}

}  // namespace squall::sim
