// DescribeEvents and the words in which RDS tells what it did.
#include <array>
#include <cstdio>

#include "services/common/retention.h"
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

using namespace std::chrono_literals;

struct EventWords {
  std::string_view id, category, message;
};

// From the RDS User Guide, "Amazon RDS event categories and event messages".
constexpr EventWords event_words[] = {
    {"RDS-EVENT-0001", "backup", "Backing up DB instance"},
    {"RDS-EVENT-0002", "backup", "Finished DB Instance backup"},
    {"RDS-EVENT-0003", "deletion", "DB instance deleted"},
    {"RDS-EVENT-0004", "availability", "DB instance shutdown"},
    {"RDS-EVENT-0005", "creation", "DB instance created"},
    {"RDS-EVENT-0006", "availability", "DB instance restarted"},
    {"RDS-EVENT-0012", "configuration change", "Applying modification to database instance class"},
    {"RDS-EVENT-0013", "failover", "Multi-AZ instance failover started."},
    {"RDS-EVENT-0014", "configuration change",
     "Finished applying modification to DB instance class"},
    {"RDS-EVENT-0015", "failover",
     "Multi-AZ failover to standby complete - DNS propagation may take a few minutes."},
    {"RDS-EVENT-0016", "configuration change", "Reset master credentials"},
    {"RDS-EVENT-0017", "configuration change",
     "Finished applying modification to allocated storage"},
    {"RDS-EVENT-0018", "configuration change", "Applying modification to allocated storage"},
    {"RDS-EVENT-0019", "restoration", "Restored from DB instance"},
    {"RDS-EVENT-0020", "recovery",
     "Recovery of the DB instance has started. Recovery time will vary with the amount of data to "
     "be recovered."},
    {"RDS-EVENT-0021", "recovery", "Recovery of the DB instance is complete."},
    {"RDS-EVENT-0024", "configuration change",
     "Applying modification to convert to a Multi-AZ DB instance."},
    {"RDS-EVENT-0025", "configuration change",
     "Finished applying modification to convert to a Multi-AZ DB instance."},
    {"RDS-EVENT-0028", "configuration change", "Disabled automated backups"},
    {"RDS-EVENT-0029", "configuration change",
     "Finished applying modification to convert to a standard (Single-AZ) DB instance."},
    {"RDS-EVENT-0030", "configuration change",
     "Applying modification to convert to a standard (Single-AZ) DB instance."},
    {"RDS-EVENT-0032", "configuration change", "Enabled automated backups"},
    {"RDS-EVENT-0034", "failover",
     "Abandoning user requested failover since a failover recently occurred on the database "
     "instance."},
    {"RDS-EVENT-0040", "creation", "Creating manual snapshot"},
    {"RDS-EVENT-0041", "deletion", "Deleted manual snapshot"},
    {"RDS-EVENT-0042", "creation", "Manual snapshot created"},
    {"RDS-EVENT-0043", "restoration", "Restored from snapshot"},
    {"RDS-EVENT-0046", "read replica", "Replication for the Read Replica resumed"},
    {"RDS-EVENT-0049", "failover", "Multi-AZ instance failover completed"},
    {"RDS-EVENT-0057", "read replica", "Replication on the Read Replica was terminated"},
    {"RDS-EVENT-0087", "notification", "DB instance stopped"},
    {"RDS-EVENT-0088", "notification", "DB instance started"},
    {"RDS-EVENT-0090", "creation", "Creating automated snapshot"},
    {"RDS-EVENT-0091", "creation", "Automated snapshot created"},
    {"RDS-EVENT-0154", "notification",
     "DB instance is being started due to it exceeding the maximum allowed time being stopped."},
};

constexpr Duration retention = 14 * 24h;

const EventWords* words_of(std::string_view id) {
  for (const EventWords& w : event_words)
    if (w.id == id) return &w;
  return nullptr;
}

constexpr std::string_view forget = "rds.event.forget";

void forget_events(sim::Scope& scope, const sim::Event&) {
  forget_old<EventRecord>(scope, retention, forget, [](const EventRecord& e) { return e.time; });
}

bool has_any(const std::vector<std::string>& wanted, const std::vector<std::string>& have) {
  return wanted.empty() || std::ranges::any_of(wanted, [&](const std::string& w) {
           return std::ranges::find(have, w) != have.end();
         });
}

Value describe_events(Context& ctx, Input in) {
  const std::string source = in.string("SourceIdentifier"), type = in.string("SourceType");
  const auto categories = in.strings("EventCategories");
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
  if (from + retention < ctx.now() - 24h)
    throw invalid_parameter_value("The start time must be within the past 14 days.");
  check_filters(in, {});
  const Page page = paginate(
      ctx.all<EventRecord>(), page_from(in),
      [&](const EventRecord& e) {
        return e.time >= from && e.time <= until && e.time + retention >= ctx.now() &&
               (source.empty() || equals_ignore_case(e.source_id, source)) &&
               (type.empty() || e.source_type == type) && has_any(categories, e.categories);
      },
      [](const EventRecord& e) {
        return Value{{"SourceIdentifier", e.source_id},
                     {"SourceType", e.source_type},
                     {"Message", e.message},
                     {"EventCategories", e.categories},
                     {"Date", e.time},
                     {"SourceArn", e.source_arn}};
      });
  return {{"Events", page.items}, {"Marker", page.next_token}};
}

}  // namespace

void record_event(sim::Scope& scope, std::string_view event_id, std::string_view source_type,
                  std::string_view source_id, std::string_view source_arn,
                  std::vector<std::string> categories, std::string_view message) {
  remember_for(scope, retention, forget);
  std::array<char, 48> key{};
  std::snprintf(key.data(), key.size(), "%020lld-%08llu",
                static_cast<long long>(to_ns(scope.now())),
                static_cast<unsigned long long>(scope.next_ordinal("rds-event")));
  EventRecord e;
  e.id = key.data();
  e.event_id = event_id;
  e.source_id = source_id;
  e.source_type = source_type;
  e.source_arn = source_arn;
  e.message = message;
  e.categories = std::move(categories);
  e.time = scope.now();
  scope.add(std::move(e));
  scope.announce("rds.event", source_id, cat(event_id, ": ", message));
}

void instance_event(sim::Scope& scope, const DbInstance& db, std::string_view event_id) {
  const EventWords* words = words_of(event_id);
  if (!words) std::abort();  // an event without words
  record_event(scope, event_id, "db-instance", db.id, db.arn, {std::string(words->category)},
               words->message);
}

void snapshot_event(sim::Scope& scope, const Snapshot& snapshot, std::string_view event_id) {
  const EventWords* words = words_of(event_id);
  if (!words) std::abort();
  record_event(scope, event_id, "db-snapshot", snapshot.id, snapshot.arn,
               {std::string(words->category)}, words->message);
}

std::span<const api::HandlerRow> event_rows() {
  static const api::HandlerRow rows[] = {{"DescribeEvents", api::Reads, describe_events}};
  return rows;
}

std::span<const sim::EventRow> event_events() {
  static const sim::EventRow rows[] = {{forget, forget_events}};
  return rows;
}

}  // namespace squall::rds
