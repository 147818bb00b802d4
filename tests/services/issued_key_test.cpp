// Item operations come without a context; their keys are checked all the same.
#include "emulator/api/dispatch.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

class IssuedKey : public ServiceTest {
 protected:
  void check(std::string_view access_key) {
    protocol::Call call;
    call.access_key = access_key;
    call.protocol = model::Protocol::json10;
    api::check_issued_key(test_registry(), world(), call);
  }
  std::string refusal(std::string_view access_key) {
    try {
      check(access_key);
    } catch (const AwsError& e) {
      return e.code;
    }
    return "";
  }
};

TEST_F(IssuedKey, MustBeActive) {
  call("iam", "CreateUser", {{"UserName", "deployer"}});
  const std::string key(call("iam", "CreateAccessKey", {{"UserName", "deployer"}})
                            .at("AccessKey").at("AccessKeyId").text());
  EXPECT_EQ(refusal(key), "");
  call("iam", "UpdateAccessKey",
       {{"UserName", "deployer"}, {"AccessKeyId", key}, {"Status", "Inactive"}});
  EXPECT_EQ(refusal(key), "UnrecognizedClientException");
  for (const char* other : {"", "test", "111111111111", "AKIAIOSFODNN7EXAMPLE"})
    EXPECT_EQ(refusal(other), "") << other;
}

TEST_F(IssuedKey, MustNotHaveExpired) {
  const char* trust = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
      "Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]})";
  const std::string role(call("iam", "CreateRole",
                              {{"RoleName", "deploy"}, {"AssumeRolePolicyDocument", trust}})
                             .at("Role").at("Arn").text());
  const std::string key(call("sts", "AssumeRole", {{"RoleArn", role},
                                                   {"RoleSessionName", "short"},
                                                   {"DurationSeconds", 900}})
                            .at("Credentials").at("AccessKeyId").text());
  EXPECT_EQ(refusal(key), "");
  advance(std::chrono::seconds{901});
  EXPECT_EQ(refusal(key), "ExpiredTokenException");
}

}  // namespace
}  // namespace squall
