// A repository and small hand-made images: what the tests of ECR start from.
#pragma once

#include <string>
#include <vector>

#include "services/ecr/ecr.h"
#include "services/ecr/internal.h"
#include "tests/services/fixture.h"

namespace squall {

class EcrTest : public ServiceTest {
 protected:
  static constexpr const char* oci = "application/vnd.oci.image.manifest.v1+json";

  Value ask(std::string_view operation, Value input = Value::map()) {
    return call("ecr", operation, input);
  }
  std::string refusal(std::string_view operation, Value input = Value::map()) {
    return error("ecr", operation, input).code;
  }
  Value make_repository(const char* name = "shop/web", Value more = Value::map()) {
    more.add("repositoryName", name);
    return ask("CreateRepository", more).at("repository");
  }
  static Value of(Value more = Value::map(), const char* name = "shop/web") {
    more.add("repositoryName", name);
    return more;
  }
  std::string add_blob(const std::string& bytes, const char* name = "shop/web") {
    const std::string digest = ecr::sha256_digest(bytes);
    const Value upload = ask("InitiateLayerUpload", of(Value::map(), name)).at("uploadId");
    ask("UploadLayerPart", of({{"uploadId", upload},
                               {"partFirstByte", 0},
                               {"partLastByte", static_cast<int64_t>(bytes.size()) - 1},
                               {"layerPartBlob", Value::blob(bytes)}}, name));
    ask("CompleteLayerUpload",
        of({{"uploadId", upload}, {"layerDigests", std::vector<Value>{digest}}}, name));
    return digest;
  }
  static std::string descriptor(const std::string& digest, size_t size, const char* type) {
    return cat("{\"mediaType\":\"", type, "\",\"digest\":\"", digest, "\",\"size\":", size, "}");
  }
  /// A manifest over a config and one layer made of `seed`, both uploaded.
  std::string manifest(const std::string& seed, const char* name = "shop/web") {
    const std::string config = cat("{\"seed\":\"", seed, "\"}"), layer = cat("layer ", seed);
    return cat("{\"schemaVersion\":2,\"mediaType\":\"", oci, "\",\"config\":",
               descriptor(add_blob(config, name), config.size(),
                          "application/vnd.oci.image.config.v1+json"),
               ",\"layers\":[",
               descriptor(add_blob(layer, name), layer.size(),
                          "application/vnd.oci.image.layer.v1.tar"),
               "]}");
  }
  /// The digest of a new image.
  std::string push(const std::string& seed, const char* tag = nullptr,
                   const char* name = "shop/web") {
    Value input = of({{"imageManifest", manifest(seed, name)}}, name);
    if (tag) input.add("imageTag", tag);
    return std::string(
        ask("PutImage", input).at("image").at("imageId").at("imageDigest").text());
  }
  static Value tagged(const char* tag) { return {{"imageTag", tag}}; }
  static Value by_digest(const std::string& digest) { return {{"imageDigest", digest}}; }
  size_t image_count() { return ask("DescribeImages", of()).at("imageDetails").size(); }
};

}  // namespace squall
