// ECR: layers, images, lifecycle policies, scans, replication, and what is refused.
#include "tests/services/ecr_fixture.h"

namespace squall {
namespace {

TEST_F(EcrTest, LayersAreUploadedInParts) {
  make_repository();
  const std::string digest = add_blob("hello layer");
  const Value check = ask("BatchCheckLayerAvailability",
                          of({{"layerDigests", std::vector<Value>{
                                   digest, ecr::sha256_digest("other"), "bad"}}}));
  EXPECT_EQ(check.at("layers")[0].at("layerAvailability").text(), "AVAILABLE");
  EXPECT_EQ(check.at("layers")[0].at("layerSize").integer(), 11);
  EXPECT_EQ(check.at("layers")[1].at("layerAvailability").text(), "UNAVAILABLE");
  EXPECT_EQ(check.at("failures")[0].at("failureCode").text(), "InvalidLayerDigest");
  EXPECT_THAT(std::string(ask("GetDownloadUrlForLayer", of({{"layerDigest", digest}}))
                              .at("downloadUrl").text()),
              testing::StartsWith("http://localhost:4566/v2/shop/web/blobs/sha256:"));
  EXPECT_EQ(refusal("GetDownloadUrlForLayer", of({{"layerDigest", ecr::sha256_digest("x")}})),
            "LayersNotFoundException");
}

TEST_F(EcrTest, UploadsThatGoWrongAreRefused) {
  make_repository();
  const Value upload = ask("InitiateLayerUpload", of()).at("uploadId");
  auto part = [&](int64_t from, int64_t to, const char* bytes) {
    return of({{"uploadId", upload},
               {"partFirstByte", from},
               {"partLastByte", to},
               {"layerPartBlob", Value::blob(bytes)}});
  };
  auto complete = [&](const std::string& digest) {
    return of({{"uploadId", upload}, {"layerDigests", std::vector<Value>{digest}}});
  };
  const std::string digest = ecr::sha256_digest("abcdef");
  EXPECT_EQ(refusal("CompleteLayerUpload", complete(digest)), "EmptyUploadException");
  const AwsError gap = error("ecr", "UploadLayerPart", part(3, 5, "abc"));
  EXPECT_EQ(gap.code, "InvalidLayerPartException");
  ask("UploadLayerPart", part(0, 2, "abc"));
  EXPECT_EQ(refusal("CompleteLayerUpload", complete(digest)), "InvalidLayerException");
  ask("UploadLayerPart", part(3, 5, "def"));
  EXPECT_EQ(refusal("CompleteLayerUpload", complete(digest)), "LayerPartTooSmallException");
  const Value other{{"uploadId", "12345678-1234-1234-1234-123456789012"},
                    {"layerDigests", std::vector<Value>{digest}}};
  EXPECT_EQ(refusal("CompleteLayerUpload", of(other)), "UploadNotFoundException");
  EXPECT_EQ(refusal("UploadLayerPart",
                    of({{"uploadId", "12345678-1234-1234-1234-123456789012"},
                        {"partFirstByte", 0},
                        {"partLastByte", 0},
                        {"layerPartBlob", Value::blob("x")}})),
            "UploadNotFoundException");
  add_blob("twice");
  const Value again = ask("InitiateLayerUpload", of()).at("uploadId");
  ask("UploadLayerPart", of({{"uploadId", again},
                             {"partFirstByte", 0},
                             {"partLastByte", 4},
                             {"layerPartBlob", Value::blob("twice")}}));
  EXPECT_EQ(refusal("CompleteLayerUpload",
                    of({{"uploadId", again},
                        {"layerDigests", std::vector<Value>{ecr::sha256_digest("twice")}}})),
            "LayerAlreadyExistsException");
}

TEST_F(EcrTest, ImagesArePushedAndFound) {
  make_repository();
  const std::string one = push("one", "v1");
  push("two");
  const Value shown = ask("DescribeImages", of({{"imageIds", std::vector<Value>{tagged("v1")}}}))
                          .at("imageDetails")[0];
  EXPECT_EQ(shown.at("imageDigest").text(), one);
  EXPECT_EQ(shown.at("imageSizeInBytes").integer(), 9);
  EXPECT_EQ(shown.at("imageManifestMediaType").text(), oci);
  EXPECT_EQ(ask("ListImages", of()).at("imageIds").size(), 2u);
  EXPECT_EQ(ask("ListImages", of({{"filter", Value{{"tagStatus", "UNTAGGED"}}}}))
                .at("imageIds").size(), 1u);
  const Value got = ask("BatchGetImage",
                        of({{"imageIds", std::vector<Value>{tagged("v1"), tagged("v9"),
                                                            Value::map()}}}));
  EXPECT_EQ(ecr::sha256_digest(got.at("images")[0].at("imageManifest").text()), one);
  EXPECT_EQ(got.at("failures")[0].at("failureCode").text(), "ImageNotFound");
  EXPECT_EQ(got.at("failures")[1].at("failureCode").text(), "MissingDigestAndTag");
  EXPECT_EQ(refusal("DescribeImages", of({{"imageIds", std::vector<Value>{tagged("v9")}}})),
            "ImageNotFoundException");
  const auto digest = [&](const char* name) {
    return ecr::image_digest(scope(), name).value_or("none");
  };
  EXPECT_EQ(digest("localhost:4566/shop/web:v1"), one);
  EXPECT_EQ(digest("000000000000.dkr.ecr.us-east-1.amazonaws.com/shop/web:v1"), one);
  EXPECT_EQ(digest(cat("localhost:4566/shop/web@", one).c_str()), one);
  EXPECT_EQ(digest("localhost:4566/shop/web"), "none");
  EXPECT_EQ(digest("nginx:latest"), "none");
  EXPECT_FALSE(ecr::is_repository_image(scope(), "docker.io/library/nginx"));
  EXPECT_TRUE(ecr::is_repository_image(
      scope(), "000000000000.dkr.ecr.us-east-1.amazonaws.com/none"));
}

TEST_F(EcrTest, PutImageRefuses) {
  make_repository("shop/web", {{"imageTagMutability", "IMMUTABLE"}});
  const std::string text = manifest("one");
  auto put = [&](Value more) { return refusal("PutImage", of(more)); };
  EXPECT_EQ(put({{"imageManifest", "{}"}}), "InvalidParameterException");
  EXPECT_EQ(put({{"imageManifest", "nonsense"}}), "InvalidParameterException");
  EXPECT_EQ(put({{"imageManifest", text}, {"imageTag", "-bad"}}), "InvalidParameterException");
  EXPECT_EQ(put({{"imageManifest", text}, {"imageDigest", ecr::sha256_digest("x")}}),
            "ImageDigestDoesNotMatchException");
  ask("PutImage", of({{"imageManifest", text}, {"imageTag", "v1"}}));
  EXPECT_EQ(put({{"imageManifest", text}, {"imageTag", "v1"}}), "ImageAlreadyExistsException");
  EXPECT_EQ(put({{"imageManifest", manifest("two")}, {"imageTag", "v1"}}),
            "ImageTagAlreadyExistsException");
  ask("PutImageTagMutability",
      of({{"imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"},
          {"imageTagMutabilityExclusionFilters",
           std::vector<Value>{Value{{"filterType", "WILDCARD"}, {"filter", "v*"}}}}}));
  ask("PutImage", of({{"imageManifest", manifest("three")}, {"imageTag", "v1"}}));
  const std::string missing =
      cat("{\"schemaVersion\":2,\"config\":",
          descriptor(ecr::sha256_digest("nothing"), 1, "x"), ",\"layers\":[]}");
  EXPECT_EQ(put({{"imageManifest", missing}}), "LayersNotFoundException");
  const std::string list =
      cat("{\"schemaVersion\":2,\"manifests\":[",
          descriptor(ecr::sha256_digest("nothing"), 1, oci), "]}");
  EXPECT_EQ(put({{"imageManifest", list}}), "ReferencedImagesNotFoundException");
}

TEST_F(EcrTest, ListsHoldTheirImages) {
  make_repository();
  const std::string child = push("one");
  const std::string list = cat("{\"schemaVersion\":2,\"manifests\":[",
                               descriptor(child, 1, oci), "]}");
  ask("PutImage", of({{"imageManifest", list}, {"imageTag", "all"}}));
  const Value refused =
      ask("BatchDeleteImage", of({{"imageIds", std::vector<Value>{by_digest(child)}}}));
  EXPECT_EQ(refused.at("failures")[0].at("failureCode").text(), "ImageReferencedByManifestList");
  ask("BatchDeleteImage", of({{"imageIds", std::vector<Value>{tagged("all")}}}));
  EXPECT_EQ(image_count(), 1u);
  ask("BatchDeleteImage", of({{"imageIds", std::vector<Value>{by_digest(child)}}}));
  EXPECT_EQ(image_count(), 0u);
  EXPECT_TRUE(scope().all<ecr::Layer>().empty());
}

TEST_F(EcrTest, ReferrersAreListed) {
  make_repository();
  const std::string subject = push("one");
  const std::string config = add_blob("{}");
  const std::string signature =
      cat("{\"schemaVersion\":2,\"artifactType\":\"application/vnd.example.signature\","
          "\"config\":", descriptor(config, 2, "application/vnd.oci.empty.v1+json"),
          ",\"layers\":[],\"subject\":", descriptor(subject, 1, oci), "}");
  ask("PutImage", of({{"imageManifest", signature}}));
  const Value list =
      ask("ListImageReferrers", of({{"subjectId", Value{{"imageDigest", subject}}}}))
          .at("referrers");
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].at("artifactType").text(), "application/vnd.example.signature");
}

