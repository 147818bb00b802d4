// With a log, an answer leaves only when what it shows is durable, and nothing overtakes it.
#include <gtest/gtest.h>

#include <cstring>

#include "emulator/http/connection.h"

namespace squall::http {
namespace {

class Log final : public sim::ChangeLog {
 public:
  uint64_t append(std::string_view, std::string_view) override { return ++last_; }
  uint64_t last() const override { return last_; }
  uint64_t durable() const override { return written; }
  uint64_t written = 0;

 private:
  uint64_t last_ = 0;
};

class HeldTest : public testing::Test {
 protected:
  HeldTest() { around_.log = &log_; }
  void receive(std::string_view text) {
    std::memcpy(connection_.room().data(), text.data(), text.size());
    connection_.received(text.size());
  }
  std::string sent() {
    std::string text;
    for (const std::string_view part : connection_.to_send()) text += part;
    connection_.sent(text.size());
    return text;
  }
  static std::string get(std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  Log log_;
  ServerOptions options_;
  RequestHandler handler_ = [this](const protocol::Request& request,
                                   protocol::Response& response) {
    response.body = request.path;
    if (request.path == "/write") log_.append("account", "entry");
    response.logged = log_.last();
  };
  Surroundings around_{options_, handler_};
  Connection connection_{around_};
};

TEST_F(HeldTest, WhatChangedNothingLeavesAtOnce) {
  receive(get("/read"));
  EXPECT_FALSE(connection_.held());
  EXPECT_NE(sent().find("/read"), std::string::npos);
}

TEST_F(HeldTest, AWriteWaitsForItsEntry) {
  receive(get("/write"));
  EXPECT_TRUE(connection_.held());
  EXPECT_FALSE(connection_.is_due());
  EXPECT_FALSE(connection_.idle());
  EXPECT_EQ(sent(), "");
  log_.written = 1;
  EXPECT_TRUE(connection_.is_due());
  connection_.release();
  EXPECT_NE(sent().find("/write"), std::string::npos);
  EXPECT_TRUE(connection_.idle());
}

TEST_F(HeldTest, AReadWaitsForWhatItMayHaveSeen) {
  log_.append("account", "another client's");
  receive(get("/read"));
  EXPECT_TRUE(connection_.held());
}

TEST_F(HeldTest, WhatIsPipelinedBehindWaitsToo) {
  receive(get("/write") + get("/second"));
  EXPECT_EQ(sent(), "");
  log_.written = 1;
  connection_.release();
  const std::string first = sent();
  EXPECT_NE(first.find("/write"), std::string::npos);
  EXPECT_NE((first + sent()).find("/second"), std::string::npos);
}

}  // namespace
}  // namespace squall::http
