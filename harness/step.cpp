#include "harness/step.h"

#include <array>
#include <cstdio>

#include "emulator/core/text.h"

namespace squall::harness {

const dataplane::Results& Run::results() const {
  if (!engine) throw DrillError{"this check needs traffic: the drill file has no 'traffic'"};
  return engine->results();
}

const StepKind* find_step_kind(std::string_view name) {
  for (const StepKind& kind : step_kinds())
    if (kind.name == name) return &kind;
  return nullptr;
}

Interval Interval::parse(YamlMap& arguments) {
  Interval i;
  i.from = arguments.optional_duration("from");
  i.to = arguments.optional_duration("to");
  i.phase = arguments.text("phase", "");
  if (!i.phase.empty() && i.phase != "before" && i.phase != "during" && i.phase != "after")
    arguments.fail("phase", "must be before, during or after");
  return i;
}

std::pair<Time, Time> Interval::of(const Run& run) const {
  Time from = run.start, to = run.end;
  if (!phase.empty() && !run.faults.empty()) {
    const FaultWindow& fault = run.faults.front();
    const Time until = fault.to.value_or(run.end);
    if (phase == "before") to = fault.from;
    if (phase == "during") {
      from = fault.from;
      to = until;
    }
    if (phase == "after") from = until;
  }
  if (this->from) from = run.start + *this->from;
  if (this->to) to = run.start + *this->to;
  return {from, to};
}

std::string Interval::text() const {
  if (!phase.empty()) return cat(phase, " the fault");
  if (!from && !to) return "over the storm";
  return cat("from ", from ? format_duration(*from) : "the start", " to ",
             to ? format_duration(*to) : "the end");
}

Bound Bound::parse(YamlMap& arguments, bool shares) {
  Bound b;
  auto read = [&](const std::string& key) -> std::optional<double> {
    if (shares) return arguments.share(key);
    if (!arguments.has(key)) {
      arguments.text(key, "");
      return {};
    }
    return arguments.number(key);
  };
  b.at_least = read("at_least");
  b.at_most = read("at_most");
  return b;
}

bool Bound::holds(double value) const {
  return (!at_least || value >= *at_least) && (!at_most || value <= *at_most);
}

std::string Bound::text(std::string_view unit) const {
  auto show = [&](double v) {
    return unit == "%" ? percent(v) : unit.empty() ? decimal(v, 3) : cat(decimal(v, 3), ' ', unit);
  };
  std::string out;
  if (at_least) out = cat(">= ", show(*at_least));
  if (at_most) out += cat(out.empty() ? "" : ", ", "<= ", show(*at_most));
  return out;
}

std::string decimal(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  std::string out = text.data();
  if (out.find('.') != out.npos) {
    while (out.ends_with('0')) out.pop_back();
    if (out.ends_with('.')) out.pop_back();
  }
  return out;
}

std::string percent(double share) {
  // Never round up to 100 %: one lost request in a million is not none.
  const double shown =
      share >= 1 ? 100 : static_cast<double>(static_cast<int64_t>(share * 1e6)) / 1e4;
  return cat(decimal(shown, 4), " %");
}

}  // namespace squall::harness
