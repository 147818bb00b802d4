// Runs a drill's deploy programs against the server, with an environment that cannot reach real
// AWS.
#pragma once

#include <functional>
#include <string>

namespace squall::harness {

struct DeployResult {
  int exit_code = 0;
  std::string tail;  // the last lines of output, for the error message
};

/// `sh -c command` in `folder`, AWS_ENDPOINT_URL and dummy credentials set, metadata disabled,
/// proxies that refuse. Each line of output goes to `on_line` as it comes.
DeployResult run_program(const std::string& command, const std::string& folder,
                         const std::string& endpoint, const std::string& region,
                         const std::string& account,
                         const std::function<void(const std::string&)>& on_line);

}  // namespace squall::harness
