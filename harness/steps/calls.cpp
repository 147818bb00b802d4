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
  std::optional<double> throttled_at_most, throttled_at_least;  // of the attempts

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
    const double throttled = totals.attempts ? static_cast<double>(totals.throttled) /
                                                   static_cast<double>(totals.attempts)
                                             : 0;
    if (throttled_at_most) check.bound += cat(", <= ", percent(*throttled_at_most), " throttled");
    if (throttled_at_least) check.bound += cat(", >= ", percent(*throttled_at_least), " throttled");
    if (check.bound.starts_with(", ")) check.bound.erase(0, 2);
    if (throttled_at_most || throttled_at_least)
      check.measured += cat(", ", percent(throttled), " of them throttled");
    check.details.push_back(cat("failed: ", totals.failed, ", gone on without: ", totals.degraded,
                                ", attempts that timed out: ", totals.timeouts,
                                ", that were throttled: ", totals.throttled));
    check.passed = (bound.empty() || bound.holds(totals.success())) &&
                   (attempts_at_most <= 0 || each <= attempts_at_most) &&
                   throttled <= throttled_at_most.value_or(1) &&
                   throttled >= throttled_at_least.value_or(0);
  }
};

}  // namespace

std::shared_ptr<Step> parse_calls(YamlMap& arguments) {
  auto step = std::make_shared<CallsCheck>();
  step->name = arguments.text("name");
  step->interval = Interval::parse(arguments);
  step->bound = Bound::parse(arguments, true);
  step->attempts_at_most = arguments.number("attempts_at_most", 0);
  step->throttled_at_most = arguments.share("throttled_at_most");
  step->throttled_at_least = arguments.share("throttled_at_least");
  if (step->bound.empty() && step->attempts_at_most <= 0 && !step->throttled_at_most &&
      !step->throttled_at_least)
    arguments.fail("at_least", "is missing: at_least, at_most, attempts_at_most, "
                               "throttled_at_most or throttled_at_least");
  return step;
}

}  // namespace squall::harness
