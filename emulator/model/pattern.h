// The models' regular expressions, compiled on first use; the only file that knows PCRE2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/model/model.h"

namespace squall::model {

/// Whether the whole text matches the constraint's pattern, as AWS's front ends look at it. A
/// pattern that PCRE2 refuses, or one that would run away on this text, lets everything pass.
bool matches(const Tables& tables, const ConstraintRow& constraint, std::string_view text);

/// Whether the whole text matches a pattern that a caller gave; nothing if it is none. A match that
/// would run away is no match.
std::optional<bool> matches_pattern(std::string_view pattern, std::string_view text);

/// Why PCRE2 refuses the pattern, or empty. For the tests, which list such patterns.
std::string pattern_problem(std::string_view pattern);

}  // namespace squall::model
