#include "services/dynamodb/errors.h"

namespace squall::dynamodb {

AwsError invalid(std::string message) { return {"ValidationException", std::move(message)}; }

AwsError invalid_parameter(std::string_view message) {
  return invalid(cat("One or more parameter values were invalid: ", message));
}

AwsError serialization(std::string message) {
  return {"SerializationException", std::move(message)};
}

AwsError table_not_found(std::string_view name) {
  return {"ResourceNotFoundException",
          cat("Requested resource not found: Table: ", name, " not found")};
}

AwsError item_table_not_found() {
  return {"ResourceNotFoundException", "Requested resource not found"};
}

AwsError table_in_use(std::string message) {
  return {"ResourceInUseException", std::move(message)};
}

AwsError limit_exceeded(std::string message) {
  return {"LimitExceededException", std::move(message)};
}

AwsError condition_failed(std::string item_json) {
  AwsError error{"ConditionalCheckFailedException", "The conditional request failed"};
  if (!item_json.empty()) error.members.emplace_back("Item", std::move(item_json));
  return error;
}

AwsError key_mismatch() { return invalid("The provided key element does not match the schema"); }

}  // namespace squall::dynamodb
