// VPC flow logs: what passed and what was refused, in AWS's default format.
#pragma once

#include "emulator/sim/scope.h"

namespace squall::dataplane {

class TrafficEngine;

// What an average request and its answer weigh on the wire.
inline constexpr int64_t flow_bytes_in = 700, flow_bytes_out = 6200;
inline constexpr int64_t flow_packets_in = 5, flow_packets_out = 8;

/// Writes the minute that has just ended.
void write_flow_logs(sim::Scope& scope, TrafficEngine& engine);

}  // namespace squall::dataplane