TEST_F(EcrTest, StorageClassesChange) {
  make_repository();
  push("one", "v1");
  auto move = [&](const char* to) {
    return of({{"imageId", tagged("v1")}, {"targetStorageClass", to}});
  };
  EXPECT_EQ(refusal("UpdateImageStorageClass", move("STANDARD")),
            "ImageStorageClassUpdateNotSupportedException");
  ask("UpdateImageStorageClass", move("ARCHIVE"));
  EXPECT_EQ(image_count(), 0u);
  EXPECT_EQ(refusal("StartImageScan", of({{"imageId", tagged("v1")}})), "ImageArchivedException");
  EXPECT_EQ(refusal("UpdateImageStorageClass",
                    of({{"imageId", tagged("v9")}, {"targetStorageClass", "ARCHIVE"}})),
            "ImageNotFoundException");
}

constexpr const char* keep_two =
    R"({"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":)"
    R"("sinceImagePushed","countUnit":"days","countNumber":3},"action":{"type":"expire"}},)"
    R"({"rulePriority":2,"selection":{"tagStatus":"tagged","tagPrefixList":["v"],"countType":)"
    R"("imageCountMoreThan","countNumber":2},"action":{"type":"expire"}}]})";

TEST_F(EcrTest, LifecyclePoliciesRunOnTheClock) {
  make_repository();
  for (int i = 1; i <= 4; ++i) {
    push(cat("n", i), cat("v", i).c_str());
    advance(1min);
  }
  push("loose");
  const Value begun = ask("StartLifecyclePolicyPreview", of({{"lifecyclePolicyText", keep_two}}));
  EXPECT_EQ(begun.at("status").text(), "IN_PROGRESS");
  const Value preview = ask("GetLifecyclePolicyPreview", of());
  EXPECT_EQ(preview.at("status").text(), "COMPLETE");
  EXPECT_EQ(preview.at("summary").at("expiringImageTotalCount").integer(), 2);
  EXPECT_EQ(preview.at("previewResults")[0].at("appliedRulePriority").integer(), 2);
  EXPECT_EQ(image_count(), 5u);
  ask("PutLifecyclePolicy", of({{"lifecyclePolicyText", keep_two}}));
  EXPECT_EQ(image_count(), 3u);
  EXPECT_FALSE(ask("GetLifecyclePolicy", of()).at("lastEvaluatedAt").is_absent());
  advance(3 * 24h + 1h);
  EXPECT_EQ(image_count(), 2u);  // the untagged one is three days old
  ask("DeleteLifecyclePolicy", of());
}

