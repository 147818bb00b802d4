// Query and Scan.
#include <algorithm>
#include <limits>

#include "emulator/core/text.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/legacy.h"
#include "services/dynamodb/page.h"

namespace squall::dynamodb {
namespace {

void bind_common(const PageRequest& request, Placeholders& placeholders, PageOptions& options) {
  options.projection = Projection(request.attributes);
  options.filter = request.legacy_filter;
  if (request.projection) options.projection = Projection(*request.projection, placeholders);
  if (request.filter)
    options.filter = bind_expression(parsed_expression(ExpressionKind::filter, *request.filter),
                                     placeholders);
}

// --- Query ---------------------------------------------------------------------------------------

struct QueryRequest : PageRequest {
  explicit QueryRequest(const Fields& fields)
      : PageRequest(fields, true),
        condition(fields.optional_text("KeyConditionExpression")),
        forward(fields.boolean("ScanIndexForward").value_or(true)) {
    check_legacy(fields,
                 {"KeyConditions", "QueryFilter", "AttributesToGet", "ConditionalOperator"},
                 {"KeyConditionExpression", "FilterExpression", "ProjectionExpression"});
    keys = key_conditions(fields);
    legacy_filter = dynamodb::legacy_filter(fields, "QueryFilter");
    attributes = attributes_to_get(fields);
    check_placeholder_use(
        fields, {"KeyConditionExpression", "FilterExpression", "ProjectionExpression"});
  }
  std::optional<std::string_view> condition;
  Bound keys;  // the legacy form of the condition
  bool forward;
};

/// A filter must not name the keys that the key condition is about.
void check_filter(const QueryRequest& request, const Bound& filter, const Target& target) {
  if (!filter) return;
  const std::string_view what = request.legacy_filter ? "QueryFilter" : "Filter Expression";
  for (const Path& path : filter.parsed->paths) {
    const std::string_view name = filter.step_name(path.front());
    if (name == target.keys.hash || (!target.keys.range.empty() && name == target.keys.range))
      throw invalid(cat(what, " can only contain non-primary key attributes: Primary key "
                              "attribute: ",
                        name));
  }
}

void check_start(const StartKey& start, const KeyRange& wanted) {
  if (start.bytes()[0] != wanted.hash)
    throw invalid(
        "The provided starting key is outside query boundaries based on provided conditions");
}

void query(const api::DirectCall& call, std::string& out) {
  const auto request = read_request<QueryRequest>(call);
  Placeholders placeholders(request.names, request.values);
  PageOptions options;
  bind_common(request, placeholders, options);
  if (!request.condition && !request.keys)
    throw invalid(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.");
  Bound condition = request.keys;
  if (request.condition)
    condition = bind_expression(
        parsed_expression(ExpressionKind::key_condition, *request.condition), placeholders);
  placeholders.check_all_used();
  const auto store = find_store(call, request.table);
  const auto lock = lock_active(*store);
  const Target target = target_of(*store, request);
  const KeyRange keys = key_range(condition, target);
  check_filter(request, options.filter, target);
  check_select(request, target, options.projection);
  options.range = keys.range(request.forward);
  std::optional<StartKey> start;
  if (!request.start_key.is_absent()) {
    start.emplace(request.start_key, target, *store);
    check_start(*start, keys);
    options.start = &*start;
  }
  write_page(*store, request, target, options, out);
}

// --- Scan ----------------------------------------------------------------------------------------

constexpr int64_t segments_max = 1'000'000;

struct ScanRequest : PageRequest {
  explicit ScanRequest(const Fields& fields)
      : PageRequest(fields, false),
        segment(fields.integer("Segment", 0, segments_max - 1)),
        segments(fields.integer("TotalSegments", 1, segments_max)) {
    check_legacy(fields, {"ScanFilter", "AttributesToGet", "ConditionalOperator"},
                 {"FilterExpression", "ProjectionExpression"});
    legacy_filter = dynamodb::legacy_filter(fields, "ScanFilter");
    attributes = attributes_to_get(fields);
    check_segments();
    check_placeholder_use(fields, {"FilterExpression", "ProjectionExpression"});
  }

  void check_segments() const {
    if (segment && !segments)
      throw invalid(
          "The TotalSegments parameter is required but was not present in the request when "
          "Segment parameter is present");
    if (segments && !segment)
      throw invalid(
          "The Segment parameter is required but was not present in the request when parameter "
          "TotalSegments is present");
    if (segment && *segment >= *segments)
      throw invalid(cat("The Segment parameter is zero-based and must be less than parameter "
                        "TotalSegments: Segment: ",
                        *segment, " is not less than TotalSegments: ", *segments));
  }
  std::optional<int64_t> segment, segments;
};

/// Segments are equal ranges of hashes.
Range segment_range(const ScanRequest& request) {
  Range range;
  range.to = Position::at_hash(std::numeric_limits<uint32_t>::max());
  range.to.edge = Position::Edge::after;
  if (!request.segments) return range;
  constexpr uint64_t hashes = uint64_t{1} << 32;
  const auto n = static_cast<uint64_t>(*request.segments);
  const auto i = static_cast<uint64_t>(*request.segment);
  range.from = Position::at_hash(static_cast<uint32_t>(hashes * i / n));
  if (i + 1 < n) range.to = Position::at_hash(static_cast<uint32_t>(hashes * (i + 1) / n));
  return range;
}

void check_start(const StartKey& start, const ScanRequest& request, const Range& range) {
  if (!request.segments) return;
  const uint32_t hash = hash_key(start.bytes()[0]);
  const bool last = range.to.edge == Position::Edge::after;
  if (hash >= range.from.hash && (last || hash < range.to.hash)) return;
  throw invalid(cat("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                    "ExclusiveStartKey with correct Segment. TotalSegments: ",
                    *request.segments, " Segment: ", *request.segment));
}

void scan(const api::DirectCall& call, std::string& out) {
  const auto request = read_request<ScanRequest>(call);
  Placeholders placeholders(request.names, request.values);
  PageOptions options;
  bind_common(request, placeholders, options);
  placeholders.check_all_used();
  const auto store = find_store(call, request.table);
  const auto lock = lock_active(*store);
  const Target target = target_of(*store, request);
  check_select(request, target, options.projection);
  options.range = segment_range(request);
  std::optional<StartKey> start;
  if (!request.start_key.is_absent()) {
    start.emplace(request.start_key, target, *store);
    check_start(*start, request, options.range);
    options.start = &*start;
  }
  write_page(*store, request, target, options, out);
}

}  // namespace

std::span<const api::HandlerRow> page_rows() {
  static const api::HandlerRow rows[] = {{"Query", query}, {"Scan", scan}};
  return rows;
}

}  // namespace squall::dynamodb
