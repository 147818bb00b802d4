// THE list of steps. Adding one: a file here and a row.
#include "harness/steps/steps.h"

namespace squall::harness {

std::span<const StepKind> step_kinds() {
  static const StepKind kinds[] = {
      {"fault", "name, with: {...}, for: 15m", false, parse_fault},
      {"call", "service, operation, input: {...}: an API call in mid-storm", false, parse_call},
      {"nat-connect", "gateway, destination, connections", false, parse_nat_connect},
      {"probe", "from, to, port: one connection attempt that flow logs see", false, parse_probe},
      {"availability", "at_least, tier, from, to, phase", true, parse_availability},
      {"error-budget", "slo, at_most (share of the budget burnt)", true, parse_error_budget},
      {"latency", "percentile, at_most (ms), tier, from, to, phase", true, parse_latency},
      {"rto", "tier, at_most (seconds), at_least", true, parse_rto},
      {"rpo", "database, at_most (lost commits)", true, parse_rpo},
      {"event", "name, subject, contains, within, at_least, at_most (how often)", true,
       parse_event},
      {"alarm", "name, fires: true|false, within, recovers: true|false", true, parse_alarm},
      {"reachable", "from, to, port, via: [component or rule...]", true, parse_reachable},
      {"unreachable", "from, to, port, decided_by", true, parse_unreachable},
      {"metric", "namespace, name, dimensions, statistic, period, at_least, at_most, worst", true,
       parse_metric},
      {"answer", "service, operation, input, find, equals: what an API call answers", true,
       parse_answer},
      {"dashboard", "name: every widget's metrics exist", true, parse_dashboard},
      {"logs", "group, contains, at_least", true, parse_logs},
      {"flow-logs", "group, flows, rejected (at least): records match the traffic's own account",
       true, parse_flow_logs},
      {"capacity", "group, at_least, at_most, within, from: instances in service", true,
       parse_capacity},
      {"tasks",
       "service (CLUSTER/NAME) or cluster (of more than 12 services), count: running|desired, "
       "at_least, at_most, sometimes, from, to",
       true, parse_tasks},
      {"service-event", "service (CLUSTER/NAME), contains, within, at_least, at_most (how often)",
       true, parse_service_event},
      {"deployment", "service (CLUSTER/NAME), state, definition (wildcard): the last, at the end",
       true, parse_deployment},
      {"calls",
       "name, at_least, at_most (share that succeeds), attempts_at_most, throttled_at_most, "
       "throttled_at_least (of the attempts), phase",
       true, parse_calls},
      {"sql", "query: over the journal; equals, at_least, at_most", true, parse_sql},
      {"nat-limit", "gateway, destination, connections, accepted", true, parse_nat},
  };
  return kinds;
}

}  // namespace squall::harness
