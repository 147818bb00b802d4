// The record of an account setting that somebody changed.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/fields.h"

namespace squall::ecs {

struct AccountSetting {
  static constexpr std::string_view kind = "ecs:account-setting";
  std::string id;         // principal (or "default"), slash, name
  std::string principal, name, value;
  SQUALL_FIELDS(id, principal, name, value)
};

}  // namespace squall::ecs
