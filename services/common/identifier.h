// The identifiers of RDS and ElastiCache: one rule, one refusal.
#pragma once

#include <string>
#include <string_view>

namespace squall {

/// The lower-case form; throws InvalidParameterValue naming `parameter` if it does not begin with a
/// letter, is longer than `length_max`, or has anything but letters, digits and single hyphens.
std::string identifier(const std::string& raw, std::string_view parameter,
                       size_t length_max = 63);

}  // namespace squall
