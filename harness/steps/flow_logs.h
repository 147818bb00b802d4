// Flow logs held against the traffic's own account: what the step does, for its tests too.
#pragma once

#include <string>
#include <vector>

#include "services/dataplane/flows.h"

namespace squall::harness {

struct FlowAudit {
  size_t flows = 0, records = 0, matched = 0, rejected = 0;
  std::vector<std::string> missing;      // a flow without its record
  std::vector<std::string> unexpected;   // a record without a flow
  std::vector<std::string> implausible;  // not a record, or of sizes that no packets have
  bool holds() const { return missing.empty() && unexpected.empty() && implausible.empty(); }
};

/// Each conversation must have left its records at each interface that saw it, with its addresses,
/// ports, protocol and verdict, in the minute it took place; and every line must be one of those.
/// Lines are of AWS's default format (version 2).
FlowAudit audit_flows(const std::vector<dataplane::FlowMinute>& account,
                      const std::vector<std::string>& lines, const std::string& account_id);

}  // namespace squall::harness
