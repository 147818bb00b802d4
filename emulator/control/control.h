// The control API, /_squall/...: what tests, tools and people steer a running server with. The
// paths that existing tools call (/_localstack/..., /moto-api/reset) lead to the same functions.
#pragma once

#include <string>

#include "emulator/api/dispatch.h"
#include "emulator/protocol/message.h"

namespace squall::control {

struct ControlOptions {
  std::string version = "0.1.0";
  std::string default_region = "us-east-1";
};

class Control {
 public:
  explicit Control(api::Worlds& worlds, ControlOptions options = {})
      : worlds_(worlds), options_(std::move(options)) {}

  /// Whether the path belongs to the control API: everything else is an AWS call.
  static bool serves(const protocol::Request& request);
  /// Answers such a request. Never throws.
  void handle(const protocol::Request& request, protocol::Response& response);

 private:
  api::Worlds& worlds_;
  ControlOptions options_;
};

}  // namespace squall::control
