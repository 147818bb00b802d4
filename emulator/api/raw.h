// Raw HTTP routes: paths on the AWS port that a service answers itself, outside of the API models
// (a registry's /v2/, a metadata endpoint).
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/error.h"
#include "emulator/protocol/message.h"
#include "emulator/sim/scope.h"

namespace squall::api {

/// Whose World answers a raw request; empty: the server's default account and region.
struct RawTarget {
  std::string account, region;
  bool writes = true;  // else: const state, shared lock
};

class RawContext : public sim::Scope {
 public:
  using Scope::Scope;
  /// How clients reach this server ("localhost:4566").
  std::string advertised_host;
  std::string request_id;
};

/// Requests under `prefix` that carry no AWS signature. `answer` runs like an operation's handler:
/// under the World's lock, in a transaction if it writes; what it throws is undone and told by
/// `refuse`, in the route's own words.
struct RawRoute {
  std::string_view prefix;  // "/v2/"; the path without the last slash belongs to it too
  RawTarget (*target)(const protocol::Request& request);
  void (*answer)(RawContext& ctx, const protocol::Request& request, protocol::Response& response);
  void (*refuse)(const AwsError& error, protocol::Response& response);
};

}  // namespace squall::api
