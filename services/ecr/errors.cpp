// The words of ECR's errors.
#include "services/ecr/errors.h"

#include "emulator/core/text.h"

namespace squall::ecr {
namespace {

/// "the repository with name 'x' in the registry with id 'y'"
std::string in_words(const Place& place) {
  return cat("the repository with name '", place.repository, "' in the registry with id '",
             place.registry, "'");
}

std::string image_words(std::string_view digest, std::string_view tag) {
  auto quoted = [](std::string_view text) { return text.empty() ? "null" : std::string(text); };
  return cat("{imageDigest:'", quoted(digest), "', imageTag:'", quoted(tag), "'}");
}

}  // namespace

AwsError invalid_parameter(std::string_view message) {
  return {"InvalidParameterException", std::string(message)};
}
AwsError invalid_parameter_at(std::string_view name, std::string_view constraint) {
  return invalid_parameter(
      cat("Invalid parameter at '", name, "' failed to satisfy constraint: '", constraint, "'"));
}
AwsError validation(std::string_view message) {
  return {"ValidationException", std::string(message)};
}
AwsError repository_not_found(const Place& p) {
  return {"RepositoryNotFoundException",
          cat("The repository with name '", p.repository,
              "' does not exist in the registry with id '", p.registry, "'")};
}
AwsError repository_already_exists(const Place& p) {
  return {"RepositoryAlreadyExistsException",
          cat("The repository with name '", p.repository,
              "' already exists in the registry with id '", p.registry, "'")};
}
AwsError repository_not_empty(const Place& p) {
  return {"RepositoryNotEmptyException",
          cat("The repository with name '", p.repository, "' in registry with id '", p.registry,
              "' cannot be deleted because it still contains images")};
}
AwsError image_not_found(const Place& p, std::string_view digest, std::string_view tag) {
  return {"ImageNotFoundException",
          cat("The image with imageId ", image_words(digest, tag),
              " does not exist within the repository with name '", p.repository,
              "' in the registry with id '", p.registry, "'")};
}
AwsError image_already_exists(const Place& p, std::string_view digest, std::string_view tag) {
  const std::string and_tag = tag.empty() ? std::string() : cat(" and tag '", tag, "'");
  return {"ImageAlreadyExistsException", cat("Image with digest '", digest, "'", and_tag,
                                             " already exists in ", in_words(p))};
}
AwsError image_tag_immutable(const Place& p, std::string_view tag) {
  return {"ImageTagAlreadyExistsException",
          cat("The image tag '", tag, "' already exists in the '", p.repository,
              "' repository and cannot be overwritten because the tag is immutable.")};
}
AwsError image_digest_mismatch(std::string_view given, std::string_view actual) {
  return {"ImageDigestDoesNotMatchException",
          cat("Image digest '", given, "' does not match the digest '", actual,
              "' calculated from the manifest")};
}
AwsError layers_not_found(const Place& p, std::string_view digests) {
  return {"LayersNotFoundException",
          cat("The layers with digests '[", digests, "]' do not exist in ", in_words(p))};
}
AwsError referenced_images_not_found(const Place& p, std::string_view digests) {
  return {"ReferencedImagesNotFoundException",
          cat("The referenced images with digests '[", digests, "]' do not exist in ",
              in_words(p))};
}
AwsError layer_already_exists(const Place& p, std::string_view digest) {
  return {"LayerAlreadyExistsException",
          cat("The layer with digest '", digest, "' already exists in ", in_words(p))};
}
AwsError invalid_layer(std::string_view message) {
  return {"InvalidLayerException", std::string(message)};
}
AwsError invalid_layer_part(const Place& p, std::string_view upload, int64_t last_valid) {
  return {"InvalidLayerPartException",
          "The layer part size is not valid, or the first byte specified is not consecutive to "
          "the last byte of a previous layer part upload.",
          400,
          {{"registryId", p.registry},
           {"repositoryName", p.repository},
           {"uploadId", std::string(upload)},
           {"lastValidByteReceived", std::to_string(last_valid)}}};
}
AwsError layer_part_too_small() {
  return {"LayerPartTooSmallException", "Layer parts must be at least 5 MiB in size."};
}
AwsError empty_upload(const Place& p, std::string_view upload) {
  return {"EmptyUploadException",
          cat("The upload '", upload, "' to ", in_words(p), " contains no layer parts")};
}
AwsError upload_not_found(const Place& p, std::string_view upload) {
  return {"UploadNotFoundException",
          cat("The upload with id '", upload, "' does not exist in ", in_words(p))};
}
AwsError repository_policy_not_found(const Place& p) {
  return {"RepositoryPolicyNotFoundException",
          cat("Repository policy does not exist for ", in_words(p))};
}
AwsError lifecycle_policy_not_found(const Place& p) {
  return {"LifecyclePolicyNotFoundException",
          cat("Lifecycle policy does not exist for ", in_words(p))};
}
AwsError preview_not_found(const Place& p) {
  return {"LifecyclePolicyPreviewNotFoundException",
          cat("Lifecycle policy preview does not exist for ", in_words(p))};
}
AwsError preview_in_progress(const Place& p) {
  return {"LifecyclePolicyPreviewInProgressException",
          cat("A lifecycle policy preview is in progress for ", in_words(p))};
}
AwsError registry_policy_not_found(std::string_view registry) {
  return {"RegistryPolicyNotFoundException",
          cat("Registry policy does not exist in the registry with id '", registry, "'")};
}
AwsError scan_not_found(const Place& p, std::string_view digest, std::string_view tag) {
  return {"ScanNotFoundException", cat("Image scan does not exist for the image with '",
                                       image_words(digest, tag), "' in ", in_words(p))};
}
AwsError unsupported_image_type() {
  return {"UnsupportedImageTypeException", "The image is of a type that cannot be scanned."};
}
AwsError scan_limit() {
  return {"LimitExceededException",
          "The scan quota per image has been exceeded. Wait and try again."};
}
AwsError limit_exceeded(std::string_view message) {
  return {"LimitExceededException", std::string(message)};
}
AwsError too_many_tags() {
  return {"TooManyTagsException", "The list of tags on the repository is over the limit of 50."};
}
AwsError invalid_tag_parameter(std::string_view message) {
  return {"InvalidTagParameterException", std::string(message)};
}
AwsError rule_not_found(std::string_view prefix, std::string_view registry) {
  return {"PullThroughCacheRuleNotFoundException",
          cat("The pull through cache rule with prefix '", prefix,
              "' does not exist in the registry with id '", registry, "'")};
}
AwsError rule_already_exists(std::string_view prefix, std::string_view registry) {
  return {"PullThroughCacheRuleAlreadyExistsException",
          cat("A pull through cache rule with prefix '", prefix,
              "' already exists in the registry with id '", registry, "'")};
}
AwsError unsupported_upstream(std::string_view url) {
  return {"UnsupportedUpstreamRegistryException",
          cat("The upstream registry URL '", url, "' is not supported")};
}
AwsError secret_not_found(std::string_view arn) {
  return {"SecretNotFoundException", cat("The ARN of the secret '", arn, "' does not exist")};
}
AwsError template_not_found(std::string_view prefix, std::string_view registry) {
  return {"TemplateNotFoundException",
          cat("The repository creation template with prefix '", prefix,
              "' does not exist in the registry with id '", registry, "'")};
}
AwsError template_already_exists(std::string_view prefix, std::string_view registry) {
  return {"TemplateAlreadyExistsException",
          cat("A repository creation template with prefix '", prefix,
              "' already exists in the registry with id '", registry, "'")};
}
AwsError signing_configuration_not_found(std::string_view registry) {
  return {"SigningConfigurationNotFoundException",
          cat("Signing configuration does not exist in the registry with id '", registry, "'")};
}
AwsError exclusion_not_found(std::string_view principal) {
  return {"ExclusionNotFoundException",
          cat("The pull time update exclusion for '", principal, "' does not exist")};
}
AwsError exclusion_already_exists(std::string_view principal) {
  return {"ExclusionAlreadyExistsException",
          cat("A pull time update exclusion for '", principal, "' already exists")};
}
AwsError storage_class_not_supported(std::string_view message) {
  return {"ImageStorageClassUpdateNotSupportedException", std::string(message)};
}
AwsError image_archived(std::string_view digest) {
  return {"ImageArchivedException", cat("The image with digest '", digest, "' is archived")};
}

}  // namespace squall::ecr
