// What happened in a World, for people and for tools that follow along.
#include <algorithm>

#include "emulator/control/exchange.h"
#include "emulator/core/text.h"
#include "emulator/protocol/json.h"

namespace squall::control {
namespace {

constexpr int64_t kEntriesDefault = 1000;
constexpr int64_t kEntriesMax = 10000;

int64_t number(const Exchange& exchange, std::string_view name, int64_t fallback, int64_t max) {
  const auto text = exchange.parameter(name);
  if (!text) return fallback;
  const auto value = parse_int(*text);
  if (!value || *value < 0 || *value > max)
    throw bad_request(cat("'", name, "' must be a whole number from 0 to ", max, "."));
  return *value;
}

Value describe(const sim::JournalEntry& entry) {
  Value detail;
  if (!entry.detail.empty() && !protocol::parse_json(entry.detail, detail)) detail = entry.detail;
  const auto text = [](const std::string& s) { return s.empty() ? Value() : Value(s); };
  return {{"sequence", entry.sequence},       {"time", format_iso8601(entry.time)},
          {"category", entry.category},       {"name", entry.name},
          {"region", text(entry.region)},     {"subject", text(entry.subject)},
          {"message", text(entry.message)},   {"detail", detail},
          {"canonical", entry.canonical}};
}

void read_journal(Exchange& exchange) {
  exchange.allow_parameters({"since", "kind", "subject", "limit", "format"});
  const HeldWorld world(exchange.world());
  const sim::Journal& journal = world->journal();
  const std::string format = exchange.parameter("format").value_or("json");
  if (format == "canonical") {
    exchange.response.content_type = "text/plain; charset=utf-8";
    exchange.response.body = journal.canonical_dump();
    exchange.response.compressible = true;
    return;
  }
  if (format != "json") throw bad_request("'format' must be json or canonical.");
  const auto since = static_cast<uint64_t>(number(exchange, "since", 0, INT64_MAX));
  const auto limit = static_cast<size_t>(number(exchange, "limit", kEntriesDefault, kEntriesMax));
  const std::string kind = exchange.parameter("kind").value_or("*");
  const std::string subject = exchange.parameter("subject").value_or("*");
  const auto& entries = journal.entries();
  auto at = std::ranges::partition_point(
      entries, [&](const sim::JournalEntry& entry) { return entry.sequence <= since; });
  // Entries after `since` that were dropped to keep the journal bounded: silence would be a lie.
  const bool lost = !entries.empty() && entries.front().sequence > since + 1;
  Value list = Value::list();
  uint64_t last = since;
  for (; at != entries.end() && list.size() < limit; ++at) {
    last = at->sequence;
    const bool wanted = at->category == kind || wildcard_match(kind, at->name);
    if (wanted && wildcard_match(subject, at->subject)) list.push(describe(*at));
  }
  exchange.answer({{"account", world->account()},
                   {"now", format_iso8601(world->now())},
                   {"entries", list},
                   {"next", last},
                   {"more", at != entries.end()},
                   {"entries_lost", lost}});
}

constexpr RouteRow routes[] = {
    {"GET", "/_squall/journal",
     "what happened after ?since=SEQUENCE; ?kind= (category, or name with wildcards), ?subject=, "
     "?limit=, ?format=canonical",
     read_journal},
};

}  // namespace

std::span<const RouteRow> journal_routes() { return routes; }

}  // namespace squall::control