TEST_F(EcrTest, LifecyclePoliciesThatMakeNoSenseAreRefused) {
  EXPECT_EQ(refusal("PutLifecyclePolicy", of({{"lifecyclePolicyText", keep_two}})),
            "RepositoryNotFoundException");
  make_repository();
  const std::string missing = "LifecyclePolicyNotFoundException";
  EXPECT_EQ(refusal("GetLifecyclePolicy", of()), missing);
  EXPECT_EQ(refusal("DeleteLifecyclePolicy", of()), missing);
  EXPECT_EQ(refusal("StartLifecyclePolicyPreview", of()), missing);
  EXPECT_EQ(refusal("GetLifecyclePolicyPreview", of()), "LifecyclePolicyPreviewNotFoundException");
  auto put = [&](std::string text) {
    text.resize(std::max<size_t>(text.size(), 100), ' ');  // AWS takes no shorter ones
    return refusal("PutLifecyclePolicy", of({{"lifecyclePolicyText", text}}));
  };
  const std::string bad = "InvalidParameterException";
  EXPECT_EQ(put("nonsense"), bad);
  EXPECT_EQ(put(R"({"rules":[]})"), bad);
  EXPECT_EQ(put(R"({"rules":[{"rulePriority":1,"selection":{"tagStatus":"tagged","countType":)"
                R"("imageCountMoreThan","countNumber":2},"action":{"type":"expire"}}]})"),
            bad);
  EXPECT_EQ(put(R"({"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":)"
                R"("sinceImagePushed","countNumber":2},"action":{"type":"expire"}}]})"),
            bad);
  use_latency(sim::LatencyProfile::documented);
  ask("StartLifecyclePolicyPreview", of({{"lifecyclePolicyText", keep_two}}));
  EXPECT_EQ(refusal("StartLifecyclePolicyPreview", of({{"lifecyclePolicyText", keep_two}})),
            "LifecyclePolicyPreviewInProgressException");
}

