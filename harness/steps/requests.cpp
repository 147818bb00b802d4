// Checks on the requests of the storm: availability, error budget, latency.
#include "emulator/core/text.h"
#include "harness/steps/steps.h"

namespace squall::harness {
namespace {

std::string of_tier(const std::string& tier) { return tier.empty() ? "" : cat(" of ", tier); }

struct AvailabilityCheck final : Step {
  Interval interval;
  Bound bound;
  std::string tier;

  void run(Run& run, Check& check) const override {
    const auto [from, to] = interval.of(run);
    const dataplane::Totals totals = run.results().totals(from, to, tier);
    check.title = cat("availability", of_tier(tier), " ", interval.text());
    check.bound = bound.text("%");
    check.exercised = totals.intended > 0;
    check.measured = cat(percent(totals.availability()), " of ", totals.intended);
    check.passed = bound.holds(totals.availability());
    for (size_t o = 1; o < totals.by_outcome.size(); ++o)
      if (totals.by_outcome[o])
        check.details.push_back(
            cat(to_string(static_cast<dataplane::Outcome>(o)), ": ", totals.by_outcome[o]));
  }
};

struct ErrorBudgetCheck final : Step {
  double slo = 0.999, at_most = 1;

  void run(Run& run, Check& check) const override {
    const dataplane::Totals totals = run.results().totals(run.start, run.end);
    const double budget = (1 - slo) * static_cast<double>(totals.intended);
    const double burn = budget > 0 ? static_cast<double>(totals.bad()) / budget : 0;
    check.title = cat("error budget of an SLO of ", percent(slo), " over the storm");
    check.bound = cat("<= ", decimal(at_most, 2), " x burnt");
    check.measured = cat(decimal(burn, 2), " x burnt (", totals.bad(), " bad, budget ",
                         decimal(budget, 0), ")");
    check.exercised = totals.intended > 0;
    check.passed = burn <= at_most;
  }
};

struct LatencyCheck final : Step {
  Interval interval;
  double percentile = 0.99;
  Bound bound;
  std::string tier;

  void run(Run& run, Check& check) const override {
    const auto [from, to] = interval.of(run);
    const dataplane::Totals totals = run.results().totals(from, to, tier);
    const double ms = totals.latency.percentile_ms(percentile);
    check.title = cat("latency p", decimal(percentile * 100, 2), of_tier(tier), " ",
                      interval.text());
    check.bound = bound.text("ms");
    check.measured = cat(decimal(ms, 1), " ms");
    check.exercised = totals.latency.count() > 0;
    check.passed = bound.holds(ms);
  }
};

}  // namespace

std::shared_ptr<Step> parse_availability(YamlMap& arguments) {
  auto step = std::make_shared<AvailabilityCheck>();
  step->interval = Interval::parse(arguments);
  step->bound = Bound::parse(arguments, true);
  step->tier = arguments.text("tier", "");
  if (step->bound.empty()) arguments.fail("at_least", "is missing: at_least or at_most");
  return step;
}

std::shared_ptr<Step> parse_error_budget(YamlMap& arguments) {
  auto step = std::make_shared<ErrorBudgetCheck>();
  const auto slo = arguments.share("slo");
  if (!slo || *slo >= 1) arguments.fail("slo", "must be a share below 100 %");
  step->slo = *slo;
  step->at_most = arguments.number("at_most", 1);
  return step;
}

std::shared_ptr<Step> parse_latency(YamlMap& arguments) {
  auto step = std::make_shared<LatencyCheck>();
  step->interval = Interval::parse(arguments);
  step->percentile = arguments.number("percentile", 99) / 100;
  step->bound = Bound::parse(arguments, false);
  step->tier = arguments.text("tier", "");
  if (step->percentile <= 0 || step->percentile > 1)
    arguments.fail("percentile", "must be above 0 and at most 100");
  if (step->bound.empty()) arguments.fail("at_most", "is missing: at_most or at_least, in ms");
  return step;
}

}  // namespace squall::harness
