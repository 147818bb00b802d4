// Load balancers: create, delete, describe.
#include <algorithm>
#include <cctype>

#include "services/ec2/ec2.h"
#include "services/elbv2/internal.h"

namespace squall::elbv2 {
namespace {

// AWS's own Route 53 zones of load balancers' names, by region (General Reference).
struct CanonicalZone {
  std::string_view region, application, network;
};
const CanonicalZone canonical_zones[] = {
    {"us-east-1", "Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"},
    {"us-east-2", "Z3AADJGX6KTTL2", "ZLMOA37VPKANP"},
    {"us-west-1", "Z368ELLRRE2KJ0", "Z24FKFUX50B4VW"},
    {"us-west-2", "Z1H1FL5HABSF5", "Z18D5FSROUN65G"},
    {"ap-south-1", "ZP97RAFLXTNZK", "ZVDDRBQ08TROA"},
    {"ap-northeast-1", "Z14GRHDCWA56QT", "Z31USIVHYNEOWT"},
    {"ap-northeast-2", "ZWKZPGTI48KDX", "ZIBE1TIR4HY56"},
    {"ap-southeast-1", "Z1LMS91P8CMLE5", "ZKVM4W9LS7TM"},
    {"ap-southeast-2", "Z1GM3OXH4ZPM65", "ZCT6FZBF4DROD"},
    {"ca-central-1", "ZQSVJUPU6J1EY", "Z2EPGBW3API2WT"},
    {"eu-central-1", "Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"},
    {"eu-west-1", "Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"},
    {"eu-west-2", "ZHURV8PSTC4K8", "ZD4D7Y8KGAS4G"},
    {"eu-west-3", "Z3Q77PNBQS71R4", "Z1CMS0P5QUZ6D5"},
    {"eu-north-1", "Z23TAZ6LKFMNIO", "Z1UDT6IFJ4EJM"},
    {"sa-east-1", "Z2P70J7HTTTPLU", "ZTK26PT1VY4CU"},
};

std::string canonical_zone(std::string_view region, std::string_view type) {
  for (const CanonicalZone& z : canonical_zones)
    if (z.region == region) return std::string(type == "network" ? z.network : z.application);
  return canonical_zone("us-east-1", type);
}

Value describe(const LoadBalancer& lb) {
  Value v{{"LoadBalancerArn", lb.id},
          {"DNSName", lb.dns_name},
          {"CanonicalHostedZoneId", lb.canonical_zone_id},
          {"CreatedTime", lb.created},
          {"LoadBalancerName", lb.name},
          {"Scheme", lb.scheme},
          {"VpcId", lb.vpc_id},
          {"State", {{"Code", lb.state}}},
          {"Type", lb.type},
          {"AvailabilityZones", describe_zones(lb)},
          {"IpAddressType", lb.ip_address_type}};
  if (!lb.group_ids.empty()) v.add("SecurityGroups", lb.group_ids);
  return v;
}

void check_name(std::string_view name) {
  if (name.size() > 32)
    throw validation_error(
        cat("The load balancer name '", name, "' cannot be longer than '32' characters"));
  for (const char c : name)
    if (!(std::isalnum(static_cast<unsigned char>(c)) || c == '-'))
      throw validation_error(cat("The load balancer name '", name,
                                 "' can only contain characters that are alphanumeric characters "
                                 "and hyphens(-)"));
  if (name.starts_with('-') || name.ends_with('-'))
    throw validation_error(
        cat("The load balancer name '", name, "' cannot begin or end with a hyphen"));
  if (name.starts_with("internal-"))
    throw validation_error(
        cat("The load balancer name '", name, "' cannot begin with 'internal-'"));
}

bool same_settings(const LoadBalancer& a, const LoadBalancer& b) {
  auto subnets = [](const LoadBalancer& lb) {
    std::vector<std::string> ids;
    for (const LoadBalancerZone& z : lb.zones) ids.push_back(z.subnet_id);
    std::ranges::sort(ids);
    return ids;
  };
  auto groups = [](std::vector<std::string> ids) {
    std::ranges::sort(ids);
    return ids;
  };
  return a.type == b.type && a.scheme == b.scheme && a.ip_address_type == b.ip_address_type &&
         subnets(a) == subnets(b) && groups(a.group_ids) == groups(b.group_ids);
}

void name_it(Context& ctx, LoadBalancer& lb) {
  const bool network = lb.type == "network";
  const std::string hex = ctx.new_hex("load-balancer", 16, lb.name);
  lb.id = ctx.arn("elasticloadbalancing",
                  cat("loadbalancer/", network ? "net" : "app", '/', lb.name, '/', hex));
  const std::string inner = lb.scheme == "internal" ? "internal-" : "";
  constexpr uint64_t ten_digits = 1'000'000'000;
  const uint64_t number = ten_digits + stable_hash(lb.id, 1) % ten_digits;
  lb.dns_name = network
                    ? cat(lb.name, '-', hex, ".elb.", ctx.region(), ".amazonaws.com")
                    : cat(inner, lb.name, '-', number, '.', ctx.region(), ".elb.amazonaws.com");
  lb.canonical_zone_id = canonical_zone(ctx.region(), lb.type);
}

Value create_load_balancer(Context& ctx, Input in) {
  LoadBalancer lb;
  lb.name = in.string("Name");
  check_name(lb.name);
  lb.type = in.string("Type", "application");
  if (lb.type == "gateway")
    throw validation_error("Gateway load balancers are not available in this region");
  lb.scheme = in.string("Scheme", "internet-facing");
  lb.ip_address_type = in.string("IpAddressType", "ipv4");
  lb.tags = new_tags(in);
  lb.zones = check_zones(ctx, lb, zone_requests(in));
  lb.group_ids = check_groups(ctx, lb.vpc_id, in.strings("SecurityGroups"));
  if (lb.group_ids.empty() && lb.type == "application")
    if (const auto* vpc = ctx.view<ec2::Vpc>(lb.vpc_id)) lb.group_ids = {vpc->default_group_id};
  for (const LoadBalancer* other : ctx.by<LoadBalancer>("name:" + lb.name)) {
    if (!same_settings(*other, lb)) throw duplicate_load_balancer_name(lb.name);
    return {{"LoadBalancers", list_of(std::vector{other}, [](auto* o) { return describe(*o); })}};
  }
  name_it(ctx, lb);
  lb.attributes = default_attributes(lb);
  lb.created = ctx.now();
  for (LoadBalancerZone& zone : lb.zones) make_node(ctx, lb, zone);
  const LoadBalancer& made = ctx.add(std::move(lb));
  ctx.after(ctx.latency("elbv2.load-balancer.provisioning", made.id), "elbv2.load-balancer.active",
            made.id);
  Value list = Value::list();
  list.push(describe(made));
  return {{"LoadBalancers", list}};
}

void load_balancer_active(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<LoadBalancer>(event.subject)) return;
  LoadBalancer& lb = scope.edit<LoadBalancer>(event.subject);
  if (lb.state == "provisioning") lb.state = "active";
}

Value delete_load_balancer(Context& ctx, Input in) {
  const std::string arn = in.string("LoadBalancerArn");
  if (!is_arn_of(arn, "loadbalancer"))
    throw validation_error(cat("'", arn, "' is not a valid load balancer ARN"));
  const LoadBalancer* lb = ctx.view<LoadBalancer>(arn);
  if (!lb) return Value::map();  // as on AWS: deleting what is gone succeeds
  const auto protection = lb->attributes.find("deletion_protection.enabled");
  if (protection != lb->attributes.end() && protection->second == "true")
    throw deletion_protected(arn);
  std::vector<std::string> listeners;
  for (const Listener* l : ctx.by<Listener>("lb:" + arn)) listeners.push_back(l->id);
  for (const std::string& id : listeners) remove_listener(ctx, id);
  const std::vector<LoadBalancerZone> zones = lb->zones;
  for (const LoadBalancerZone& zone : zones) remove_node(ctx, zone);
  ctx.erase<CapacityReservation>(arn);
  ctx.erase<LoadBalancer>(arn);
  return Value::map();
}

Value describe_load_balancers(Context& ctx, Input in) {
  const auto names = in.strings("Names");
  const auto arns = in.strings("LoadBalancerArns");
  Value list = Value::list();
  if (!names.empty() && !arns.empty())
    throw validation_error("Load balancer names and load balancer ARNs cannot be specified at the "
                           "same time");
  const PageRequest request = page_of(in);
  if (names.empty() && arns.empty()) {
    const Page page = paginate(ctx.all<LoadBalancer>(), request, [](const auto&) { return true; },
                               describe);
    return {{"LoadBalancers", page.items}, {"NextMarker", page.next_token}};
  }
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    const auto found = ctx.by<LoadBalancer>("name:" + name);
    if (found.empty()) missing.push_back(name);
    for (const LoadBalancer* lb : found) list.push(describe(*lb));
  }
  if (!missing.empty()) throw load_balancer_names_not_found(join(missing, ", "));
  for (const std::string& arn : arns) {
    if (!is_arn_of(arn, "loadbalancer"))
      throw validation_error(cat("'", arn, "' is not a valid load balancer ARN"));
    const LoadBalancer* lb = ctx.view<LoadBalancer>(arn);
    if (!lb) throw load_balancers_not_found();
    list.push(describe(*lb));
  }
  return {{"LoadBalancers", list}};
}

const api::HandlerRow rows[] = {
    {"CreateLoadBalancer", Writes, create_load_balancer},
    {"DeleteLoadBalancer", Writes, delete_load_balancer},
    {"DescribeLoadBalancers", Reads, describe_load_balancers},
};
const sim::EventRow events[] = {{"elbv2.load-balancer.active", load_balancer_active}};
// Common knowledge (no documented figure): a new load balancer is active after some two minutes.
const sim::LatencyRow latencies[] = {
    {"elbv2.load-balancer.provisioning", 90s, 180s, 120s, 300s},
};

}  // namespace

std::span<const api::HandlerRow> load_balancer_rows() { return rows; }
std::span<const sim::EventRow> load_balancer_events() { return events; }
std::span<const sim::LatencyRow> load_balancer_latencies() { return latencies; }

}  // namespace squall::elbv2
