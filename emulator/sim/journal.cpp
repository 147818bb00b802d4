#include "emulator/sim/journal.h"

#include "emulator/core/text.h"

namespace squall::sim {

void Journal::append(JournalEntry&& entry) {
  entry.sequence = ++sequence_;
  entries_.push_back(std::move(entry));
  if (entries_max_ && entries_.size() > entries_max_) entries_.pop_front();
}

void Journal::rewind(uint64_t sequence) {
  while (!entries_.empty() && entries_.back().sequence > sequence) entries_.pop_back();
  sequence_ = sequence;
}

std::string Journal::canonical_dump() const {
  std::string out;
  for (const JournalEntry& e : entries_) {
    if (!e.canonical) continue;
    out += std::to_string(to_ns(e.time));
    for (const std::string* part : {&e.category, &e.name, &e.region, &e.subject, &e.message}) {
      out += ' ';
      append_json_string(out, *part);
    }
    if (!e.detail.empty()) out += ' ' + e.detail;
    out += '\n';
  }
  return out;
}

}  // namespace squall::sim
