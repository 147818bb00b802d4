// The one exception type: an AWS error, thrown by validation and handlers, caught once in dispatch.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace squall {

struct AwsError {
  std::string code;     // as on the wire, e.g. InvalidVpcID.NotFound
  std::string message;  // AWS's own words
  int status = 400;     // HTTP status
  /// Further members of the modelled error shape, all strings on AWS's side.
  std::vector<std::pair<std::string, std::string>> members = {};

  /// `Sender` or `Receiver`, as query protocol errors name the fault.
  bool is_receiver_fault() const { return status >= 500; }
};

}  // namespace squall
