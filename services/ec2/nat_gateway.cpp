// NAT gateways: an interface and an Elastic IP in one zone's subnet.
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

Value describe(const NatGateway& nat) {
  Value address{{"IsPrimary", true}};
  auto show = [&](Key member, const std::string& text) {
    if (!text.empty()) address.set(member, text);
  };
  show("AllocationId", nat.allocation_id);
  show("AssociationId", nat.association_id);
  show("NetworkInterfaceId", nat.interface_id);
  show("PrivateIp", nat.private_ip);
  show("PublicIp", nat.public_ip);
  address.set("Status", nat.state == "failed" ? "failed" : "succeeded");
  Value addresses = Value::list();
  addresses.push(address);
  Value shown{{"NatGatewayId", nat.id},
              {"State", nat.state},
              {"SubnetId", nat.subnet_id},
              {"VpcId", nat.vpc_id},
              {"ConnectivityType", nat.connectivity},
              {"AvailabilityMode", "zonal"},
              {"CreateTime", nat.created},
              {"DeleteTime", nat.deleted},
              {"NatGatewayAddresses", addresses},
              {"Tags", describe_tags(nat.tags)}};
  if (nat.state == "failed") {
    shown.set("FailureCode", nat.failure_code);
    shown.set("FailureMessage", nat.failure_message);
  }
  return shown;
}

/// Reasons for which AWS accepts the call and the gateway then fails.
void find_failure(const Context& ctx, NatGateway& nat) {
  if (nat.connectivity != "public") return;
  const Address& address = *ctx.view<Address>(nat.allocation_id);
  if (ctx.by<InternetGateway>("vpc:" + nat.vpc_id).empty()) {
    nat.failure_code = "Gateway.NotAttached";
    nat.failure_message = cat("Network ", nat.vpc_id, " has no Internet gateway attached");
  } else if (!address.association_id.empty()) {
    nat.failure_code = "Resource.AlreadyAssociated";
    nat.failure_message = cat("Elastic IP address [", address.id, "] is already associated");
  }
}

/// Gives the gateway its interface and its public address.
void connect(Context& ctx, NatGateway& nat, const std::string& private_ip) {
  InterfaceSpec spec;
  spec.subnet_id = nat.subnet_id;
  spec.description = cat("Interface for NAT Gateway ", nat.id);
  spec.requester_id = "amazon-nat";
  spec.interface_type = "nat_gateway";
  spec.private_ip = private_ip;
  NetworkInterface& interface = create_interface(ctx, spec);
  interface.group_ids.clear();  // no security group applies to it
  interface.source_dest_check = false;
  nat.interface_id = interface.id;
  nat.private_ip = interface.private_ip;
  if (nat.connectivity != "public") return;
  Address& address = ctx.edit<Address>(nat.allocation_id);
  associate_address(ctx, address, interface, interface.private_ip);
  nat.association_id = address.association_id;
  nat.public_ip = address.public_ip;
}

void check_request(const Input& in, const std::string& connectivity) {
  refuse(in, {"VpcId", "AvailabilityZoneAddresses", "SecondaryAllocationIds",
              "SecondaryPrivateIpAddresses", "SecondaryPrivateIpAddressCount"});
  if (in.string("AvailabilityMode", "zonal") != "zonal") throw not_served("regional NAT gateways");
  if (connectivity != "public" && connectivity != "private")
    throw invalid_parameter_value(cat("Invalid value '", connectivity, "' for ConnectivityType."));
  if (!in.has("SubnetId")) throw missing_parameter("SubnetId");
  if (connectivity == "public" && !in.has("AllocationId")) throw missing_parameter("AllocationId");
  if (connectivity == "private" && in.has("AllocationId"))
    throw invalid_parameter_combination(
        "AllocationId cannot be specified for a NAT gateway with connectivity type private");
}

