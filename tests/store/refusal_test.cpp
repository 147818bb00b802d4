// Directories that cannot be served, and what is said about them.
#include <sys/stat.h>

#include <fstream>

#include "tests/store/fixture.h"

namespace squall::store {
namespace {

using testing::HasSubstr;

class RefusalTest : public StoreTest {
 protected:
  std::string refusal(const std::filesystem::path& dir) {
    api::Worlds worlds(test_registry(), {});
    StoreOptions options;
    options.dir = dir.string();
    try {
      const Keeper keeper(worlds, options);
      return "served";
    } catch (const StoreError& error) {
      return error.what();
    }
  }
  void make_state() {
    begin();
    call("iam", "CreateUser", R"({"UserName":"someone"})");
    wait();
    end();
  }
  std::filesystem::path file() const { return dir_ / "squall.sqlite"; }
};

TEST_F(RefusalTest, ADirectoryIsServedOnce) {
  make_state();
  begin();
  EXPECT_THAT(refusal(dir_), HasSubstr("is served by another squall (process "));
  end();
  EXPECT_EQ(refusal(dir_), "served");
}

TEST_F(RefusalTest, WhatIsNoDirectory) {
  std::filesystem::create_directories(dir_);
  std::ofstream(dir_ / "plain") << "x";
  EXPECT_THAT(refusal(dir_ / "plain" / "below"), HasSubstr("choose another --data-dir"));
}

TEST_F(RefusalTest, WhatIsNoFileOfSquall) {
  std::filesystem::create_directories(dir_);
  std::ofstream(file()) << std::string(10'000, 'x');
  EXPECT_THAT(refusal(dir_), HasSubstr("is damaged or no file of squall's"));
}

TEST_F(RefusalTest, ADamagedFile) {
  make_state();
  const auto size = std::filesystem::file_size(file());
  {
    std::fstream damaged(file(), std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(100);
    damaged << std::string(size - 100, '\x5a');
  }
  std::filesystem::remove(dir_ / "squall.sqlite-wal");
  EXPECT_THAT(refusal(dir_), HasSubstr("is damaged"));
}

TEST_F(RefusalTest, AnotherFormat) {
  make_state();
  {
    Database db(file().string(), false);
    db.execute("UPDATE meta SET value=99");
  }
  EXPECT_THAT(refusal(dir_), HasSubstr("is of format 99"));
}

TEST_F(RefusalTest, EntriesOfAnotherVersion) {
  make_state();
  {
    Database db(file().string(), false);
    Statement(db, "UPDATE log SET data=replace(data, 'iam:user', 'iam:nobo')").run();
    db.execute("UPDATE log SET data=cast(replace(data, 'iam:user', 'iam:nobo') AS BLOB)");
  }
  EXPECT_THAT(refusal(dir_), HasSubstr("which this version does not know"));
}

}  // namespace
}  // namespace squall::store
