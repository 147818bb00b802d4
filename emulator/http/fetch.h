// One plain HTTP request to a server of squall's: what the command line asks a running one with.
#pragma once

#include <string>
#include <string_view>

namespace squall::http {

struct Fetched {
  int status = 0;
  std::string body;
};

/// `endpoint` is http://HOST:PORT. Throws std::runtime_error with advice where nobody answers.
Fetched fetch(std::string_view endpoint, std::string_view method, std::string_view path,
              std::string_view body = {});

}  // namespace squall::http
