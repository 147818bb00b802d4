// Browsers: what they ask before a call, and that they may read the answers, refusals as well.
#include <gtest/gtest.h>

#include <algorithm>

#include "emulator/api/dispatch.h"
#include "services/services.h"

namespace squall {
namespace {

using protocol::Header;

class Cors : public testing::Test {
 protected:
  protocol::Response ask(std::string_view method, std::vector<Header> headers,
                         std::string_view body = "") {
    static const api::Registry all(model::all_services(), all_services());
    api::Worlds worlds(all, {});
    api::Dispatcher dispatcher(worlds, {});
    protocol::Response response;
    dispatcher.handle({method, "/", "", headers, body}, response);
    return response;
  }
  static std::string header(const protocol::Response& response, std::string_view name) {
    for (const auto& [n, value] : response.headers)
      if (n == name) return value;
    return "";
  }
};

TEST_F(Cors, PreflightLastsTwoDays) {
  const auto answer = ask("OPTIONS", {{"Origin", "http://localhost:3000"},
                                      {"Access-Control-Request-Method", "POST"},
                                      {"Access-Control-Request-Headers",
                                       "authorization,x-amz-date,x-amz-target"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(header(answer, "Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(header(answer, "Access-Control-Allow-Headers"),
            "authorization,x-amz-date,x-amz-target");
  EXPECT_EQ(header(answer, "Access-Control-Max-Age"), "172800");
}

TEST_F(Cors, OtherOptionsAreNoCalls) {
  for (const std::vector<Header>& headers :
       {std::vector<Header>{}, {{"Origin", "http://localhost"}},
        {{"Access-Control-Request-Method", "POST"}}}) {
    const auto answer = ask("OPTIONS", headers);
    EXPECT_NE(answer.status, 200);
    EXPECT_EQ(header(answer, "Access-Control-Max-Age"), "");
  }
}

TEST_F(Cors, AnswersAndRefusalsMayBeRead) {
  for (const char* operation : {"ListTables", "DescribeTable"}) {
    std::vector<Header> headers{
        {"Host", "dynamodb.us-east-1.amazonaws.com"},
        {"Content-Type", "application/x-amz-json-1.0"},
        {"X-Amz-Target", operation == std::string("ListTables")
                             ? "DynamoDB_20120810.ListTables"
                             : "DynamoDB_20120810.DescribeTable"},
        {"Origin", "http://localhost:3000"}};
    const auto answer = ask("POST", headers, "{}");
    EXPECT_EQ(answer.status, operation == std::string("ListTables") ? 200 : 400) << answer.body;
    EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "*");
    EXPECT_NE(header(answer, "Access-Control-Expose-Headers").find("x-amzn-RequestId"),
              std::string::npos);
    headers.pop_back();
    EXPECT_EQ(header(ask("POST", headers, "{}"), "Access-Control-Allow-Origin"), "");
  }
}

}  // namespace
}  // namespace squall
