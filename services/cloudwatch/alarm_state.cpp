// SetAlarmState, Enable/DisableAlarmActions, DescribeAlarmHistory.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/internal.h"
#include "services/common/page.h"

namespace squall::cloudwatch {
namespace {

Value set_state(Context& ctx, Input in) {
  const std::string name = in.string("AlarmName");
  if (!ctx.has<Alarm>(name)) throw resource_not_found("");
  const std::string data = in.string("StateReasonData");
  if (!data.empty() && data.front() != '{')
    throw invalid_format("StateReasonData is not a valid JSON document");
  set_alarm_state(ctx, ctx.edit<Alarm>(name), in.string("StateValue"), in.string("StateReason"),
                  data);
  return Value::map();
}

Value switch_actions(Context& ctx, const Input& in, bool enabled) {
  for (const std::string& name : in.strings("AlarmNames"))
    if (ctx.has<Alarm>(name)) ctx.edit<Alarm>(name).actions_enabled = enabled;
  return Value::map();
}

Value enable_alarm_actions(Context& ctx, Input in) { return switch_actions(ctx, in, true); }
Value disable_alarm_actions(Context& ctx, Input in) { return switch_actions(ctx, in, false); }

Value describe(const HistoryItem& item) {
  return {{"AlarmName", item.alarm},
          {"AlarmType", item.alarm_type},
          {"Timestamp", item.time},
          {"HistoryItemType", item.type},
          {"HistorySummary", item.summary},
          {"HistoryData", item.data}};
}

Value describe_alarm_history(Context& ctx, Input in) {
  const std::string name = in.string("AlarmName"), type = in.string("HistoryItemType");
  const auto types = in.strings("AlarmTypes");
  const auto from = in.time("StartDate"), to = in.time("EndDate");
  const auto limit = static_cast<size_t>(in.integer("MaxRecords", 100));
  const bool ascending = in.string("ScanBy", "TimestampDescending") == "TimestampAscending";
  const PageRequest request = page_request(in.string("NextToken"), {}, invalid_next_token());
  const bool wanted = types.empty() || std::ranges::find(types, "MetricAlarm") != types.end();
  std::vector<const HistoryItem*> items;
  for (const HistoryItem& item : ctx.all<HistoryItem>()) {
    if (!wanted || (!name.empty() && item.alarm != name)) continue;
    if (!type.empty() && item.type != type) continue;
    if ((from && item.time < *from) || (to && item.time > *to)) continue;
    items.push_back(&item);
  }
  std::ranges::stable_sort(items, [&](const HistoryItem* a, const HistoryItem* b) {
    if (a->time != b->time) return ascending ? a->time < b->time : a->time > b->time;
    return ascending ? a->id < b->id : a->id > b->id;
  });
  auto at = items.begin();
  if (!request.after.empty()) {
    at = std::ranges::find(items, request.after, [](const HistoryItem* i) { return i->id; });
    if (at == items.end()) throw invalid_next_token();
    ++at;
  }
  Value list = Value::list(), token;
  for (; at != items.end(); ++at) {
    if (list.size() == limit) {
      token = Value(base64_encode(cat("v1:", (*std::prev(at))->id)));
      break;
    }
    list.push(describe(**at));
  }
  return {{"AlarmHistoryItems", list}, {"NextToken", token}};
}

}  // namespace

std::span<const api::HandlerRow> alarm_state_rows() {
  static const api::HandlerRow rows[] = {
      {"SetAlarmState", api::Writes, set_state},
      {"EnableAlarmActions", api::Writes, enable_alarm_actions},
      {"DisableAlarmActions", api::Writes, disable_alarm_actions},
      {"DescribeAlarmHistory", api::Reads, describe_alarm_history},
  };
  return rows;
}

}  // namespace squall::cloudwatch
