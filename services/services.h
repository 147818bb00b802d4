// The list of services.
#pragma once

#include <span>

#include "emulator/api/service.h"

namespace squall {

/// Every service that serves at least one operation. (Models without handlers answer 501 by name.)
std::span<const api::ServiceDefinition* const> all_services();

}  // namespace squall
