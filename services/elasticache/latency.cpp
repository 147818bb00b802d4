// How long ElastiCache's lifecycles take. Sources: FACTS.md, section 2.
#include "services/elasticache/internal.h"

namespace squall::elasticache {

using namespace std::chrono_literals;

std::span<const sim::LatencyRow> latencies() {
  static const sim::LatencyRow rows[] = {
      // Common experience of small groups; AWS states no figures.
      {"elasticache.group.creating", 240s, 480s, 300s, 900s},
      {"elasticache.group.modifying", 60s, 300s, 60s, 600s},
      {"elasticache.group.deleting", 120s, 300s, 120s, 600s},
      {"elasticache.replica.creating", 240s, 480s, 300s, 900s},
      {"elasticache.cluster.creating", 180s, 360s, 300s, 600s},
      {"elasticache.cluster.modifying", 30s, 120s, 60s, 300s},
      {"elasticache.cluster.rebooting", 20s, 60s, 30s, 120s},
      {"elasticache.cluster.deleting", 60s, 180s, 60s, 300s},
      {"elasticache.snapshot.creating", 60s, 180s, 60s, 600s},

      // Failover. Documented: writes are back in "a few seconds" of a detected failure. Nothing is
      // measured of detection itself: cluster-node-timeout, which bounds it, is 15 s by default,
      // and
      // the vote and the endpoint's DNS change take the rest.
      {"elasticache.failover.detect", 8s, 15s, 3s, 5s},
      {"elasticache.failover.promote", 2s, 8s, 1s, 4s},
      // A node whose host is back is replaced in its zone: boot and full synchronisation.
      {"elasticache.node.recovering", 120s, 360s, 120s, 600s},
  };
  return rows;
}

}  // namespace squall::elasticache
