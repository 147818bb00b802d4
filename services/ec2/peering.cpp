// VPC peering within an account, across regions or not: asked for, accepted, ended.
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

std::string_view message_of(std::string_view status) {
  if (status == "initiating-request") return "Initiating Request";
  if (status == "pending-acceptance") return "Pending Acceptance";
  if (status == "active") return "Active";
  if (status == "rejected") return "Inactive";
  if (status == "deleted") return "Deleted";
  return "";
}

Value describe_side(const sim::Scope& scope, const std::string& vpc_id, const std::string& region,
                    const std::string& owner, const Cidr& cidr, bool dns, bool is_active) {
  Value blocks = Value::list();
  if (const Vpc* vpc = scope.in_region(region).view<Vpc>(vpc_id))
    for (const CidrAssociation& a : vpc->associations) blocks.push({{"CidrBlock", a.cidr.text()}});
  Value side{{"VpcId", vpc_id}, {"OwnerId", owner}, {"Region", region}, {"CidrBlock", cidr.text()}};
  if (!blocks.empty()) side.set("CidrBlockSet", blocks);
  if (is_active)
    side.set("PeeringOptions", Value{{"AllowDnsResolutionFromRemoteVpc", dns},
                                     {"AllowEgressFromLocalClassicLinkToRemoteVpc", false},
                                     {"AllowEgressFromLocalVpcToRemoteClassicLink", false}});
  return side;
}

Value describe(const sim::Scope& scope, const VpcPeering& p) {
  const bool active = p.status == "active";
  return {
      {"VpcPeeringConnectionId", p.id},
      {"RequesterVpcInfo",
       describe_side(scope, p.requester_vpc, p.requester_region, p.requester_owner,
                     p.requester_cidr, p.requester_dns_resolution, active)},
      {"AccepterVpcInfo", describe_side(scope, p.accepter_vpc, p.accepter_region, p.accepter_owner,
                                        p.accepter_cidr, p.accepter_dns_resolution, active)},
      {"Status", Value{{"Code", p.status}, {"Message", p.status_message}}},
      {"ExpirationTime", p.expires},
      {"Tags", describe_tags(p.tags)}};
}

/// A peering is one record in each region it touches; both are kept alike.
template <class Change>
void change_both(sim::Scope& scope, const std::string& id, Change change) {
  const VpcPeering& p = require<VpcPeering>(scope, id);
  const std::string regions[] = {p.requester_region, p.accepter_region};
  for (const std::string& region : regions) {
    if (region == regions[0] && &region != &regions[0]) continue;
    sim::Scope there = scope.in_region(region);
    if (there.has<VpcPeering>(id)) change(there, there.edit<VpcPeering>(id));
  }
}

void set_status(sim::Scope& scope, const std::string& id, std::string_view status) {
  change_both(scope, id, [&](sim::Scope& there, VpcPeering& p) {
    p.status = status;
    p.status_message = message_of(status);
    if (status == "active") p.expires.reset();
    mark_routes(there, id, status != "active");
  });
}

constexpr Duration remembered = 2h;  // AWS shows a deleted peering to the requester for two hours
constexpr Duration open_for = 168h;  // a request expires after seven days

