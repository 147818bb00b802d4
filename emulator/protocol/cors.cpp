#include "emulator/protocol/cors.h"

#include <algorithm>

namespace squall::protocol {
namespace {

// DynamoDB's, in seconds: two days.
constexpr const char* preflight_age_s = "172800";

/// What is echoed becomes a header: nothing in it may end one.
std::string printable(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return c < ' ' || c > '~'; });
  return out;
}

}  // namespace

bool answer_preflight(const Request& request, Response& response) {
  if (request.method != "OPTIONS" || request.header("Origin").empty()) return false;
  const std::string_view method = request.header("Access-Control-Request-Method");
  if (method.empty()) return false;
  response.status = 200;
  auto& headers = response.headers;
  headers.emplace_back("Access-Control-Allow-Origin", "*");
  headers.emplace_back("Access-Control-Allow-Methods", printable(method));
  if (const auto wanted = request.header("Access-Control-Request-Headers"); !wanted.empty())
    headers.emplace_back("Access-Control-Allow-Headers", printable(wanted));
  headers.emplace_back("Access-Control-Max-Age", preflight_age_s);
  return true;
}

void let_origin_read(const Request& request, Response& response) {
  if (request.header("Origin").empty()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  response.headers.emplace_back("Access-Control-Expose-Headers",
                                "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date");
}

}  // namespace squall::protocol
