// What EC2's files share among themselves; nobody outside this folder includes it.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/items.h"
#include "emulator/api/service.h"
#include "services/common/filter.h"
#include "services/common/page.h"
#include "services/common/tags.h"
#include "services/ec2/ec2.h"
#include "services/ec2/errors.h"

namespace squall::ec2 {

using api::Context;
using api::HandlerRow;
using api::Input;
using api::Reads;
using api::Writes;
using Strings = std::vector<std::string>;

using HandlerRows = std::span<const HandlerRow>;
using EventRows = std::span<const sim::EventRow>;
using LatencyRows = std::span<const sim::LatencyRow>;
using WatchRows = std::span<const sim::WatchRow>;

// --- one function a file gives its rows; ec2.cpp collects them -------------------------------
HandlerRows zone_rows();
HandlerRows vpc_rows();
HandlerRows vpc_cidr_rows();
HandlerRows default_vpc_rows();
HandlerRows subnet_rows();
HandlerRows route_table_rows();
HandlerRows route_rows();
HandlerRows internet_gateway_rows();
HandlerRows security_group_rows();
HandlerRows group_rule_rows();
HandlerRows group_rule_change_rows();
HandlerRows network_acl_rows();
HandlerRows network_interface_rows();
HandlerRows interface_attribute_rows();
HandlerRows address_rows();
HandlerRows nat_gateway_rows();
HandlerRows flow_log_rows();
HandlerRows dhcp_options_rows();
HandlerRows peering_rows();
HandlerRows endpoint_rows();
HandlerRows endpoint_service_rows();
HandlerRows prefix_list_rows();
HandlerRows tag_rows();
HandlerRows account_rows();
HandlerRows instance_rows();
HandlerRows instance_status_rows();
HandlerRows instance_type_rows();
HandlerRows volume_rows();
HandlerRows image_rows();
HandlerRows launch_template_rows();
HandlerRows key_pair_rows();
EventRows vpc_events();
EventRows nat_gateway_events();
EventRows peering_events();
EventRows endpoint_events();
EventRows instance_events();
EventRows instance_status_events();
EventRows volume_events();
LatencyRows vpc_latencies();
LatencyRows nat_gateway_latencies();
LatencyRows peering_latencies();
LatencyRows endpoint_latencies();
LatencyRows instance_latencies();
LatencyRows instance_status_latencies();
LatencyRows volume_latencies();
WatchRows instance_status_watches();

template <> const IdWords& id_words<Vpc>();
template <> const IdWords& id_words<Subnet>();
template <> const IdWords& id_words<RouteTable>();
template <> const IdWords& id_words<InternetGateway>();
template <> const IdWords& id_words<NatGateway>();
template <> const IdWords& id_words<SecurityGroup>();
template <> const IdWords& id_words<NetworkAcl>();
template <> const IdWords& id_words<NetworkInterface>();
template <> const IdWords& id_words<Address>();
template <> const IdWords& id_words<FlowLog>();
template <> const IdWords& id_words<DhcpOptions>();
template <> const IdWords& id_words<VpcPeering>();
template <> const IdWords& id_words<VpcEndpoint>();

// --- records by id ---------------------------------------------------------------------------
/// The record, or AWS's Malformed or NotFound error. T has words in errors.h (`id_words<T>()`).
template <class T>
const T& require(const sim::Scope& scope, std::string_view id) {
  if (const T* record = scope.view<T>(id)) return *record;
  throw missing(id_words<T>(), id);
}
template <class T>
T& require_edit(sim::Scope& scope, std::string_view id) {
  require<T>(scope, id);
  return scope.edit<T>(id);
}

// --- Describe operations ---------------------------------------------------------------------
/// What a filter sees: the record and the region it is in.
template <class T>
struct Shown {
  const T* record;
  const sim::Scope* scope;
  const Tags& tags;
  const T* operator->() const { return record; }
};
template <class T>
using ShownFilter = FilterRow<Shown<T>>;

inline std::string text_of(bool b) { return b ? "true" : "false"; }

/// MaxResults and NextToken, with EC2's refusals. Operations without the members give one page.
PageRequest page_of(const Input& in, int64_t lowest = 5, int64_t highest = 1000);

/// The common course of a Describe operation: ids (each must exist), filters, pages. Ids name a few
/// records directly, so a lookup costs the same however many records there are.
template <class T, size_t N, class Describe>
Value describe_records_by(Context& ctx, const Input& in, const Strings& ids, Key out,
                          const ShownFilter<T> (&rows)[N], Describe describe,
                          int64_t page_max = 1000) {
  const FilterSet<Shown<T>> filters(in, rows, in.shape().find("Filter") ? "Filter" : "Filters");
  auto matches = [&](const T& t) { return filters.matches(Shown<T>{&t, &ctx, t.tags}); };
  api::Items rendering(ctx, {out.text});
  auto show = [&](const T& t) { return rendering.item([&] { return describe(t); }); };
  const PageRequest page = page_of(in, 5, page_max);
  Value answer = Value::map();
  if (ids.empty()) {
    const auto few = candidates<T>(ctx, filters);
    Page found = few ? paginate(RecordList<T>(*few), page, matches, show)
                     : paginate(ctx.all<T>(), page, matches, show);
    answer.set(out, found.items);
    if (!found.next_token.is_absent()) answer.set("NextToken", found.next_token);
    return answer;
  }
  Value items = Value::list();
  Strings unknown;
  for (const std::string& id : ids) {
    check_id(id_words<T>(), id);
    if (!ctx.has<T>(id)) unknown.push_back(id);
  }
  if (!unknown.empty()) throw not_found(id_words<T>(), unknown);
  for (const std::string& id : ids)
    if (matches(*ctx.view<T>(id))) items.push(show(*ctx.view<T>(id)));
  answer.set(out, items);
  return answer;
}
template <class T, size_t N, class Describe>
Value describe_records(Context& ctx, const Input& in, std::string_view ids_member, Key out,
                       const ShownFilter<T> (&rows)[N], Describe describe,
                       int64_t page_max = 1000) {
  return describe_records_by<T>(ctx, in, in.strings(ids_member), out, rows, describe, page_max);
}

/// Things gathered for one answer, in order of ids, for paginate().
template <class T>
class SortedRange {
 public:
  explicit SortedRange(std::vector<T> items) : items_(std::move(items)) {
    std::vector<const T*> order;
    for (const T& item : items_) order.push_back(&item);
    std::sort(order.begin(), order.end(), [](const T* a, const T* b) { return a->id < b->id; });
    order_ = RecordList<T>(std::move(order));
  }
  auto begin() const { return order_.begin(); }
  auto end() const { return order_.end(); }
  auto after(std::string_view id) const { return order_.after(id); }

