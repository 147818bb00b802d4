// NAT gateways: connections to one destination, as an action and as a check of the limit.
#include "emulator/core/text.h"
#include "harness/steps/steps.h"
#include "services/dataplane/dataplane.h"

namespace squall::harness {
namespace {

struct NatStep final : Step {
  std::string gateway, destination;
  int64_t connections = 0;
  std::optional<int64_t> accepted;  // check: how many of them must be accepted

  void run(Run& run, Check& check) const override {
    sim::Scope scope = run.scope();
    sim::Transaction transaction(run.world);
    const dataplane::NatResult result =
        dataplane::nat_connect(scope, resolve(scope, gateway), destination, connections);
    transaction.commit();
    if (!accepted) return;
    check.title =
        cat(connections, " connections through ", unresolved_name(gateway), " to ", destination);
    check.bound = cat(*accepted, " accepted");
    check.measured = cat(result.accepted, " accepted, ", result.refused,
                         " refused (ErrorPortAllocation), ", result.active, " active");
    check.passed = result.accepted == *accepted;
  }
};

std::shared_ptr<NatStep> parse(YamlMap& arguments) {
  auto step = std::make_shared<NatStep>();
  step->gateway = arguments.text("gateway");
  step->destination = arguments.text("destination");
  step->connections = arguments.integer("connections", 1);
  return step;
}

}  // namespace

std::shared_ptr<Step> parse_nat_connect(YamlMap& arguments) { return parse(arguments); }

std::shared_ptr<Step> parse_nat(YamlMap& arguments) {
  auto step = parse(arguments);
  step->accepted = arguments.integer("accepted", step->connections);
  return step;
}

}  // namespace squall::harness
