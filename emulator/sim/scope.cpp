#include "emulator/sim/scope.h"

#include <algorithm>
#include <charconv>

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

namespace {

/// Kept from name to name: one is made for every id. Whoever gets it is done with the one before.
std::string& empty_name() {
  thread_local std::string name;
  name.clear();
  return name;
}

void append_hex(std::string& out, uint64_t value, size_t digits) {
  for (size_t i = 0; i < digits; ++i) out += "0123456789abcdef"[value >> (60 - 4 * i) & 15];
}

void append_new_hex(std::string& out, Scope& scope, std::string_view kind, size_t hex_digits,
                    std::string_view parent) {
  const uint64_t ordinal = scope.next_ordinal(kind, parent);
  std::string& name = empty_name();
  for (const std::string_view part :
       {std::string_view(scope.account()), std::string_view(scope.region()), kind, parent}) {
    name += part;
    name += '/';
  }
  char digits[20];
  name.append(digits, std::to_chars(digits, digits + sizeof digits, ordinal).ptr);
  append_hex(out, stable_hash(name, 1), std::min<size_t>(hex_digits, 16));
  if (hex_digits > 16) append_hex(out, stable_hash(name, 2), hex_digits - 16);
}

}  // namespace

uint64_t Scope::next_ordinal(std::string_view kind, std::string_view parent) {
  std::string& key = empty_name();
  (key += kind) += '/';
  key += parent;
  return world_->next_ordinal(*region_, key);
}

std::string Scope::new_hex(std::string_view kind, size_t hex_digits, std::string_view parent) {
  std::string hex;
  append_new_hex(hex, *this, kind, hex_digits, parent);
  return hex;
}

std::string Scope::new_id(std::string_view prefix, std::string_view parent) {
  constexpr size_t digits = 16;
  std::string id;
  id.reserve(prefix.size() + 2 + digits);
  (id += prefix) += "-0";
  append_new_hex(id, *this, prefix, digits, parent);
  return id;
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
