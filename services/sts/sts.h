// STS's public face. Sessions live in the pseudo-region aws-global: their keys work everywhere.
#pragma once

#include <string>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::sts {

const api::ServiceDefinition& service();

/// Temporary credentials.
struct Session {
  static constexpr std::string_view kind = "sts:session";
  std::string id;  // ASIA...
  std::string secret, token, arn, user_id;
  Time expires{};
  SQUALL_FIELDS(id, secret, token, arn, user_id, expires)
};

}  // namespace squall::sts
