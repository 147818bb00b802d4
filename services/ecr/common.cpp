// Finding ECR's records; digests and filters.
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "services/ecr/internal.h"

namespace squall::ecr {

std::vector<std::string> Image::index_keys() const {
  std::vector<std::string> keys{"repository:" + repository};
  if (!subject.empty()) keys.push_back("subject:" + repository + "@" + subject);
  for (const std::string& tag : tags) keys.push_back("tag:" + repository + ":" + tag);
  for (const std::string& child : children) keys.push_back("child:" + repository + "@" + child);
  return keys;
}

Place place_of(const Context& ctx, const Input& in) {
  return {in.string("repositoryName"), in.string("registryId", ctx.account())};
}

Place place_in(const sim::Scope& scope, std::string_view repository) {
  return {std::string(repository), scope.account()};
}

const Repository& require_repository(const sim::Scope& scope, const Place& place) {
  const Repository* found = scope.view<Repository>(place.repository);
  if (!found || place.registry != scope.account()) throw repository_not_found(place);
  return *found;
}

std::string repository_arn(const sim::Scope& scope, std::string_view name) {
  return scope.arn("ecr", cat("repository/", name));
}

std::string image_key(std::string_view repository, std::string_view digest) {
  return cat(repository, "@", digest);
}

std::vector<const Image*> images_of(const sim::Scope& scope, std::string_view repository) {
  return scope.by<Image>(cat("repository:", repository));
}

const Image* find_image(const sim::Scope& scope, std::string_view repository,
                        std::string_view digest, std::string_view tag) {
  if (!digest.empty()) {
    const Image* image = scope.view<Image>(image_key(repository, digest));
    return image && (tag.empty() || image->tags.contains(std::string(tag))) ? image : nullptr;
  }
  const auto found = scope.by<Image>(cat("tag:", repository, ":", tag));
  return found.empty() ? nullptr : found.front();
}

const Image& require_image(const sim::Scope& scope, const Place& place, const Input& image_id) {
  const std::string digest = image_id.string("imageDigest"), tag = image_id.string("imageTag");
  if (digest.empty() && tag.empty())
    throw invalid_parameter("Missing image digest and tag in the image id");
  const Image* found = find_image(scope, place.repository, digest, tag);
  if (!found) throw image_not_found(place, digest, tag);
  return *found;
}

const Registry& registry_of(const sim::Scope& scope) {
  static const Registry none;
  const Registry* found = scope.view<Registry>("registry");
  return found ? *found : none;
}

Registry& edit_registry(sim::Scope& scope) {
  if (scope.has<Registry>("registry")) return scope.edit<Registry>("registry");
  Registry made;
  made.id = "registry";
  return scope.add(std::move(made));
}

Value describe_image_id(std::string_view digest, std::string_view tag) {
  Value id = Value::map();
  if (!digest.empty()) id.add("imageDigest", digest);
  if (!tag.empty()) id.add("imageTag", tag);
  return id;
}

bool is_digest(std::string_view text) {
  return text.size() == 71 && text.starts_with("sha256:") &&
         text.substr(7).find_first_not_of("0123456789abcdef") == text.npos;
}

std::string sha256_digest(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  static constexpr char digits[] = "0123456789abcdef";
  std::string text = "sha256:";
  for (unsigned i = 0; i < size; ++i) {
    text += digits[digest[i] >> 4];
    text += digits[digest[i] & 15];
  }
  return text;
}

PageRequest page_of(const Input& in, int64_t limit) {
  return page_request(in.string("nextToken"), in.integer("maxResults", limit),
                      invalid_parameter_at("nextToken", "must be a token of an earlier answer"));
}

bool matches_filter(std::string_view filter, std::string_view text) {
  return wildcard_match(filter, text);
}

Tags checked_tags(const Input& in, std::string_view member, Tags have) {
  constexpr size_t tags_max = 50;
  for (const auto& [key, value] : tags_from(in.list(member))) {
    if (to_lower(key).starts_with("aws:"))
      throw invalid_tag_parameter("Tag keys starting with 'aws:' are reserved for system use");
    have[key] = value;
  }
  if (have.size() > tags_max) throw too_many_tags();
  return have;
}

void check_policy_text(std::string_view text) {
  const Value document = is_json_object(text) ? value_from_json(text) : Value();
  if (!document.is_map() || document.at("Statement").is_absent())
    throw invalid_parameter_at("PolicyText", "Invalid repository policy provided");
}

std::optional<std::string> image_digest(const sim::Scope& scope, std::string_view image) {
  if (!is_repository_image(scope, image)) return {};
  image.remove_prefix(image.find('/') + 1);
  std::string_view digest, tag = "latest";
  if (const size_t at = image.find('@'); at != image.npos) {
    digest = image.substr(at + 1);
    tag = {};
    image = image.substr(0, at);
  }
  if (const size_t colon = image.rfind(':'); colon != image.npos) {
    if (digest.empty()) tag = image.substr(colon + 1);
    image = image.substr(0, colon);
  }
  const Image* found = find_image(scope, image, digest, tag);
  return found && found->status == "ACTIVE" ? std::optional(found->digest) : std::nullopt;
}

bool is_repository_image(const sim::Scope& scope, std::string_view image) {
  const size_t slash = image.find('/');
  if (slash == image.npos) return false;
  const std::string_view host = image.substr(0, slash);
  const size_t mark = host.find(".dkr.ecr.");
  if (mark != host.npos) {
    std::string_view region = host.substr(mark + 9);
    region = region.substr(0, region.find('.'));
    return host.substr(0, mark) == scope.account() && region == scope.region();
  }
  // The advertised host, whatever it is: names of other registries have no port that is ours.
  std::string_view name = image.substr(slash + 1);
  name = name.substr(0, name.find_first_of(":@"));
  const bool local = host.starts_with("localhost") || host.starts_with("127.0.0.1");
  return local || (host.find(':') != host.npos && scope.has<Repository>(name));
}

}  // namespace squall::ecr
