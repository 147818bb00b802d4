// A World with all services, called in-process: what the tests of services start from.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/local.h"
#include "models/generated.h"
#include "services/faults/faults.h"
#include "services/services.h"

namespace squall {

/// With the faults' events, so that faults last, return and end.
inline const api::Registry& test_registry() {
  static const api::Registry registry = [] {
    std::vector<const api::ServiceDefinition*> definitions(all_services().begin(),
                                                           all_services().end());
    definitions.push_back(&faults::contribution());
    return api::Registry(model::all_services(), definitions);
  }();
  return registry;
}

/// Profile zero and a held clock by default; `use_latency` before the first call changes that.
class ServiceTest : public testing::Test {
 protected:
  ServiceTest()
      : world_(test_registry().laws(), options()), local_(test_registry(), world_, "us-east-1") {}

  /// The output, or the AwsError thrown (the test fails). Ignored members fail the test too.
  Value call(std::string_view service, std::string_view operation, Value input = Value::map()) {
    try {
      const Value output = local_.call(service, operation, input);
      EXPECT_THAT(local_.unread(), testing::IsEmpty()) << service << "." << operation;
      return output;
    } catch (const AwsError& e) {
      ADD_FAILURE() << service << "." << operation << ": " << e.code << ": " << e.message;
      throw;
    }
  }
  /// The error that the call must give, having changed nothing.
  AwsError error(std::string_view service, std::string_view operation, Value input = Value::map()) {
    const uint64_t before = last_change();
    try {
      const Value output = local_.call(service, operation, input);
      ADD_FAILURE() << service << "." << operation << " succeeded: " << to_json(output);
    } catch (const AwsError& e) {
      note_refusal(service, operation, e.code);
      EXPECT_EQ(last_change(), before) << service << "." << operation << " changed something";
      return e;
    }
    return {"none", ""};
  }
  void advance(Duration by) { world_.advance_to(world_.now() + by); }
  void use_latency(sim::LatencyProfile profile) { world_.begin_storm(1, profile); }
  void use_region(std::string region) { local_.set_region(std::move(region)); }
  sim::World& world() { return world_; }
  sim::Scope scope() { return local_.scope(); }

 private:
  /// In the caller's region: others are made, with what is there from the start, when looked into.
  uint64_t last_change() {
    const std::string region{scope().region()};
    const auto& entries = world_.journal().entries();
    for (auto at = entries.rbegin(); at != entries.rend(); ++at)
      if (at->category == "change" && at->region == region) return at->sequence;
    return 0;
  }
  /// For tests/refusals.py, which compares what was provoked with what the models document.
  static void note_refusal(std::string_view service, std::string_view operation,
                           std::string_view code) {
    const char* file = std::getenv("SQUALL_REFUSALS");
    if (!file) return;
    std::ofstream(file, std::ios::app) << cat(service, " ", operation, " ", code, "\n");
  }
  static sim::WorldOptions options() {
    sim::WorldOptions o;
    o.pace = sim::Pace::held;
    return o;
  }
  Arena arena_;
  Arena::Use use_{arena_};
  sim::World world_;
  api::Local local_;
};

}  // namespace squall
