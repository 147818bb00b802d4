// The command line: flags -> World, services, server.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>

#include "emulator/core/text.h"
#include "harness/coverage.h"
#include "harness/memory.h"
#include "harness/runner.h"
#include "harness/serve.h"
#include "harness/snapshot.h"
#include "harness/step.h"

namespace {

using namespace squall;

struct ServeFlags {
  std::string host = "127.0.0.1", data_dir, pace = "wall", latency = "zero",
              account = "000000000000", region = "us-east-1", advertised_host,
              secret_key;
  uint16_t port = 4566;
  uint64_t seed = 1;
  int threads = 1;
  size_t log_mb = 64;
  bool quiet = false, throughput = false, fsync = false;
};

void add_serve(CLI::App& app, ServeFlags& flags) {
  CLI::App* serve = app.add_subcommand("serve", "Serve the AWS APIs on one port until a signal");
  serve->add_option("--host", flags.host, "Address to listen on")->capture_default_str();
  serve->add_option("--port", flags.port, "Port; 0 takes a free one and prints it")
      ->capture_default_str();
  serve->add_option("--data-dir", flags.data_dir,
                    "Keep state in this directory: what was answered survives kill -9");
  serve->add_flag("--fsync", flags.fsync,
                  "With --data-dir: survive the loss of power as well, at the disk's pace")
      ->needs("--data-dir");
  serve
      ->add_option("--log-mb", flags.log_mb,
                   "With --data-dir: how long the log may grow before it is begun anew; a longer "
                   "one writes less and starts slower")
      ->needs("--data-dir")
      ->capture_default_str();
  serve->add_option("--seed", flags.seed, "Seed of everything random")->capture_default_str();
  serve
      ->add_option("--pace", flags.pace,
                   "wall: time passes; virtual: the control API advances it; held: it stands still")
      ->check(CLI::IsMember({"wall", "virtual", "held"}))
      ->capture_default_str();
  serve
      ->add_option("--latency", flags.latency,
                   "How long lifecycles take: zero (at once), measured or documented durations")
      ->check(CLI::IsMember({"zero", "measured", "documented"}))
      ->capture_default_str();
  serve->add_flag("--enforce-throughput", flags.throughput,
                  "Throttle what exceeds the throughput of DynamoDB tables and indexes, and count "
                  "it in CloudWatch, as drills do");
  serve->add_option("--account", flags.account, "Account of keys that are not twelve digits")
      ->capture_default_str();
  serve->add_option("--region", flags.region, "Region of requests that name none")
      ->capture_default_str();
  serve->add_option("--advertised-host", flags.advertised_host,
                    "host:port in URLs of answers (default localhost:PORT)");
  serve->add_option("--verify-signatures", flags.secret_key,
                    "Refuse requests not signed (SigV4) with this secret access key");
  serve->add_option("--threads", flags.threads, "I/O threads")->capture_default_str();
  serve->add_flag("--quiet", flags.quiet, "Print only the Ready. line");
}

struct DrillFlags {
  std::string file, out;
  std::optional<uint64_t> seed;
  bool quiet = false, dump = false, steps = false;
};

CLI::App* add_drill(CLI::App& app, DrillFlags& flags) {
  CLI::App* drill = app.add_subcommand(
      "drill", "Deploy a stack, put it through a storm on virtual time, print the verdict");
  drill->add_option("file", flags.file, "The drill, a YAML file (scenarios/*/drills/*.yaml)");
  drill->add_option("--seed", flags.seed, "The storm's seed: same seed, same verdict");
  drill->add_option("--out", flags.out,
                    "Folder for report.html, junit.xml, verdict.txt and journal.sqlite");
  drill->add_flag("--journal", flags.dump,
                  "Also write journal.txt and world.json to --out, to compare runs");
  drill->add_flag("--quiet", flags.quiet, "No live progress");
  drill->add_flag("--steps", flags.steps, "List the steps a drill file can name, and exit");
  drill->footer("Exit code: 0 ended as it must, 1 did not, 2 could not be run.");
  return drill;
}

int run_drill_command(const DrillFlags& flags) {
  registry();  // the faults' and the steps' names come from it
  if (flags.steps) {
    for (const bool checks : {false, true}) {
      std::puts(checks ? "\nchecks, under 'expect':" : "actions, under 'storm':");
      for (const harness::StepKind& kind : harness::step_kinds())
        if (kind.is_check == checks)
          std::printf("  %-14s %s\n", std::string(kind.name).c_str(),
                      std::string(kind.help).c_str());
    }
    std::puts("\nevery entry: id, because, at: 5m (a check without it runs at the end), and\n"
              "  each: 1..100 or [a, b]     once an item; ${each} stands for it\n"
              "  every: 30s, until: 15m     an action again and again");
    return 0;
  }
  if (flags.file.empty()) {
    std::fprintf(stderr, "squall drill: name a drill file; see squall drill --help\n");
    return 2;
  }
  harness::RunnerOptions options;
  options.seed = flags.seed;
  options.out_dir = flags.out;
  options.quiet = flags.quiet;
  options.dump_journal = flags.dump;
  options.color = isatty(STDOUT_FILENO);
  return harness::drill_command(flags.file, options);
}

int run_serve(const ServeFlags& flags) {
  set_up_memory(flags.threads);
  ServeOptions options;
  options.http.host = flags.host;
  options.http.port = flags.port;
  options.http.threads = flags.threads;
  options.world.account = flags.account;
  options.world.seed = flags.seed;
  options.world.pace = *sim::parse_pace(flags.pace);
  options.world.latency = *sim::parse_latency_profile(flags.latency);
  options.world.enforce_throughput = flags.throughput;
  if (options.world.pace == sim::Pace::wall) options.world.start = sim::real_time_of_day();
  options.region = flags.region;
  options.advertised_host = flags.advertised_host;
  options.secret_key = flags.secret_key;
  options.data_dir = flags.data_dir;
  options.fsync = flags.fsync;
  options.log_mb = flags.log_mb;
  options.http.certificate_dir = flags.data_dir;
  options.warn_unread = !flags.quiet;
  LocalServer server(options);
  if (!flags.quiet)
    std::printf("squall listens on http://%s:%d\n", flags.host.c_str(), server.port());
  std::printf("Ready.\n");
  std::fflush(stdout);
  server.run_until_signal();
  return 0;
}

CLI::App* add_snapshot(CLI::App& app, SnapshotCommand& command) {
  CLI::App* snapshot =
      app.add_subcommand("snapshot", "Save a running server's state by name, and go back to it");
  snapshot->add_option("what", command.verb, "save, list, restore or delete")
      ->required()
      ->check(CLI::IsMember({"save", "list", "restore", "delete"}));
  snapshot->add_option("name", command.name, "The snapshot's name");
  snapshot->add_option("--endpoint", command.endpoint,
                       "The server (default AWS_ENDPOINT_URL, else http://localhost:4566)");
  snapshot->add_option("--account", command.account, "Whose state (default: the server's account)");
  return snapshot;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Squall: a wind tunnel for AWS stacks. Deploy with ordinary AWS clients, break a zone, read "
      "the "
      "verdict."};
  app.require_subcommand(1);
  app.footer(
      "Point clients at it: export AWS_ENDPOINT_URL=http://localhost:4566 (any credentials).");
  ServeFlags serve_flags;
  add_serve(app, serve_flags);
  CLI::App* coverage = app.add_subcommand("coverage", "List what is served and what answers 501");
  bool json = false, operations = false;
  coverage->add_flag("--json", json, "As JSON, every operation");
  coverage->add_flag("--operations", operations, "Name every operation");
  DrillFlags drill_flags;
  const CLI::App* drill = add_drill(app, drill_flags);
  SnapshotCommand snapshot_command;
  const CLI::App* snapshot = add_snapshot(app, snapshot_command);
  CLI11_PARSE(app, argc, argv);
  try {
    if (coverage->parsed()) {
      const std::string text =
          json ? coverage_json(registry()) : coverage_markdown(registry(), operations);
      std::fputs(text.c_str(), stdout);
      return 0;
    }
    if (drill->parsed()) return run_drill_command(drill_flags);
    if (snapshot->parsed()) return run_snapshot(snapshot_command);
    return run_serve(serve_flags);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "squall: %s\n", failure.what());
    return 1;
  }
}
