// What a Host header says: service, region and the virtual host's own label.
#pragma once

#include <string_view>

namespace squall::protocol {

struct HostParts {
  std::string_view service;  // may carry labels before it: `bucket.s3`, `streams.dynamodb`
  std::string_view region;   // empty where the name has none
};

/// Understands AWS's own names (`ec2.ap-south-1.amazonaws.com`, `s3-us-west-2...`, dual-stack and
/// FIPS forms) and the local ones (`ec2.localhost`, `*.localhost.localstack.cloud`); empty parts
/// for any other name.
HostParts parse_host(std::string_view header);

/// If `name` is `suffix` or ends with `.suffix`, true and what stands before it.
bool strip_label_suffix(std::string_view name, std::string_view suffix, std::string_view& before);

}  // namespace squall::protocol
