// Layers: uploads in parts, by the API and by the registry's HTTP API; and their content.
#include <algorithm>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

constexpr int64_t part_size = 10 << 20, part_smallest = 5 << 20;
constexpr int64_t layer_largest = int64_t{42'000} << 20;

Value batch_check_layer_availability(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  Value layers = Value::list(), failures = Value::list();
  for (const std::string& digest : in.strings("layerDigests")) {
    if (!is_digest(digest)) {
      failures.push(Value{{"layerDigest", digest},
                          {"failureCode", "InvalidLayerDigest"},
                          {"failureReason", "Invalid layer digest"}});
      continue;
    }
    const Layer* layer = find_layer(ctx, place.repository, digest);
    Value shown{{"layerDigest", digest},
                {"layerAvailability", layer ? "AVAILABLE" : "UNAVAILABLE"}};
    if (layer) {
      shown.add("layerSize", layer->content.size());
      shown.add("mediaType", "application/vnd.docker.image.rootfs.diff.tar.gzip");
    }
    layers.push(shown);
  }
  return {{"layers", layers}, {"failures", failures}};
}

Value initiate_layer_upload(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  return {{"uploadId", begin_upload(ctx, place.repository).id}, {"partSize", part_size}};
}

Value upload_layer_part(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const Upload& upload = require_upload(ctx, place, in.string("uploadId"));
  const int64_t first = in.integer("partFirstByte"), last = in.integer("partLastByte");
  const std::string bytes = in.blob("layerPartBlob"), id = upload.id;
  if (last >= layer_largest) throw limit_exceeded("The layer exceeds the maximum layer size");
  if (first != upload.received || last - first + 1 != static_cast<int64_t>(bytes.size()) ||
      bytes.empty())
    throw invalid_layer_part(place, id, upload.received - 1);
  append_part(ctx, id, bytes);
  return {{"registryId", place.registry},
          {"repositoryName", place.repository},
          {"uploadId", id},
          {"lastByteReceived", last}};
}

Value complete_layer_upload(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const Upload& upload = require_upload(ctx, place, in.string("uploadId"));
  const std::string id = upload.id;
  if (upload.parts.empty()) throw empty_upload(place, id);
  for (size_t i = 0; i + 1 < upload.parts.size(); ++i)
    if (static_cast<int64_t>(upload.parts[i].size()) < part_smallest) throw layer_part_too_small();
  const Bytes content = content_of(upload);
  const std::string digest = sha256_digest(*content.data);
  const auto given = in.strings("layerDigests");
  if (std::ranges::find(given, digest) == given.end())
    throw invalid_layer(cat("Layer digest '", digest, "' calculated from the upload does not "
                            "match the digests given"));
  if (find_layer(ctx, place.repository, digest)) throw layer_already_exists(place, digest);
  add_layer(ctx, place.repository, digest, content);
  ctx.erase<Upload>(id);
  return {{"registryId", place.registry},
          {"repositoryName", place.repository},
          {"uploadId", id},
          {"layerDigest", digest}};
}

/// The registry's own blob URL, opened by a login in its query (on AWS: S3's, presigned).
Value get_download_url_for_layer(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const std::string digest = in.string("layerDigest");
  if (!find_layer(ctx, place.repository, digest)) throw layers_not_found(place, digest);
  return {{"downloadUrl", cat("http://", ctx.advertised_host, "/v2/", place.repository, "/blobs/",
                              digest, "?login=",
                              percent_encode(login_password(ctx, ctx.now() + 1h)))},
          {"layerDigest", digest}};
}

}  // namespace

const Layer* find_layer(const sim::Scope& scope, std::string_view repository,
                        std::string_view digest) {
  return scope.view<Layer>(image_key(repository, digest));
}

void add_layer(sim::Scope& scope, std::string_view repository, std::string_view digest,
               Bytes content) {
  Layer layer;
  layer.id = image_key(repository, digest);
  layer.repository = repository;
  layer.digest = digest;
  layer.content = std::move(content);
  scope.add(std::move(layer));
}

Upload& begin_upload(sim::Scope& scope, std::string_view repository) {
  Upload upload;
  upload.id = scope.new_uuid("layer-upload", repository);
  upload.repository = repository;
  upload.started = scope.now();
  return scope.add(std::move(upload));
}

const Upload& require_upload(const sim::Scope& scope, const Place& place, std::string_view id) {
  const Upload* found = scope.view<Upload>(id);
  if (!found || found->repository != place.repository) throw upload_not_found(place, id);
  return *found;
}

void append_part(sim::Scope& scope, const std::string& upload, std::string_view bytes) {
  Upload& changed = scope.edit<Upload>(upload);
  changed.parts.push_back({std::make_shared<const std::string>(bytes)});
  changed.received += static_cast<int64_t>(bytes.size());
}

Bytes content_of(const Upload& upload) {
  if (upload.parts.size() == 1) return upload.parts.front();
  auto whole = std::make_shared<std::string>();
  whole->reserve(static_cast<size_t>(upload.received));
  for (const Bytes& part : upload.parts) *whole += *part.data;
  return {std::move(whole)};
}

std::span<const api::HandlerRow> layer_rows() {
  static const api::HandlerRow rows[] = {
      {"BatchCheckLayerAvailability", api::Reads, batch_check_layer_availability},
      {"InitiateLayerUpload", api::Writes, initiate_layer_upload},
      {"UploadLayerPart", api::Writes, upload_layer_part},
      {"CompleteLayerUpload", api::Writes, complete_layer_upload},
      {"GetDownloadUrlForLayer", api::Reads, get_download_url_for_layer},
  };
  return rows;
}

}  // namespace squall::ecr
