// Starts a fault; it ends by itself after `for`.
#include "emulator/core/text.h"
#include "emulator/sim/plane.h"
#include "harness/steps/steps.h"

namespace squall::harness {
namespace {

struct FaultStep final : Step {
  std::string name;
  std::vector<std::pair<std::string, std::string>> with;
  Duration duration{};

  void run(Run& run, Check&) const override {
    sim::Scope scope = run.scope();
    sim::FaultArguments arguments;
    for (const auto& [key, value] : with) arguments[key] = resolve(scope, value);
    sim::Transaction transaction(run.world);
    const std::string id = sim::plane().faults->start(scope, name, arguments, duration);
    transaction.commit();
    run.world.drain();
    FaultWindow window{id, name, run.world.now(), {}};
    if (duration > Duration{}) window.to = run.world.now() + duration;
    run.faults.push_back(std::move(window));
  }
};

}  // namespace

std::shared_ptr<Step> parse_fault(YamlMap& arguments) {
  auto step = std::make_shared<FaultStep>();
  step->name = arguments.text("name");
  step->with = arguments.text_map("with");
  step->duration = arguments.duration("for", 0s);
  bool known = false;
  std::string names;
  for (const sim::FaultKind& kind : sim::plane().faults->kinds()) {
    known = known || kind.name == step->name;
    names += cat(names.empty() ? "" : ", ", kind.name);
  }
  if (!known) arguments.fail("name", cat("is no fault; there are: ", names));
  return step;
}

}  // namespace squall::harness
