// How long RDS's lifecycles take. Measured and documented ranges; sources: FACTS.md, section and
// row.
#include "services/rds/internal.h"

namespace squall::rds {

using namespace std::chrono_literals;

std::span<const sim::LatencyRow> latencies() {
  static const sim::LatencyRow rows[] = {
      // Common experience of small instances; AWS states no figures.
      {"rds.instance.creating", 180s, 360s, 300s, 900s},
      {"rds.instance.first-backup", 60s, 120s, 60s, 300s},
      {"rds.instance.deleting", 120s, 300s, 120s, 600s},
      {"rds.instance.modifying", 5s, 30s, 10s, 60s},
      {"rds.instance.scaling-storage", 60s, 180s, 60s, 600s},
      {"rds.instance.multi-az-converting", 300s, 900s, 300s, 1800s},
      {"rds.instance.stopping", 120s, 300s, 120s, 600s},
      {"rds.instance.starting", 120s, 300s, 120s, 600s},
      {"rds.replica.creating", 240s, 480s, 300s, 900s},
      {"rds.replica.promoting", 60s, 240s, 60s, 600s},  // section 2: minutes and a reboot
      {"rds.snapshot.creating", 30s, 120s, 30s, 600s},
      // V1: single-AZ reboot 7.8 to 13.8 s.
      {"rds.instance.rebooting", 7800ms, 13800ms, 10s, 60s},
      // A changed class moves the engine to another host: a reboot on new hardware.
      {"rds.instance.class-changing", 240s, 600s, 300s, 900s},

      // Failover. Documented: 60 to 120 s in all (section 2), split so that the parts add up to it.
      // How long RDS takes to give up on a silent host is published nowhere: what the documented
      // 60 to 120 s leave beside the measured fence and promotion.
      {"rds.failover.detect", 30s, 60s, 20s, 40s},
      {"rds.failover.fence", 14s, 18s, 10s, 20s},
      // V1, V2: from the call to the primary's last connection.
      {"rds.failover.requested", 14s, 18s, 30s, 60s},
      {"rds.failover.promote", 13s, 20s, 30s, 60s},
      {"rds.failover.promote-burstable", 15s, 34s, 30s, 60s},
      // V1: "completed" 3 to 42 s after the endpoint is usable; V2: available 11 to 22 s later.
      {"rds.failover.complete", 3s, 42s, 3s, 42s},
      {"rds.failover.available", 11s, 22s, 11s, 22s},
      // V1: the AvailabilityZone field flips 1 to 9 minutes later.
      {"rds.failover.zones-shown", 60s, 540s, 60s, 540s},
      // Crash recovery replays the log since the last checkpoint (five minutes by default): one to
      // three minutes under load, after the host has booted.
      {"rds.instance.recovering", 60s, 180s, 60s, 180s},
      // Catching up what the standby missed, block by block.
      {"rds.standby.resync", 60s, 300s, 60s, 600s},
      // A primary that loses its standby holds commits until it gives up on it.
      {"rds.standby.eject", 1s, 5s, 1s, 10s},
  };
  return rows;
}

}  // namespace squall::rds
