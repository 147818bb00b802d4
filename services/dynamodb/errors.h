// DynamoDB's errors, in its own words.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/error.h"
#include "emulator/core/text.h"

namespace squall::dynamodb {

AwsError invalid(std::string message);            // ValidationException
/// "One or more parameter values were invalid: " and the rest.
AwsError invalid_parameter(std::string_view message);
AwsError serialization(std::string message);
AwsError table_not_found(std::string_view name);  // control plane's words
AwsError item_table_not_found();                  // item operations' words
AwsError table_in_use(std::string message);
AwsError limit_exceeded(std::string message);
AwsError condition_failed(std::string item_json = {});
AwsError key_mismatch();

}  // namespace squall::dynamodb
