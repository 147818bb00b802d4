// The services of AWS that a VPC endpoint can lead to.
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

// Names after "com.amazonaws.REGION."; those two that also have gateways come first.
constexpr std::string_view gateway_names[] = {"dynamodb", "s3"};
constexpr std::string_view interface_names[] = {"application-autoscaling",
                                                "autoscaling",
                                                "cloudformation",
                                                "dynamodb",
                                                "ec2",
                                                "ec2messages",
                                                "ecr.api",
                                                "ecr.dkr",
                                                "ecs",
                                                "ecs-agent",
                                                "ecs-telemetry",
                                                "elasticache",
                                                "elasticloadbalancing",
                                                "events",
                                                "execute-api",
                                                "fis",
                                                "kinesis-streams",
                                                "kms",
                                                "lambda",
                                                "logs",
                                                "monitoring",
                                                "rds",
                                                "s3",
                                                "secretsmanager",
                                                "servicediscovery",
                                                "sns",
                                                "sqs",
                                                "ssm",
                                                "ssmmessages",
                                                "states",
                                                "sts"};

EndpointService make(const sim::Scope& scope, std::string_view name, std::string_view type) {
  EndpointService service;
  service.name = cat("com.amazonaws.", scope.region(), ".", name);
  service.type = type;
  service.id = cat(service.name, "/", type);
  service.private_dns =
      type == "Interface" ? cat(name, ".", scope.region(), ".amazonaws.com") : std::string();
  service.base_dns =
      cat(name, ".", scope.region(), type == "Interface" ? ".vpce" : "", ".amazonaws.com");
  return service;
}

const FilterRow<EndpointService> filters[] = {
    {"service-name", [](const EndpointService& s) { return Strings{s.name}; }},
    {"service-type", [](const EndpointService& s) { return Strings{s.type}; }},
    {"owner", [](const EndpointService&) { return Strings{"amazon"}; }},
    {"service-region", [](const EndpointService& s) { return Strings{s.region()}; }},
    {"supported-ip-address-types", [](const EndpointService&) { return Strings{"ipv4"}; }},
};

Value describe(const sim::Scope& scope, const EndpointService& service) {
  Strings names;
  for (const Zone& zone : zones(scope.region())) names.push_back(zone.name);
  Value types = Value::list();
  types.push({{"ServiceType", service.type}});
  Value shown{{"ServiceName", service.name},
              {"ServiceId", cat("vpce-svc-0", hex16(stable_hash(service.id)))},
              {"ServiceType", types},
              {"ServiceRegion", scope.region()},
              {"AvailabilityZones", names},
              {"Owner", "amazon"},
              {"BaseEndpointDnsNames", Strings{service.base_dns}},
              {"VpcEndpointPolicySupported", true},
              {"AcceptanceRequired", false},
              {"ManagesVpcEndpoints", false},
              {"Tags", Value::list()},
              {"SupportedIpAddressTypes", Strings{"ipv4"}}};
  if (service.private_dns.empty()) return shown;
  Value private_names = Value::list();
  private_names.push({{"PrivateDnsName", service.private_dns}});
  shown.set("PrivateDnsName", service.private_dns);
  shown.set("PrivateDnsNames", private_names);
  shown.set("PrivateDnsNameVerificationState", "verified");
  return shown;
}

Value describe_services(Context& ctx, Input in) {
  for (const std::string& region : in.strings("ServiceRegions"))
    if (region != ctx.region()) throw not_served("endpoint services of other regions");
  const Strings names = in.strings("ServiceNames");
  const FilterSet<EndpointService> wanted(in, filters);
  const SortedRange<EndpointService> services(endpoint_services(ctx));
  for (const std::string& name : names)
    if (find_endpoint_services(ctx, name).empty())
      throw AwsError{"InvalidServiceName",
                     cat("The Vpc Endpoint Service '", name, "' does not exist")};
  const Page page = paginate(
      services, page_of(in),
      [&](const EndpointService& s) {
        return (names.empty() || std::find(names.begin(), names.end(), s.name) != names.end()) &&
               wanted.matches(s);
      },
      [&](const EndpointService& s) { return describe(ctx, s); });
  Value all_names = Value::list();
  std::string last;
  for (const Value& item : page.items.items()) {
    const Value name = item.at("ServiceName");
    if (name.text() != last) all_names.push(name);
    last = name.text();
  }
  return {
      {"ServiceDetails", page.items}, {"ServiceNames", all_names}, {"NextToken", page.next_token}};
}

}  // namespace

std::vector<EndpointService> endpoint_services(const sim::Scope& scope) {
  std::vector<EndpointService> services;
  for (const std::string_view name : gateway_names)
    services.push_back(make(scope, name, "Gateway"));
  for (const std::string_view name : interface_names)
    services.push_back(make(scope, name, "Interface"));
  return services;
}

std::vector<EndpointService> find_endpoint_services(const sim::Scope& scope,
                                                    std::string_view name) {
  std::vector<EndpointService> found;
  for (EndpointService& service : endpoint_services(scope))
    if (service.name == name) found.push_back(std::move(service));
  return found;
}

HandlerRows endpoint_service_rows() {
  static const HandlerRow rows[] = {
      {"DescribeVpcEndpointServices", Reads, describe_services},
  };
  return rows;
}

}  // namespace squall::ec2
