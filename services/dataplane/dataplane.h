// The data plane's public face: laws, reachability, probes, NAT connections.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/api/service.h"
#include "emulator/sim/plane.h"

namespace squall::dataplane {

/// Events, watches and latencies of health checks, DNS withdrawal, metrics and flow logs.
const api::ServiceDefinition& contribution();
const sim::Reachability& reachability();

/// One connection attempt that leaves its trace: explains like Reachability and writes the records
/// that flow logs on the way would hold. Inside a transaction.
sim::ReachabilityAnswer probe(sim::Scope& scope, const sim::ReachabilityQuery& query);

struct NatResult {
  int64_t accepted = 0, refused = 0;  // refused: ErrorPortAllocation
  int64_t active = 0;                 // connections to that destination now
};
/// Opens `count` more connections through a NAT gateway to one destination ("203.0.113.9:443"):
/// 55,000 at most. Idle ones are dropped after 350 s. Inside a transaction.
NatResult nat_connect(sim::Scope& scope, std::string_view nat_id, std::string_view destination,
                      int64_t count);
/// Closes them again.
void nat_disconnect(sim::Scope& scope, std::string_view nat_id, std::string_view destination,
                    int64_t count);

}  // namespace squall::dataplane
