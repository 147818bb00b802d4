// Secondary indexes follow their records through changes, removal and rollback.
#include <gtest/gtest.h>

#include "emulator/sim/record_type.h"
#include "emulator/sim/scope.h"

namespace squall::sim {
namespace {

struct Light {
  static constexpr std::string_view kind = "test:light";
  std::string id, colour;
  std::vector<std::string> rooms;
  std::optional<double> watts;
  std::string client_token;
  void index_keys(IndexKeys& keys) const {
    keys.add("colour:", colour);
    for (const std::string& room : rooms) keys.add("room:", room);
  }
  SQUALL_FIELDS(id, colour, rooms, watts, client_token)
};

/// The other way to name keys.
struct Lamp {
  static constexpr std::string_view kind = "test:lamp";
  std::string id, colour;
  std::vector<std::string> index_keys() const { return {"colour:" + colour}; }
  SQUALL_FIELDS(id, colour)
};

class TableTest : public testing::Test {
 protected:
  TableTest() : world_(laws_, detailed()), scope_(world_, "us-east-1") {
    laws_.add_records(records<Light, Lamp>());
  }
  static WorldOptions detailed() {
    WorldOptions options;
    options.detailed_journal = true;
    return options;
  }
  template <class F>
  void change(F f) {
    Transaction transaction(world_);
    f();
    transaction.commit();
  }
  std::string ids(std::string_view key) {
    std::string all;
    for (const Light* light : scope_.by<Light>(key)) all += light->id + ' ';
    return all;
  }
  Light light(std::string id, std::string colour, std::vector<std::string> rooms) {
    Light made;
    made.id = std::move(id), made.colour = std::move(colour), made.rooms = std::move(rooms);
    return made;
  }

  Laws laws_;
  World world_;
  Scope scope_;
};

TEST_F(TableTest, FollowsChangesWithinAndAfterATransaction) {
  change([&] {
    for (const char* id : {"c", "a", "b"}) scope_.add(light(id, "red", {"hall", "hall"}));
    EXPECT_EQ(ids("room:hall"), "a b c ");
    Light& held = scope_.edit<Light>("b");
    held.colour = "blue";
    EXPECT_EQ(ids("colour:red"), "a c ");
    held.rooms = {"attic"};  // changed after the look: seen by the next one
    EXPECT_EQ(ids("room:attic"), "b ");
  });
  EXPECT_EQ(ids("colour:blue"), "b ");
  EXPECT_EQ(ids("room:hall"), "a c ");
  EXPECT_EQ(scope_.count_by<Light>("colour:red"), 2U);
  change([&] { scope_.erase<Light>("a"); });
  EXPECT_EQ(ids("colour:red"), "c ");
  EXPECT_EQ(ids("colour:green"), "");
}

TEST_F(TableTest, RollsBack) {
  change([&] {
    scope_.add(light("a", "red", {"hall"}));
    scope_.add(light("b", "red", {}));
  });
  const std::string before = world_.dump();
  {
    const Transaction undone(world_);
    scope_.edit<Light>("a").rooms = {"attic"};
    scope_.erase<Light>("b");
    scope_.erase<Light>("a");
    scope_.add(light("a", "green", {"cellar"}));
    scope_.add(light("c", "red", {"hall"}));
    EXPECT_EQ(ids("colour:red"), "c ");
  }
  EXPECT_EQ(world_.dump(), before);
  EXPECT_EQ(ids("colour:red"), "a b ");
  EXPECT_EQ(ids("room:hall"), "a ");
  EXPECT_EQ(ids("room:cellar") + ids("room:attic") + ids("colour:green"), "");
}

TEST_F(TableTest, KeysOfBothForms) {
  change([&] { scope_.add(Lamp{"l", "red"}); });
  change([&] { scope_.edit<Lamp>("l").colour = "blue"; });
  EXPECT_EQ(scope_.count_by<Lamp>("colour:red"), 0U);
  EXPECT_EQ(scope_.count_by<Lamp>("colour:blue"), 1U);
}

TEST_F(TableTest, JournalsWhatDiffersAndNoTokens) {
  change([&] { scope_.add(light("a", "red", {"hall"})); });
  change([&] {
    Light& a = scope_.edit<Light>("a");
    a.rooms.emplace_back("attic");
    a.watts = 7.5;
    a.client_token = "random";
  });
  EXPECT_EQ(world_.journal().entries().back().detail, R"({"rooms":["hall","attic"],"watts":7.5})");
  const size_t entries = world_.journal().entries().size();
  change([&] { scope_.edit<Light>("a").client_token = "another"; });
  EXPECT_EQ(world_.journal().entries().size(), entries);  // nothing that anybody compares
}

}  // namespace
}  // namespace squall::sim
