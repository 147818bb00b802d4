// Network ACLs: numbered, stateless rules for subnets, and which subnet has which.
#include <algorithm>

#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

constexpr int64_t last_number = 32766;

Value describe_entry(const AclEntry& entry) {
  Value shown{{"RuleNumber", entry.number},
              {"Egress", entry.egress},
              {"Protocol", entry.protocol},
              {"RuleAction", entry.allow ? "allow" : "deny"}};
  if (entry.ipv6_cidr.empty())
    shown.set("CidrBlock", entry.cidr.text());
  else
    shown.set("Ipv6CidrBlock", entry.ipv6_cidr);
  if (entry.from_port)
    shown.set("PortRange", Value{{"From", entry.from_port}, {"To", entry.to_port}});
  if (entry.icmp_type)
    shown.set("IcmpTypeCode", Value{{"Code", entry.icmp_code}, {"Type", entry.icmp_type}});
  return shown;
}

Value describe(const sim::Scope& scope, const NetworkAcl& acl) {
  return {{"NetworkAclId", acl.id},
          {"VpcId", acl.vpc_id},
          {"OwnerId", scope.account()},
          {"IsDefault", acl.is_default},
          {"Associations", list_of(scope.by<Subnet>("acl:" + acl.id),
                                   [&](const Subnet* subnet) {
                                     return Value{
                                         {"NetworkAclAssociationId", subnet->acl_association_id},
                                         {"NetworkAclId", acl.id},
                                         {"SubnetId", subnet->id}};
                                   })},
          {"Entries", list_of(acl.entries, describe_entry)},
          {"Tags", describe_tags(acl.tags)}};
}

/// Where (egress, number) is or belongs.
std::vector<AclEntry>::iterator place_of(NetworkAcl& acl, bool egress, int64_t number) {
  return std::lower_bound(acl.entries.begin(), acl.entries.end(), std::pair(egress, number),
                          [](const AclEntry& e, const std::pair<bool, int64_t>& wanted) {
                            return std::pair(e.egress, e.number) < wanted;
                          });
}

bool is_at(const NetworkAcl& acl, std::vector<AclEntry>::iterator at, const AclEntry& entry) {
  return at != acl.entries.end() && at->egress == entry.egress && at->number == entry.number;
}

std::string acl_protocol(const std::string& text) {
  const std::string lower = to_lower(text);
  if (lower == "tcp") return "6";
  if (lower == "udp") return "17";
  if (lower == "icmp") return "1";
  if (lower == "icmpv6") return "58";
  if (lower == "all") return "-1";
  const auto number = parse_int(lower);
  if (!number || *number < -1 || *number > 255)
    throw invalid_parameter_value(
        cat("Invalid value '", text, "' for IP protocol. Unknown protocol."));
  return cat(*number);
}

void read_ports(const Input& in, AclEntry& entry) {
  const Input range = in.at("PortRange");
  if (entry.protocol != "6" && entry.protocol != "17") {
    in.ignore("PortRange");  // AWS keeps ports only for TCP and UDP
    if (range) range.ignore("From"), range.ignore("To");
    return;
  }
  const auto from = range.optional_integer("From"), to = range.optional_integer("To");
  if (!from || !to)
    throw AwsError{"MissingParameter",
                   "The request must contain the parameter PortRange.From and "
                   "PortRange.To for protocols TCP and UDP"};
  if (*from < 0 || *to > 65535 || *from > *to)
    throw invalid_parameter_value(cat("Invalid TCP/UDP port range (", *from, ":", *to, ")"));
  entry.from_port = from;
  entry.to_port = to;
}

void read_icmp(const Input& in, AclEntry& entry) {
  const Input icmp = in.at("IcmpTypeCode");
  const auto type = icmp.optional_integer("Type"), code = icmp.optional_integer("Code");
  if (entry.protocol != "1" && entry.protocol != "58") return;
  if (!type || !code)
    throw missing_parameter_words(
        "The request must contain the parameter icmpTypeCode for protocol ICMP");
  entry.icmp_type = type;
  entry.icmp_code = code;
}

