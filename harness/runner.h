// Runs a drill: deploy, storm, verdict.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "harness/drill.h"
#include "harness/report.h"

namespace squall::harness {

struct RunnerOptions {
  std::optional<uint64_t> seed;       // else the drill's own
  std::string out_dir;                // empty: nothing is written
  bool quiet = false;                 // no progress line
  bool color = true;
  std::string reproduce;              // shown in the report
  bool dump_journal = false;          // write the canonical journal beside the report
};

/// Throws DrillError if the drill cannot be run at all (bad file, deployment failed).
Report run_drill(const Drill& drill, const RunnerOptions& options);

/// `squall drill FILE`: loads, runs, prints, writes the reports. 0: ended as it must; 1: not; 2:
/// did not run.
int drill_command(const std::string& file, RunnerOptions options);

}  // namespace squall::harness
