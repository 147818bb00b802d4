#include "services/dataplane/dataplane.h"

#include "emulator/sim/record_type.h"
#include "services/dataplane/behaviour.h"
#include "services/dataplane/dns.h"
#include "services/dataplane/health.h"
#include "services/dataplane/metrics.h"
#include "services/dataplane/nat.h"

namespace squall::dataplane {

const api::ServiceDefinition& contribution() {
  static const api::ServiceDefinition definition = [] {
    api::ServiceDefinition d;
    d.events = {health_events(), dns_events(), metrics_events(), nat_events(), behaviour_events()};
    d.watches = {health_watches(), dns_watches(), behaviour_watches()};
    d.latencies = {dns_latencies()};
    d.records = {sim::records<ZoneDns>(), nat_records()};
    return d;
  }();
  return definition;
}

}  // namespace squall::dataplane
