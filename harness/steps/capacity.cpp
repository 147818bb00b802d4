// Capacity over the storm, from the report's samples: an Auto Scaling group's, an ECS service's.
#include <cmath>

#include "emulator/core/text.h"
#include "harness/steps/steps.h"

namespace squall::harness {
namespace {

struct CapacityCheck final : Step {
  std::string panel, series, what;
  Interval interval;
  Bound bound;
  bool sometimes = true;  // reached once in the interval; false: held throughout

  void run(Run& run, Check& check) const override {
    check.title = cat(what, " ", interval.text());
    check.bound = cat(bound.text(""), sometimes ? " at some time" : " throughout");
    const auto [from, to] = interval.of(run);
    std::optional<double> low, high, reached_s;
    bool always = true;
    for (const Series& s : run.report.series) {
      if (s.panel != panel || s.name != series) continue;
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
                         ? cat("no samples of ", series)
                         : cat(decimal(*low, 0), " to ", decimal(*high, 0),
                               reached_s ? cat(", reached at ", decimal(*reached_s, 0), " s") : "");
    check.passed = low && (sometimes ? reached_s.has_value() : always);
  }
};

std::shared_ptr<CapacityCheck> parse(YamlMap& arguments) {
  auto step = std::make_shared<CapacityCheck>();
  step->interval = Interval::parse(arguments);
  step->bound = Bound::parse(arguments, false);
  step->sometimes = arguments.boolean("sometimes", true);
  if (step->bound.empty()) arguments.fail("at_least", "is missing: at_least or at_most");
  return step;
}

}  // namespace

std::shared_ptr<Step> parse_capacity(YamlMap& arguments) {
  const std::string group = arguments.text("group");
  auto step = parse(arguments);
  step->panel = "capacity";
  step->series = cat(group, " in service");
  step->what = cat("instances in service in ", group);
  return step;
}

std::shared_ptr<Step> parse_tasks(YamlMap& arguments) {
  const std::string whose =
      arguments.has("cluster") ? arguments.text("cluster") : arguments.text("service");
  const std::string count = arguments.text("count", "running");
  if (count != "running" && count != "desired")
    arguments.fail("count", "must be running or desired");
  auto step = parse(arguments);
  step->panel = "tasks";
  step->series = cat(whose, " ", count);
  step->what = cat(count, " tasks of ", whose);
  return step;
}

}  // namespace squall::harness
