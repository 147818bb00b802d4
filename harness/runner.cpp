#include "harness/runner.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "emulator/core/text.h"
#include "harness/deploy.h"
#include "harness/serve.h"
#include "harness/step.h"
#include "harness/timeline.h"
#include "services/dynamodb/dynamodb.h"

namespace squall::harness {
namespace {

double real_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The live line: rewritten in place on a terminal, silent elsewhere.
class Progress {
 public:
  explicit Progress(bool quiet) : shown_(!quiet && isatty(STDERR_FILENO)) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(const std::string& text) {
    if (!shown_ || real_seconds() - last_ < 0.1) return;
    last_ = real_seconds();
    std::fprintf(stderr, "\r\033[K%s", text.substr(0, 118).c_str());
    std::fflush(stderr);
  }
  void clear() {
    if (shown_) std::fprintf(stderr, "\r\033[K");
  }

 private:
  bool shown_;
  double last_ = 0;
};

std::unique_ptr<LocalServer> make_server(const Drill& drill) {
  ServeOptions options;
  options.http.port = 0;
  options.http.tls = false;
  options.region = drill.region;
  options.world.account = drill.account;
  options.world.pace = sim::Pace::held;
  options.world.latency = sim::LatencyProfile::zero;
  options.world.start = drill.epoch;
  options.world.detailed_journal = true;
  options.world.journal_entries_max = 0;
  return std::make_unique<LocalServer>(options);
}

uint64_t last_sequence(const sim::Journal& journal) {
  return journal.entries().empty() ? 0 : journal.entries().back().sequence;
}

void deploy(const Drill& drill, LocalServer& server, Progress& progress) {
  const std::string endpoint = cat("http://127.0.0.1:", server.port());
  for (const std::string& command : drill.deploy) {
    const DeployResult result =
        run_program(command, drill.folder, endpoint, drill.region, drill.account,
                    [&](const std::string& line) { progress.show(cat("deploy  ", line)); });
    if (result.exit_code == 0) continue;
    progress.clear();
    throw DrillError{cat("the deploy command failed with exit code ", result.exit_code, ": ",
                         command, "\n", result.tail)};
  }
}

std::string clock_text(double s) {
  const auto whole = static_cast<int>(s);
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", whole / 60, whole % 60);
  return text;
}

std::string progress_text(const Run& run) {
  const double at = to_seconds(run.world.now() - run.start);
  std::string text = cat("storm  ", clock_text(at), " / ",
                         clock_text(to_seconds(run.end - run.start)));
  if (run.engine) {
    const auto last = run.results().totals(run.world.now() - 15s, run.world.now() - 5s);
    text += cat("  ", last.intended / 10, " requests/s  good ", percent(last.availability()));
  }
  for (const Series& s : run.report.series)
    if (s.panel == "targets" && s.name.ends_with(" healthy") && !s.values.empty())
      text += cat("  ", s.name, " ", decimal(s.values.back(), 0));
  return text;
}

struct Due {
  Time time{};
  const PlannedStep* step;
};

void run_step(Run& run, const PlannedStep& planned) {
  Check check;
  check.id = planned.id;
  check.kind = planned.kind;
  check.because = planned.because;
  try {
    planned.step->run(run, check);
  } catch (const AwsError& error) {
    if (!planned.is_check)
      throw DrillError{cat("step '", planned.id, "': ", error.code, ": ", error.message)};
    check.measured = cat(error.code, ": ", error.message);
  } catch (const DrillError& error) {
    if (!planned.is_check) throw DrillError{cat("step '", planned.id, "': ", error.message)};
    check.measured = error.message;
  }
  if (!planned.is_check) return;
  if (!check.exercised) check.passed = false;
  if (check.title.empty()) check.title = check.id;
  run.report.checks.push_back(std::move(check));
}

/// Advances the World to `until`, sampling on the way.
void advance(Run& run, Timeline& timeline, Time until, Progress& progress) {
  const Duration step = from_seconds(timeline.step_s());
  while (run.world.now() < until) {
    const Duration since = run.world.now() - run.start;
    const Time next = std::min(until, run.start + (since / step + 1) * step);
    run.world.advance_to(next);
    if ((next - run.start) % step == Duration{} && next <= run.end) timeline.sample();
    progress.show(progress_text(run));
  }
}

void storm(Run& run, Progress& progress) {
  std::vector<Due> due;
  for (const PlannedStep& step : run.drill.steps)
    if (step.at) due.push_back({run.start + *step.at, &step});
  std::ranges::stable_sort(due, {}, &Due::time);
  Timeline timeline(run);
  timeline.sample();
  for (const Due& d : due) {
    if (d.time > run.end)
      throw DrillError{cat("step '", d.step->id, "' comes after the storm's end")};
    advance(run, timeline, d.time, progress);
    run_step(run, *d.step);
  }
  advance(run, timeline, run.end, progress);
  if (run.engine) {
    // What is under way settles, and the last minute's metrics and alarms arrive.
    run.world.advance_to(run.end + 75s);
    run.engine->finish(run.world.now());
  }
  run.world.set_engine(nullptr);
  timeline.finish();
  for (const PlannedStep& step : run.drill.steps)
    if (!step.at) run_step(run, step);
}

void fill_facts(Run& run) {
  Report& report = run.report;
  if (run.engine) {
    const dataplane::Totals totals = run.results().totals(run.start, run.end);
    report.facts.emplace_back("requests intended", std::to_string(totals.intended));
    report.facts.emplace_back("availability", percent(totals.availability()));
    if (!run.faults.empty()) {
      std::vector<std::string> tiers;
      for (const auto& c : run.results().classes)
        if (std::ranges::find(tiers, c.tier) == tiers.end()) tiers.push_back(c.tier);
      for (const std::string& tier : tiers) {
        const auto rto = run.results().rto_s(run.first_fault(), run.end, tier);
        report.facts.emplace_back(cat("RTO of ", tier),
                                  rto ? format_duration(from_seconds(*rto)) : "not recovered");
      }
    }
    for (const auto& [name, call] : run.results().calls) {
      const auto totals = run.results().call_totals(run.start, run.end, name);
      const double each = totals.calls ? static_cast<double>(totals.attempts) /
                                             static_cast<double>(totals.calls)
                                       : 0;
      report.facts.emplace_back(cat("calls to ", name),
                                cat(percent(totals.success()), " of ", totals.calls, ", ",
                                    decimal(each, 2), " attempts each"));
    }
  }
  report.marks = marks_of(run);
  report.phases = phases_of(run);
  journal_aggregates(run);
  report.journal_hash = stable_hash(run.world.journal().canonical_dump());
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file) throw DrillError{cat("cannot write ", path)};
}

void write_outputs(const Report& report, const sim::World& world, const RunnerOptions& options) {
  std::filesystem::create_directories(options.out_dir);
  const std::string base = options.out_dir + "/";
  write_file(base + "report.html", report_html(report));
  write_file(base + "junit.xml", junit_xml(report));
  write_file(base + "verdict.txt", terminal_text(report, false));
  std::filesystem::remove(base + "journal.sqlite");
  write_sqlite(base + "journal.sqlite", report, world.journal());
  if (options.dump_journal) {
    write_file(base + "journal.txt", world.journal().canonical_dump());
    write_file(base + "world.json", world.dump());
  }
}

}  // namespace