Value create_peering(Context& ctx, Input in) {
  const std::string vpc_id = in.string("VpcId"), peer_id = in.string("PeerVpcId");
  const std::string peer_region = in.string("PeerRegion", ctx.region());
  if (peer_id.empty()) throw missing_parameter("peerVpcId");
  const Vpc& vpc = require<Vpc>(ctx, vpc_id);
  if (in.string("PeerOwnerId", ctx.account()) != ctx.account())
    throw not_served("peering with another account");
  if (!is_known_region(peer_region))
    throw invalid_parameter_value(cat("Invalid value '", peer_region, "' for peerRegion."));
  const Vpc& peer = require<Vpc>(ctx.in_region(peer_region), peer_id);
  for (const VpcPeering* other : ctx.by<VpcPeering>("vpc:" + vpc_id)) {
    const bool same_pair = other->requester_vpc == peer_id || other->accepter_vpc == peer_id;
    if (same_pair && (other->status == "active" || other->status == "pending-acceptance"))
      throw AwsError{"VpcPeeringConnectionAlreadyExists",
                     cat("A peering connection already exists between ", vpc_id, " and ", peer_id)};
  }
  VpcPeering p;
  p.id = ctx.new_id("pcx", vpc_id);
  p.requester_vpc = vpc_id;
  p.accepter_vpc = peer_id;
  p.requester_region = ctx.region();
  p.accepter_region = peer_region;
  p.requester_owner = p.accepter_owner = ctx.account();
  p.requester_cidr = vpc.cidr;
  p.accepter_cidr = peer.cidr;
  p.status_message = message_of(p.status);
  p.expires = ctx.now() + open_for;
  p.tags = tags_for(in, "vpc-peering-connection");
  const bool overlaps = vpc_id == peer_id || p.requester_cidr.overlaps(p.accepter_cidr);
  if (overlaps) {  // AWS takes the request and then fails it
    p.status = "failed";
    p.status_message = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range";
    ctx.after(remembered, "ec2.vpc-peering.forgotten", p.id);
  } else {
    ctx.after(ctx.latency("ec2.vpc-peering.request", p.id), "ec2.vpc-peering.requested", p.id);
    ctx.at(*p.expires, "ec2.vpc-peering.expired", p.id);
  }
  Value shown = describe(ctx, p);
  if (peer_region != ctx.region() && !overlaps) {
    VpcPeering mirrored = p;
    mirrored.tags.clear();
    ctx.in_region(peer_region).add(std::move(mirrored));
  }
  ctx.add(std::move(p));
  return {{"VpcPeeringConnection", shown}};
}

void peering_requested(sim::Scope& scope, const sim::Event& event) {
  const VpcPeering* p = scope.view<VpcPeering>(event.subject);
  if (p && p->status == "initiating-request")
    set_status(scope, event.subject, "pending-acceptance");
}

void peering_expired(sim::Scope& scope, const sim::Event& event) {
  const VpcPeering* p = scope.view<VpcPeering>(event.subject);
  if (!p || p->status != "pending-acceptance") return;
  set_status(scope, event.subject, "expired");
  scope.after(remembered, "ec2.vpc-peering.forgotten", event.subject);
}

void peering_forgotten(sim::Scope& scope, const sim::Event& event) {
  const VpcPeering* p = scope.view<VpcPeering>(event.subject);
  if (!p) return;
  const std::string other = p->accepter_region;
  scope.in_region(other).erase<VpcPeering>(event.subject);
  scope.erase<VpcPeering>(event.subject);
}

AwsError wrong_state(const VpcPeering& p, std::string_view wish) {
  return {"InvalidStateTransition",
          cat("Invalid state transition for ", p.id, ", attempting to transition from ", p.status,
              " to ", wish)};
}

Value accept_peering(Context& ctx, Input in) {
  const std::string id = in.string("VpcPeeringConnectionId");
  const VpcPeering& p = require<VpcPeering>(ctx, id);
  if (p.accepter_region != ctx.region())
    throw operation_not_permitted(cat("Incorrect region (", ctx.region(),
                                      ") specified for this request.VPC peering connection ", id,
                                      " must be accepted in region ", p.accepter_region));
  if (p.status != "pending-acceptance") throw wrong_state(p, "active");
  set_status(ctx, id, "active");
  return {{"VpcPeeringConnection", describe(ctx, *ctx.view<VpcPeering>(id))}};
}

Value reject_peering(Context& ctx, Input in) {
  const std::string id = in.string("VpcPeeringConnectionId");
  const VpcPeering& p = require<VpcPeering>(ctx, id);
  if (p.status != "pending-acceptance") throw wrong_state(p, "rejected");
  set_status(ctx, id, "rejected");
  ctx.in_region(p.requester_region).after(remembered, "ec2.vpc-peering.forgotten", id);
  return {{"Return", true}};
}

