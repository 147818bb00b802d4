// A check on the calls that servers made: how many succeeded, and what retrying cost.
#include "emulator/core/text.h"
#include "harness/steps/steps.h"

namespace squall::harness {
namespace {

struct CallsCheck final : Step {
  std::string name;
  Interval interval;
  Bound bound;
  double attempts_at_most = 0;  // a call; 0: no matter

  void run(Run& run, Check& check) const override {
    const auto [from, to] = interval.of(run);
    const dataplane::CallTotals totals = run.results().call_totals(from, to, name);
    const double each = totals.calls ? static_cast<double>(totals.attempts) /
                                           static_cast<double>(totals.calls)
                                     : 0;
    check.title = cat("calls to ", name, " that succeed ", interval.text());
    check.bound = bound.text("%");
    if (attempts_at_most > 0)
      check.bound += cat(check.bound.empty() ? "" : ", ", "<= ", decimal(attempts_at_most, 2),
                         " attempts a call");
    check.exercised = totals.calls > 0;
    check.measured = cat(percent(totals.success()), " of ", totals.calls, ", ", decimal(each, 2),
                         " attempts a call");
    check.details.push_back(cat("failed: ", totals.failed, ", gone on without: ", totals.degraded,
                                ", attempts that timed out: ", totals.timeouts));
    check.passed = (bound.empty() || bound.holds(totals.success())) &&
                   (attempts_at_most <= 0 || each <= attempts_at_most);
  }
};

}  // namespace

std::shared_ptr<Step> parse_calls(YamlMap& arguments) {
  auto step = std::make_shared<CallsCheck>();
  step->name = arguments.text("name");
  step->interval = Interval::parse(arguments);
  step->bound = Bound::parse(arguments, true);
  step->attempts_at_most = arguments.number("attempts_at_most", 0);
  if (step->bound.empty() && step->attempts_at_most <= 0)
    arguments.fail("at_least", "is missing: at_least, at_most or attempts_at_most");
  return step;
}

}  // namespace squall::harness
