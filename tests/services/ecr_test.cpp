// ECR: repositories, their policies and tags, the registry's settings, and what is refused.
#include "tests/services/ecr_fixture.h"

namespace squall {
namespace {

constexpr const char* policy_text =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",)"
    R"("Action":"ecr:BatchGetImage"}]})";

TEST_F(EcrTest, RepositoriesComeAndGo) {
  const Value made =
      make_repository("shop/web", {{"imageTagMutability", "IMMUTABLE"},
                                   {"imageScanningConfiguration", Value{{"scanOnPush", true}}},
                                   {"tags", std::vector<Value>{Value{{"Key", "a"},
                                                                     {"Value", "b"}}}}});
  EXPECT_EQ(made.at("repositoryArn").text(),
            "arn:aws:ecr:us-east-1:000000000000:repository/shop/web");
  EXPECT_EQ(made.at("repositoryUri").text(), "localhost:4566/shop/web");
  EXPECT_EQ(made.at("encryptionConfiguration").at("encryptionType").text(), "AES256");
  EXPECT_EQ(refusal("CreateRepository", of()), "RepositoryAlreadyExistsException");
  EXPECT_EQ(refusal("CreateRepository", {{"repositoryName", "Bad Name"}}),
            "InvalidParameterException");
  const Value arn = made.at("repositoryArn");
  EXPECT_EQ(ask("ListTagsForResource", {{"resourceArn", arn}}).at("tags").size(), 1u);
  ask("TagResource",
      {{"resourceArn", arn}, {"tags", std::vector<Value>{Value{{"Key", "c"}, {"Value", "d"}}}}});
  ask("UntagResource", {{"resourceArn", arn}, {"tagKeys", std::vector<Value>{"a"}}});
  EXPECT_EQ(ask("ListTagsForResource", {{"resourceArn", arn}}).at("tags")[0].at("Key").text(),
            "c");
  ask("PutImageTagMutability", of({{"imageTagMutability", "MUTABLE"}}));
  ask("PutImageScanningConfiguration",
      of({{"imageScanningConfiguration", Value{{"scanOnPush", false}}}}));
  const Value shown = ask("DescribeRepositories").at("repositories")[0];
  EXPECT_EQ(shown.at("imageTagMutability").text(), "MUTABLE");
  EXPECT_FALSE(shown.at("imageScanningConfiguration").at("scanOnPush").boolean());
  push("one", "v1");
  EXPECT_EQ(refusal("DeleteRepository", of()), "RepositoryNotEmptyException");
  ask("DeleteRepository", of({{"force", true}}));
  EXPECT_EQ(refusal("DescribeRepositories",
                    {{"repositoryNames", std::vector<Value>{"shop/web"}}}),
            "RepositoryNotFoundException");
  EXPECT_TRUE(scope().all<ecr::Layer>().empty());
}

TEST_F(EcrTest, EveryOperationOnARepositoryRefusesOneThatIsNotThere) {
  const Value none = of(), id{{"imageTag", "v1"}};
  const std::string missing = "RepositoryNotFoundException",
                    digest = ecr::sha256_digest("x");
  auto with = [&](std::initializer_list<Member> more) {
    Value input = of();
    for (const Member& m : more) input.add(m.key, m.value);
    return input;
  };
  EXPECT_EQ(refusal("DeleteRepository", none), missing);
  EXPECT_EQ(refusal("GetRepositoryPolicy", none), missing);
  EXPECT_EQ(refusal("DeleteRepositoryPolicy", none), missing);
  EXPECT_EQ(refusal("SetRepositoryPolicy", with({{"policyText", policy_text}})), missing);
  EXPECT_EQ(refusal("GetLifecyclePolicy", none), missing);
  EXPECT_EQ(refusal("DeleteLifecyclePolicy", none), missing);
  EXPECT_EQ(refusal("GetLifecyclePolicyPreview", none), missing);
  EXPECT_EQ(refusal("StartLifecyclePolicyPreview", none), missing);
  EXPECT_EQ(refusal("InitiateLayerUpload", none), missing);
  EXPECT_EQ(refusal("ListImages", none), missing);
  EXPECT_EQ(refusal("DescribeImages", none), missing);
  EXPECT_EQ(refusal("PutImageTagMutability", with({{"imageTagMutability", "MUTABLE"}})), missing);
  EXPECT_EQ(refusal("PutImageScanningConfiguration",
                    with({{"imageScanningConfiguration", Value::map()}})), missing);
  EXPECT_EQ(refusal("BatchGetImage", with({{"imageIds", std::vector<Value>{id}}})), missing);
  EXPECT_EQ(refusal("BatchDeleteImage", with({{"imageIds", std::vector<Value>{id}}})), missing);
  EXPECT_EQ(refusal("BatchCheckLayerAvailability",
                    with({{"layerDigests", std::vector<Value>{digest}}})), missing);
  EXPECT_EQ(refusal("GetDownloadUrlForLayer", with({{"layerDigest", digest}})), missing);
  EXPECT_EQ(refusal("CompleteLayerUpload",
                    with({{"uploadId", "12345678-1234-1234-1234-123456789012"},
                          {"layerDigests", std::vector<Value>{digest}}})), missing);
  EXPECT_EQ(refusal("UploadLayerPart",
                    with({{"uploadId", "12345678-1234-1234-1234-123456789012"},
                          {"partFirstByte", 0},
                          {"partLastByte", 0},
                          {"layerPartBlob", Value::blob("x")}})), missing);
  EXPECT_EQ(refusal("PutImage", with({{"imageManifest", "{}"}})), missing);
  for (const char* operation :
       {"StartImageScan", "DescribeImageScanFindings", "DescribeImageReplicationStatus",
        "DescribeImageSigningStatus"})
    EXPECT_EQ(refusal(operation, with({{"imageId", id}})), missing) << operation;
  EXPECT_EQ(refusal("UpdateImageStorageClass",
                    with({{"imageId", id}, {"targetStorageClass", "ARCHIVE"}})), missing);
  EXPECT_EQ(refusal("ListImageReferrers",
                    with({{"subjectId", Value{{"imageDigest", digest}}}})), missing);
  const Value arn{{"resourceArn", "arn:aws:ecr:us-east-1:000000000000:repository/x"}};
  EXPECT_EQ(refusal("ListTagsForResource", arn), missing);
  EXPECT_EQ(refusal("TagResource",
                    {{"resourceArn", arn.at("resourceArn")}, {"tags", std::vector<Value>{}}}),
            missing);
  EXPECT_EQ(refusal("UntagResource",
                    {{"resourceArn", arn.at("resourceArn")}, {"tagKeys", std::vector<Value>{}}}),
            missing);
}

TEST_F(EcrTest, TagsAndMutabilityAreChecked) {
  const Value arn = make_repository().at("repositoryArn");
  std::vector<Value> many;
  for (int i = 0; i < 51; ++i) many.push_back(Value{{"Key", cat("k", i)}, {"Value", "v"}});
  EXPECT_EQ(refusal("TagResource", {{"resourceArn", arn}, {"tags", many}}),
            "TooManyTagsException");
  const std::vector<Value> reserved{Value{{"Key", "aws:x"}, {"Value", "v"}}};
  EXPECT_EQ(refusal("TagResource", {{"resourceArn", arn}, {"tags", reserved}}),
            "InvalidTagParameterException");
  EXPECT_EQ(refusal("UntagResource",
                    {{"resourceArn", arn}, {"tagKeys", std::vector<Value>{"aws:x"}}}),
            "InvalidTagParameterException");
  EXPECT_EQ(refusal("CreateRepository", {{"repositoryName", "a/b"}, {"tags", reserved}}),
            "InvalidTagParameterException");
  EXPECT_EQ(refusal("CreateRepository", {{"repositoryName", "a/b"}, {"tags", many}}),
            "TooManyTagsException");
  EXPECT_EQ(refusal("TagResource", {{"resourceArn", "x"}, {"tags", std::vector<Value>{}}}),
            "InvalidParameterException");
  EXPECT_EQ(refusal("PutImageTagMutability",
                    of({{"imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"}})),
            "InvalidParameterException");
}

TEST_F(EcrTest, PoliciesAreKeptAndShown) {
  make_repository();
  EXPECT_EQ(refusal("GetRepositoryPolicy", of()), "RepositoryPolicyNotFoundException");
  EXPECT_EQ(refusal("DeleteRepositoryPolicy", of()), "RepositoryPolicyNotFoundException");
  EXPECT_EQ(refusal("SetRepositoryPolicy", of({{"policyText", "nonsense"}})),
            "InvalidParameterException");
  ask("SetRepositoryPolicy", of({{"policyText", policy_text}}));
  EXPECT_EQ(ask("GetRepositoryPolicy", of()).at("policyText").text(), policy_text);
  ask("DeleteRepositoryPolicy", of());
  EXPECT_EQ(refusal("GetRegistryPolicy"), "RegistryPolicyNotFoundException");
  EXPECT_EQ(refusal("DeleteRegistryPolicy"), "RegistryPolicyNotFoundException");
  EXPECT_EQ(refusal("PutRegistryPolicy", {{"policyText", "[]"}}), "InvalidParameterException");
  ask("PutRegistryPolicy", {{"policyText", policy_text}});
  EXPECT_EQ(ask("GetRegistryPolicy").at("policyText").text(), policy_text);
  ask("DeleteRegistryPolicy");
}

TEST_F(EcrTest, TheRegistryHasSettings) {
  EXPECT_EQ(ask("GetAccountSetting", {{"name", "BLOB_MOUNTING"}}).at("value").text(), "DISABLED");
  ask("PutAccountSetting", {{"name", "BLOB_MOUNTING"}, {"value", "ENABLED"}});
  EXPECT_EQ(ask("GetAccountSetting", {{"name", "BLOB_MOUNTING"}}).at("value").text(), "ENABLED");
  EXPECT_EQ(refusal("GetAccountSetting", {{"name", "NONE"}}), "ValidationException");
  EXPECT_EQ(refusal("PutAccountSetting", {{"name", "BLOB_MOUNTING"}, {"value", "x"}}),
            "ValidationException");
  const Value token = ask("GetAuthorizationToken").at("authorizationData")[0];
  EXPECT_EQ(token.at("proxyEndpoint").text(), "http://localhost:4566");
  EXPECT_TRUE(base64_decode(token.at("authorizationToken").text())->starts_with("AWS:"));
  EXPECT_EQ(refusal("GetAuthorizationToken",
                    {{"registryIds", std::vector<Value>{"123456789012"}}}),
            "InvalidParameterException");
  EXPECT_EQ(refusal("GetSigningConfiguration"), "SigningConfigurationNotFoundException");
  EXPECT_EQ(refusal("DeleteSigningConfiguration"), "SigningConfigurationNotFoundException");
  const Value rule{
      {"signingProfileArn", "arn:aws:signer:us-east-1:000000000000:/signing-profiles/release"}};
  ask("PutSigningConfiguration",
      {{"signingConfiguration", Value{{"rules", std::vector<Value>{rule}}}}});
  EXPECT_EQ(ask("GetSigningConfiguration").at("signingConfiguration").at("rules").size(), 1u);
  ask("DeleteSigningConfiguration");
  const Value role{{"principalArn", "arn:aws:iam::000000000000:role/scanner"}};
  ask("RegisterPullTimeUpdateExclusion", role);
  EXPECT_EQ(refusal("RegisterPullTimeUpdateExclusion", role), "ExclusionAlreadyExistsException");
  EXPECT_EQ(ask("ListPullTimeUpdateExclusions").at("pullTimeUpdateExclusions").size(), 1u);
  ask("DeregisterPullTimeUpdateExclusion", role);
  EXPECT_EQ(refusal("DeregisterPullTimeUpdateExclusion", role), "ExclusionNotFoundException");
}

TEST_F(EcrTest, PullThroughCacheRulesAreKept) {
  const Value quay{{"ecrRepositoryPrefix", "quay"}, {"upstreamRegistryUrl", "quay.io"}};
  EXPECT_EQ(ask("CreatePullThroughCacheRule", quay).at("upstreamRegistry").text(), "quay");
  EXPECT_EQ(refusal("CreatePullThroughCacheRule", quay),
            "PullThroughCacheRuleAlreadyExistsException");
  EXPECT_EQ(refusal("CreatePullThroughCacheRule",
                    {{"ecrRepositoryPrefix", "x1"}, {"upstreamRegistryUrl", "example.com"}}),
            "UnsupportedUpstreamRegistryException");
  EXPECT_EQ(refusal("CreatePullThroughCacheRule",
                    {{"ecrRepositoryPrefix", "hub"}, {"upstreamRegistryUrl",
                                                      "registry-1.docker.io"}}),
            "InvalidParameterException");
  const char* secret =
      "arn:aws:secretsmanager:us-east-1:000000000000:secret:ecr-pullthroughcache/hub-abcdef";
  EXPECT_EQ(refusal("CreatePullThroughCacheRule",
                    {{"ecrRepositoryPrefix", "hub"},
                     {"upstreamRegistryUrl", "registry-1.docker.io"},
                     {"credentialArn", secret}}),
            "SecretNotFoundException");
  EXPECT_FALSE(
      ask("ValidatePullThroughCacheRule", {{"ecrRepositoryPrefix", "quay"}}).at("isValid")
          .boolean());
  EXPECT_EQ(refusal("UpdatePullThroughCacheRule",
                    {{"ecrRepositoryPrefix", "quay"}, {"credentialArn", secret}}),
            "SecretNotFoundException");
  EXPECT_EQ(ask("DescribePullThroughCacheRules").at("pullThroughCacheRules").size(), 1u);
  const Value none{{"ecrRepositoryPrefix", "none"}};
  const std::string missing = "PullThroughCacheRuleNotFoundException";
  EXPECT_EQ(refusal("DescribePullThroughCacheRules",
                    {{"ecrRepositoryPrefixes", std::vector<Value>{"none"}}}), missing);
  EXPECT_EQ(refusal("DeletePullThroughCacheRule", none), missing);
  EXPECT_EQ(refusal("ValidatePullThroughCacheRule", none), missing);
  EXPECT_EQ(refusal("UpdatePullThroughCacheRule", none), missing);
  ask("DeletePullThroughCacheRule", {{"ecrRepositoryPrefix", "quay"}});
}

TEST_F(EcrTest, CreationTemplatesAreKept) {
  const Value input{{"prefix", "team"},
                    {"appliedFor", std::vector<Value>{"CREATE_ON_PUSH"}},
                    {"imageTagMutability", "IMMUTABLE"}};
  ask("CreateRepositoryCreationTemplate", input);
  EXPECT_EQ(refusal("CreateRepositoryCreationTemplate", input), "TemplateAlreadyExistsException");
  EXPECT_EQ(ask("UpdateRepositoryCreationTemplate", {{"prefix", "team"}, {"description", "d"}})
                .at("repositoryCreationTemplate").at("description").text(), "d");
  const std::vector<Value> tags{Value{{"Key", "a"}, {"Value", "b"}}};
  EXPECT_EQ(refusal("UpdateRepositoryCreationTemplate",
                    {{"prefix", "team"}, {"resourceTags", tags}}),
            "ValidationException");
  EXPECT_EQ(ask("DescribeRepositoryCreationTemplates").at("repositoryCreationTemplates").size(),
            1u);
  ask("DeleteRepositoryCreationTemplate", {{"prefix", "team"}});
  EXPECT_EQ(refusal("DeleteRepositoryCreationTemplate", {{"prefix", "team"}}),
            "TemplateNotFoundException");
  EXPECT_EQ(refusal("UpdateRepositoryCreationTemplate", {{"prefix", "team"}}),
            "TemplateNotFoundException");
}

}  // namespace
}  // namespace squall