 private:
  std::vector<T> items_;
  RecordList<T> order_;
};

/// The tags of TagSpecifications for `resource_type`, checked as EC2 does.
Tags tags_for(const Input& in, std::string_view resource_type);
/// Refuses duplicates, reserved and overlong keys.
void check_tags(const std::vector<Input>& tags);
/// The number of tags that a resource may have.
inline constexpr size_t tags_max = 50;

// --- shared by the networking files ----------------------------------------------------------
/// A member with a meaning that Squall does not simulate: refused by name, never ignored.
void refuse(const Input& in, std::initializer_list<std::string_view> members);
/// Refuses a boolean member only if it is true.
void refuse_true(const Input& in, std::initializer_list<std::string_view> members);

/// Adds the VPC with its main route table, default security group and default network ACL.
Vpc& add_vpc(sim::Scope& scope, const Cidr& cidr, std::string tenancy, Tags tags);
/// A region's 172.31.0.0/16 with a subnet a zone and an internet gateway.
Vpc& add_default_vpc(sim::Scope& scope);
Value describe_vpc(const sim::Scope& scope, const Vpc& vpc);
Value describe_subnet(const sim::Scope& scope, const Subnet& subnet);
/// A block of the size that VPCs may have, in canonical form.
Cidr parse_vpc_cidr(std::string_view text);
Cidr parse_cidr(std::string_view text, std::string_view parameter);
/// The zone named or numbered, or the region's first.
const Zone& zone_for_subnet(const sim::Scope& scope, const std::optional<std::string>& name,
                            const std::optional<std::string>& id);
Value describe_interface(const sim::Scope& scope, const NetworkInterface& interface);
Value describe_attachment(const sim::Scope& scope, const NetworkInterface& interface);
Value describe_route(const sim::Scope& scope, const Route& route);
std::string canonical_ipv6_block(std::string_view text);
Route local_route(const Cidr& cidr);
Subnet& add_subnet(sim::Scope& scope, const Vpc& vpc, const Cidr& cidr, const Zone& zone,
                   Tags tags);
/// The default DHCP options of a region, made on first use.
std::string default_dhcp_options(sim::Scope& scope);
const Vpc* default_vpc(const sim::Scope& scope);

/// A prefix list that AWS keeps; `name` is its service's.
struct PrefixList {
  std::string id, name;
  Strings blocks;
  Tags tags;
};
/// A service of AWS that endpoints lead to; `id` is its name and type.
struct EndpointService {
  std::string id, name, type, private_dns, base_dns;
  std::string region() const { return std::string(split(name, '.')[2]); }
};
std::vector<EndpointService> endpoint_services(const sim::Scope& scope);
/// One of each type in which the service is offered.
std::vector<EndpointService> find_endpoint_services(const sim::Scope& scope,
                                                    std::string_view name);
std::vector<PrefixList> aws_prefix_lists(const sim::Scope& scope);
std::optional<PrefixList> prefix_list(const sim::Scope& scope, std::string_view id);

/// Addresses of a subnet, in constant time however many interfaces there are.
std::string take_address(sim::Scope& scope, Subnet& subnet, std::string_view wanted);
void give_back_address(Subnet& subnet, std::string_view address);
/// A public address that this account has not had before.
std::string new_public_address(sim::Scope& scope);
/// Routes to `target` lead nowhere from now on (or, `blackhole` false, lead there again).
void mark_routes(sim::Scope& scope, std::string_view target, bool blackhole);
/// Sets or clears what an Elastic IP shows at its interface and instance.
void associate_address(sim::Scope& scope, Address& address, NetworkInterface& interface,
                       std::string_view private_ip);
void disassociate_address(sim::Scope& scope, Address& address);
/// The VPC's default group if none are named; else each must exist in the VPC.
Strings groups_or_default(const sim::Scope& scope, const Vpc& vpc, const Strings& wanted);
std::string public_dns_name(const sim::Scope& scope, std::string_view ip);
Value describe_group_identifiers(const sim::Scope& scope, const Strings& group_ids);

}  // namespace squall::ec2
