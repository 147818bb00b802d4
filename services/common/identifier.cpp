#include "services/common/identifier.h"

#include "emulator/core/error.h"
#include "emulator/core/text.h"

namespace squall {

std::string identifier(const std::string& raw, std::string_view parameter, size_t length_max) {
  const std::string id = to_lower(raw);
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  bool valid = !id.empty() && id.size() <= length_max && is_letter(id[0]) && id.back() != '-' &&
               id.find("--") == id.npos;
  for (const char c : id) valid = valid && (is_letter(c) || (c >= '0' && c <= '9') || c == '-');
  if (!valid) {
    throw AwsError{
        "InvalidParameterValue",
        cat("The parameter ", parameter,
            " is not a valid identifier. Identifiers must begin with a letter; must contain only "
            "ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two "
            "consecutive hyphens.")};
  }
  return id;
}

}  // namespace squall
