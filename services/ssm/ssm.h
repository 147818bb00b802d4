// Systems Manager's public face. Only public parameters that name machine images are served.
#pragma once

#include "emulator/api/service.h"

namespace squall::ssm {

const api::ServiceDefinition& service();

}  // namespace squall::ssm
