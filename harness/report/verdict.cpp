// Decides what a finished drill amounts to; every form of the report asks here.
#include <algorithm>

#include "emulator/core/text.h"
#include "harness/report/format.h"

namespace squall::harness {

bool Report::held() const { return std::ranges::all_of(checks, &Check::passed); }

// A check that nothing exercised fails for no reason of the stack's: a twin gains nothing by it.
static bool failed_for_a_reason(const Check& check) { return !check.passed && check.exercised; }

bool Report::as_it_must() const {
  if (!must_fail) return held();
  if (expected_failures.empty()) return std::ranges::any_of(checks, failed_for_a_reason);
  for (const Check& check : checks) {
    const bool expected = is_expected_failure(*this, check.id);
    if (expected ? !failed_for_a_reason(check) : !check.passed) return false;
  }
  return std::ranges::all_of(expected_failures, [this](const std::string& id) {
    return std::ranges::find(checks, id, &Check::id) != checks.end();
  });
}

bool is_expected_failure(const Report& report, const std::string& check_id) {
  return report.must_fail && std::ranges::find(report.expected_failures, check_id) !=
                                 report.expected_failures.end();
}

std::vector<std::string> failed_checks(const Report& report) {
  std::vector<std::string> ids;
  for (const Check& check : report.checks)
    if (!check.passed) ids.push_back(check.id);
  return ids;
}

static Verdict twin_verdict(const Report& report) {
  const std::vector<std::string> failed = failed_checks(report);
  const bool ok = report.as_it_must();
  if (failed.empty()) {
    return {false, "HELD", cat("but this fragile twin must fail in ",
                               report.expected_failures.empty()
                                   ? "some check"
                                   : join(report.expected_failures, ", "))};
  }
  if (ok) return {true, "FAILED", cat("as it must, in ", join(failed, ", "))};
  std::vector<std::string> wrong;
  for (const std::string& id : failed)
    if (!is_expected_failure(report, id)) wrong.push_back(cat(id, " failed unexpectedly"));
  for (const std::string& id : report.expected_failures) {
    const auto check = std::ranges::find(report.checks, id, &Check::id);
    if (check == report.checks.end()) {
      wrong.push_back(cat(id, " is no check of this drill"));
    } else if (check->passed) {
      wrong.push_back(cat(id, " held"));
    } else if (!check->exercised) {
      wrong.push_back(cat(id, " was never exercised"));
    }
  }
  return {false, "FAILED", cat("but not as it must: ", join(wrong, "; "))};
}

Verdict verdict_of(const Report& report) {
  if (report.must_fail) return twin_verdict(report);
  const std::vector<std::string> failed = failed_checks(report);
  const size_t all = report.checks.size();
  if (all == 0) return {true, "HELD", "the drill expects nothing"};
  if (failed.empty()) {
    return {true, "HELD", all == 1 ? "its one check" : cat("all ", all, " checks")};
  }
  return {false, "FAILED", cat(failed.size(), " of ", all, " checks: ", join(failed, ", "))};
}

}  // namespace squall::harness
