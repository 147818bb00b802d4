#include "emulator/sim/event.h"

#include <algorithm>

namespace squall::sim {
namespace {

bool later(const Event& a, const Event& b) {
  return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
}

void write_unique_key(std::string& out, const Event& e) {
  out.clear();
  for (const std::string* part : {&e.kind, &e.region, &e.subject}) (out += *part) += '\n';
}

}  // namespace

uint64_t Scheduler::push(Event event) {
  event.sequence = ++sequence_;
  heap_.push_back(std::move(event));
  std::ranges::push_heap(heap_, later);
  return sequence_;
}

uint64_t Scheduler::push_unique(Event event) {
  event.unique = true;
  write_unique_key(key_, event);
  const auto [at, added] = unique_.try_emplace(key_, event.time);
  if (!added) {
    if (at->second <= event.time) return 0;
    at->second = event.time;
  }
  return push(std::move(event));
}

void Scheduler::restore(std::vector<Event> pending, uint64_t sequence) {
  clear();
  heap_ = std::move(pending);
  sequence_ = sequence;
  std::ranges::make_heap(heap_, later);
  for (const Event& event : heap_) {
    if (!event.unique) continue;
    write_unique_key(key_, event);
    const auto [at, added] = unique_.try_emplace(key_, event.time);
    if (!added) at->second = std::min(at->second, event.time);
  }
}

std::optional<Time> Scheduler::next_time() const {
  if (heap_.empty()) return {};
  return heap_.front().time;
}

Event Scheduler::pop() {
  std::ranges::pop_heap(heap_, later);
  Event event = std::move(heap_.back());
  heap_.pop_back();
  if (event.unique) {
    write_unique_key(key_, event);
    const auto at = unique_.find(key_);
    if (at != unique_.end() && at->second == event.time) unique_.erase(at);
  }
  return event;
}

std::vector<Event> Scheduler::pending() const {
  std::vector<Event> events = heap_;
  std::ranges::sort(events, [](const Event& a, const Event& b) { return later(b, a); });
  return events;
}

void Scheduler::clear() {
  heap_.clear();
  unique_.clear();
}

}  // namespace squall::sim
