// ECR's definition: its rows, and the registry's HTTP routes.
#include "services/ecr/ecr.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/ecr/internal.h"
#include "services/ecr/state.h"

namespace squall::ecr {

void write_binary(sim::BinaryWriter& out, const Bytes& bytes) {
  out.text(bytes.data ? std::string_view(*bytes.data) : std::string_view());
}

void read_binary(sim::BinaryReader& in, Bytes& bytes) {
  bytes.data = std::make_shared<const std::string>(in.text());
}

std::span<const sim::LatencyRow> latencies() {
  static const sim::LatencyRow rows[] = {
      // Documented: a new policy may take up to 24 hours to act; observed: within some hours.
      {"ecr.lifecycle.evaluating", 1h, 12h, 0s, 24h},
      {"ecr.lifecycle-preview", 2s, 10s, 2s, 30s},
      // Common experience with small images; AWS states no figures.
      {"ecr.scan", 5s, 30s, 5s, 60s},
      // Documented: most images replicate in less than 30 minutes.
      {"ecr.replication", 5s, 60s, 10s, 1800s},
  };
  return rows;
}

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::ecr),
      .handlers = {repository_rows(), policy_rows(), tag_rows(), image_rows(), image_list_rows(),
                   layer_rows(), lifecycle_rows(), registry_rows(), scan_rows(),
                   pull_through_rows(), template_rows(), replication_rows()},
      .events = {scan_events(), lifecycle_events(), replication_events()},
      .watches = {},
      .latencies = {latencies()},
      .records = {sim::records<CreationTemplate, Image, Layer, Preview, PullThroughRule, Registry,
                               Repository, Upload>()},
      .raw_routes = http_routes(),
  };
  return definition;
}

}  // namespace squall::ecr
