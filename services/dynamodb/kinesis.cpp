// Kinesis destinations of tables: stored settings with their states. There is no Kinesis behind
// them, so nothing is delivered.
#include <algorithm>

#include "services/dynamodb/table_settings.h"

namespace squall::dynamodb {
namespace {

constexpr size_t active_destinations_max = 2;

void check_stream_arn(const std::string& arn) {
  if (!arn.starts_with("arn:") || arn.find(":kinesis:") == arn.npos ||
      arn.find(":stream/") == arn.npos)
    throw invalid(cat("Invalid StreamArn: ", arn));
}

bool is_live(const KinesisDestination& d) {
  return d.status != "DISABLED" && d.status != "ENABLE_FAILED";
}

KinesisDestination* destination(TableSettings& settings, const std::string& arn) {
  for (KinesisDestination& d : settings.destinations)
    if (d.stream_arn == arn) return &d;
  return nullptr;
}

/// A settled, live destination of the table; throws AWS's refusals.
KinesisDestination& active_destination(Context& ctx, const Table& table, const std::string& arn) {
  check_stream_arn(arn);
  require_usable(table);
  check_under_way(ctx);
  KinesisDestination* there =
      settings_of(ctx, table) ? destination(edit_settings(ctx, table), arn) : nullptr;
  if (!there || !is_live(*there))
    throw AwsError{"ResourceNotFoundException",
                   cat("Requested resource not found: Table: ", table.id,
                       " has no Kinesis streaming destination ", arn)};
  if (there->status != "ACTIVE")
    throw table_in_use(cat("Table is already in the process of changing its Kinesis streaming "
                           "destination: ",
                           table.id));
  return *there;
}

void settle_later(Context& ctx, const Table& table, const std::string& arn) {
  ctx.after(ctx.latency("dynamodb.kinesis.updating", cat(table.id, "/", arn)),
            "dynamodb.kinesis.updated", table.id, arn);
}

Value answer(const Table& table, const KinesisDestination& d, Key configuration) {
  Value out{{"TableName", table.id},
            {"StreamArn", d.stream_arn},
            {"DestinationStatus", d.status}};
  if (!d.precision.empty())
    out.add(configuration, {{"ApproximateCreationDateTimePrecision", d.precision}});
  return out;
}

Value enable(Context& ctx, Input in) {
  const Table& table = table_at(ctx, in.string("TableName"));
  const std::string arn = in.string("StreamArn");
  check_stream_arn(arn);
  require_usable(table);
  check_under_way(ctx);
  TableSettings& settings = edit_settings(ctx, table);
  const KinesisDestination* there = destination(settings, arn);
  if (there && is_live(*there))
    throw table_in_use(cat("Table already has an enabled Kinesis streaming destination: ", arn));
  if (std::ranges::count_if(settings.destinations, is_live) >=
      static_cast<std::ptrdiff_t>(active_destinations_max))
    throw limit_exceeded("A table can have at most 2 active Kinesis streaming destinations");
  std::erase_if(settings.destinations,
                [&](const KinesisDestination& d) { return d.stream_arn == arn; });
  KinesisDestination made{arn, "ENABLING",
                          in.at("EnableKinesisStreamingConfiguration")
                              .string("ApproximateCreationDateTimePrecision"),
                          ctx.now()};
  settings.destinations.push_back(made);
  settle_later(ctx, table, arn);
  return answer(table, made, "EnableKinesisStreamingConfiguration");
}

Value disable(Context& ctx, Input in) {
  const Table& table = table_at(ctx, in.string("TableName"));
  const std::string arn = in.string("StreamArn");
  // The member is there because both operations share a shape; disabling configures nothing.
  in.at("EnableKinesisStreamingConfiguration").ignore("ApproximateCreationDateTimePrecision");
  KinesisDestination& there = active_destination(ctx, table, arn);
  there.status = "DISABLING";
  there.changed = ctx.now();
  settle_later(ctx, table, arn);
  KinesisDestination shown = there;
  shown.precision.clear();
  return answer(table, shown, "EnableKinesisStreamingConfiguration");
}

Value update(Context& ctx, Input in) {
  const Table& table = table_at(ctx, in.string("TableName"));
  const std::string arn = in.string("StreamArn");
  const std::string precision = in.at("UpdateKinesisStreamingConfiguration")
                                    .string("ApproximateCreationDateTimePrecision");
  if (precision.empty())
    throw invalid("UpdateKinesisStreamingConfiguration must have a precision to change to");
  KinesisDestination& there = active_destination(ctx, table, arn);
  if (precision == (there.precision.empty() ? "MILLISECOND" : there.precision))
    throw invalid(cat("Invalid Request: Precision is already set to the desired value of ",
                      precision, " for tableId: ", table.table_id, ", kdsArn: ", arn));
  there.status = "UPDATING";
  there.precision = precision;
  there.changed = ctx.now();
  settle_later(ctx, table, arn);
  return answer(table, there, "UpdateKinesisStreamingConfiguration");
}

Value describe_destinations(Context& ctx, Input in) {
  const Table& table = table_at(ctx, in.string("TableName"));
  Value list = Value::list();
  if (const TableSettings* settings = settings_of(ctx, table))
    for (const KinesisDestination& d : settings->destinations)
      list.push({{"StreamArn", d.stream_arn},
                 {"DestinationStatus", d.status},
                 {"ApproximateCreationDateTimePrecision",
                  d.precision.empty() ? "MILLISECOND" : d.precision}});
  return {{"TableName", table.id}, {"KinesisDataStreamDestinations", list}};
}

void destination_settled(sim::Scope& scope, const sim::Event& event) {
  TableSettings* settings = edit_settings_if(scope, event.subject);
  KinesisDestination* there = settings ? destination(*settings, event.payload) : nullptr;
  if (!there) return;
  if (there->status == "ENABLING" || there->status == "UPDATING")
    there->status = "ACTIVE";
  else if (there->status == "DISABLING")
    there->status = "DISABLED";
}

}  // namespace

std::span<const api::HandlerRow> kinesis_rows() {
  static const api::HandlerRow rows[] = {
      {"EnableKinesisStreamingDestination", api::Writes, enable},
      {"DisableKinesisStreamingDestination", api::Writes, disable},
      {"UpdateKinesisStreamingDestination", api::Writes, update},
      {"DescribeKinesisStreamingDestination", api::Reads, describe_destinations}};
  return rows;
}

std::span<const sim::EventRow> kinesis_events() {
  static const sim::EventRow rows[] = {{"dynamodb.kinesis.updated", destination_settled}};
  return rows;
}

std::span<const sim::LatencyRow> settings_latencies() {
  // The console shows the changed state after seconds to a minute; AWS documents no figure.
  static const sim::LatencyRow rows[] = {
      {"dynamodb.insights.updating", 5s, 60s, 5s, 300s},
      {"dynamodb.kinesis.updating", 5s, 60s, 5s, 300s},
  };
  return rows;
}

}  // namespace squall::dynamodb
