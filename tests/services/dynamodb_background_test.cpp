// What is made on a thread of its own for big tables: it shows what it would show if it were made
// at once, whatever changes meanwhile and however soon somebody looks, goes back or lets go.
#include <map>
#include <set>

#include "services/dynamodb/store.h"
#include "services/dynamodb/ttl_index.h"
#include "tests/services/dynamodb_fixture.h"

namespace squall::dynamodb {
namespace {

constexpr int much = 12'000;

class BackgroundTest : public DynamoTest {
 protected:
  std::shared_ptr<TableStore> store() { return stores_of(world()).find("us-east-1", "ttt"); }
  /// Puts it past the API: thousands of items in no time.
  void put_item(int id, int owner, int64_t until = 0) {
    std::string bytes;
    append_name(bytes, "pk");
    append_scalar(bytes, Type::S, cat("p", id));
    append_name(bytes, "owner");
    append_scalar(bytes, Type::S, cat("o", owner));
    append_name(bytes, "until");
    append_attribute(bytes, json(cat(R"({"N":")", until, R"("})")));
    change(id, ItemRef::adopt(Item::make(bytes)));
    owners_[id] = owner;
  }
  void delete_item(int id) {
    change(id, {});
    owners_.erase(id);
  }
  void fill(int64_t until = 0) {
    make_table();
    for (int id = 0; id < much; ++id) put_item(id, id % 97, until);
  }
  void create_index() {
    ddb("UpdateTable", R"({"TableName":"ttt",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
                              {"AttributeName":"owner","AttributeType":"S"}],
      "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by-owner",
        "KeySchema":[{"AttributeName":"owner","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"KEYS_ONLY"}}}]})");
  }
  /// Changes of all kinds, over and over the same items.
  void change_some() {
    for (int i = 0; i < 600; ++i) {
      const int id = i * 7919 % (much + 500);
      if (i % 3 == 0 && owners_.contains(id))
        delete_item(id);
      else
        put_item(id, i % 2 ? id % 97 : i % 97);
    }
  }
  /// The index holds what the table holds, in order.
  void expect_index_in_step() {
    std::set<std::pair<std::string, std::string>> wanted, held;
    for (const auto& [id, owner] : owners_) wanted.emplace(cat("o", owner), cat("p", id));
    const std::lock_guard lock(store()->mutex());
    store()->catch_up(world().now());
    ASSERT_EQ(store()->plan().indexes.size(), 1U);
    const OrderedIndex& index = store()->index(0);
    size_t bytes = 0;
    for (const Item* item : index.all()) {
      EXPECT_EQ(item, store()->find(store()->items().position_of(*item)));
      held.emplace(index.component(*item, 0), index.component(*item, 1));
      bytes += projected_size(store()->plan().indexes[0], *item);
    }
    EXPECT_EQ(index.size(), wanted.size());
    EXPECT_EQ(store()->index_bytes(0), bytes);
    EXPECT_TRUE(held == wanted);
  }
  size_t index_shown(std::string_view table = "ttt") {
    return static_cast<size_t>(ddb("DescribeTable", cat(R"({"TableName":")", table, R"("})"))
                                   .at("Table").at("GlobalSecondaryIndexes").items()[0]
                                   .at("ItemCount").integer());
  }
  size_t count() { return store()->items().size(); }
  void enable_ttl() {
    ddb("UpdateTimeToLive", R"({"TableName":"ttt",
      "TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}})");
  }

 private:
  void change(int id, ItemRef after) {
    const std::string key = cat("p", id);
    const std::lock_guard lock(store()->mutex());
    ItemChange change;
    change.before = ItemRef::share(store()->find(Position::of(key)));
    change.after = std::move(after);
    change.time = world().now();
    store()->apply(change);
  }
  std::map<int, int> owners_;
};

TEST_F(BackgroundTest, AnIndexIsInStepHoweverSoonItIsRead) {
  fill();
  create_index();
  change_some();
  expect_index_in_step();
  change_some();
  expect_index_in_step();
  EXPECT_EQ(index_shown(), count());
}

TEST_F(BackgroundTest, AnIndexThatLagsIsInStepToo) {
  use_latency(sim::LatencyProfile::documented);
  fill();
  advance(1h);
  create_index();
  change_some();
  EXPECT_EQ(index_shown(), 0U);  // being made: its count is not there yet
  advance(1h);
  change_some();
  advance(1h);
  expect_index_in_step();
}

TEST_F(BackgroundTest, WhatIsBeingMadeIsLetGo) {
  fill();
  create_index();
  ddb("UpdateTable", R"({"TableName":"ttt",
    "GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"by-owner"}}]})");
  create_index();
  enable_ttl();
  change_some();
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  fill();
  create_index();
  world().reset();
  EXPECT_EQ(store(), nullptr);
}

TEST_F(BackgroundTest, SnapshotsAreTakenAndGoneBackToMeanwhile) {
  fill();
  create_index();
  world().save_snapshot("one");
  const size_t items = count();
  change_some();
  delete_item(much + 499);
  world().save_snapshot("two");
  expect_index_in_step();
  EXPECT_TRUE(world().restore_snapshot("two"));
  expect_index_in_step();
  EXPECT_TRUE(world().restore_snapshot("one"));
  EXPECT_EQ(count(), items);
  EXPECT_EQ(index_shown(), items);
}

TEST_F(BackgroundTest, ARestoredTablesIndexIsFilled) {
  fill();
  create_index();
  change_some();
  const std::string arn(ddb("CreateBackup", R"({"TableName":"ttt","BackupName":"bbb"})")
                              .at("BackupDetails").at("BackupArn").text());
  ddb("RestoreTableFromBackup",
      cat(R"({"TargetTableName":"back","BackupArn":")", arn, R"("})"));
  EXPECT_EQ(index_shown("back"), count());
}

TEST_F(BackgroundTest, WhatExpiresIsKnownInTheEnd) {
  const int64_t start = unix_seconds(world().now());
  fill(start + 100);
  enable_ttl();
  for (int id = 0; id < 300; ++id) put_item(id, 1, start + 7200);
  for (int id = 200; id < 400; ++id) put_item(id, 1, start + 200);
  for (int id = 400; id < 500; ++id) delete_item(id);
  EXPECT_EQ(count(), much - 100U);
  advance(150s);
  EXPECT_EQ(count(), 400U);
  advance(100s);
  EXPECT_EQ(count(), 200U);
  advance(2h);
  EXPECT_EQ(count(), 0U);
}

TEST(BackgroundTask, IsWaitedForOrToldToStop) {
  BackgroundTask<int> seven([](const std::stop_token&) { return 7; });
  EXPECT_EQ(seven.take(), 7);
  std::atomic<int> stopped{0};
  {
    std::vector<std::unique_ptr<BackgroundTask<int>>> endless;
    for (int i = 0; i < 5; ++i)  // more than have a turn at once
      endless.push_back(
          std::make_unique<BackgroundTask<int>>([&stopped](const std::stop_token& stop) {
            while (!stop.stop_requested()) std::this_thread::yield();
            return ++stopped;
          }));
  }
  EXPECT_EQ(stopped, 5);
}

}  // namespace
}  // namespace squall::dynamodb
