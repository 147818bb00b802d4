// Checks on recovery: RTO of a tier, RPO of a database (DESIGN: Verdicts are defined).
#include "emulator/core/text.h"
#include "harness/steps/steps.h"

namespace squall::harness {
namespace {

struct RtoCheck final : Step {
  std::string tier;
  Bound bound;

  void run(Run& run, Check& check) const override {
    check.title = cat("RTO", tier.empty() ? "" : cat(" of ", tier));
    check.bound = bound.text("s");
    check.exercised = !run.faults.empty();
    if (!check.exercised) {
      check.measured = "no fault was started";
      return;
    }
    const auto rto = run.results().rto_s(run.first_fault(), run.end, tier);
    check.measured = rto ? format_duration(from_seconds(*rto)) : "not recovered by the end";
    check.passed = rto && bound.holds(*rto);
  }
};

struct RpoCheck final : Step {
  std::string database;
  double at_most = 0;

  void run(Run& run, Check& check) const override {
    const auto ledger = run.results().ledgers.find(database);
    check.title = cat("RPO of ", database);
    check.bound = cat("<= ", decimal(at_most, 0), " lost commits");
    if (ledger == run.results().ledgers.end()) {
      check.exercised = false;
      check.measured = "no commits were made";
      return;
    }
    const dataplane::Rpo rpo = run.results().rpo(database, run.first_fault());
    check.exercised = ledger->second.acknowledged > 0;
    check.measured = cat(rpo.lost, " of ", ledger->second.acknowledged, " acknowledged lost");
    if (rpo.lost) check.measured += cat(", the oldest ", decimal(rpo.oldest_age_s), " s old");
    check.passed = static_cast<double>(rpo.lost) <= at_most;
  }
};

}  // namespace

std::shared_ptr<Step> parse_rto(YamlMap& arguments) {
  auto step = std::make_shared<RtoCheck>();
  step->tier = arguments.text("tier", "");
  step->bound = Bound::parse(arguments, false);
  if (step->bound.empty()) arguments.fail("at_most", "is missing: seconds");
  return step;
}

std::shared_ptr<Step> parse_rpo(YamlMap& arguments) {
  auto step = std::make_shared<RpoCheck>();
  step->database = arguments.text("database");
  step->at_most = arguments.number("at_most", 0);
  return step;
}

}  // namespace squall::harness
