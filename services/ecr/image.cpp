// Images: put, delete, and what happens to them on the way.
#include <algorithm>
#include <set>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

constexpr size_t images_max = 100'000, tag_length_max = 300;

/// Whether the repository's setting forbids moving the tag to another image.
bool is_fixed(const Repository& r, const std::string& tag) {
  const bool exempt = std::ranges::any_of(
      r.mutability_filters, [&](const std::string& f) { return matches_filter(f, tag); });
  return r.mutability.starts_with("IMMUTABLE") ? !exempt : exempt;
}

template <class Has>
std::string missing_of(const std::vector<std::string>& digests, Has has) {
  std::string missing;
  for (const std::string& digest : digests)
    if (!has(digest)) missing += cat(missing.empty() ? "" : ", ", digest);
  return missing;
}

void check_references(const sim::Scope& scope, const Place& place, const Manifest& m) {
  const std::string layers = missing_of(m.blobs, [&](const std::string& digest) {
    return find_layer(scope, place.repository, digest) != nullptr;
  });
  if (!layers.empty()) throw layers_not_found(place, layers);
  const std::string images = missing_of(m.children, [&](const std::string& digest) {
    return scope.has<Image>(image_key(place.repository, digest));
  });
  if (!images.empty()) throw referenced_images_not_found(place, images);
}

Image new_image(const sim::Scope& scope, const PutRequest& request, const Manifest& m,
                const std::string& digest) {
  Image image;
  image.id = image_key(request.place.repository, digest);
  image.repository = request.place.repository;
  image.digest = digest;
  image.manifest = request.manifest;
  image.media_type = m.media_type;
  image.artifact_type = m.artifact_type;
  image.subject = m.subject;
  image.annotations = m.annotations;
  image.blobs = m.blobs;
  image.children = m.children;
  image.size = m.layer_bytes;
  image.pushed = scope.now();
  for (const std::string& child : m.children)
    image.size += scope.view<Image>(image_key(image.repository, child))->size;
  return image;
}

void take_tag(sim::Scope& scope, const Place& place, const std::string& tag,
              const std::string& image_id) {
  const Image* holder = find_image(scope, place.repository, "", tag);
  if (holder && holder->id != image_id) {
    const std::string id = holder->id;
    scope.edit<Image>(id).tags.erase(tag);
  }
  scope.edit<Image>(image_id).tags.insert(tag);
}

void check_tag(const sim::Scope& scope, const PutRequest& request, const std::string& digest) {
  const std::string& tag = request.tag;
  if (tag.empty()) return;
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool good = tag.size() <= tag_length_max && is_word(tag[0]) &&
                    std::ranges::all_of(tag, [&](char c) {
                      return is_word(c) || c == '.' || c == '-';
                    });
  if (!good) throw invalid_parameter_at("imageTag", "must be a valid image tag");
  const Repository& repository = require_repository(scope, request.place);
  const Image* holder = find_image(scope, request.place.repository, "", tag);
  if (holder && holder->digest != digest && is_fixed(repository, tag))
    throw image_tag_immutable(request.place, tag);
}

Value put_image_by_api(Context& ctx, Input in) {
  PutRequest request{place_of(ctx, in), in.string("imageManifest"),
                     in.string("imageManifestMediaType"), in.string("imageTag"),
                     in.string("imageDigest")};
  const Image& image = put_image(ctx, request);
  return {{"image", Value{{"registryId", ctx.account()},
                          {"repositoryName", image.repository},
                          {"imageId", describe_image_id(image.digest, request.tag)},
                          {"imageManifest", image.manifest},
                          {"imageManifestMediaType", image.media_type}}}};
}

Value failure(const Value& id, const char* code, std::string_view reason) {
  return {{"imageId", id}, {"failureCode", code}, {"failureReason", reason}};
}

/// Deletes by tag (the image goes with its last one) or by digest; the ids deleted, or a failure.
Value delete_one(Context& ctx, const Place& place, const std::string& digest,
                 const std::string& tag, Value& deleted) {
  const Value id = describe_image_id(digest, tag);
  if (digest.empty() && tag.empty())
    return failure(id, "MissingDigestAndTag", "Missing image digest and tag");
  if (!digest.empty() && !is_digest(digest))
    return failure(id, "InvalidImageDigest", "Invalid image digest");
  const Image* found = find_image(ctx, place.repository, digest, tag);
  if (!found && !digest.empty() && !tag.empty() &&
      find_image(ctx, place.repository, digest, ""))
    return failure(id, "ImageTagDoesNotMatchDigest", "Image tag does not match image digest");
  if (!found) return failure(id, "ImageNotFound", "Requested image not found");
  const Image image = *found;
  const bool whole = tag.empty() || image.tags.size() == 1;
  if (whole && is_referenced(ctx, image))
    return failure(id, "ImageReferencedByManifestList",
                   cat("Requested image referenced by manifest list: [", image.digest, "]"));
  if (!tag.empty()) {
    deleted.push(describe_image_id(image.digest, tag));
    ctx.edit<Image>(image.id).tags.erase(tag);
  } else {
    for (const std::string& each : image.tags) deleted.push(describe_image_id(image.digest, each));
    if (image.tags.empty()) deleted.push(describe_image_id(image.digest));
  }
  if (whole) delete_image(ctx, image);
  return {};
}

