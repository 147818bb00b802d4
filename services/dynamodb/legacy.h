// The parameters of before expressions (Expected, AttributeUpdates, KeyConditions, QueryFilter,
// ScanFilter, AttributesToGet), translated into expressions. All refusals are AWS's of old.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/request.h"

namespace squall::dynamodb {

/// Expected with ConditionalOperator; unset where it says nothing.
Bound expected_condition(const Fields& fields);
/// QueryFilter or ScanFilter with ConditionalOperator.
Bound legacy_filter(const Fields& fields, std::string_view member);
/// AttributeUpdates.
Bound attribute_updates(const Fields& fields);
/// KeyConditions.
Bound key_conditions(const Fields& fields);
/// AttributesToGet; empty where it is not there.
std::vector<std::string_view> attributes_to_get(const Fields& fields);

}  // namespace squall::dynamodb