AclEntry entry_from(const Input& in) {
  AclEntry entry;
  entry.number = in.integer("RuleNumber");
  entry.egress = in.boolean("Egress");
  if (entry.number < 1 || entry.number > last_number)
    throw invalid_parameter_value(cat("Invalid value '", entry.number,
                                      "' for ruleNumber. Must be in the range 1 to ", last_number,
                                      "."));
  const std::string action = in.string("RuleAction");
  if (action != "allow" && action != "deny")
    throw invalid_parameter_value(cat("Invalid value '", action, "' for ruleAction."));
  entry.allow = action == "allow";
  entry.protocol = acl_protocol(in.string("Protocol"));
  const auto block = in.optional_string("CidrBlock");
  const auto block6 = in.optional_string("Ipv6CidrBlock");
  if (block.has_value() == block6.has_value())
    throw missing_parameter_words(
        "The request must contain exactly one of cidrBlock or ipv6CidrBlock");
  if (block) entry.cidr = parse_cidr(*block, "cidrBlock");
  if (block6) entry.ipv6_cidr = canonical_ipv6_block(*block6);
  read_ports(in, entry);
  read_icmp(in, entry);
  return entry;
}

Value create_network_acl(Context& ctx, Input in) {
  const Vpc& vpc = require<Vpc>(ctx, in.string("VpcId"));
  NetworkAcl acl;
  acl.id = ctx.new_id("acl", vpc.id);
  acl.vpc_id = vpc.id;
  acl.tags = tags_for(in, "network-acl");
  for (const bool egress : {false, true}) {
    AclEntry last;
    last.number = last_number + 1;
    last.egress = egress;
    last.protocol = "-1";
    acl.entries.push_back(last);
  }
  in.ignore("ClientToken");
  Value answer{{"NetworkAcl", describe(ctx, acl)},
               {"ClientToken", in.optional_string("ClientToken")}};
  ctx.add(std::move(acl));
  return answer;
}

Value delete_network_acl(Context& ctx, Input in) {
  const std::string id = in.string("NetworkAclId");
  const NetworkAcl& acl = require<NetworkAcl>(ctx, id);
  if (acl.is_default) throw invalid_parameter_value(cat("cannot delete default network ACL ", id));
  if (!ctx.by<Subnet>("acl:" + id).empty())
    throw dependency_violation(
        cat("The networkAcl '", id, "' has dependencies and cannot be deleted."));
  ctx.erase<NetworkAcl>(id);
  return Value::map();
}

Value create_entry(Context& ctx, Input in) {
  NetworkAcl& acl = require_edit<NetworkAcl>(ctx, in.string("NetworkAclId"));
  const AclEntry entry = entry_from(in);
  const auto at = place_of(acl, entry.egress, entry.number);
  if (is_at(acl, at, entry))
    throw AwsError{"NetworkAclEntryAlreadyExists",
                   cat("The network acl entry identified by ", entry.number, " already exists.")};
  const auto count = std::count_if(acl.entries.begin(), acl.entries.end(),
                                   [&](const AclEntry& e) { return e.egress == entry.egress; });
  if (count > 40)  // AWS's highest quota a direction, the final rule not counted
    throw AwsError{"NetworkAclEntryLimitExceeded",
                   "The maximum number of network acl entries has been reached."};
  acl.entries.insert(at, entry);
  return Value::map();
}

AwsError no_entry(int64_t number) {
  return {"InvalidNetworkAclEntry.NotFound",
          cat("The specified network acl entry ", number, " does not exist")};
}

Value replace_entry(Context& ctx, Input in) {
  NetworkAcl& acl = require_edit<NetworkAcl>(ctx, in.string("NetworkAclId"));
  const AclEntry entry = entry_from(in);
  const auto at = place_of(acl, entry.egress, entry.number);
  if (!is_at(acl, at, entry)) throw no_entry(entry.number);
  *at = entry;
  return Value::map();
}

Value delete_entry(Context& ctx, Input in) {
  NetworkAcl& acl = require_edit<NetworkAcl>(ctx, in.string("NetworkAclId"));
  AclEntry wanted;
  wanted.number = in.integer("RuleNumber");
  wanted.egress = in.boolean("Egress");
  if (wanted.number < 1 || wanted.number > last_number)
    throw invalid_parameter_value(cat("Invalid value '", wanted.number,
                                      "' for ruleNumber. Must be in the range 1 to ", last_number,
                                      "."));
  const auto at = place_of(acl, wanted.egress, wanted.number);
  if (!is_at(acl, at, wanted)) throw no_entry(wanted.number);
  acl.entries.erase(at);
  return Value::map();
}

