// IAM and STS.
#include "emulator/api/access_key.h"
#include "services/iam/iam.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

constexpr const char* trust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
    R"("Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]})";
constexpr const char* policy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})";

class IamTest : public ServiceTest {
 protected:
  Value create_role(const char* name) {
    return call("iam", "CreateRole", {{"RoleName", name}, {"AssumeRolePolicyDocument", trust}})
        .at("Role");
  }
};

TEST_F(IamTest, RolesLiveAndDie) {
  const Value role = create_role("web");
  EXPECT_EQ(role.at("Arn").text(), "arn:aws:iam::000000000000:role/web");
  EXPECT_THAT(std::string(role.at("RoleId").text()), testing::MatchesRegex("AROA[A-Z2-7]+"));
  EXPECT_EQ(role.at("RoleId").text().size(), 21u);
  EXPECT_EQ(role.at("AssumeRolePolicyDocument").text(), percent_encode(trust));
  const AwsError twice =
      error("iam", "CreateRole", {{"RoleName", "web"}, {"AssumeRolePolicyDocument", trust}});
  EXPECT_EQ(twice.code, "EntityAlreadyExists");
  EXPECT_EQ(twice.status, 409);
  call("iam", "AttachRolePolicy",
       {{"RoleName", "web"},
        {"PolicyArn", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}});
  EXPECT_EQ(error("iam", "DeleteRole", {{"RoleName", "web"}}).message,
            "Cannot delete entity, must detach all policies first.");
  EXPECT_EQ(call("iam", "ListAttachedRolePolicies", {{"RoleName", "web"}})
                .at("AttachedPolicies")[0].at("PolicyName").text(),
            "AmazonSSMManagedInstanceCore");
  call("iam", "DetachRolePolicy",
       {{"RoleName", "web"},
        {"PolicyArn", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}});
  call("iam", "PutRolePolicy",
       {{"RoleName", "web"}, {"PolicyName", "s3"}, {"PolicyDocument", policy}});
  EXPECT_EQ(call("iam", "GetRolePolicy", {{"RoleName", "web"}, {"PolicyName", "s3"}})
                .at("PolicyDocument").text(), percent_encode(policy));
  EXPECT_EQ(error("iam", "DeleteRole", {{"RoleName", "web"}}).code, "DeleteConflict");
  call("iam", "DeleteRolePolicy", {{"RoleName", "web"}, {"PolicyName", "s3"}});
  call("iam", "DeleteRole", {{"RoleName", "web"}});
  const AwsError gone = error("iam", "GetRole", {{"RoleName", "web"}});
  EXPECT_EQ(gone.message, "The role with name web cannot be found.");
  EXPECT_EQ(gone.status, 404);
}

TEST_F(IamTest, DocumentsMustBePolicies) {
  EXPECT_EQ(error("iam", "CreateRole", {{"RoleName", "x"}, {"AssumeRolePolicyDocument", "{"}}).code,
            "MalformedPolicyDocument");
  EXPECT_EQ(error("iam", "CreatePolicy", {{"PolicyName", "x"}, {"PolicyDocument", "{}"}}).message,
            "Syntax errors in policy.");
}

TEST_F(IamTest, ProfilesCarryOneRole) {
  create_role("web");
  create_role("other");
  call("iam", "CreateInstanceProfile", {{"InstanceProfileName", "web"}});
  call("iam", "AddRoleToInstanceProfile", {{"InstanceProfileName", "web"}, {"RoleName", "web"}});
  EXPECT_EQ(error("iam", "AddRoleToInstanceProfile",
                  {{"InstanceProfileName", "web"}, {"RoleName", "other"}}).message,
            "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  EXPECT_EQ(error("iam", "DeleteRole", {{"RoleName", "web"}}).code, "DeleteConflict");
  const Value instance =
      call("ec2", "RunInstances",
           {{"ImageId", "ami-12c6146b"},
            {"MinCount", 1},
            {"MaxCount", 1},
            {"IamInstanceProfile", {{"Name", "web"}}}})
          .at("Instances")[0];
  EXPECT_EQ(instance.at("IamInstanceProfile").at("Arn").text(),
            "arn:aws:iam::000000000000:instance-profile/web");
  EXPECT_EQ(call("ec2", "DescribeIamInstanceProfileAssociations")
                .at("IamInstanceProfileAssociations").size(), 1u);
  call("iam", "RemoveRoleFromInstanceProfile",
       {{"InstanceProfileName", "web"}, {"RoleName", "web"}});
  call("iam", "DeleteInstanceProfile", {{"InstanceProfileName", "web"}});
}

TEST_F(IamTest, PoliciesHaveVersions) {
  const Value arn = call("iam", "CreatePolicy", {{"PolicyName", "p"}, {"PolicyDocument", policy}})
                        .at("Policy").at("Arn");
  call("iam", "CreatePolicyVersion",
       {{"PolicyArn", arn}, {"PolicyDocument", policy}, {"SetAsDefault", true}});
  EXPECT_EQ(
      call("iam", "GetPolicy", {{"PolicyArn", arn}}).at("Policy").at("DefaultVersionId").text(),
      "v2");
  EXPECT_EQ(error("iam", "DeletePolicy", {{"PolicyArn", arn}}).code, "DeleteConflict");
  call("iam", "DeletePolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v1"}});
  call("iam", "DeletePolicy", {{"PolicyArn", arn}});
  EXPECT_EQ(error("iam", "GetPolicy", {{"PolicyArn", arn}}).code, "NoSuchEntity");
}

