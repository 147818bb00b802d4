// DescribeInstanceStatus: what the status checks say.
#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

std::string_view shown_status(const Instance& i, const std::string& status) {
  return i.state == "running" ? std::string_view(status) : "not-applicable";
}

Value summarize(const Instance& i, const std::string& status) {
  const std::string_view shown = shown_status(i, status);
  Value details = Value::list();
  if (shown != "not-applicable") {
    const std::string_view check = shown == "ok"         ? "passed"
                                   : shown == "impaired" ? "failed"
                                                         : shown;
    Value detail{{"Name", "reachability"}, {"Status", check}};
    if (shown == "impaired") detail.add("ImpairedSince", i.impaired_since);
    details.push(detail);
  }
  return {{"Details", details}, {"Status", shown}};
}

Value describe(const Instance& i) {
  return {{"AvailabilityZone", i.zone},
          {"InstanceId", i.id},
          {"InstanceState", describe_state(i.state)},
          {"InstanceStatus", summarize(i, i.instance_status)},
          {"SystemStatus", summarize(i, i.system_status)},
          {"AttachedEbsStatus", i.state == "running" ? summarize(i, i.system_status) : Value()}};
}

using Shown = ec2::Shown<Instance>;
Strings text(std::string_view one) { return {std::string(one)}; }
Strings check(std::string_view status) {
  return text(status == "ok" ? "passed" : status == "impaired" ? "failed" : status);
}
const ShownFilter<Instance> filters[] = {
    {"availability-zone", [](const Shown& i) { return text(i->zone); }},
    {"instance-state-code",
     [](const Shown& i) { return Strings{std::to_string(state_code(i->state))}; }},
    {"instance-state-name", [](const Shown& i) { return text(i->state); }},
    {"instance-status.status",
     [](const Shown& i) { return text(shown_status(*i.record, i->instance_status)); }},
    {"instance-status.reachability",
     [](const Shown& i) { return check(shown_status(*i.record, i->instance_status)); }},
    {"system-status.status",
     [](const Shown& i) { return text(shown_status(*i.record, i->system_status)); }},
    {"system-status.reachability",
     [](const Shown& i) { return check(shown_status(*i.record, i->system_status)); }},
    {"attached-ebs-status.status",
     [](const Shown& i) { return text(shown_status(*i.record, i->system_status)); }},
};

Value describe_instance_status(Context& ctx, Input in) {
  const FilterSet<Shown> set(in, filters);
  const bool all = in.boolean("IncludeAllInstances");
  in.ignore("IncludeManagedResources");
  const auto ids = in.strings("InstanceIds");
  if (!ids.empty() && in.has("MaxResults"))
    throw compute_combination("The parameter instancesSet cannot be used with the parameter "
                              "maxResults");
  const PageRequest page = page_of(in);
  auto matches = [&](const Instance& i) {
    return (all || i.state == "running") && set.matches(Shown{&i, &ctx, i.tags});
  };
  if (ids.empty()) {
    Page found = paginate(ctx.all<Instance>(), page, matches, describe);
    return {{"InstanceStatuses", found.items}, {"NextToken", found.next_token}};
  }
  Value list = Value::list();
  for (const std::string& id : require_instances(ctx, ids))
    if (const Instance& i = *ctx.view<Instance>(id); matches(i)) list.push(describe(i));
  return {{"InstanceStatuses", list}};
}

const HandlerRow rows[] = {{"DescribeInstanceStatus", Reads, describe_instance_status}};

}  // namespace

HandlerRows instance_status_rows() { return rows; }

}  // namespace squall::ec2
