// An API call in mid-storm (an action), and what an API call answers (a check).
#include "emulator/core/text.h"
#include "harness/steps/steps.h"

namespace squall::harness {
namespace {

struct Operation {
  std::string service, name;
  YAML::Node input;

  static Operation parse(YamlMap& arguments) {
    return {arguments.text("service"), arguments.text("operation"), arguments.node("input")};
  }
  Value run(Run& run) const {
    const Value document = input ? resolve(run.scope(), to_value(input)) : Value::map();
    return run.local.call(service, name, document);
  }
};

struct CallStep final : Step {
  Operation operation;
  void run(Run& run, Check&) const override { operation.run(run); }
};

std::string shown(const Value& v) { return v.is_string() ? std::string(v.text()) : to_json(v); }

/// Follows "Listeners[Port=80].DefaultActions[0].Type": members, positions, and list items by a
/// member's value.
Value follow(Value value, std::string_view path) {
  while (!path.empty() && !value.is_absent()) {
    if (path.front() == '.') path.remove_prefix(1);
    if (path.front() != '[') {
      const size_t end = std::min(path.find('.'), path.find('['));
      value = value.at(path.substr(0, end));
      path.remove_prefix(std::min(end, path.size()));
      continue;
    }
    const size_t close = path.find(']');
    if (close == path.npos) throw DrillError{cat("'", path, "' lacks a ']'")};
    const std::string_view inside = path.substr(1, close - 1);
    path.remove_prefix(close + 1);
    const size_t equals = inside.find('=');
    if (equals == inside.npos) {
      const auto index = parse_int(inside);
      const auto items = value.items();
      value = index && *index >= 0 && static_cast<size_t>(*index) < items.size()
                  ? items[static_cast<size_t>(*index)]
                  : Value();
      continue;
    }
    Value found;
    for (const Value& item : value.items())
      if (found.is_absent() &&
          shown(item.at(inside.substr(0, equals))) == inside.substr(equals + 1))
        found = item;
    value = found;
  }
  return value;
}

struct AnswerCheck final : Step {
  Operation operation;
  std::vector<std::pair<std::string, std::string>> expected;  // path -> text
  std::string title;

  void run(Run& run, Check& check) const override {
    const Value answer = operation.run(run);
    check.title = title.empty() ? cat(operation.service, " ", operation.name) : title;
    check.passed = true;
    for (const auto& [path, wanted_text] : expected) {
      const std::string wanted = resolve(run.scope(), wanted_text);
      const Value found = follow(answer, resolve(run.scope(), path));
      const std::string text = found.is_absent() ? "(nothing)" : shown(found);
      const bool holds = wanted == "*" ? !found.is_absent() : text == wanted;
      check.details.push_back(cat(path, " = ", text, holds ? "" : cat(", not ", wanted)));
      check.passed = check.passed && holds;
      check.bound += cat(check.bound.empty() ? "" : ", ", path, " = ", wanted);
    }
    check.measured = check.passed ? "as stated" : "differs";
  }
};

}  // namespace

std::shared_ptr<Step> parse_call(YamlMap& arguments) {
  auto step = std::make_shared<CallStep>();
  step->operation = Operation::parse(arguments);
  return step;
}

std::shared_ptr<Step> parse_answer(YamlMap& arguments) {
  auto step = std::make_shared<AnswerCheck>();
  step->operation = Operation::parse(arguments);
  step->expected = arguments.text_map("equals");
  step->title = arguments.text("title", "");
  if (step->expected.empty()) arguments.fail("equals", "is missing: what must the answer hold?");
  return step;
}

}  // namespace squall::harness
