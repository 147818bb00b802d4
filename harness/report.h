// What a finished drill knows, ready to be shown: to a terminal, as JUnit XML, as HTML, as SQLite.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "emulator/core/time.h"
#include "emulator/sim/journal.h"

namespace squall::harness {

/// One expectation and what became of it.
struct Check {
  std::string id;         // unique in the drill
  std::string kind;       // the step's name: "availability", "rto", "reachable"...
  std::string title;      // one line, readable: "availability of web at least 98 %"
  std::string measured;   // "98.73 %"
  std::string bound;      // ">= 98 %"
  std::string because;    // why this bound
  std::vector<std::string> details;  // hops, deciding rules, first offenders
  bool passed = false;
  bool exercised = true;  // false: nothing happened that could have broken it; then it fails
};

/// One line on the common time axis. NaN: no value.
struct Series {
  std::string panel;  // "availability", "latency", "requests", "targets", "capacity", "cpu", ...
  std::string name;       // "p99"
  std::string unit;       // "%", "ms", "1/s", ""
  double step_s = 1;      // seconds between values, from the start
  std::vector<double> values;
};

/// A vertical mark: faults, failovers, scaling, alarms.
struct Mark {
  double at_s = 0;        // since the start; may be negative (deploy)
  std::string category;   // "fault", "rds", "scaling", "alarm", "targets", "cache", "other"
  std::string subject;
  std::string text;
};

struct PhaseRow {         // before, during, after the first fault
  std::string name;
  double from_s = 0, to_s = 0;
  uint64_t intended = 0, good = 0;
  double p50_ms = 0, p95_ms = 0, p99_ms = 0, max_ms = 0;
  std::string worst;      // most frequent bad outcome, or empty
};

struct Report {
  std::string drill, title, description, region;
  uint64_t seed = 0;
  std::string latency_profile;
  Time start{};
  double duration_s = 0;
  bool must_fail = false;             // a fragile twin
  std::vector<std::string> expected_failures;
  std::vector<Check> checks;
  std::vector<Series> series;
  std::vector<Mark> marks;            // in order of time
  std::vector<PhaseRow> phases;
  std::vector<std::pair<std::string, std::string>>
      facts;                          // "requests": "540,123", "RTO web": "53 s"
  std::string reproduce;              // the command that repeats this run
  uint64_t journal_hash = 0;          // of the canonical journal
  double wall_deploy_s = 0, wall_storm_s = 0;

  /// Whether every check passed.
  bool held() const;
  /// Whether the drill ended as it must: held, or, for a fragile twin, failed in exactly the
  /// expected checks.
  bool as_it_must() const;
};

/// A person's verdict; `color` for terminals.
std::string terminal_text(const Report& report, bool color);
std::string junit_xml(const Report& report);
/// One self-contained page: no network, no external script, light and dark.
std::string report_html(const Report& report);
/// Writes the journal, per-second aggregates, checks and series to a SQLite file.
void write_sqlite(const std::string& path, const Report& report, const sim::Journal& journal);

}  // namespace squall::harness
