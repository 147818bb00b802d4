// KMS's public face: the keys that AWS manages for its services, one a service and region.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"

namespace squall::kms {

const api::ServiceDefinition& service();

/// Made when it is first asked for, as on AWS.
struct Key {
  static constexpr std::string_view kind = "kms:key";
  std::string id, arn, alias;  // alias: "alias/aws/dynamodb"
  Time created{};
  std::vector<std::string> index_keys() const { return {alias}; }
  SQUALL_FIELDS(id, arn, alias, created)
};

/// The ARN of the key behind alias/aws/SERVICE.
std::string managed_key_arn(sim::Scope& scope, std::string_view service);

}  // namespace squall::kms
