// A drill as its file states it: deploy, workload, storm, expectations.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/time.h"
#include "emulator/sim/clock.h"
#include "emulator/sim/latency.h"
#include "services/dataplane/workload.h"

namespace squall::harness {

class Step;

/// A mistake in a drill file, with the line where it is and what to do.
struct DrillError {
  std::string message;
};

struct PlannedStep {
  std::string id;                  // defaults to the kind, made unique by a number
  std::string kind;
  std::string because;
  std::optional<Duration> at;      // since the storm's start; checks without it run at the end
  bool is_check = false;
  std::shared_ptr<Step> step;
};

struct Drill {
  std::string path, folder;        // of the file
  std::string name, title, description;
  std::string region = "us-east-1";
  std::string account = "000000000000";
  uint64_t seed = 1;
  Time epoch = sim::drill_epoch;
  sim::LatencyProfile latency = sim::LatencyProfile::measured;
  std::vector<std::string> deploy; // shell commands, run in the drill file's folder
  bool has_traffic = false;
  dataplane::Workload workload;
  Duration duration{};
  std::vector<PlannedStep> steps;  // storm actions, then expectations, in file order
  std::vector<std::string> expected_failures;
};

/// Reads a drill file. Throws DrillError: "az-loss.yaml:12: unknown key 'rat' (did you mean
/// 'rate'?)".
Drill load_drill(const std::string& path);

}  // namespace squall::harness
