// squall_caller: operations in-process behind a pipe, so that Python's tests can hold thousands of
// calls a second against an oracle of their own.
//
// A line of JSON a call, in and out: {"service", "operation", "input"} answers {"output"} or
// {"code", "message"}. One World, its clock held, in us-east-1.
#include <iostream>
#include <string>

#include "emulator/api/local.h"
#include "emulator/core/text.h"
#include "emulator/protocol/json.h"
#include "models/generated.h"
#include "services/services.h"

namespace squall {
namespace {

std::string answer(api::Local& local, const std::string& line) {
  Value request;
  if (!protocol::parse_json(line, request)) return R"({"code":"NotJson","message":""})";
  try {
    const Value output = local.call(request.at("service").text(), request.at("operation").text(),
                                    request.at("input"));
    return cat("{\"output\":", to_json(output), "}");
  } catch (const AwsError& e) {
    std::string out = "{\"code\":";
    append_json_string(out, e.code);
    out += ",\"message\":";
    append_json_string(out, e.message);
    return out + "}";
  }
}

void run() {
  Arena first;
  const Arena::Use during_setup(first);
  const api::Registry registry(model::all_services(), all_services());
  sim::WorldOptions options;
  options.pace = sim::Pace::held;
  sim::World world(registry.laws(), options);
  api::Local local(registry, world, "us-east-1");
  Arena arena;
  for (std::string line; std::getline(std::cin, line); arena.reset()) {
    const Arena::Use use(arena);
    std::cout << answer(local, line) << '\n';
  }
}

}  // namespace
}  // namespace squall

int main() {
  std::ios::sync_with_stdio(false);
  squall::run();
}
