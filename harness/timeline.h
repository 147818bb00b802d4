// Samples the World during a storm, and turns the journal into marks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/step.h"

namespace squall::harness {

/// Every `step_s` of virtual time: healthy targets, group capacity, tasks, what serves. The series
/// appear in the report; per-second figures of the traffic engine are added at the end.
class Timeline {
 public:
  explicit Timeline(Run& run, double step_s = 5) : run_(run), step_s_(step_s) {}
  void sample();
  double step_s() const { return step_s_; }
  void finish();

 private:
  Series& series(const std::string& panel, const std::string& name, const std::string& unit);
  void add(const std::string& panel, const std::string& name, const std::string& unit,
           double value);
  void add_tasks(const sim::Scope& scope);
  void add_traffic();

  Run& run_;
  std::map<std::pair<std::string, std::string>, size_t> found_;  // (panel, name) -> position
  double step_s_;
  size_t samples_ = 0;
};

/// Marks from the journal: faults, RDS and ElastiCache events, scaling activities, alarms, target
/// health, in order of time.
std::vector<Mark> marks_of(const Run& run);
/// Before, during and after the first fault, or one row for a storm without one.
std::vector<PhaseRow> phases_of(const Run& run);
/// Adds the engine's per-second figures to the journal (category "aggregate").
void journal_aggregates(Run& run);

}  // namespace squall::harness