TEST_F(IamTest, ListsPage) {
  for (const char* name : {"a", "b", "c"}) create_role(name);
  const Value first = call("iam", "ListRoles", {{"MaxItems", 2}});
  EXPECT_TRUE(first.at("IsTruncated").boolean());
  const Value rest = call("iam", "ListRoles", {{"MaxItems", 2}, {"Marker", first.at("Marker")}});
  EXPECT_EQ(rest.at("Roles").size(), 1u);
  EXPECT_FALSE(rest.at("IsTruncated").boolean());
}

TEST_F(IamTest, UsersHaveTwoKeysAtMost) {
  call("iam", "CreateUser", {{"UserName", "u"}});
  const Value key = call("iam", "CreateAccessKey", {{"UserName", "u"}}).at("AccessKey");
  EXPECT_THAT(std::string(key.at("AccessKeyId").text()), testing::MatchesRegex("AKIA[A-Z2-7]+"));
  EXPECT_EQ(key.at("AccessKeyId").text().size(), 20u);
  EXPECT_EQ(key.at("SecretAccessKey").text().size(), 40u);
  EXPECT_EQ(api::account_of_access_key(key.at("AccessKeyId").text()), "000000000000");
  call("iam", "CreateAccessKey", {{"UserName", "u"}});
  EXPECT_EQ(error("iam", "CreateAccessKey", {{"UserName", "u"}}).message,
            "Cannot exceed quota for AccessKeysPerUser: 2");
}

TEST_F(IamTest, KeysCarryTheirAccountAsOnAws) {
  EXPECT_EQ(api::account_of_access_key("ASIAQNZGKIQY56JQ7WML"), "029608264753");
  EXPECT_EQ(api::account_of_access_key("ASIAY34FZKBOKMUTVV7A"), "609629065308");
  for (const char* other : {"AKIAIOSFODNN7EXAMPLE", "test", "123456789012", "AROAQNZGKIQY56JQ7WML",
                            "ASIAQNZGKIQY56JQ7WM1", "ASIA77777777777777AA"})
    EXPECT_EQ(api::account_of_access_key(other), "") << other;
  for (const char* account : {"000000000000", "000000000001", "999999999999"}) {
    const std::string key = api::make_access_key("AKIA", account, "fedcba9876");
    EXPECT_EQ(key.size(), 20u);
    EXPECT_EQ(api::account_of_access_key(key), account);
    EXPECT_NE(key, api::make_access_key("AKIA", account, "fedcba9877"));
  }
}

TEST_F(IamTest, StsKnowsTheCallerAndAssumesRoles) {
  EXPECT_EQ(call("sts", "GetCallerIdentity").at("Account").text(), "000000000000");
  const Value role = create_role("web");
  const Value assumed = call("sts", "AssumeRole",
                             {{"RoleArn", role.at("Arn")}, {"RoleSessionName", "session"}});
  EXPECT_EQ(assumed.at("AssumedRoleUser").at("Arn").text(),
            "arn:aws:sts::000000000000:assumed-role/web/session");
  EXPECT_THAT(std::string(assumed.at("Credentials").at("AccessKeyId").text()),
              testing::StartsWith("ASIA"));
  EXPECT_EQ(
      error("sts", "AssumeRole",
            {{"RoleArn", "arn:aws:iam::000000000000:role/no"}, {"RoleSessionName", "session"}})
          .code,
      "AccessDenied");
}

}  // namespace
}  // namespace squall
