// Reachability checks: each verdict names the hops and the rule that decided.
#include <algorithm>

#include "emulator/core/text.h"
#include "harness/steps/steps.h"
#include "services/dataplane/dataplane.h"

namespace squall::harness {
namespace {

sim::ReachabilityQuery parse_query(YamlMap& arguments) {
  sim::ReachabilityQuery query;
  query.from = arguments.text("from");
  query.to = arguments.text("to");
  query.port = static_cast<int>(arguments.integer("port", 0));
  query.protocol = arguments.text("protocol", "tcp");
  return query;
}

sim::ReachabilityQuery resolved(const Run& run, sim::ReachabilityQuery query) {
  query.from = resolve(run.scope(), query.from);
  query.to = resolve(run.scope(), query.to);
  return query;
}

std::string hop_text(std::string_view way, const sim::Hop& hop) {
  return cat(way, " ", hop.kind, " ", hop.component, ": ", hop.allowed ? "allowed" : "DROPPED",
             hop.rule.empty() ? "" : cat(" by ", hop.rule));
}

struct ReachabilityCheck final : Step {
  sim::ReachabilityQuery query;
  bool reachable = true;
  std::vector<std::string> via;  // kinds or components that must be on the way
  std::string decided_by;        // kind or component of the hop that dropped it

  void run(Run& run, Check& check) const override {
    const auto answer =
        sim::plane().reachability->explain(run.scope(), resolved(run, query));
    check.title = cat(unresolved_name(query.from), " -> ", unresolved_name(query.to),
                      query.port ? cat(":", query.port) : "",
                      reachable ? " is reachable" : " is unreachable");
    check.bound = reachable ? "reachable" : "unreachable";
    if (!decided_by.empty()) check.bound += cat(", dropped by ", decided_by);
    check.measured = cat(answer.reachable ? "reachable" : "unreachable", ": ", answer.reason);
    for (const sim::Hop& hop : answer.forward) check.details.push_back(hop_text("->", hop));
    for (const sim::Hop& hop : answer.back) check.details.push_back(hop_text("<-", hop));
    check.passed = answer.reachable == reachable;
    for (const std::string& wanted : via) {
      const std::string text = resolve(run.scope(), wanted);
      const bool found = std::ranges::any_of(answer.forward, [&](const sim::Hop& hop) {
        return hop.kind == text || hop.component == text;
      });
      if (!found) check.details.push_back(cat("the way does not lead through ", text));
      check.passed = check.passed && found;
    }
    if (!decided_by.empty()) {
      const std::string text = resolve(run.scope(), decided_by);
      auto dropped = [&](const sim::Hop& hop) {
        return !hop.allowed && (hop.kind == text || hop.component == text);
      };
      check.passed = check.passed && (std::ranges::any_of(answer.forward, dropped) ||
                                      std::ranges::any_of(answer.back, dropped));
    }
  }
};

struct ProbeStep final : Step {
  sim::ReachabilityQuery query;

  void run(Run& run, Check&) const override {
    sim::Scope scope = run.scope();
    sim::Transaction transaction(run.world);
    dataplane::probe(scope, resolved(run, query));
    transaction.commit();
  }
};

std::shared_ptr<Step> parse_check(YamlMap& arguments, bool reachable) {
  auto step = std::make_shared<ReachabilityCheck>();
  step->query = parse_query(arguments);
  step->reachable = reachable;
  step->via = arguments.texts("via");
  step->decided_by = arguments.text("decided_by", "");
  return step;
}

}  // namespace

std::shared_ptr<Step> parse_reachable(YamlMap& arguments) { return parse_check(arguments, true); }
std::shared_ptr<Step> parse_unreachable(YamlMap& arguments) {
  return parse_check(arguments, false);
}

std::shared_ptr<Step> parse_probe(YamlMap& arguments) {
  auto step = std::make_shared<ProbeStep>();
  step->query = parse_query(arguments);
  return step;
}

}  // namespace squall::harness
