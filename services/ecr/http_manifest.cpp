// Manifests, tags and referrers over the registry's HTTP API.
#include <algorithm>

#include "services/ecr/http.h"

namespace squall::ecr {
namespace {

void put(HttpCall& call) {
  const std::string& reference = call.path.reference;
  std::string type{call.request.header("content-type")};
  type = type.substr(0, type.find(';'));
  PutRequest request{call.place(), std::string(call.request.body), type,
                     is_digest(reference) ? "" : reference,
                     is_digest(reference) ? reference : ""};
  const Image& image = put_image(call.ctx, request, true);
  call.response.status = 201;
  call.header("Location", cat("/v2/", call.path.name, "/manifests/", image.digest));
  call.header("Docker-Content-Digest", image.digest);
  if (!image.subject.empty()) call.header("OCI-Subject", image.subject);
}

const Image& image_at(const HttpCall& call) {
  const std::string& reference = call.path.reference;
  const bool by_digest = reference.find(':') != reference.npos;
  const std::string digest = by_digest ? reference : "", tag = by_digest ? "" : reference;
  const Image* found = find_image(call.ctx, call.path.name, digest, tag);
  if (!found || found->status == "ARCHIVED") throw image_not_found(call.place(), digest, tag);
  return *found;
}

/// A tag leaves its image, which stays untagged; a digest takes the image.
void remove(HttpCall& call, const Image& image) {
  if (is_digest(call.path.reference)) {
    if (is_referenced(call.ctx, image))
      throw http_error("DENIED", "The image is referenced by a manifest list", 403);
    delete_image(call.ctx, image);
  } else {
    call.ctx.edit<Image>(std::string(image.id)).tags.erase(call.path.reference);
  }
  call.response.status = 202;
}

}  // namespace

void answer_manifest(HttpCall& call) {
  const std::string_view method = call.request.method;
  if (method == "PUT" && !call.ctx.has<Repository>(call.path.name))
    create_by_template(call.ctx, call.path.name, "CREATE_ON_PUSH");
  require_repository(call.ctx, call.place());
  if (method == "PUT") return put(call);
  const Image& image = image_at(call);
  if (method == "DELETE") return remove(call, image);
  if (method != "GET" && method != "HEAD") throw method_not_allowed();
  call.header("Docker-Content-Digest", image.digest);
  call.response.content_type = image.media_type;
  if (method == "HEAD") {
    call.header("Content-Length", std::to_string(image.manifest.size()));
    return;
  }
  call.response.body = image.manifest;
  note_pull(call.ctx, image);
}

void answer_tags(HttpCall& call) {
  if (call.request.method != "GET") throw method_not_allowed();
  require_repository(call.ctx, call.place());
  std::vector<std::string> tags;
  for (const Image* image : images_of(call.ctx, call.path.name))
    tags.insert(tags.end(), image->tags.begin(), image->tags.end());
  std::ranges::sort(tags);
  const std::string last = call.query("last");
  if (!last.empty()) tags.erase(tags.begin(), std::ranges::upper_bound(tags, last));
  const auto limit = parse_int(call.query("n"));
  if (limit && *limit >= 0 && static_cast<size_t>(*limit) < tags.size()) {
    tags.resize(static_cast<size_t>(*limit));
    if (!tags.empty())
      call.header("Link", cat("</v2/", call.path.name, "/tags/list?n=", *limit, "&last=",
                              percent_encode(tags.back()), ">; rel=\"next\""));
  }
  call.response.content_type = "application/json";
  call.response.body = to_json(Value{{"name", call.path.name}, {"tags", tags}});
}

void answer_referrers(HttpCall& call) {
  if (call.request.method != "GET") throw method_not_allowed();
  require_repository(call.ctx, call.place());
  if (!is_digest(call.path.reference))
    throw http_error("DIGEST_INVALID", "provided digest is not valid", 400);
  const std::string type = call.query("artifactType");
  Value list = Value::list();
  const auto found =
      call.ctx.by<Image>(cat("subject:", image_key(call.path.name, call.path.reference)));
  for (const Image* image : found) {
    if (!type.empty() && image->artifact_type != type) continue;
    Value annotations = Value::map();
    for (const auto& [key, value] : image->annotations) annotations.add(Key::copy(key), value);
    list.push(Value{{"mediaType", image->media_type},
                    {"digest", image->digest},
                    {"size", image->manifest.size()},
                    {"artifactType", image->artifact_type},
                    {"annotations", annotations}});
  }
  if (!type.empty()) call.header("OCI-Filters-Applied", "artifactType");
  call.response.content_type = "application/vnd.oci.image.index.v1+json";
  call.response.body = to_json(Value{{"schemaVersion", 2},
                                     {"mediaType", "application/vnd.oci.image.index.v1+json"},
                                     {"manifests", list}});
}

}  // namespace squall::ecr