Value batch_delete_image(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  Value deleted = Value::list(), failures = Value::list();
  for (const Input& id : in.list("imageIds")) {
    const Value failed =
        delete_one(ctx, place, id.string("imageDigest"), id.string("imageTag"), deleted);
    if (!failed.is_absent()) failures.push(failed);
  }
  return {{"imageIds", deleted}, {"failures", failures}};
}

Value update_image_storage_class(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const Image& found = require_image(ctx, place, in.at("imageId"));
  const bool archive = in.string("targetStorageClass") == "ARCHIVE";
  if (archive == (found.status == "ARCHIVED"))
    throw storage_class_not_supported("The image is in the target storage class already");
  if (archive && is_referenced(ctx, found))
    throw storage_class_not_supported("The image is referenced by a manifest list");
  Image& image = ctx.edit<Image>(std::string(found.id));
  image.status = archive ? "ARCHIVED" : "ACTIVE";
  (archive ? image.archived : image.activated) = ctx.now();
  return {{"registryId", place.registry},
          {"repositoryName", place.repository},
          {"imageId", describe_image_id(image.digest)},
          {"imageStatus", image.status}};
}

}  // namespace

bool is_referenced(const sim::Scope& scope, const Image& image) {
  return !scope.by<Image>(cat("child:", image.repository, "@", image.digest)).empty();
}

const Image& put_image(sim::Scope& scope, const PutRequest& request, bool again) {
  const Place& place = request.place;
  require_repository(scope, place);
  const Manifest m = parse_manifest(request.manifest, request.media_type);
  if (!m.problem.empty()) throw invalid_parameter_at("imageManifest", m.problem);
  const std::string digest = sha256_digest(request.manifest);
  if (!request.digest.empty() && request.digest != digest)
    throw image_digest_mismatch(request.digest, digest);
  check_references(scope, place, m);
  check_tag(scope, request, digest);
  const std::string id = image_key(place.repository, digest);
  const Image* known = scope.view<Image>(id);
  const bool same = known && (request.tag.empty() || known->tags.contains(request.tag));
  if (same && !again) throw image_already_exists(place, digest, request.tag);
  if (!known) {
    if (images_of(scope, place.repository).size() >= images_max)
      throw limit_exceeded("The maximum number of images per repository is reached");
    scope.add(new_image(scope, request, m, digest));
    scope.announce("ecr.image-pushed", place.repository, cat("Pushed ", digest));
    const Repository& repository = *scope.view<Repository>(place.repository);
    if (scan_frequency(scope, repository) != "MANUAL" && !m.is_list) start_scan(scope, id);
  }
  if (!request.tag.empty() && !same) take_tag(scope, place, request.tag, id);
  replicate(scope, *scope.view<Image>(id));
  return *scope.view<Image>(id);
}

/// Its layers stay while other images of the repository hold them.
void delete_image(sim::Scope& scope, const Image& image) {
  const Image doomed = image;
  std::set<std::string> held;
  for (const Image* other : images_of(scope, doomed.repository))
    if (other->digest != doomed.digest) held.insert(other->blobs.begin(), other->blobs.end());
  for (const std::string& digest : doomed.blobs)
    if (!held.contains(digest)) scope.erase<Layer>(image_key(doomed.repository, digest));
  scope.erase<Image>(doomed.id);
}

void note_pull(sim::Scope& scope, const Image& image) {
  // AWS refreshes the time at most once a day.
  if (image.last_pull && scope.now() < *image.last_pull + 24h) return;
  scope.edit<Image>(std::string(image.id)).last_pull = scope.now();
}

std::span<const api::HandlerRow> image_rows() {
  static const api::HandlerRow rows[] = {
      {"PutImage", api::Writes, put_image_by_api},
      {"BatchDeleteImage", api::Writes, batch_delete_image},
      {"UpdateImageStorageClass", api::Writes, update_image_storage_class},
  };
  return rows;
}

}  // namespace squall::ecr
