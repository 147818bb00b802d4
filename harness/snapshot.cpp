#include "harness/snapshot.h"

#include <cstdio>
#include <cstdlib>

#include "emulator/core/text.h"
#include "emulator/core/value.h"
#include "emulator/http/fetch.h"
#include "emulator/protocol/json.h"

namespace squall {
namespace {

std::string endpoint_of(const SnapshotCommand& command) {
  if (!command.endpoint.empty()) return command.endpoint;
  const char* from_environment = std::getenv("AWS_ENDPOINT_URL");
  return from_environment && *from_environment ? from_environment : "http://localhost:4566";
}

http::Fetched ask(const SnapshotCommand& command) {
  const std::string query =
      command.account.empty() ? std::string() : cat("?account=", percent_encode(command.account));
  const std::string all = "/_squall/snapshots";
  const std::string one = cat(all, "/", percent_encode(command.name));
  const std::string endpoint = endpoint_of(command);
  if (command.verb == "list") return http::fetch(endpoint, "GET", all + query);
  if (command.verb == "restore") return http::fetch(endpoint, "POST", cat(one, "/restore", query));
  if (command.verb == "delete") return http::fetch(endpoint, "DELETE", one + query);
  std::string body = "{\"name\":";
  append_json_string(body, command.name);
  return http::fetch(endpoint, "POST", all + query, body + "}");
}

std::string line_of(const Value& snapshot) {
  return cat(snapshot.at("name").text(), "  ", snapshot.at("now").text(), "  ",
             snapshot.at("records").integer(), " records");
}

}  // namespace

int run_snapshot(const SnapshotCommand& command) {
  if (command.name.empty() != (command.verb == "list")) {
    std::fprintf(stderr, "squall snapshot: %s takes %s\n", command.verb.c_str(),
                 command.verb == "list" ? "no name" : "the snapshot's name");
    return 2;
  }
  Arena arena;
  const Arena::Use use(arena);
  const http::Fetched answer = ask(command);
  Value document;
  const bool is_json = protocol::parse_json(answer.body, document);
  constexpr int ok = 200;
  if (answer.status != ok || !is_json) {
    const Value message = is_json ? document.at("error").at("message") : Value();
    std::fprintf(stderr, "squall snapshot: %s\n",
                 message.is_string() ? std::string(message.text()).c_str()
                                     : cat("answer ", answer.status).c_str());
    return 1;
  }
  if (command.verb == "list") {
    for (const Value& snapshot : document.at("snapshots").items())
      std::puts(line_of(snapshot).c_str());
  } else if (command.verb == "save") {
    std::printf("saved: %s\n", line_of(document).c_str());
  } else if (command.verb == "restore") {
    std::printf("restored: %s, the clock is at %s\n", command.name.c_str(),
                std::string(document.at("now").text()).c_str());
  } else {
    std::printf("deleted: %s\n", command.name.c_str());
  }
  return 0;
}

}  // namespace squall
