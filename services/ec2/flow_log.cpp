// Flow logs: which traffic is recorded, and where to.
#include <algorithm>

#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

constexpr std::string_view default_format =
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

AwsError invalid(std::string_view words) { return {"InvalidParameter", std::string(words)}; }

Value unsuccessful(const std::string& id, const AwsError& error) {
  return {{"ResourceId", id}, {"Error", Value{{"Code", error.code}, {"Message", error.message}}}};
}

void check_resource(const sim::Scope& scope, std::string_view type, const std::string& id) {
  if (type == "VPC") require<Vpc>(scope, id);
  if (type == "Subnet") require<Subnet>(scope, id);
  if (type == "NetworkInterface") require<NetworkInterface>(scope, id);
}

/// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*` -> NAME.
std::string group_of_arn(std::string_view arn) {
  constexpr std::string_view mark = ":log-group:";
  const size_t at = arn.find(mark);
  if (at == arn.npos) return {};
  std::string_view name = arn.substr(at + mark.size());
  return std::string(name.substr(0, name.find(':')));
}

void read_destination(const Input& in, FlowLog& log) {
  log.destination_type = in.string("LogDestinationType", "cloud-watch-logs");
  log.log_group = in.string("LogGroupName");
  log.destination = in.string("LogDestination");
  log.role_arn = in.string("DeliverLogsPermissionArn");
  if (log.destination_type == "cloud-watch-logs") {
    if (log.log_group.empty() && log.destination.empty())
      throw invalid("LogDestination can't be empty if LogGroupName is not provided.");
    if (!log.log_group.empty() && !log.destination.empty())
      throw invalid("Please only provide LogGroupName or only provide LogDestination.");
    if (log.role_arn.empty())
      throw invalid(
          "DeliverLogsPermissionArn can't be empty if LogDestinationType is "
          "cloud-watch-logs.");
    if (log.log_group.empty()) log.log_group = group_of_arn(log.destination);
    if (log.log_group.empty()) throw invalid("LogDestination provided is not a log group ARN.");
  } else if (log.destination_type == "s3") {
    if (!log.destination.starts_with("arn:"))
      throw invalid(
          "LogDestination can't be empty and must be an ARN if LogDestinationType is s3.");
    if (!log.log_group.empty())
      throw invalid("LogGroupName can't be provided if LogDestinationType is s3.");
  } else if (log.destination_type == "kinesis-data-firehose") {
    throw not_served("flow logs to Firehose");
  } else {
    throw invalid(cat("Invalid LogDestinationType: ", log.destination_type));
  }
}

FlowLog flow_log_from(const Input& in) {
  refuse(in, {"DeliverCrossAccountRole", "DestinationOptions"});
  FlowLog log;
  log.resource_type = in.string("ResourceType");
  if (log.resource_type != "VPC" && log.resource_type != "Subnet" &&
      log.resource_type != "NetworkInterface")
    throw invalid(cat("Invalid or unsupported ResourceType: ", log.resource_type));
  const auto traffic = in.optional_string("TrafficType");
  if (!traffic) throw missing_parameter("TrafficType");
  if (*traffic != "ACCEPT" && *traffic != "REJECT" && *traffic != "ALL")
    throw invalid(cat("Invalid TrafficType: ", *traffic));
  log.traffic_type = *traffic;
  read_destination(in, log);
  log.log_format = in.string("LogFormat", default_format);
  if (log.log_format.find("${") == std::string::npos) throw invalid("Unknown fields provided");
  log.max_aggregation_interval_s = in.integer("MaxAggregationInterval", 600);
  if (log.max_aggregation_interval_s != 60 && log.max_aggregation_interval_s != 600)
    throw invalid("Invalid Flow Log Max Aggregation Interval");
  log.client_token = in.string("ClientToken");
  log.tags = tags_for(in, "vpc-flow-log");
  return log;
}

bool is_same(const FlowLog& a, const FlowLog& b) {
  return a.destination_type == b.destination_type && a.log_group == b.log_group &&
         a.destination == b.destination && a.traffic_type == b.traffic_type &&
         a.log_format == b.log_format &&
         a.max_aggregation_interval_s == b.max_aggregation_interval_s;
}

