// NAT gateways' ports: connections a destination, and what happens beyond the limit.
#pragma once

#include <span>

#include "emulator/sim/event.h"
#include "emulator/sim/scope.h"

namespace squall::dataplane {

std::span<const sim::EventRow> nat_events();
sim::RecordTypes nat_records();
/// Connections that a gateway holds now, to all destinations.
int64_t nat_connections(const sim::Scope& scope, std::string_view nat_id);

}  // namespace squall::dataplane
