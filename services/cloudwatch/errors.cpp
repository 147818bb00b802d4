#include "services/cloudwatch/errors.h"

#include "emulator/core/text.h"

namespace squall::cloudwatch {

AwsError resource_not_found(std::string_view message) {
  return {"ResourceNotFound", std::string(message), 404};
}
AwsError dashboard_not_found(std::string_view name) {
  return {"ResourceNotFound", cat("Dashboard ", name, " does not exist"), 404};
}
AwsError dashboard_invalid(std::string_view message) {
  return {"InvalidParameterInput", std::string(message)};
}
AwsError validation_error(std::string_view message) {
  return {"ValidationError", std::string(message)};
}
AwsError invalid_parameter_value(std::string_view message) {
  return {"InvalidParameterValue", std::string(message)};
}
AwsError invalid_parameter_combination(std::string_view message) {
  return {"InvalidParameterCombination", std::string(message)};
}
AwsError missing_parameter(std::string_view message) {
  return {"MissingParameter", std::string(message)};
}
AwsError invalid_next_token() {
  return {"InvalidNextToken", "The next token specified is invalid."};
}
AwsError invalid_format(std::string_view message) {
  return {"InvalidFormat", std::string(message)};
}

}  // namespace squall::cloudwatch
