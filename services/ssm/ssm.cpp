// GetParameter and GetParameters of the public parameters under /aws/service that name images.
#include "services/ssm/ssm.h"

#include <algorithm>

#include "models/generated.h"
#include "emulator/core/text.h"
#include "services/ec2/ec2.h"

namespace squall::ssm {
namespace {

using api::Context;
using api::Input;

/// The parameter's value; empty if there is none.
std::string value_of(const sim::Scope& scope, const std::string& name) {
  if (!name.starts_with("/aws/service/")) return {};
  const std::string image = ec2::image_of_parameter(scope.region(), name);
  if (image.empty() || !name.ends_with("/recommended")) return image;
  return to_json({{"ecs_agent_version", "1.100.1"},
                  {"ecs_runtime_version", "Docker version 25.0.13"},
                  {"image_id", image},
                  {"image_name", ec2::image_name_of(scope, image)},
                  {"os", name.find("2023") != std::string::npos ? "Amazon Linux 2023"
                                                                : "Amazon Linux 2"},
                  {"schema_version", 1},
                  {"source_image_name", ec2::image_name_of(scope, image)}});
}

Value describe(const sim::Scope& scope, const std::string& name, const std::string& value) {
  const bool image = value.starts_with("ami-");
  return {{"Name", name},
          {"Type", "String"},
          {"Value", value},
          {"Version", 1},
          {"LastModifiedDate", parse_time("2025-11-08T02:00:00Z").value_or(Time{})},
          {"ARN", cat("arn:aws:ssm:", scope.region(), "::parameter", name)},
          {"DataType", image ? "aws:ec2:image" : "text"}};
}

Value get_parameter(Context& ctx, Input in) {
  const std::string name = in.string("Name");
  in.ignore("WithDecryption");  // nothing here is encrypted
  const std::string value = value_of(ctx, name);
  if (value.empty()) throw AwsError{"ParameterNotFound", ""};
  return {{"Parameter", describe(ctx, name, value)}};
}

Value get_parameters(Context& ctx, Input in) {
  in.ignore("WithDecryption");
  Value found = Value::list(), invalid = Value::list();
  auto names = in.strings("Names");
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  for (const std::string& name : names) {
    const std::string value = value_of(ctx, name);
    if (value.empty())
      invalid.push(name);
    else
      found.push(describe(ctx, name, value));
  }
  return {{"Parameters", found}, {"InvalidParameters", invalid}};
}

const api::HandlerRow rows[] = {
    {"GetParameter", api::Reads, get_parameter},
    {"GetParameters", api::Reads, get_parameters},
};

}  // namespace

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::ssm),
      .handlers = {rows},
      .events = {},
      .watches = {},
      .latencies = {},
  };
  return definition;
}

}  // namespace squall::ssm
