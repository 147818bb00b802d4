// Internet gateways and their attachment to VPCs.
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

Value describe(const sim::Scope& scope, const InternetGateway& gateway) {
  Value attachments = Value::list();
  if (!gateway.vpc_id.empty())
    attachments.push({{"State", "available"}, {"VpcId", gateway.vpc_id}});
  return {{"InternetGatewayId", gateway.id},
          {"OwnerId", scope.account()},
          {"Attachments", attachments},
          {"Tags", describe_tags(gateway.tags)}};
}

Value create_internet_gateway(Context& ctx, Input in) {
  InternetGateway gateway;
  gateway.id = ctx.new_id("igw");
  gateway.tags = tags_for(in, "internet-gateway");
  return {{"InternetGateway", describe(ctx, ctx.add(std::move(gateway)))}};
}

Value delete_internet_gateway(Context& ctx, Input in) {
  const std::string id = in.string("InternetGatewayId");
  if (!require<InternetGateway>(ctx, id).vpc_id.empty())
    throw dependency_violation(
        cat("The internetGateway '", id, "' has dependencies and cannot be deleted."));
  ctx.erase<InternetGateway>(id);
  return Value::map();
}

Value attach_internet_gateway(Context& ctx, Input in) {
  InternetGateway& gateway = require_edit<InternetGateway>(ctx, in.string("InternetGatewayId"));
  const Vpc& vpc = require<Vpc>(ctx, in.string("VpcId"));
  if (!gateway.vpc_id.empty())
    throw AwsError{
        "Resource.AlreadyAssociated",
        cat("resource ", gateway.id, " is already attached to network ", gateway.vpc_id)};
  if (!ctx.by<InternetGateway>("vpc:" + vpc.id).empty())
    throw invalid_parameter_value(
        cat("Network ", vpc.id, " already has an internet gateway attached"));
  gateway.vpc_id = vpc.id;
  mark_routes(ctx, gateway.id, false);
  return Value::map();
}

Value detach_internet_gateway(Context& ctx, Input in) {
  InternetGateway& gateway = require_edit<InternetGateway>(ctx, in.string("InternetGatewayId"));
  const Vpc& vpc = require<Vpc>(ctx, in.string("VpcId"));
  if (gateway.vpc_id != vpc.id)
    throw AwsError{"Gateway.NotAttached",
                   cat("resource ", gateway.id, " is not attached to network ", vpc.id)};
  if (!ctx.by<NetworkInterface>("public-in:" + vpc.id).empty())
    throw dependency_violation(cat("Network ", vpc.id,
                                   " has some mapped public address(es). Please unmap those "
                                   "public address(es) before detaching the gateway."));
  gateway.vpc_id.clear();
  mark_routes(ctx, gateway.id, true);
  return Value::map();
}

using S = Shown<InternetGateway>;
Strings if_attached(const S& s, std::string text) {
  return s->vpc_id.empty() ? Strings{} : Strings{std::move(text)};
}

const ShownFilter<InternetGateway> filters[] = {
    {"internet-gateway-id", [](const S& s) { return Strings{s->id}; }},
    {"attachment.vpc-id", [](const S& s) { return if_attached(s, s->vpc_id); }},
    {"attachment.state", [](const S& s) { return if_attached(s, "available"); }},
    {"owner-id", [](const S& s) { return Strings{s.scope->account()}; }},
};

Value describe_internet_gateways(Context& ctx, Input in) {
  return describe_records<InternetGateway>(
      ctx, in, "InternetGatewayIds", "InternetGateways", filters,
      [&](const InternetGateway& g) { return describe(ctx, g); });
}

}  // namespace

HandlerRows internet_gateway_rows() {
  static const HandlerRow rows[] = {
      {"CreateInternetGateway", Writes, create_internet_gateway},
      {"DeleteInternetGateway", Writes, delete_internet_gateway},
      {"AttachInternetGateway", Writes, attach_internet_gateway},
      {"DetachInternetGateway", Writes, detach_internet_gateway},
      {"DescribeInternetGateways", Reads, describe_internet_gateways},
  };
  return rows;
}

}  // namespace squall::ec2
