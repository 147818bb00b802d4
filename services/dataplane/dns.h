// Which zones of a load balancer its name no longer resolves to.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/sim/scope.h"

namespace squall::dataplane {

/// Exists once a zone was ever withdrawn.
struct ZoneDns {
  static constexpr std::string_view kind = "dataplane:zone-dns";
  std::string id;  // load balancer ARN + "#" + zone
  bool withdrawn = false;
  std::optional<Time> due;  // when the health checkers will have agreed on the opposite
  SQUALL_FIELDS(id, withdrawn, due)
};

bool is_withdrawn(const sim::Scope& scope, std::string_view load_balancer, std::string_view zone);

std::span<const sim::EventRow> dns_events();
std::span<const sim::WatchRow> dns_watches();
std::span<const sim::LatencyRow> dns_latencies();

}  // namespace squall::dataplane
