// The cluster query language: `attribute:ecs.instance-type =~ t3.* and not(task:group == web)`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/ecs/ecs.h"

namespace squall::ecs {

/// A parsed expression: a comparison or a combination of others.
struct Expression {
  enum class Kind : uint8_t { all, any, negation, compare } kind = Kind::all;
  enum class Operator : uint8_t {
    equal, not_equal, greater, greater_equal, less, less_equal, exists, not_exists, in, not_in,
    matches, not_matches,
  } op = Operator::equal;
  std::string subject;              // "attribute:ecs.os-type", "task:group", "agentVersion"
  std::vector<std::string> values;  // more than one for in and !in
  std::vector<Expression> parts;    // of all, any (two and more) and negation (one)
};

/// Throws InvalidParameterException for what is no expression.
Expression parse_expression(std::string_view text);

/// What an expression is asked about.
struct Subject {
  const ContainerInstance* instance = nullptr;
  std::set<std::string> task_groups;  // of the tasks on the instance (task:group)
  int64_t running = 0, pending = 0;
};
/// With the instance's tasks looked up.
Subject subject_of(const sim::Scope& scope, const ContainerInstance& instance);
bool matches(const Expression& expression, const Subject& subject);

/// Whether the whole text matches a regular expression, as `=~` has it. Nothing if it is none.
std::optional<bool> pattern_matches(std::string_view pattern, std::string_view text);

}  // namespace squall::ecs