Value replace_association(Context& ctx, Input in) {
  const std::string id = in.string("AssociationId");
  const auto found = ctx.by<Subnet>("acl-association:" + id);
  if (found.empty())
    throw AwsError{"InvalidAssociationID.NotFound",
                   cat("The association ID '", id, "' does not exist")};
  const NetworkAcl& acl = require<NetworkAcl>(ctx, in.string("NetworkAclId"));
  Subnet& subnet = ctx.edit<Subnet>(found.front()->id);
  if (acl.vpc_id != subnet.vpc_id)
    throw invalid_parameter_value(
        cat("Network ACL ", acl.id, " and subnet ", subnet.id, " belong to different networks"));
  subnet.acl_id = acl.id;
  subnet.acl_association_id = ctx.new_id("aclassoc", subnet.id);
  return {{"NewAssociationId", subnet.acl_association_id}};
}

using S = Shown<NetworkAcl>;
template <class Field>
Strings of_entries(const S& s, Field field) {
  Strings out;
  for (const AclEntry& e : s->entries) out.push_back(field(e));
  return out;
}
template <class Field>
Strings of_subnets(const S& s, Field field) {
  Strings out;
  for (const Subnet* subnet : s.scope->by<Subnet>("acl:" + s->id)) out.push_back(field(*subnet));
  return out;
}
std::string number_of(const std::optional<int64_t>& n) { return n ? cat(*n) : std::string(); }

const ShownFilter<NetworkAcl> filters[] = {
    {"network-acl-id", [](const S& s) { return Strings{s->id}; }},
    {"vpc-id", [](const S& s) { return Strings{s->vpc_id}; }, "vpc:"},
    {"default", [](const S& s) { return Strings{text_of(s->is_default)}; }},
    {"owner-id", [](const S& s) { return Strings{s.scope->account()}; }},
    {"association.association-id",
     [](const S& s) {
       return of_subnets(s, [](const Subnet& n) { return n.acl_association_id; });
     }},
    {"association.network-acl-id", [](const S& s) { return Strings{s->id}; }},
    {"association.subnet-id",
     [](const S& s) { return of_subnets(s, [](const Subnet& n) { return n.id; }); }},
    {"entry.cidr",
     [](const S& s) {
       return of_entries(s, [](const AclEntry& e) {
         return e.ipv6_cidr.empty() ? e.cidr.text() : std::string();
       });
     }},
    {"entry.ipv6-cidr",
     [](const S& s) { return of_entries(s, [](const AclEntry& e) { return e.ipv6_cidr; }); }},
    {"entry.egress",
     [](const S& s) { return of_entries(s, [](const AclEntry& e) { return text_of(e.egress); }); }},
    {"entry.icmp.code",
     [](const S& s) {
       return of_entries(s, [](const auto& e) { return number_of(e.icmp_code); });
     }},
    {"entry.icmp.type",
     [](const S& s) {
       return of_entries(s, [](const auto& e) { return number_of(e.icmp_type); });
     }},
    {"entry.port-range.from",
     [](const S& s) {
       return of_entries(s, [](const auto& e) { return number_of(e.from_port); });
     }},
    {"entry.port-range.to",
     [](const S& s) { return of_entries(s, [](const auto& e) { return number_of(e.to_port); }); }},
    {"entry.protocol",
     [](const S& s) { return of_entries(s, [](const AclEntry& e) { return e.protocol; }); }},
    {"entry.rule-action",
     [](const S& s) {
       return of_entries(s,
                         [](const AclEntry& e) { return std::string(e.allow ? "allow" : "deny"); });
     }},
    {"entry.rule-number",
     [](const S& s) { return of_entries(s, [](const AclEntry& e) { return cat(e.number); }); }},
};

Value describe_network_acls(Context& ctx, Input in) {
  return describe_records<NetworkAcl>(ctx, in, "NetworkAclIds", "NetworkAcls", filters,
                                      [&](const NetworkAcl& a) { return describe(ctx, a); });
}

}  // namespace

HandlerRows network_acl_rows() {
  static const HandlerRow rows[] = {
      {"CreateNetworkAcl", Writes, create_network_acl},
      {"DeleteNetworkAcl", Writes, delete_network_acl},
      {"DescribeNetworkAcls", Reads, describe_network_acls},
      {"CreateNetworkAclEntry", Writes, create_entry},
      {"ReplaceNetworkAclEntry", Writes, replace_entry},
      {"DeleteNetworkAclEntry", Writes, delete_entry},
      {"ReplaceNetworkAclAssociation", Writes, replace_association},
  };
  return rows;
}

}  // namespace squall::ec2
