// Named snapshots: what they hold, that later changes leave them alone, that they are kept.
#include "emulator/sim/scope.h"
#include "emulator/sim/snapshot.h"
#include "tests/store/fixture.h"

namespace squall::store {
namespace {

class SnapshotTest : public StoreTest {
 protected:
  void save(const std::string& name) {
    const std::unique_lock lock(world().mutex());
    world().save_snapshot(name);
  }
  bool restore(const std::string& name) {
    const std::unique_lock lock(world().mutex());
    const bool found = world().restore_snapshot(name);
    world().drain();
    return found;
  }
  void fill() {
    make_table("ttt", R"(,"StreamSpecification":{"StreamEnabled":true,
      "StreamViewType":"NEW_AND_OLD_IMAGES"})");
    put("ttt", R"({"pk":{"S":"a"},"n":{"N":"1"}})");
    call("iam", "CreateUser", R"({"UserName":"someone"})");
    call("ec2", "CreateVpc", R"({"CidrBlock":"10.0.0.0/16"})");
    advance(5h);
  }
  void change() {
    put("ttt", R"({"pk":{"S":"a"},"n":{"N":"2"}})");
    put("ttt", R"({"pk":{"S":"b"}})");
    call("iam", "DeleteUser", R"({"UserName":"someone"})");
    call("ec2", "CreateVpc", R"({"CidrBlock":"10.1.0.0/16"})");
    make_table("other");
    advance(7h);
  }
};

TEST_F(SnapshotTest, GoesBackToEverything) {
  begin();
  make_table("ttt");
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  fill();
  save("one");
  const std::string before = state();
  change();
  EXPECT_NE(state(), before);
  save("two");
  const std::string later = state();
  ASSERT_TRUE(restore("one"));
  EXPECT_EQ(state(), before);
  ASSERT_TRUE(restore("two"));
  EXPECT_EQ(state(), later);
  ASSERT_TRUE(restore("one"));
  change();
  EXPECT_EQ(state(), later) << "the same happens again: ids, times, sequence numbers";
  EXPECT_FALSE(restore("none"));
}

TEST_F(SnapshotTest, OutliveTheProcess) {
  begin();
  fill();
  save("one");
  const std::string before = state();
  change();
  const std::string later = state();
  begin_again();
  EXPECT_EQ(state(), later);
  ASSERT_TRUE(restore("one"));
  EXPECT_EQ(state(), before);
  begin_again();
  EXPECT_EQ(state(), before) << "going back is kept";
  change();
  EXPECT_EQ(state(), later);
  wait();
  keeper_->checkpoint();
  begin_again();
  EXPECT_EQ(state(), later);
  ASSERT_TRUE(restore("one"));
  EXPECT_EQ(state(), before) << "from a checkpoint";
  {
    const std::unique_lock lock(world().mutex());
    EXPECT_TRUE(world().drop_snapshot("one"));
  }
  begin_again();
  EXPECT_FALSE(restore("one"));
  EXPECT_EQ(state(), before);
}

TEST_F(SnapshotTest, TheJournalGoesBack) {
  begin();
  fill();
  save("one");
  const size_t entries = world().journal().entries().size();
  change();
  ASSERT_TRUE(restore("one"));
  EXPECT_EQ(world().journal().entries().size(), entries);
}

TEST_F(SnapshotTest, AResetLeavesThem) {
  begin();
  fill();
  save("one");
  const std::string before = state();
  {
    const std::unique_lock lock(world().mutex());
    world().reset();
  }
  begin_again();
  ASSERT_TRUE(restore("one"));
  EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace squall::store
