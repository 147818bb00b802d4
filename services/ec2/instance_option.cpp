// Options of instances that have operations of their own: metadata service, credits, maintenance,
// placement, console.
#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

Instance& edit_instance(Context& ctx, const Input& in) {
  return ctx.edit<Instance>(require_instance(ctx, in.string("InstanceId")).id);
}

Value modify_metadata_options(Context& ctx, Input in) {
  Instance& i = edit_instance(ctx, in);
  if (i.state == "shutting-down" || i.state == "terminated")
    throw incorrect_instance_state(cat("The instance '", i.id, "' is terminated."));
  i.metadata_http_tokens = in.string("HttpTokens", i.metadata_http_tokens);
  i.metadata_http_endpoint = in.string("HttpEndpoint", i.metadata_http_endpoint);
  i.metadata_ipv6 = in.string("HttpProtocolIpv6", i.metadata_ipv6);
  i.metadata_tags = in.string("InstanceMetadataTags", i.metadata_tags);
  i.metadata_hop_limit = in.integer("HttpPutResponseHopLimit", i.metadata_hop_limit);
  if (i.metadata_hop_limit < 1 || i.metadata_hop_limit > 64)
    throw compute_invalid(cat("Value ( ", i.metadata_hop_limit,
                              " ) for parameter httpPutResponseHopLimit is invalid. Expecting a "
                              "value between 1 and 64."));
  return {{"InstanceId", i.id},
          {"InstanceMetadataOptions",
           {{"State", "pending"},
            {"HttpTokens", i.metadata_http_tokens},
            {"HttpPutResponseHopLimit", i.metadata_hop_limit},
            {"HttpEndpoint", i.metadata_http_endpoint},
            {"HttpProtocolIpv6", i.metadata_ipv6},
            {"InstanceMetadataTags", i.metadata_tags}}}};
}

Value get_console_output(Context& ctx, Input in) {
  const Instance& i = require_instance(ctx, in.string("InstanceId"));
  in.ignore("Latest");
  Value answer{{"InstanceId", i.id}, {"Timestamp", i.launched}};
  if (i.booted)
    answer.add("Output", base64_encode(cat("[    0.000000] Linux version 6.1 (", i.architecture,
                                           ")\r\n[    5.120000] cloud-init: finished\r\n\r\nip-",
                                           i.private_ip, " login: ")));
  return answer;
}

Value get_password_data(Context& ctx, Input in) {
  const Instance& i = require_instance(ctx, in.string("InstanceId"));
  return {{"InstanceId", i.id}, {"Timestamp", ctx.now()}, {"PasswordData", ""}};  // no Windows
}

Value describe_credits(Context& ctx, Input in) {
  auto ids = in.strings("InstanceIds");
  if (!ids.empty()) require_instances(ctx, ids);
  std::vector<std::string> wanted;
  for (const Filter& filter : filters_from(in)) {
    if (filter.name != "instance-id") throw invalid_filter(filter.name);
    wanted = filter.values;
  }
  const PageRequest page = page_of(in, 5, 1000);
  auto describe = [](const Instance& i) -> Value {
    return {{"InstanceId", i.id}, {"CpuCredits", i.credits}};
  };
  if (!ids.empty()) {
    Value list = Value::list();
    for (const std::string& id : ids) {
      const Instance& i = *ctx.view<Instance>(id);
      if (i.credits.empty())
        throw AwsError{"InvalidInstanceID.NotFound",  // EC2 says it so of types without credits
                       cat("The instance ID '", id, "' is not a burstable performance instance")};
      list.push(describe(i));
    }
    return {{"InstanceCreditSpecifications", list}};
  }
  Page found = paginate(
      ctx.all<Instance>(), page,
      [&](const Instance& i) {
        // Without ids only unlimited instances are listed, as EC2 documents.
        return !i.credits.empty() && i.state != "terminated" &&
               (wanted.empty() ? i.credits == "unlimited" : matches_any(wanted, {i.id}));
      },
      describe);
  return {{"InstanceCreditSpecifications", found.items}, {"NextToken", found.next_token}};
}

Value modify_credits(Context& ctx, Input in) {
  in.ignore("ClientToken");  // setting twice is setting once
  Value done = Value::list();
  Value failed = Value::list();
  for (const Input& one : in.list("InstanceCreditSpecifications")) {
    const std::string id = one.string("InstanceId");
    const std::string credits = one.string("CpuCredits");
    const Instance* i = ctx.view<Instance>(id);
    if (!i || i->credits.empty()) {
      failed.push({{"InstanceId", id},
                   {"Error",
                    {{"Code", i ? "InstanceCreditSpecification.NotSupported"
                                : "InvalidInstanceID.NotFound"},
                     {"Message", i ? cat("The instance '", id, "' has no CPU credits.")
                                   : cat("The instance ID '", id, "' does not exist")}}}});
      continue;
    }
    if (credits != "standard" && credits != "unlimited")
      throw compute_invalid(cat("Invalid value '", credits, "' for CpuCredits."));
    ctx.edit<Instance>(id).credits = credits;
    done.push({{"InstanceId", id}});
  }
  return {{"SuccessfulInstanceCreditSpecifications", done},
          {"UnsuccessfulInstanceCreditSpecifications", failed}};
}

Value modify_maintenance(Context& ctx, Input in) {
  Instance& i = edit_instance(ctx, in);
  i.auto_recovery = in.string("AutoRecovery", i.auto_recovery);
  refuse(in, {"RebootMigration"});
  return {{"InstanceId", i.id}, {"AutoRecovery", i.auto_recovery}};
}

Value modify_placement(Context& ctx, Input in) {
  Instance& i = edit_instance(ctx, in);
  refuse(in, {"PartitionNumber", "HostResourceGroupArn", "GroupId", "Affinity", "HostId"});
  if (i.state != "stopped")
    throw incorrect_instance_state(cat("The instance '", i.id, "' is not in the 'stopped' state."));
  i.tenancy = in.string("Tenancy", i.tenancy);
  i.placement_group = in.string("GroupName", i.placement_group);
  return {{"Return", true}};
}

const HandlerRow rows[] = {
    {"ModifyInstanceMetadataOptions", Writes, modify_metadata_options},
    {"GetConsoleOutput", Reads, get_console_output},
    {"GetPasswordData", Reads, get_password_data},
    {"DescribeInstanceCreditSpecifications", Reads, describe_credits},
    {"ModifyInstanceCreditSpecification", Writes, modify_credits},
    {"ModifyInstanceMaintenanceOptions", Writes, modify_maintenance},
    {"ModifyInstancePlacement", Writes, modify_placement},
};

}  // namespace

HandlerRows instance_option_rows() { return rows; }

}  // namespace squall::ec2
