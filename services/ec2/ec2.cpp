// EC2's definition: the rows of its files, a region's default VPC, DryRun.
#include "services/ec2/ec2.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/ec2/compute.h"
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

void on_region(sim::Scope& scope) {
  if (!is_known_region(scope.region())) return;
  add_default_vpc(scope);
}

/// AWS checks everything first and then says that it would have done it.
void after_handler(Context&, const Input& in) {
  if (in.shape() && in.shape().find("DryRun") && in.boolean("DryRun")) throw dry_run_operation();
}

}  // namespace

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition = with_compute({
      .model = model::Service(model::generated::ec2),
      .handlers = {zone_rows(),
                   account_rows(),
                   tag_rows(),
                   vpc_rows(),
                   vpc_cidr_rows(),
                   default_vpc_rows(),
                   subnet_rows(),
                   route_table_rows(),
                   route_rows(),
                   internet_gateway_rows(),
                   security_group_rows(),
                   group_rule_rows(),
                   group_rule_change_rows(),
                   dhcp_options_rows(),
                   network_acl_rows(),
                   network_interface_rows(),
                   address_rows(),
                   nat_gateway_rows(),
                   flow_log_rows(),
                   interface_attribute_rows(),
                   prefix_list_rows(),
                   peering_rows(),
                   endpoint_rows(),
                   endpoint_service_rows()},
      .events = {vpc_events(), nat_gateway_events(), peering_events(), endpoint_events()},
      .watches = {},
      .latencies = {vpc_latencies(), nat_gateway_latencies(), peering_latencies(),
                    endpoint_latencies()},
      .records = {sim::records<VpcEndpoint, VpcPeering, Address, DhcpOptions, FlowLog,
                               InternetGateway, NatGateway, NetworkAcl, NetworkInterface,
                               RouteTable, SecurityGroup, Subnet, Vpc>()},
      .on_region = on_region,
      .after_handler = after_handler,
  });
  return definition;
}

}  // namespace squall::ec2