Value create_nat_gateway(Context& ctx, Input in) {
  const std::string connectivity = in.string("ConnectivityType", "public");
  const std::string token = in.string("ClientToken");
  check_request(in, connectivity);
  const Subnet& subnet = require<Subnet>(ctx, in.string("SubnetId"));
  if (connectivity == "public") require<Address>(ctx, in.string("AllocationId"));
  const std::string private_ip = in.string("PrivateIpAddress");
  Tags tags = tags_for(in, "natgateway");
  if (!token.empty())
    for (const NatGateway* same : ctx.by<NatGateway>("token:" + token))
      return {{"NatGateway", describe(*same)}, {"ClientToken", token}};
  NatGateway nat;
  nat.id = ctx.new_id("nat", subnet.id);
  nat.vpc_id = subnet.vpc_id;
  nat.subnet_id = subnet.id;
  nat.connectivity = connectivity;
  nat.allocation_id = in.string("AllocationId");
  nat.created = ctx.now();
  nat.client_token = token;
  nat.tags = std::move(tags);
  find_failure(ctx, nat);
  Value shown = describe(nat);
  if (nat.failure_code.empty()) connect(ctx, nat, private_ip);
  ctx.after(ctx.latency("ec2.nat-gateway.create", nat.id), "ec2.nat-gateway.created", nat.id);
  ctx.add(std::move(nat));
  Value answer{{"NatGateway", shown}};
  if (!token.empty()) answer.set("ClientToken", token);
  return answer;
}

constexpr Duration remembered = 1h;  // AWS: a deleted gateway is shown for about an hour

void nat_gateway_created(sim::Scope& scope, const sim::Event& event) {
  const NatGateway* found = scope.view<NatGateway>(event.subject);
  if (!found || found->state != "pending") return;
  NatGateway& nat = scope.edit<NatGateway>(event.subject);
  nat.state = nat.failure_code.empty() ? "available" : "failed";
  if (nat.state == "failed") scope.after(remembered, "ec2.nat-gateway.forgotten", nat.id);
}

Value delete_nat_gateway(Context& ctx, Input in) {
  const std::string id = in.string("NatGatewayId");
  NatGateway& nat = require_edit<NatGateway>(ctx, id);
  if (nat.state == "deleted") throw not_found(id_words<NatGateway>(), {id});
  if (nat.state != "deleting") {
    nat.state = "deleting";
    mark_routes(ctx, id, true);
    ctx.after(ctx.latency("ec2.nat-gateway.delete", id), "ec2.nat-gateway.deleted", id);
  }
  return {{"NatGatewayId", id}};
}

void nat_gateway_deleted(sim::Scope& scope, const sim::Event& event) {
  const NatGateway* found = scope.view<NatGateway>(event.subject);
  if (!found || found->state != "deleting") return;
  NatGateway& nat = scope.edit<NatGateway>(event.subject);
  nat.state = "deleted";
  nat.deleted = scope.now();
  delete_interface(scope, nat.interface_id);
  scope.after(remembered, "ec2.nat-gateway.forgotten", nat.id);
}

void nat_gateway_forgotten(sim::Scope& scope, const sim::Event& event) {
  const NatGateway* nat = scope.view<NatGateway>(event.subject);
  if (nat && (nat->state == "deleted" || nat->state == "failed"))
    scope.erase<NatGateway>(event.subject);
}

using S = Shown<NatGateway>;
const ShownFilter<NatGateway> filters[] = {
    {"nat-gateway-id", [](const S& s) { return Strings{s->id}; }},
    {"state", [](const S& s) { return Strings{s->state}; }},
    {"subnet-id", [](const S& s) { return Strings{s->subnet_id}; }, "subnet:"},
    {"vpc-id", [](const S& s) { return Strings{s->vpc_id}; }, "vpc:"},
};

Value describe_nat_gateways(Context& ctx, Input in) {
  return describe_records<NatGateway>(ctx, in, "NatGatewayIds", "NatGateways", filters, describe);
}

}  // namespace

HandlerRows nat_gateway_rows() {
  static const HandlerRow rows[] = {
      {"CreateNatGateway", Writes, create_nat_gateway},
      {"DeleteNatGateway", Writes, delete_nat_gateway},
      {"DescribeNatGateways", Reads, describe_nat_gateways},
  };
  return rows;
}

EventRows nat_gateway_events() {
  static const sim::EventRow rows[] = {
      {"ec2.nat-gateway.created", nat_gateway_created},
      {"ec2.nat-gateway.deleted", nat_gateway_deleted},
      {"ec2.nat-gateway.forgotten", nat_gateway_forgotten},
  };
  return rows;
}

LatencyRows nat_gateway_latencies() {
  // AWS says "a few minutes" and publishes no figure; deployment logs show one and a half to two
  // and a half minutes to available, and under a minute to deleted.
  static const sim::LatencyRow rows[] = {
      {"ec2.nat-gateway.create", 90s, 150s, 120s, 300s},
      {"ec2.nat-gateway.delete", 30s, 60s, 60s, 120s},
  };
  return rows;
}

}  // namespace squall::ec2
