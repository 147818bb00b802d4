// The physical truth of faults: what is broken right now. Faults write it; services and the data
// plane only ever find out by looking (health checks, monitors, time-outs), as on AWS.
#pragma once

#include <string>
#include <string_view>

#include "emulator/sim/scope.h"

namespace squall::sim {

/// kind: "power" (hosts are off: nothing answers, nothing says so), "host" (one resource's host is
/// gone), "network" (packets of a subnet, zone or zone pair are dropped), "latency" (delay added),
/// "loss" (share of packets dropped), "stress" (CPU taken), "api" (API calls fail),
/// "blackhole-ingress" and "-egress" (packets of one port, `magnitude`, or of all, 0, vanish).
struct Impairment {
  static constexpr std::string_view kind = "sim:impairment";
  std::string id;        // derived from the fault's id
  std::string fault;     // the fault that put it there
  std::string what;      // one of the kinds above
  std::string zone;      // zone name ("ap-south-1a"), or empty
  std::string peer_zone; // for zone pairs
  std::string resource;  // resource id, or empty for the whole zone
  double magnitude = 1;  // share for "loss" and "stress", milliseconds for "latency"
  double jitter_ms = 0;
  Time since{};
  std::vector<std::string> index_keys() const;
  SQUALL_FIELDS(id, fault, what, zone, peer_zone, resource, magnitude, jitter_ms, since)
};

/// Whether a host in `zone` that carries `resource` is without power or gone at this moment.
bool is_dark(const Scope& scope, std::string_view zone, std::string_view resource = {});

}  // namespace squall::sim
