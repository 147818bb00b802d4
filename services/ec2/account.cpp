// DescribeAccountAttributes: what an account may have.
#include <algorithm>

#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

Value describe_account_attributes(Context& ctx, Input in) {
  const Strings wanted = in.strings("AttributeNames");
  const Vpc* vpc = default_vpc(ctx);
  const std::pair<std::string, std::string> attributes[] = {
      {"supported-platforms", "VPC"}, {"vpc-max-security-groups-per-interface", "5"},
      {"max-elastic-ips", "5"},       {"max-instances", "20"},
      {"vpc-max-elastic-ips", "5"},   {"default-vpc", vpc ? vpc->id : "none"},
  };
  Value shown = Value::list();
  for (const std::string& name : wanted)
    if (std::none_of(std::begin(attributes), std::end(attributes),
                     [&](const auto& a) { return a.first == name; }))
      throw invalid_parameter_value(
          cat("Value (", name, ") for parameter attribute is invalid. Unknown attribute."));
  for (const auto& [name, value] : attributes) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    Value values = Value::list();
    values.push({{"AttributeValue", value}});
    shown.push({{"AttributeName", name}, {"AttributeValues", values}});
  }
  return {{"AccountAttributes", shown}};
}

}  // namespace

HandlerRows account_rows() {
  static const HandlerRow rows[] = {
      {"DescribeAccountAttributes", Reads, describe_account_attributes},
  };
  return rows;
}

}  // namespace squall::ec2
