// EC2's errors, with its codes and words, each named once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/error.h"

namespace squall::ec2 {

/// How EC2 speaks of a kind of id.
struct IdWords {
  std::string_view prefix;          // "vpc"
  std::string_view not_found_code;  // "InvalidVpcID.NotFound"
  std::string_view malformed_code;  // "InvalidVpcID.Malformed"
  std::string_view one;             // "The vpc ID '", and after the id "' does not exist"
  std::string_view many;
  std::string_view after_one = "' does not exist";
  std::string_view after_many = "' do not exist";
};
/// Specialised for every record that requests name by id.
template <class T>
const IdWords& id_words();

AwsError not_found(const IdWords& words, const std::vector<std::string>& ids);
/// NotFound, or Malformed if `id` does not have the form of one.
AwsError missing(const IdWords& words, std::string_view id);
/// Throws Malformed if `id` does not have the form of one.
void check_id(const IdWords& words, std::string_view id);

AwsError missing_parameter(std::string_view name);
AwsError missing_parameter_words(std::string_view words);
AwsError invalid_parameter_value(std::string_view words);
AwsError invalid_parameter_combination(std::string_view words);
AwsError dependency_violation(std::string_view words);
AwsError operation_not_permitted(std::string_view words);
AwsError not_served(std::string_view what);
AwsError dry_run_operation();

}  // namespace squall::ec2
