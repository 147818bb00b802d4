// DescribeEvents.
#include <array>
#include <cstdio>

#include "services/common/retention.h"
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

using namespace std::chrono_literals;

constexpr Duration retention = 14 * 24h;

constexpr std::string_view forget = "elasticache.event.forget";

void forget_events(sim::Scope& scope, const sim::Event&) {
  forget_old<EventRecord>(scope, retention, forget, [](const EventRecord& e) { return e.time; });
}

Value describe_events(Context& ctx, Input in) {
  const std::string source = in.string("SourceIdentifier"), type = in.string("SourceType");
  if (!source.empty() && type.empty())
    throw invalid_parameter_combination("SourceIdentifier specified without SourceType.");
  const auto start = in.time("StartTime"), end = in.time("EndTime");
  const auto duration = in.optional_integer("Duration");
  if (duration && (start || end)) {
    throw invalid_parameter_combination(
        "Duration cannot be specified together with StartTime or EndTime.");
  }
  if (start && end && *start > *end)
    throw invalid_parameter_value("The start time must be before the end time.");
  const Time until = end.value_or(ctx.now());
  const Time from = start ? *start : until - std::chrono::minutes{duration.value_or(60)};
  const Page page = paginate(
      ctx.all<EventRecord>(), page_from(in),
      [&](const EventRecord& e) {
        return e.time >= from && e.time <= until && e.time + retention >= ctx.now() &&
               (source.empty() || equals_ignore_case(e.source_id, source)) &&
               (type.empty() || e.source_type == type);
      },
      [](const EventRecord& e) {
        return Value{{"SourceIdentifier", e.source_id},
                     {"SourceType", e.source_type},
                     {"Message", e.message},
                     {"Date", e.time}};
      });
  return {{"Events", page.items}, {"Marker", page.next_token}};
}

}  // namespace

void record_event(sim::Scope& scope, std::string_view source_type, std::string_view source_id,
                  std::string_view message) {
  remember_for(scope, retention, forget);
  std::array<char, 48> key{};
  std::snprintf(key.data(), key.size(), "%020lld-%08llu",
                static_cast<long long>(to_ns(scope.now())),
                static_cast<unsigned long long>(scope.next_ordinal("elasticache-event")));
  scope.add(EventRecord{key.data(), std::string(source_id), std::string(source_type),
                        std::string(message), scope.now()});
  scope.announce("elasticache.event", source_id, message);
}

std::span<const api::HandlerRow> event_rows() {
  static const api::HandlerRow rows[] = {{"DescribeEvents", api::Reads, describe_events}};
  return rows;
}

std::span<const sim::EventRow> event_events() {
  static const sim::EventRow rows[] = {{forget, forget_events}};
  return rows;
}

}  // namespace squall::elasticache
