// The faults: every kind in one list, for the control API, drills and the FIS service.
#pragma once

#include "emulator/api/service.h"
#include "emulator/sim/plane.h"

namespace squall::faults {

const sim::Faults& faults();
/// The event that ends a fault by itself.
const api::ServiceDefinition& contribution();

}  // namespace squall::faults
