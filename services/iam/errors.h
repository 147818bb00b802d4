// IAM's errors, in its words.
#pragma once

#include <string_view>

#include "emulator/core/error.h"
#include "emulator/core/text.h"

namespace squall::iam {

inline AwsError no_such_entity(std::string_view words) {
  return {"NoSuchEntity", std::string(words), 404};
}
inline AwsError role_not_found(std::string_view name) {
  return no_such_entity(cat("The role with name ", name, " cannot be found."));
}
inline AwsError user_not_found(std::string_view name) {
  return no_such_entity(cat("The user with name ", name, " cannot be found."));
}
inline AwsError profile_not_found(std::string_view name) {
  return no_such_entity(cat("Instance Profile ", name, " cannot be found."));
}
inline AwsError policy_not_found(std::string_view arn) {
  return no_such_entity(cat("Policy ", arn, " was not found."));
}
inline AwsError already_exists(std::string_view words) {
  return {"EntityAlreadyExists", std::string(words), 409};
}
inline AwsError delete_conflict(std::string_view words) {
  return {"DeleteConflict", std::string(words), 409};
}
inline AwsError limit_exceeded(std::string_view quota, int64_t limit) {
  return {"LimitExceeded", cat("Cannot exceed quota for ", quota, ": ", limit), 409};
}
inline AwsError malformed_policy(std::string_view words) {
  return {"MalformedPolicyDocument", std::string(words)};
}
inline AwsError validation_error(std::string_view words) {
  return {"ValidationError", std::string(words)};
}

}  // namespace squall::iam