TEST_F(EcrTest, ScansFindNothingOutAndSaySo) {
  make_repository();
  push("one", "v1");
  const Value id = of({{"imageId", tagged("v1")}});
  EXPECT_EQ(refusal("DescribeImageScanFindings", id), "ScanNotFoundException");
  EXPECT_EQ(ask("StartImageScan", id).at("imageScanStatus").at("status").text(), "IN_PROGRESS");
  const Value status = ask("DescribeImageScanFindings", id).at("imageScanStatus");
  EXPECT_EQ(status.at("status").text(), "FAILED");
  EXPECT_TRUE(status.at("description").text().starts_with("UnsupportedImageError"));
  EXPECT_EQ(refusal("StartImageScan", id), "LimitExceededException");
  EXPECT_EQ(refusal("StartImageScan", of({{"imageId", tagged("v9")}})), "ImageNotFoundException");
  EXPECT_EQ(refusal("DescribeImageScanFindings", of({{"imageId", tagged("v9")}})),
            "ImageNotFoundException");
  EXPECT_EQ(refusal("DescribeImageSigningStatus", of({{"imageId", tagged("v9")}})),
            "ImageNotFoundException");
  EXPECT_EQ(refusal("DescribeImageReplicationStatus", of({{"imageId", tagged("v9")}})),
            "ImageNotFoundException");
  EXPECT_TRUE(ask("DescribeImageSigningStatus", id).at("signingStatuses").empty());
  ask("PutImage", of({{"imageManifest",
                       cat("{\"schemaVersion\":2,\"manifests\":[", descriptor(push("two"), 1, oci),
                           "]}")},
                      {"imageTag", "list"}}));
  EXPECT_EQ(refusal("StartImageScan", of({{"imageId", tagged("list")}})),
            "UnsupportedImageTypeException");
  const Value everything{{"filter", "*"}, {"filterType", "WILDCARD"}};
  auto rule = [&](const char* frequency) {
    return std::vector<Value>{Value{{"scanFrequency", frequency},
                                    {"repositoryFilters", std::vector<Value>{everything}}}};
  };
  EXPECT_EQ(refusal("PutRegistryScanningConfiguration", {{"rules", rule("CONTINUOUS_SCAN")}}),
            "ValidationException");
  ask("PutRegistryScanningConfiguration", {{"rules", rule("SCAN_ON_PUSH")}});
  EXPECT_EQ(ask("GetRegistryScanningConfiguration").at("scanningConfiguration").at("rules").size(),
            1u);
  const Value both = ask("BatchGetRepositoryScanningConfiguration",
                         {{"repositoryNames", std::vector<Value>{"shop/web", "none"}}});
  EXPECT_EQ(both.at("scanningConfigurations")[0].at("scanFrequency").text(), "SCAN_ON_PUSH");
  EXPECT_EQ(both.at("failures").size(), 1u);
}

TEST_F(EcrTest, ImagesAreReplicated) {
  make_repository();
  auto to = [](const char* region, const char* registry) {
    return Value{{"region", region}, {"registryId", registry}};
  };
  auto configuration = [](std::vector<Value> destinations) {
    const Value rule{{"destinations", destinations}};
    return Value{{"replicationConfiguration", Value{{"rules", std::vector<Value>{rule}}}}};
  };
  EXPECT_EQ(refusal("PutReplicationConfiguration",
                    configuration({to("us-east-1", "000000000000")})),
            "ValidationException");
  ask("PutReplicationConfiguration",
      configuration({to("eu-west-1", "000000000000"), to("eu-west-1", "123456789012")}));
  EXPECT_EQ(ask("DescribeRegistry").at("replicationConfiguration").at("rules").size(), 1u);
  const std::string digest = push("one", "v1");
  const Value statuses = ask("DescribeImageReplicationStatus", of({{"imageId", tagged("v1")}}))
                             .at("replicationStatuses");
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_EQ(statuses[0].at("status").text(), "COMPLETE");
  EXPECT_EQ(statuses[1].at("status").text(), "FAILED");
  use_region("eu-west-1");
  const Value there = ask("BatchGetImage", of({{"imageIds", std::vector<Value>{tagged("v1")}}}));
  EXPECT_EQ(there.at("images")[0].at("imageId").at("imageDigest").text(), digest);
}

}  // namespace
}  // namespace squall