Value delete_peering(Context& ctx, Input in) {
  const std::string id = in.string("VpcPeeringConnectionId");
  const VpcPeering& p = require<VpcPeering>(ctx, id);
  if (p.status != "active" && p.status != "pending-acceptance") throw wrong_state(p, "deleted");
  const std::string requester = p.requester_region;
  set_status(ctx, id, "deleted");
  ctx.in_region(requester).after(remembered, "ec2.vpc-peering.forgotten", id);
  return {{"Return", true}};
}

Value modify_options(Context& ctx, Input in) {
  const std::string id = in.string("VpcPeeringConnectionId");
  if (require<VpcPeering>(ctx, id).status != "active")
    throw operation_not_permitted(
        cat("Peering pcx options can be added only to active peerings. ", id, " is not active"));
  Value answer = Value::map();
  auto change = [&](std::string_view member, bool VpcPeering::*field) {
    const Input options = in.at(member);
    if (!options) return;
    refuse_true(options, {"AllowEgressFromLocalClassicLinkToRemoteVpc",
                          "AllowEgressFromLocalVpcToRemoteClassicLink"});
    const bool dns = options.boolean("AllowDnsResolutionFromRemoteVpc");
    change_both(ctx, id, [&](sim::Scope&, VpcPeering& p) { p.*field = dns; });
    answer.set(Key::stable(member), Value{{"AllowDnsResolutionFromRemoteVpc", dns}});
  };
  change("RequesterPeeringConnectionOptions", &VpcPeering::requester_dns_resolution);
  change("AccepterPeeringConnectionOptions", &VpcPeering::accepter_dns_resolution);
  return answer;
}

using S = Shown<VpcPeering>;
const ShownFilter<VpcPeering> filters[] = {
    {"vpc-peering-connection-id", [](const S& s) { return Strings{s->id}; }},
    {"status-code", [](const S& s) { return Strings{s->status}; }},
    {"status-message", [](const S& s) { return Strings{s->status_message}; }},
    {"requester-vpc-info.vpc-id", [](const S& s) { return Strings{s->requester_vpc}; }},
    {"requester-vpc-info.owner-id", [](const S& s) { return Strings{s->requester_owner}; }},
    {"requester-vpc-info.cidr-block", [](const S& s) { return Strings{s->requester_cidr.text()}; }},
    {"accepter-vpc-info.vpc-id", [](const S& s) { return Strings{s->accepter_vpc}; }},
    {"accepter-vpc-info.owner-id", [](const S& s) { return Strings{s->accepter_owner}; }},
    {"accepter-vpc-info.cidr-block", [](const S& s) { return Strings{s->accepter_cidr.text()}; }},
    {"expiration-time",
     [](const S& s) { return s->expires ? Strings{format_iso8601_ms(*s->expires)} : Strings{}; }},
};

Value describe_peerings(Context& ctx, Input in) {
  return describe_records<VpcPeering>(ctx, in, "VpcPeeringConnectionIds", "VpcPeeringConnections",
                                      filters,
                                      [&](const VpcPeering& p) { return describe(ctx, p); });
}

}  // namespace

HandlerRows peering_rows() {
  static const HandlerRow rows[] = {
      {"CreateVpcPeeringConnection", Writes, create_peering},
      {"AcceptVpcPeeringConnection", Writes, accept_peering},
      {"RejectVpcPeeringConnection", Writes, reject_peering},
      {"DeleteVpcPeeringConnection", Writes, delete_peering},
      {"ModifyVpcPeeringConnectionOptions", Writes, modify_options},
      {"DescribeVpcPeeringConnections", Reads, describe_peerings},
  };
  return rows;
}

EventRows peering_events() {
  static const sim::EventRow rows[] = {
      {"ec2.vpc-peering.requested", peering_requested},
      {"ec2.vpc-peering.expired", peering_expired},
      {"ec2.vpc-peering.forgotten", peering_forgotten},
  };
  return rows;
}

LatencyRows peering_latencies() {
  // No published figure: a request is seen as initiating for about a second.
  static const sim::LatencyRow rows[] = {{"ec2.vpc-peering.request", 500ms, 2s, 1s, 1s}};
  return rows;
}

}  // namespace squall::ec2
