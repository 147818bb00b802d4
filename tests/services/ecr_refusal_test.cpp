// ECR's documented refusals that the other tests have no reason to provoke.
#include <set>

#include "services/ecr/state.h"
#include "tests/services/ecr_fixture.h"

namespace squall {
namespace {

TEST_F(EcrTest, InputThatBreaksTheModelIsRefused) {
  const std::set<std::string, std::less<>> without_input{
      "DescribeRegistry", "GetRegistryPolicy", "DeleteRegistryPolicy",
      "GetRegistryScanningConfiguration", "GetSigningConfiguration",
      "DeleteSigningConfiguration"};
  const model::Service model(model::generated::ecr);
  for (size_t i = 0; i < model.operation_count(); ++i) {
    const std::string name{model.operation(i).name()};
    if (without_input.contains(name)) continue;
    Value input = Value::map();  // most have a required member
    if (name == "DescribeRepositories" || name == "DescribePullThroughCacheRules" ||
        name == "DescribeRepositoryCreationTemplates" || name == "ListPullTimeUpdateExclusions")
      input.add("maxResults", 0);
    if (name == "PutRegistryScanningConfiguration") input.add("scanType", "OTHER");
    if (name == "GetAuthorizationToken") input.add("registryIds", std::vector<Value>{"x"});
    EXPECT_EQ(refusal(name, input), "InvalidParameterException") << name;
  }
}

TEST_F(EcrTest, QuotasHold) {
  make_repository();
  {
    sim::Transaction change(world());
    sim::Scope here = scope();
    for (int i = 0; i < 100'000; ++i) {
      ecr::Repository repository;
      repository.id = cat("r", i);
      here.add(std::move(repository));
      ecr::Image image;
      image.repository = "shop/web";
      image.digest = cat("sha256:", i);
      image.id = ecr::image_key(image.repository, image.digest);
      here.add(std::move(image));
    }
    change.commit();
  }
  EXPECT_EQ(refusal("CreateRepository", {{"repositoryName", "more"}}), "LimitExceededException");
  EXPECT_EQ(refusal("PutImage", of({{"imageManifest", manifest("one")}})),
            "LimitExceededException");
  const Value upload = ask("InitiateLayerUpload", of()).at("uploadId");
  EXPECT_EQ(refusal("UploadLayerPart", of({{"uploadId", upload},
                                           {"partFirstByte", 0},
                                           {"partLastByte", int64_t{50} << 30},
                                           {"layerPartBlob", Value::blob("x")}})),
            "LimitExceededException");
}

TEST_F(EcrTest, TheRegistrysQuotasHold) {
  auto role = [](int i) {
    return Value{{"principalArn", cat("arn:aws:iam::000000000000:role/r", i)}};
  };
  for (int i = 0; i < 100; ++i) ask("RegisterPullTimeUpdateExclusion", role(i));
  EXPECT_EQ(refusal("RegisterPullTimeUpdateExclusion", role(100)), "LimitExceededException");
  auto rule = [](int i) {
    return Value{{"ecrRepositoryPrefix", cat("quay", i)}, {"upstreamRegistryUrl", "quay.io"}};
  };
  for (int i = 0; i < 50; ++i) ask("CreatePullThroughCacheRule", rule(i));
  EXPECT_EQ(refusal("CreatePullThroughCacheRule", rule(50)), "LimitExceededException");
  auto named = [](int i) {
    return Value{{"prefix", cat("team", i)}, {"appliedFor", std::vector<Value>{"REPLICATION"}}};
  };
  for (int i = 0; i < 50; ++i) ask("CreateRepositoryCreationTemplate", named(i));
  EXPECT_EQ(refusal("CreateRepositoryCreationTemplate", named(50)), "LimitExceededException");
}

TEST_F(EcrTest, ContradictionsAreRefused) {
  const std::vector<Value> tags{Value{{"Key", "a"}, {"Value", "b"}}};
  EXPECT_EQ(refusal("CreateRepositoryCreationTemplate",
                    {{"prefix", "team"},
                     {"appliedFor", std::vector<Value>{"REPLICATION"}},
                     {"resourceTags", tags}}),
            "ValidationException");
  const Value rule{{"signingProfileArn", "arn:aws:s3:::bucket"}};
  EXPECT_THAT(refusal("PutSigningConfiguration",
                      {{"signingConfiguration", Value{{"rules", std::vector<Value>{rule}}}}}),
              testing::AnyOf("ValidationException", "InvalidParameterException"));
  make_repository();
  push("one", "v1");
  ask("PutRegistryScanningConfiguration", {{"scanType", "ENHANCED"}});
  EXPECT_EQ(refusal("StartImageScan", of({{"imageId", tagged("v1")}})), "ValidationException");
}

}  // namespace
}  // namespace squall