Report run_drill(const Drill& drill, const RunnerOptions& options) {
  Report report;
  report.drill = drill.name;
  report.title = drill.title;
  report.description = drill.description;
  report.region = drill.region;
  report.seed = options.seed.value_or(drill.seed);
  report.latency_profile = to_string(drill.latency);
  report.start = drill.epoch;
  report.duration_s = to_seconds(drill.duration);
  report.expected_failures = drill.expected_failures;
  report.must_fail = !drill.expected_failures.empty();
  report.reproduce = options.reproduce;
  Progress progress(options.quiet);
  const double began = real_seconds();
  const auto server = make_server(drill);
  server->start();
  deploy(drill, *server, progress);
  server->stop();
  report.wall_deploy_s = real_seconds() - began;

  sim::World& world = server->worlds().world(drill.account);
  world.clock().set_pace(sim::Pace::virtual_);
  world.begin_storm(report.seed, drill.latency);
  dynamodb::enforce_throughput(world, true);
  api::Local local(registry(), world, drill.region);
  Arena arena;
  const Arena::Use use(arena);
  Run run{drill, world, local, nullptr, world.now(), world.now() + drill.duration,
          last_sequence(world.journal()), {}, report};
  std::unique_ptr<dataplane::TrafficEngine> engine;
  if (drill.has_traffic) {
    engine = std::make_unique<dataplane::TrafficEngine>(world, drill.region, drill.workload,
                                                        run.start, run.end);
    run.engine = engine.get();
    world.set_engine(engine.get());
  }
  storm(run, progress);
  report.wall_storm_s = real_seconds() - began - report.wall_deploy_s;
  fill_facts(run);
  progress.clear();
  if (!options.out_dir.empty()) write_outputs(report, world, options);
  return report;
}

int drill_command(const std::string& file, RunnerOptions options) {
  try {
    const Drill drill = load_drill(file);
    if (options.reproduce.empty()) {
      options.reproduce =
          cat("squall drill ", file, " --seed ", options.seed.value_or(drill.seed));
    }
    const Report report = run_drill(drill, options);
    std::fputs(terminal_text(report, options.color).c_str(), stdout);
    if (!options.out_dir.empty()) std::printf("Report: %s/report.html\n", options.out_dir.c_str());
    return report.as_it_must() ? 0 : 1;
  } catch (const DrillError& error) {
    std::fprintf(stderr, "squall: %s\n", error.message.c_str());
  } catch (const AwsError& error) {
    std::fprintf(stderr, "squall: %s: %s\n", error.code.c_str(), error.message.c_str());
  }
  return 2;
}

}  // namespace squall::harness
