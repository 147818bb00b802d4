// Contributor insights: stored settings with their states, for tables and global indexes.
#include <algorithm>

#include "services/common/page.h"
#include "services/dynamodb/table_settings.h"

namespace squall::dynamodb {
namespace {

constexpr int64_t insights_page_max = 100;
constexpr std::string_view default_mode = "ACCESSED_AND_THROTTLED_KEYS";

/// Checks that the index is there.
const Table& insight_table(Context& ctx, const Input& in, const std::string& index) {
  const Table& table = table_at(ctx, in.string("TableName"));
  if (!index.empty() && !table.find_index(index))
    throw AwsError{"ResourceNotFoundException",
                   cat("Requested resource not found: Index: ", index, " not found")};
  return table;
}

InsightSettings insight_of(const sim::Scope& scope, const Table& table, const std::string& index) {
  if (const TableSettings* settings = settings_of(scope, table))
    for (const InsightSettings& insight : settings->insights)
      if (insight.index == index) return insight;
  InsightSettings none;
  none.index = index;
  none.status = "DISABLED";
  return none;
}

Value summary(const std::string& table, const InsightSettings& insight) {
  Value out{{"TableName", table}};
  if (!insight.index.empty()) out.add("IndexName", insight.index);
  out.add("ContributorInsightsStatus", insight.status);
  if (!insight.mode.empty()) out.add("ContributorInsightsMode", insight.mode);
  return out;
}

Value update_insights(Context& ctx, Input in) {
  const std::string index = in.string("IndexName");
  const Table& table = insight_table(ctx, in, index);
  const bool enable = in.string("ContributorInsightsAction") == "ENABLE";
  const auto mode = in.optional_string("ContributorInsightsMode");
  InsightSettings insight = insight_of(ctx, table, index);
  const bool is_on = insight.status.starts_with("ENABL");
  if (!enable && !is_on) return summary(table.id, insight);  // stays as it is
  if (enable && (!is_on || mode))
    insight.mode = mode.value_or(std::string(default_mode));
  insight.status = enable ? "ENABLING" : "DISABLING";
  insight.changed = ctx.now();
  auto& list = edit_settings(ctx, table).insights;
  std::erase_if(list, [&](const InsightSettings& i) { return i.index == index; });
  list.push_back(insight);
  ctx.after(ctx.latency("dynamodb.insights.updating", cat(table.id, "/", index)),
            "dynamodb.insights.updated", table.id, index);
  return summary(table.id, insight);
}

Value describe_insights(Context& ctx, Input in) {
  const std::string index = in.string("IndexName");
  const Table& table = insight_table(ctx, in, index);
  const InsightSettings insight = insight_of(ctx, table, index);
  Value out = summary(table.id, insight);
  if (insight.status == "DISABLED") return out;
  Value rules = Value::list();
  const std::string of = index.empty() ? table.id : cat(table.id, "-", index);
  const auto add_rules = [&](std::string_view kind) {
    rules.push(cat("DynamoDBContributorInsights-PK", kind, "-", of));
    if (!table.keys.range.empty()) rules.push(cat("DynamoDBContributorInsights-SK", kind, "-", of));
  };
  if (insight.mode == default_mode) add_rules("C");
  add_rules("T");
  out.add("ContributorInsightsRuleList", rules);
  out.add("LastUpdateDateTime", insight.changed);
  return out;
}

Value list_insights(Context& ctx, Input in) {
  const std::string wanted = in.string("TableName");
  const int64_t most = in.integer("MaxResults", insights_page_max);
  const AwsError bad_token = invalid("Invalid NextToken");
  const PageRequest page = page_request(in.string("NextToken"), std::max<int64_t>(most, 1),
                                        bad_token);
  const std::string only = wanted.empty() ? std::string() : table_at(ctx, wanted).id;
  Value list = Value::list(), next;
  std::string last;
  for (const TableSettings& settings : ctx.all<TableSettings>()) {
    if (!only.empty() && settings.id != only) continue;
    std::vector<InsightSettings> insights = settings.insights;
    std::ranges::sort(insights, {}, &InsightSettings::index);
    for (const InsightSettings& insight : insights) {
      const std::string key = cat(settings.id, "/", insight.index);
      if (!next.is_absent() || (!page.after.empty() && key <= page.after)) continue;
      if (list.size() == page.limit) {
        next = Value(base64_encode(cat("v1:", last)));
        continue;
      }
      list.push(summary(settings.id, insight));
      last = key;
    }
  }
  return {{"ContributorInsightsSummaries", list}, {"NextToken", next}};
}

void insights_updated(sim::Scope& scope, const sim::Event& event) {
  TableSettings* settings = edit_settings_if(scope, event.subject);
  if (!settings) return;
  for (InsightSettings& insight : settings->insights)
    if (insight.index == event.payload && insight.status == "ENABLING") insight.status = "ENABLED";
  std::erase_if(settings->insights, [&](const InsightSettings& insight) {
    return insight.index == event.payload && insight.status == "DISABLING";
  });
}

}  // namespace

std::span<const api::HandlerRow> insight_rows() {
  static const api::HandlerRow rows[] = {
      {"UpdateContributorInsights", api::Writes, update_insights},
      {"DescribeContributorInsights", api::Reads, describe_insights},
      {"ListContributorInsights", api::Reads, list_insights}};
  return rows;
}

std::span<const sim::EventRow> insight_events() {
  static const sim::EventRow rows[] = {{"dynamodb.insights.updated", insights_updated}};
  return rows;
}

}  // namespace squall::dynamodb
