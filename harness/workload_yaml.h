// The traffic and workload sections of a drill file.
#pragma once

#include <optional>

#include "harness/yaml.h"
#include "services/dataplane/workload.h"

namespace squall::harness {

/// `traffic` is left for the caller to finish(); throws DrillError.
dataplane::Workload parse_workload(YamlMap& traffic, std::optional<YamlMap> workload);

}  // namespace squall::harness
