// Checks on ECS services: their events in AWS's words, and where their deployments ended.
#include "emulator/core/text.h"
#include "harness/steps/steps.h"
#include "services/ecs/ecs.h"

namespace squall::harness {
namespace {

const ecs::Service& find(const Run& run, const std::string& name) {
  for (const auto* service : run.scope().by<ecs::Service>(cat("name:", name)))
    if (service->status != "INACTIVE") return *service;
  throw DrillError{cat("there is no service ", name, " (CLUSTER/NAME)")};
}

/// `within` counts from the first fault, or from the storm's start if there was none.
struct ServiceEventCheck final : Step {
  std::string service, contains;
  std::optional<Duration> within;
  int64_t at_least = 1, at_most = -1;

  void run(Run& run, Check& check) const override {
    const ecs::Service& found = find(run, service);
    const Time from = within ? run.first_fault() : run.start;
    int64_t count = 0;
    std::optional<Time> first;
    for (const auto* e : run.scope().by<ecs::ServiceEvent>(cat("service:", found.id))) {
      if (e->created < from || (within && e->created > from + *within)) continue;
      if (e->message.find(contains) == e->message.npos) continue;
      ++count;
      if (!first || e->created < *first) first = e->created;
      if (check.details.size() < 5)
        check.details.push_back(
            cat("at ", decimal(run.since_start_s(e->created), 0), " s: ", e->message));
    }
    check.title = cat("event of ", service, ": ", contains,
                      within ? cat(" within ", format_duration(*within)) : "");
    check.bound = at_most >= 0 ? cat(at_least, " to ", at_most, " times")
                               : cat("at least ", at_least, at_least == 1 ? " time" : " times");
    check.measured = count ? cat(count, count == 1 ? " time" : " times", ", first at ",
                                 decimal(run.since_start_s(*first), 0), " s")
                           : "never";
    check.passed = count >= at_least && (at_most < 0 || count <= at_most);
  }
};

struct DeploymentCheck final : Step {
  std::string service, state, definition;

  void run(Run& run, Check& check) const override {
    const ecs::Service& found = find(run, service);
    check.title = cat("deployment of ", service);
    check.bound = cat(state, definition.empty() ? "" : cat(" of ", definition));
    check.exercised = !found.deployments.empty();
    if (!check.exercised) return;
    const ecs::Deployment& primary = found.deployments.front();
    check.measured = cat(primary.rollout_state, " of ", primary.spec.definition);
    if (!primary.rollout_reason.empty()) check.details.push_back(primary.rollout_reason);
    check.passed = primary.rollout_state == state &&
                   (definition.empty() || wildcard_match(definition, primary.spec.definition));
  }
};

}  // namespace

std::shared_ptr<Step> parse_service_event(YamlMap& arguments) {
  auto step = std::make_shared<ServiceEventCheck>();
  step->service = arguments.text("service");
  step->contains = arguments.text("contains");
  step->within = arguments.optional_duration("within");
  step->at_most = arguments.integer("at_most", -1);
  step->at_least = arguments.integer("at_least", step->at_most == 0 ? 0 : 1);
  return step;
}

std::shared_ptr<Step> parse_deployment(YamlMap& arguments) {
  auto step = std::make_shared<DeploymentCheck>();
  step->service = arguments.text("service");
  step->state = arguments.text("state", "COMPLETED");
  step->definition = arguments.text("definition", "");
  return step;
}

}  // namespace squall::harness
