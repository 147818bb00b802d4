// RunInstances: the request and its launch template become a LaunchSpec.
#include <algorithm>

#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

/// The answer of the first request with this token, if there was one.
Value replay(const Context& ctx, const std::string& token, const std::string& digest) {
  if (token.empty()) return {};
  const auto before = ctx.by<Instance>(cat("token:", token));
  if (before.empty()) return {};
  if (before[0]->client_token_digest != digest) throw idempotent_mismatch(token);
  InstanceDescriber describer(ctx);
  Value answer = describe_reservation(ctx, *before[0]);
  for (const Instance* instance : before)
    answer.at("Instances").push(describer.describe(*instance));
  return answer;
}

void check_request_conflicts(const LaunchSpec& spec, const Input& in) {
  if (!in.has("NetworkInterfaces")) return;
  if (!spec.subnet_id.empty())
    throw compute_combination("Network interfaces and an instance-level subnet ID may not be "
                              "specified on the same request");
  if (in.has("SecurityGroupIds") || in.has("SecurityGroups"))
    throw compute_combination("Network interfaces and an instance-level security groups may not "
                              "be specified on the same request");
  if (!spec.private_ip.empty())
    throw compute_combination("Network interfaces and an instance-level private address may not "
                              "be specified on the same request");
}

LaunchSpec read_request(const Context& ctx, const Input& in) {
  LaunchSpec spec;
  if (const Input wanted = in.at("LaunchTemplate")) {
    require_launch_template(ctx, wanted.string("LaunchTemplateId"),
                            wanted.string("LaunchTemplateName"));
    spec = resolve_launch_template(ctx, wanted.string("LaunchTemplateId"),
                                   wanted.string("LaunchTemplateName"), wanted.string("Version"));
  }
  apply_launch_parameters(spec, in);
  spec.subnet_id = in.string("SubnetId", spec.subnet_id);
  spec.private_ip = in.string("PrivateIpAddress");
  check_request_conflicts(spec, in);
  if (in.integer("Ipv6AddressCount") > 0) refuse(in, {"Ipv6AddressCount"});
  refuse(in, {"Ipv6Addresses"});
  refuse_true(in, {"EnablePrimaryIpv6"});
  in.ignore("AdditionalInfo");  // reserved by EC2
  spec.client_token = in.string("ClientToken");
  if (!spec.client_token.empty())
    spec.client_token_digest = hex16(stable_hash(to_json(in.value())));
  return spec;
}

/// EC2 launches as many as fit between the two counts.
int count_of(const Context& ctx, const LaunchSpec& spec, const Input& in) {
  const int64_t most = in.integer("MaxCount");
  const int64_t least = in.integer("MinCount");
  if (least < 1)
    throw compute_invalid(cat("Value (", least, ") for parameter minCount is invalid. Minimum "
                                                "value is 1."));
  if (most < least)
    throw compute_combination(cat("Value (", least, ") for parameter minCount is invalid. It must "
                                  "not be greater than maxCount (", most, ")."));
  constexpr int64_t launch_max = 10'000;
  if (most > launch_max)
    throw AwsError{"InstanceLimitExceeded",
                   cat("You have requested more instances (", most,
                       ") than your current instance limit of ", launch_max,
                       " allows for the specified instance type.")};
  const Subnet* subnet = ctx.view<Subnet>(spec.subnet_id);
  if (!subnet) return static_cast<int>(most);
  const int64_t free = static_cast<int64_t>(subnet->cidr.size()) - 5 - subnet->used;
  return static_cast<int>(std::clamp(free, least, most));
}

Value run_instances(Context& ctx, Input in) {
  const LaunchSpec spec = read_request(ctx, in);
  const int count = count_of(ctx, spec, in);
  if (Value answer = replay(ctx, spec.client_token, spec.client_token_digest); answer.is_map())
    return answer;
  const auto ids = launch_instances(ctx, spec, count);
  InstanceDescriber describer(ctx);
  Value answer = describe_reservation(ctx, *ctx.view<Instance>(ids[0]));
  Value instances = answer.at("Instances");
  for (const std::string& id : ids) instances.push(describer.describe(*ctx.view<Instance>(id)));
  return answer;
}

const HandlerRow rows[] = {{"RunInstances", Writes, run_instances}};

}  // namespace

HandlerRows run_instances_rows() { return rows; }

void check_tag_keys(const Tags& tags) {
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > 128)
      throw compute_invalid(cat("Tag key length must be between 1 and 128: '", key, "'"));
    if (key.starts_with("aws:"))
      throw compute_invalid("Tag keys starting with 'aws:' are reserved for internal use");
    if (value.size() > 256) throw compute_invalid("Tag value exceeds the maximum length of 256");
  }
  if (tags.size() > 50)
    throw AwsError{"TagLimitExceeded",
                   "The maximum number of Tags for a resource has been reached."};
}

}  // namespace squall::ec2
