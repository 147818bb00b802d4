#include "harness/drill.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>

#include "emulator/core/text.h"
#include "harness/step.h"
#include "harness/workload_yaml.h"
#include "harness/yaml.h"

namespace squall::harness {
namespace {

std::string known_kinds(bool checks) {
  std::string list;
  for (const StepKind& kind : step_kinds())
    if (kind.is_check == checks) list += cat(list.empty() ? "" : ", ", kind.name);
  return list;
}

/// `each: 1..100` or `each: [a, b]`.
std::vector<std::string> items_of(YamlMap& map) {
  std::vector<std::string> items = map.texts("each");
  const size_t dots = items.size() == 1 ? items[0].find("..") : std::string::npos;
  if (dots == std::string::npos) return items;
  const auto first = parse_int(std::string_view(items[0]).substr(0, dots));
  const auto last = parse_int(std::string_view(items[0]).substr(dots + 2));
  constexpr int64_t steps_max = 10'000;
  if (!first || !last || *last < *first || *last - *first >= steps_max)
    map.fail("each", "must be a list, or FIRST..LAST such as 1..100");
  items.clear();
  for (int64_t n = *first; n <= *last; ++n) items.push_back(std::to_string(n));
  return items;
}

/// `- id: x` + `at: 5m` + `because: ...` + one key that names the step. With `every: 30s` an action
/// is repeated up to and including `until: 20m`.
std::vector<PlannedStep> parse_steps(YamlMap map, bool is_check, std::map<std::string, int>& ids) {
  PlannedStep planned;
  planned.is_check = is_check;
  planned.at = map.optional_duration("at");
  const auto every = map.optional_duration("every"), until = map.optional_duration("until");
  planned.because = map.text("because", "");
  planned.id = map.text("id", "");
  for (const std::string& key : map.keys()) {
    const StepKind* kind = find_step_kind(key);
    if (!kind) continue;
    if (planned.step) map.fail(key, "is a second step in one entry: split it in two");
    if (kind->is_check != is_check)
      map.fail(key, is_check ? "is an action: it belongs under 'storm'"
                             : "is a check: it belongs under 'expect'");
    planned.kind = key;
    YamlMap arguments = *map.map(key);
    planned.step = kind->parse(arguments);
    arguments.finish();
  }
  if (!planned.step)
    map.fail("id", cat("names no step; there are: ", known_kinds(is_check)));
  if (!is_check && !planned.at) map.fail("at", "is missing: when does it happen?");
  if (every.has_value() != until.has_value() || (every && is_check))
    map.fail("every", "repeats an action, and needs until: the last time that it may happen");
  if (every && *every <= Duration{}) map.fail("every", "must be longer than nothing");
  map.finish();
  if (planned.id.empty()) planned.id = planned.kind;
  const std::string id = planned.id;
  std::vector<PlannedStep> steps;
  do {
    const int n = ++ids[id];
    planned.id = n > 1 ? cat(id, "-", n) : id;
    steps.push_back(planned);
    if (every) *planned.at += *every;
  } while (every && *planned.at <= *until);
  return steps;
}

void add_steps(std::vector<YamlMap> entries, bool are_checks, Drill& drill,
               std::map<std::string, int>& ids) {
  for (YamlMap& entry : entries) {
    const std::vector<std::string> items = items_of(entry);
    for (const std::string& item : items)
      std::ranges::move(parse_steps(entry.with_each(item), are_checks, ids),
                        std::back_inserter(drill.steps));
    if (items.empty())
      std::ranges::move(parse_steps(std::move(entry), are_checks, ids),
                        std::back_inserter(drill.steps));
  }
}

void parse_head(YamlMap& map, Drill& drill) {
  drill.name = map.text("name", std::filesystem::path(drill.path).stem().string());
  drill.title = map.text("title", drill.name);
  drill.description = map.text("description", "");
  drill.region = map.text("region", drill.region);
  drill.account = map.text("account", drill.account);
  drill.seed = static_cast<uint64_t>(map.integer("seed", 1));
  const std::string epoch = map.text("epoch", "");
  if (!epoch.empty()) {
    const auto time = parse_time(epoch);
    if (!time) map.fail("epoch", "must be a time such as 2026-01-05T09:00:00Z");
    drill.epoch = *time;
  }
  const auto latency = sim::parse_latency_profile(map.text("latency", "measured"));
  if (!latency) map.fail("latency", "must be zero, measured or documented");
  drill.latency = *latency;
  drill.deploy = map.texts("deploy");
  drill.expected_failures = map.texts("expect_failure");
}

/// `include: ../common.yaml`: keys that this file lacks come from there (the workload, mostly).
YAML::Node with_includes(YAML::Node node, const std::string& folder, int depth) {
  if (!node["include"] || depth > 4) return node;
  const std::string file = folder + "/" + node["include"].Scalar();
  YAML::Node base = YAML::LoadFile(file);
  base = with_includes(base, std::filesystem::path(file).parent_path().string(), depth + 1);
  for (const auto& entry : base) {
    const std::string key = entry.first.Scalar();
    if (!node[key]) node[key] = entry.second;
  }
  node.remove("include");
  return node;
}

}  // namespace

Drill load_drill(const std::string& path) {
  Drill drill;
  drill.path = path;
  drill.folder = std::filesystem::path(path).parent_path().string();
  if (drill.folder.empty()) drill.folder = ".";
  const std::string file = std::filesystem::path(path).filename().string();
  try {
    YamlMap map(with_includes(YAML::LoadFile(path), drill.folder, 0), file, "the drill");
    parse_head(map, drill);
    if (auto traffic = map.map("traffic")) {
      drill.has_traffic = true;
      drill.duration = traffic->duration("duration");
      drill.workload = parse_workload(*traffic, map.map("workload"));
      traffic->finish();
    } else {
      drill.duration = map.duration("duration", 0s);
      map.map("workload");
    }
    std::map<std::string, int> ids;
    add_steps(map.maps("storm"), false, drill, ids);
    add_steps(map.maps("expect"), true, drill, ids);
    map.finish();
    for (const std::string& id : drill.expected_failures)
      if (!ids.contains(id)) map.fail("expect_failure", cat("names no expectation '", id, "'"));
  } catch (const YAML::BadFile&) {
    throw DrillError{cat(path, ": no such file; drills are under scenarios/NAME/drills/")};
  } catch (const YAML::Exception& error) {
    throw DrillError{cat(file, ":", error.mark.line + 1, ": ", error.msg)};
  }
  return drill;
}

}  // namespace squall::harness