Value create_flow_logs(Context& ctx, Input in) {
  const FlowLog wanted = flow_log_from(in);
  Value ids = Value::list(), failed = Value::list();
  for (const std::string& resource : in.strings("ResourceIds")) {
    try {
      check_resource(ctx, wanted.resource_type, resource);
    } catch (const AwsError& error) {
      failed.push(unsuccessful(resource, error));
      continue;
    }
    const FlowLog* same = nullptr;
    for (const FlowLog* other : ctx.by<FlowLog>("resource:" + resource))
      if (is_same(*other, wanted)) same = other;
    if (same && !wanted.client_token.empty() && same->client_token == wanted.client_token) {
      ids.push(same->id);
      continue;
    }
    if (same) {
      failed.push(unsuccessful(resource, {"FlowLogAlreadyExists",
                                          "Error. There is an existing Flow Log with the same "
                                          "configuration and log destination."}));
      continue;
    }
    FlowLog log = wanted;
    log.id = ctx.new_id("fl", resource);
    log.resource_id = resource;
    log.created = ctx.now();
    ids.push(log.id);
    ctx.add(std::move(log));
  }
  return {{"FlowLogIds", ids},
          {"Unsuccessful", failed},
          {"ClientToken", in.optional_string("ClientToken")}};
}

AwsError no_flow_log(const Strings& ids) {
  return {"InvalidFlowLogId.NotFound",
          cat("These flow log ids in the input list are not found: [TotalCount: ", ids.size(), "] ",
              join(ids, ", "))};
}

Value delete_flow_logs(Context& ctx, Input in) {
  Value failed = Value::list();
  for (const std::string& id : in.strings("FlowLogIds")) {
    if (ctx.has<FlowLog>(id))
      ctx.erase<FlowLog>(id);
    else
      failed.push(unsuccessful(id, no_flow_log({id})));
  }
  return {{"Unsuccessful", failed}};
}

Value describe(const FlowLog& log) {
  Value shown{{"FlowLogId", log.id},
              {"FlowLogStatus", log.status},
              {"CreationTime", log.created},
              {"ResourceId", log.resource_id},
              {"TrafficType", log.traffic_type},
              {"LogDestinationType", log.destination_type},
              {"LogFormat", log.log_format},
              {"MaxAggregationInterval", log.max_aggregation_interval_s},
              {"DeliverLogsStatus", "SUCCESS"},
              {"Tags", describe_tags(log.tags)}};
  if (!log.log_group.empty()) shown.set("LogGroupName", log.log_group);
  if (!log.destination.empty()) shown.set("LogDestination", log.destination);
  if (!log.role_arn.empty()) shown.set("DeliverLogsPermissionArn", log.role_arn);
  return shown;
}

using S = Shown<FlowLog>;
const ShownFilter<FlowLog> filters[] = {
    {"flow-log-id", [](const S& s) { return Strings{s->id}; }},
    {"resource-id", [](const S& s) { return Strings{s->resource_id}; }},
    {"traffic-type", [](const S& s) { return Strings{s->traffic_type}; }},
    {"log-destination-type", [](const S& s) { return Strings{s->destination_type}; }},
    {"log-group-name", [](const S& s) { return Strings{s->log_group}; }},
    {"deliver-log-status", [](const S&) { return Strings{"SUCCESS"}; }},
};

Value describe_flow_logs(Context& ctx, Input in) {
  Strings unknown;
  for (const std::string& id : in.strings("FlowLogIds"))
    if (!ctx.has<FlowLog>(id)) unknown.push_back(id);
  if (!unknown.empty()) throw no_flow_log(unknown);
  return describe_records<FlowLog>(ctx, in, "FlowLogIds", "FlowLogs", filters, describe);
}

}  // namespace

HandlerRows flow_log_rows() {
  static const HandlerRow rows[] = {
      {"CreateFlowLogs", Writes, create_flow_logs},
      {"DeleteFlowLogs", Writes, delete_flow_logs},
      {"DescribeFlowLogs", Reads, describe_flow_logs},
  };
  return rows;
}

}  // namespace squall::ec2
