// What images there are: BatchGetImage, ListImages, DescribeImages, referrers, signing.
#include <algorithm>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

using ImageRange = FoundRange<Image>;

Value failure(const Value& id, const char* code, const char* reason) {
  return {{"imageId", id}, {"failureCode", code}, {"failureReason", reason}};
}

/// BatchGetImage counts as a pull.
Value batch_get_image(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  // The manifest is given as it was pushed: nothing here converts between formats, and AWS no
  // longer converts to schema 1 either.
  in.ignore("acceptedMediaTypes");
  Value images = Value::list(), failures = Value::list();
  for (const Input& wanted : in.list("imageIds")) {
    const std::string digest = wanted.string("imageDigest"), tag = wanted.string("imageTag");
    const Value id = describe_image_id(digest, tag);
    const Image* found = find_image(ctx, place.repository, digest, tag);
    if (digest.empty() && tag.empty()) {
      failures.push(failure(id, "MissingDigestAndTag", "Missing image digest and tag"));
    } else if (!digest.empty() && !is_digest(digest)) {
      failures.push(failure(id, "InvalidImageDigest", "Invalid image digest"));
    } else if (!found && !digest.empty() && find_image(ctx, place.repository, digest, "")) {
      failures.push(failure(id, "ImageTagDoesNotMatchDigest",
                            "Image tag does not match image digest"));
    } else if (!found) {
      failures.push(failure(id, "ImageNotFound", "Requested image not found"));
    } else if (found->status == "ARCHIVED") {
      failures.push(failure(id, "ImageInaccessible", "Requested image is archived"));
    } else {
      note_pull(ctx, *found);
      images.push(Value{{"registryId", ctx.account()},
                        {"repositoryName", place.repository},
                        {"imageId", describe_image_id(found->digest, tag)},
                        {"imageManifest", found->manifest},
                        {"imageManifestMediaType", found->media_type}});
    }
  }
  return {{"images", images}, {"failures", failures}};
}

bool fits(const Image& image, const Input& filter) {
  const std::string tags = filter.string("tagStatus", "ANY"),
                    status = filter.string("imageStatus", "ACTIVE");
  if (tags != "ANY" && (tags == "TAGGED") == image.tags.empty()) return false;
  return status == "ANY" || status == image.status;
}

Value list_images(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const Input filter = in.at("filter");
  Value ids = Value::list();
  const Page page = paginate(
      ImageRange{images_of(ctx, place.repository)}, page_of(in, 100),
      [&](const Image& image) { return fits(image, filter); },
      [&](const Image& image) {
        if (image.tags.empty()) ids.push(describe_image_id(image.digest));
        for (const std::string& tag : image.tags) ids.push(describe_image_id(image.digest, tag));
        return Value();
      });
  return {{"imageIds", ids}, {"nextToken", page.next_token}};
}

Value describe(const Context& ctx, const Image& image) {
  Value shown{{"registryId", ctx.account()},
              {"repositoryName", image.repository},
              {"imageDigest", image.digest},
              {"imageSizeInBytes", image.size},
              {"imagePushedAt", image.pushed},
              {"imageManifestMediaType", image.media_type},
              {"lastRecordedPullTime", image.last_pull},
              {"imageStatus", image.status},
              {"lastArchivedAt", image.archived},
              {"lastActivatedAt", image.activated}};
  if (!image.tags.empty())
    shown.add("imageTags", std::vector<std::string>(image.tags.begin(), image.tags.end()));
  if (!image.artifact_type.empty()) shown.add("artifactMediaType", image.artifact_type);
  if (!image.subject.empty()) shown.add("subjectManifestDigest", image.subject);
  if (!image.scan_status.empty())
    shown.add("imageScanStatus",
              Value{{"status", image.scan_status}, {"description", image.scan_description}});
  return shown;
}

Value describe_images(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const auto wanted = in.list("imageIds");
  const Input filter = in.at("filter");
  if (!wanted.empty() && (in.has("nextToken") || in.has("maxResults")))
    throw invalid_parameter(
        "Invalid parameter: imageIds cannot be combined with nextToken or maxResults");
  Value list = Value::list();
  for (const Input& id : wanted) {
    const Image& image = require_image(ctx, place, id);
    if (fits(image, filter) || !filter) list.push(describe(ctx, image));
  }
  if (!wanted.empty()) return {{"imageDetails", list}};
  const Page page = paginate(
      ImageRange{images_of(ctx, place.repository)}, page_of(in, 100),
      [&](const Image& image) { return fits(image, filter); },
      [&](const Image& image) { return describe(ctx, image); });
  return {{"imageDetails", page.items}, {"nextToken", page.next_token}};
}

Value describe_referrer(const Image& image) {
  Value annotations = Value::map();
  for (const auto& [key, value] : image.annotations) annotations.add(Key::copy(key), value);
  return {{"digest", image.digest},
          {"mediaType", image.media_type},
          {"artifactType", image.artifact_type},
          {"size", image.manifest.size()},
          {"annotations", annotations},
          {"artifactStatus", image.status}};
}

Value list_image_referrers(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const std::string subject = in.at("subjectId").string("imageDigest");
  const Input filter = in.at("filter");
  const auto types = filter.strings("artifactTypes");
  const std::string status = filter.string("artifactStatus", "ACTIVE");
  const Page page = paginate(
      ImageRange{ctx.by<Image>(cat("subject:", image_key(place.repository, subject)))},
      page_of(in, 50),
      [&](const Image& image) {
        return (status == "ANY" || status == image.status) &&
               (types.empty() || std::ranges::find(types, image.artifact_type) != types.end());
      },
      describe_referrer);
  return {{"referrers", page.items}, {"nextToken", page.next_token}};
}

/// Nothing here signs: no image has a signing status, whatever the configuration.
Value describe_image_signing_status(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const Image& image = require_image(ctx, place, in.at("imageId"));
  return {{"repositoryName", place.repository},
          {"imageId", describe_image_id(image.digest)},
          {"registryId", place.registry},
          {"signingStatuses", Value::list()}};
}

}  // namespace

std::span<const api::HandlerRow> image_list_rows() {
  static const api::HandlerRow rows[] = {
      {"BatchGetImage", api::Writes, batch_get_image},
      {"ListImages", api::Reads, list_images},
      {"DescribeImages", api::Reads, describe_images},
      {"ListImageReferrers", api::Reads, list_image_referrers},
      {"DescribeImageSigningStatus", api::Reads, describe_image_signing_status},
  };
  return rows;
}

}  // namespace squall::ecr
