// Checks on what CloudWatch holds: a metric's values, a dashboard's widgets; and on log groups.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/core/text.h"
#include "harness/steps/steps.h"
#include "services/cloudwatch/cloudwatch.h"
#include "services/logs/logs.h"

namespace squall::harness {
namespace {

using Dimensions = cloudwatch::Dimensions;

struct MetricCheck final : Step {
  std::string name_space, name, statistic;
  std::vector<std::pair<std::string, std::string>> dimensions;
  int64_t period_s = 60;
  Interval interval;
  Bound bound;
  bool sometimes = false;  // one period that holds is enough; else all must

  void run(Run& run, Check& check) const override {
    Dimensions resolved;
    for (const auto& [key, value] : dimensions) resolved[key] = resolve(run.scope(), value);
    const auto [from, to] = interval.of(run);
    const auto values = cloudwatch::statistics(run.scope(), name_space, name, resolved, statistic,
                                               from, to, period_s);
    check.title = cat(statistic, " of ", name_space, " ", name, " ", interval.text());
    check.bound =
        cat(bound.empty() ? "has data" : bound.text(""), sometimes ? " at some time" : "");
    check.exercised = !values.empty();
    if (values.empty()) {
      check.measured = "no data";
      return;
    }
    const auto [low, high] = std::ranges::minmax_element(
        values, {}, [](const auto& point) { return point.second; });
    check.measured = cat(decimal(low->second, 3), " to ", decimal(high->second, 3), " in ",
                         values.size(), " periods");
    auto holds = [&](const auto& point) { return bound.holds(point.second); };
    check.passed = sometimes ? std::ranges::any_of(values, holds)
                             : std::ranges::all_of(values, holds);
  }
};

struct DashboardCheck final : Step {
  std::string name;

  void run(Run& run, Check& check) const override {
    const sim::Scope home = run.scope().global();
    const auto* dashboard = home.view<cloudwatch::Dashboard>(name);
    check.title = cat("dashboard ", name, " shows metrics that exist");
    check.bound = "every widget's metrics";
    if (!dashboard) {
      check.measured = "there is no such dashboard";
      return;
    }
    const auto body = nlohmann::json::parse(dashboard->body, nullptr, false);
    size_t found = 0, wanted = 0;
    for (const auto& widget : body.value("widgets", nlohmann::json::array())) {
      if (!widget.is_object() || !widget.contains("properties")) continue;
      for (const auto& row : widget["properties"].value("metrics", nlohmann::json::array()))
        check_row(run, row, found, wanted, check);
    }
    check.exercised = wanted > 0;
    check.measured = cat(found, " of ", wanted, " metrics exist");
    check.passed = wanted > 0 && found == wanted;
  }

 private:
  /// ["AWS/EC2", "CPUUtilization", "InstanceId", "i-1", {...}].
  static void check_row(const Run& run, const nlohmann::json& row, size_t& found, size_t& wanted,
                        Check& check) {
    if (!row.is_array() || row.size() < 2 || !row[0].is_string() || !row[1].is_string()) return;
    Dimensions dimensions;
    for (size_t i = 2; i + 1 < row.size() && row[i].is_string() && row[i + 1].is_string(); i += 2)
      dimensions[row[i]] = row[i + 1].get<std::string>();
    ++wanted;
    const std::string name_space = row[0], metric = row[1];
    if (cloudwatch::has_metric(run.scope(), name_space, metric, dimensions))
      ++found;
    else
      check.details.push_back(cat("no data: ", row.dump()));
  }
};

struct LogsCheck final : Step {
  std::string group;
  std::vector<std::string> contains;
  int64_t at_least = 1;

  void run(Run& run, Check& check) const override {
    int64_t count = 0;
    for (const logs::LogEvent& event : logs::events(run.scope(), group)) {
      const bool all = std::ranges::all_of(contains, [&](const std::string& text) {
        return event.message.find(resolve(run.scope(), text)) != std::string::npos;
      });
      if (!all) continue;
      ++count;
      if (check.details.size() < 3) check.details.push_back(event.message);
    }
    check.title = cat("log group ", group, contains.empty() ? "" : " holds ");
    for (const std::string& text : contains)
      check.title += cat("'", text, "'", &text == &contains.back() ? "" : " and ");
    check.bound = cat("at least ", at_least, at_least == 1 ? " line" : " lines");
    check.measured = cat(count, count == 1 ? " line" : " lines");
    check.passed = count >= at_least;
  }
};

}  // namespace

std::shared_ptr<Step> parse_metric(YamlMap& arguments) {
  auto step = std::make_shared<MetricCheck>();
  step->name_space = arguments.text("namespace");
  step->name = arguments.text("name");
  step->statistic = arguments.text("statistic", "Average");
  step->dimensions = arguments.text_map("dimensions");
  step->period_s = arguments.integer("period", 60);
  step->interval = Interval::parse(arguments);
  step->bound = Bound::parse(arguments, false);
  step->sometimes = arguments.boolean("sometimes", false);
  return step;
}

std::shared_ptr<Step> parse_dashboard(YamlMap& arguments) {
  auto step = std::make_shared<DashboardCheck>();
  step->name = arguments.text("name");
  return step;
}

std::shared_ptr<Step> parse_logs(YamlMap& arguments) {
  auto step = std::make_shared<LogsCheck>();
  step->group = arguments.text("group");
  step->contains = arguments.texts("contains");
  step->at_least = arguments.integer("at_least", 1);
  return step;
}

}  // namespace squall::harness
