// An Auto Scaling group's capacity over the storm, from the report's samples.
#include <cmath>

#include "emulator/core/text.h"
#include "harness/steps/steps.h"

namespace squall::harness {
namespace {

struct CapacityCheck final : Step {
  std::string group;
  Interval interval;
  Bound bound;
  bool sometimes = true;  // reached once in the interval; false: held throughout

  void run(Run& run, Check& check) const override {
    check.title = cat("instances in service in ", group, " ", interval.text());
    check.bound = cat(bound.text(""), sometimes ? " at some time" : " throughout");
    const auto [from, to] = interval.of(run);
    std::optional<double> low, high, reached_s;
    bool always = true;
    for (const Series& s : run.report.series) {
      if (s.panel != "capacity" || s.name != cat(group, " in service")) continue;
      for (size_t i = 0; i < s.values.size(); ++i) {
        const double at_s = static_cast<double>(i) * s.step_s, value = s.values[i];
        if (std::isnan(value) || run.start + from_seconds(at_s) < from ||
            run.start + from_seconds(at_s) > to)
          continue;
        low = std::min(low.value_or(value), value);
        high = std::max(high.value_or(value), value);
        if (bound.holds(value) && !reached_s) reached_s = at_s;
        always = always && bound.holds(value);
      }
    }
    check.exercised = low.has_value();
    check.measured = !low
                         ? "no such group"
                         : cat(decimal(*low, 0), " to ", decimal(*high, 0),
                               reached_s ? cat(", reached at ", decimal(*reached_s, 0), " s") : "");
    check.passed = low && (sometimes ? reached_s.has_value() : always);
  }
};

}  // namespace

std::shared_ptr<Step> parse_capacity(YamlMap& arguments) {
  auto step = std::make_shared<CapacityCheck>();
  step->group = arguments.text("group");
  step->interval = Interval::parse(arguments);
  step->bound = Bound::parse(arguments, false);
  step->sometimes = arguments.boolean("sometimes", true);
  if (step->bound.empty()) arguments.fail("at_least", "is missing: at_least or at_most");
  return step;
}

}  // namespace squall::harness
