#include "emulator/sim/scope.h"

#include "emulator/core/text.h"

namespace squall::sim {

void* Scope::edit_record(Table& table, std::string_view id) {
  const auto at = table.at(id);
  world_->record_undo(table, *region_, at->first, at->second.record);
  return table.own(at);
}

void* Scope::add_record(Table& table, const std::string& id, std::shared_ptr<void> record) {
  const auto at = table.make(id);
  world_->record_undo(table, *region_, at->first, at->second.record);
  return table.put(at, std::move(record));
}

void Scope::erase_record(Table& table, std::string_view id) {
  if (!table.contains(id)) return;
  const auto at = table.at(id);
  world_->record_undo(table, *region_, at->first, at->second.record);
  table.remove(at);
}

uint64_t Scope::next_ordinal(std::string_view kind, std::string_view parent) {
  return world_->next_ordinal(*region_, cat(kind, '/', parent));
}

std::string Scope::new_hex(std::string_view kind, size_t hex_digits, std::string_view parent) {
  const uint64_t ordinal = next_ordinal(kind, parent);
  const std::string name =
      cat(account(), '/', region(), '/', kind, '/', parent, '/', ordinal);
  std::string digits = hex16(stable_hash(name, 1));
  if (hex_digits > 16) digits += hex16(stable_hash(name, 2));
  return digits.substr(0, hex_digits);
}

std::string Scope::new_id(std::string_view prefix, std::string_view parent) {
  return cat(prefix, "-0", new_hex(prefix, 16, parent));
}

std::string Scope::new_uuid(std::string_view kind, std::string_view parent) {
  std::string hex = new_hex(kind, 32, parent);
  hex[12] = '4';
  hex[16] = "89ab"[hex[16] % 4];
  return cat(hex.substr(0, 8), '-', hex.substr(8, 4), '-', hex.substr(12, 4), '-',
             hex.substr(16, 4), '-', hex.substr(20));
}

void Scope::at(Time time, std::string_view kind, std::string_view subject,
               std::string_view payload) {
  Event event;
  event.time = std::max(time, now());
  event.kind = kind;
  event.region = region();
  event.subject = subject;
  event.payload = payload;
  world_->schedule(std::move(event), false);
}

void Scope::at_unique(Time time, std::string_view kind, std::string_view subject) {
  Event event;
  event.time = std::max(time, now());
  event.kind = kind;
  event.region = region();
  event.subject = subject;
  world_->schedule(std::move(event), true);
}

Duration Scope::latency(std::string_view name, std::string_view entity) {
  const auto row = world_->laws().latencies.find(name);
  if (row == world_->laws().latencies.end()) std::abort();  // a name without a row
  const LatencyRow& r = row->second;
  switch (world_->options().latency) {
    case LatencyProfile::zero: return Duration{};
    case LatencyProfile::measured:
      return random(cat("latency/", entity)).uniform(r.measured_min, r.measured_max);
    case LatencyProfile::documented:
      return random(cat("latency/", entity)).uniform(r.documented_min, r.documented_max);
  }
  return Duration{};
}

void Scope::announce(std::string_view name, std::string_view subject, std::string_view message,
                     std::string_view detail_json) {
  JournalEntry entry;
  entry.time = now();
  entry.category = "event";
  entry.name = name;
  entry.region = region();
  entry.subject = subject;
  entry.message = message;
  entry.detail = detail_json;
  world_->journal(std::move(entry));
}

std::string Scope::arn(std::string_view service, std::string_view resource) const {
  return cat("arn:aws:", service, ':', region(), ':', account(), ':', resource);
}

std::string Scope::global_arn(std::string_view service, std::string_view resource) const {
  return cat("arn:aws:", service, "::", account(), ':', resource);
}

}  // namespace squall::sim
