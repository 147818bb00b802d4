// Calls operations in-process, without HTTP: for tests, the C++ API of the harness and drills.
#pragma once

#include <string>
#include <string_view>

#include "emulator/api/dispatch.h"

namespace squall::api {

/// One World and the operations on it. Values live in the current Arena.
class Local {
 public:
  Local(const Registry& registry, sim::World& world, std::string region)
      : registry_(registry), world_(world), region_(std::move(region)) {}

  /// Validates `input` by the model, runs the handler as a request would, checks that the answer
  /// fits the output shape. Throws AwsError as the wire would show it; an operation nobody serves
  /// throws NotImplemented (501). Supplied members that the handler ignored are left in unread().
  Value call(std::string_view service, std::string_view operation, Value input = Value::map());
  const std::vector<std::string>& unread() const { return unread_; }
  sim::World& world() { return world_; }
  sim::Scope scope() { return {world_, region_}; }
  void set_region(std::string region) { region_ = std::move(region); }

 private:
  Value call_direct(const protocol::Call& call, const Registry::Entry& entry, const Value& input);
  const Registry& registry_;
  sim::World& world_;
  std::string region_;
  std::vector<std::string> unread_;
};

}  // namespace squall::api
