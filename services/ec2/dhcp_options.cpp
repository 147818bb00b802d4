// DHCP options sets: what a VPC hands to its instances.
#include <algorithm>

#include "services/ec2/internal.h"

namespace squall::ec2 {

std::string default_dhcp_options(sim::Scope& scope) {
  const auto found = scope.by<DhcpOptions>("default");
  if (!found.empty()) return found.front()->id;
  DhcpOptions options;
  options.id = scope.new_id("dopt");
  options.is_default = true;
  options.options["domain-name"] = {scope.region() == "us-east-1"
                                        ? std::string("ec2.internal")
                                        : cat(scope.region(), ".compute.internal")};
  options.options["domain-name-servers"] = {"AmazonProvidedDNS"};
  return scope.add(std::move(options)).id;
}

namespace {

constexpr std::string_view known_keys[] = {
    "domain-name",          "domain-name-servers", "ntp-servers",
    "netbios-name-servers", "netbios-node-type",   "ipv6-address-preferred-lease-time"};

Value describe(const sim::Scope& scope, const DhcpOptions& options) {
  return {{"DhcpOptionsId", options.id},
          {"OwnerId", scope.account()},
          {"DhcpConfigurations",
           list_of(options.options,
                   [](const auto& option) {
                     return Value{{"Key", option.first},
                                  {"Values", list_of(option.second, [](const std::string& v) {
                                     return Value{{"Value", v}};
                                   })}};
                   })},
          {"Tags", describe_tags(options.tags)}};
}

Value create_dhcp_options(Context& ctx, Input in) {
  DhcpOptions options;
  for (const Input& configuration : in.list("DhcpConfigurations")) {
    const std::string key = configuration.string("Key");
    if (std::find(std::begin(known_keys), std::end(known_keys), key) == std::end(known_keys))
      throw invalid_parameter_value(
          cat("Value (", key, ") for parameter name is invalid. Unknown DHCP option"));
    Strings values = configuration.strings("Values");
    if (values.empty()) throw missing_parameter(cat("value for DHCP option ", key));
    if (values.size() > 4)
      throw invalid_parameter_value(cat("Too many values for DHCP option ", key, ": up to 4"));
    options.options[key] = std::move(values);
  }
  if (options.options.empty()) throw missing_parameter("dhcpConfiguration");
  options.id = ctx.new_id("dopt");
  options.tags = tags_for(in, "dhcp-options");
  return {{"DhcpOptions", describe(ctx, ctx.add(std::move(options)))}};
}

Value delete_dhcp_options(Context& ctx, Input in) {
  const std::string id = in.string("DhcpOptionsId");
  require<DhcpOptions>(ctx, id);
  if (!ctx.by<Vpc>("dhcp:" + id).empty())
    throw dependency_violation(
        cat("The dhcpOptions '", id, "' has dependencies and cannot be deleted."));
  ctx.erase<DhcpOptions>(id);
  return Value::map();
}

Value associate_dhcp_options(Context& ctx, Input in) {
  const std::string id = in.string("DhcpOptionsId");
  Vpc& vpc = require_edit<Vpc>(ctx, in.string("VpcId"));
  vpc.dhcp_options_id =
      id == "default" ? default_dhcp_options(ctx) : require<DhcpOptions>(ctx, id).id;
  return Value::map();
}

using S = Shown<DhcpOptions>;
const ShownFilter<DhcpOptions> filters[] = {
    {"dhcp-options-id", [](const S& s) { return Strings{s->id}; }},
    {"key",
     [](const S& s) {
       Strings keys;
       for (const auto& [key, values] : s->options) keys.push_back(key);
       return keys;
     }},
    {"value",
     [](const S& s) {
       Strings all;
       for (const auto& [key, values] : s->options)
         all.insert(all.end(), values.begin(), values.end());
       return all;
     }},
    {"owner-id", [](const S& s) { return Strings{s.scope->account()}; }},
};

Value describe_dhcp_options(Context& ctx, Input in) {
  return describe_records<DhcpOptions>(ctx, in, "DhcpOptionsIds", "DhcpOptions", filters,
                                       [&](const DhcpOptions& o) { return describe(ctx, o); });
}

}  // namespace

HandlerRows dhcp_options_rows() {
  static const HandlerRow rows[] = {
      {"CreateDhcpOptions", Writes, create_dhcp_options},
      {"DeleteDhcpOptions", Writes, delete_dhcp_options},
      {"AssociateDhcpOptions", Writes, associate_dhcp_options},
      {"DescribeDhcpOptions", Reads, describe_dhcp_options},
  };
  return rows;
}

}  // namespace squall::ec2
