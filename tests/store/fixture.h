// A server's Worlds on a data directory, ended and begun again as often as a test likes.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "emulator/api/local.h"
#include "emulator/protocol/json.h"
#include "emulator/store/keeper.h"
#include "models/generated.h"
#include "services/services.h"

namespace squall::store {

inline const api::Registry& test_registry() {
  static const api::Registry registry(model::all_services(), all_services());
  return registry;
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    dir_ = std::filesystem::temp_directory_path() /
           cat("squall-", test->test_suite_name(), "-", test->name(), "-",
               static_cast<int64_t>(::getpid()));
    std::filesystem::remove_all(dir_);
  }
  ~StoreTest() override {
    end();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  void begin() {
    sim::WorldOptions options;
    options.pace = sim::Pace::held;
    worlds_ = std::make_unique<api::Worlds>(test_registry(), options);
    StoreOptions store;
    store.dir = dir_.string();
    store.log_bytes_max = log_bytes_max_;
    keeper_ = std::make_unique<Keeper>(*worlds_, store);
    keeper_->start([] {});
  }
  void end() {
    keeper_.reset();
    worlds_.reset();
  }
  /// As after a kill: what is durable is all that the next one gets.
  void begin_again() {
    wait();
    end();
    begin();
  }
  void wait() {
    while (keeper_->log().durable() < keeper_->log().last()) std::this_thread::yield();
  }

  sim::World& world(std::string_view account = "000000000000") { return worlds_->world(account); }
  Value call(std::string_view service, std::string_view operation, std::string_view input,
                  std::string_view region = "us-east-1",
                  std::string_view account = "000000000000") {
    Value document;
    EXPECT_TRUE(protocol::parse_json(input, document)) << input;
    return call_with(service, operation, document, region, account);
  }
  Value call_with(std::string_view service, std::string_view operation, const Value& document,
                  std::string_view region = "us-east-1",
                  std::string_view account = "000000000000") {
    api::Local local(test_registry(), world(account), std::string(region));
    try {
      return local.call(service, operation, document);
    } catch (const AwsError& e) {
      ADD_FAILURE() << service << "." << operation << ": " << e.code << ": " << e.message;
      throw;
    }
  }
  Value ddb(std::string_view operation, std::string_view input,
            std::string_view region = "us-east-1") {
    return call("dynamodb", operation, input, region);
  }
  std::string ddb_error(std::string_view operation, std::string_view input) {
    api::Local local(test_registry(), world(), "us-east-1");
    Value document;
    EXPECT_TRUE(protocol::parse_json(input, document)) << input;
    try {
      return cat("none: ", to_json(local.call("dynamodb", operation, document)));
    } catch (const AwsError& e) {
      return e.code;
    }
  }
  void make_table(std::string_view name, std::string_view more = "") {
    ddb("CreateTable", cat(R"({"TableName":")", name, R"(","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}])", more, "}"));
  }
  void put(std::string_view table, std::string_view item) {
    ddb("PutItem", cat(R"({"TableName":")", table, R"(","Item":)", item, "}"));
  }
  void advance(Duration by) {
    const std::unique_lock lock(world().mutex());
    world().advance_to(world().now() + by);
  }
  /// Everything that answers are made of: resources, items, streams, what is scheduled, the time.
  std::string state() {
    std::string text = world().dump();
    for (const sim::Event& e : world().scheduler().pending())
      text += cat("\n", to_ns(e.time), " ", e.kind, " ", e.region, " ", e.subject, " ", e.payload);
    return cat(text, "\n", to_ns(world().now()));
  }

  std::filesystem::path dir_;
  size_t log_bytes_max_ = 64 << 20;
  Arena arena_;
  Arena::Use use_{arena_};
  std::unique_ptr<api::Worlds> worlds_;
  std::unique_ptr<Keeper> keeper_;
};

}  // namespace squall::store
