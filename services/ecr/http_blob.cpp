// Blobs over the registry's HTTP API: uploads in one piece or in chunks, mounts, downloads.
#include "services/ecr/http.h"

namespace squall::ecr {
namespace {

void point_to_upload(const HttpCall& call, const Upload& upload, int status) {
  call.response.status = status;
  call.header("Location", cat("/v2/", call.path.name, "/blobs/uploads/", upload.id));
  call.header("Docker-Upload-UUID", upload.id);
  call.header("Range", cat("0-", upload.received > 0 ? upload.received - 1 : 0));
}

void point_to_blob(const HttpCall& call, const std::string& digest) {
  call.response.status = 201;
  call.header("Location", cat("/v2/", call.path.name, "/blobs/", digest));
  call.header("Docker-Content-Digest", digest);
}

/// Adds the blob if its digest is right.
void finish(const HttpCall& call, const Bytes& content, const std::string& digest) {
  if (!is_digest(digest) || sha256_digest(*content.data) != digest)
    throw http_error("DIGEST_INVALID", "provided digest did not match uploaded content", 400);
  if (!find_layer(call.ctx, call.path.name, digest))
    add_layer(call.ctx, call.path.name, digest, content);
  point_to_blob(call, digest);
}

/// A blob of another repository of the registry comes along without its bytes, where the account
/// setting BLOB_MOUNTING allows it.
bool mount(const HttpCall& call) {
  const std::string digest = call.query("mount"), from = call.query("from");
  const auto& settings = registry_of(call.ctx).settings;
  const auto setting = settings.find("BLOB_MOUNTING");
  const bool allowed = from == call.path.name ||
                       (setting != settings.end() && setting->second == "ENABLED");
  if (digest.empty() || !allowed) return false;
  const Layer* layer = find_layer(call.ctx, from.empty() ? call.path.name : from, digest);
  if (!layer) return false;
  const Bytes content = layer->content;
  add_layer(call.ctx, call.path.name, digest, content);
  point_to_blob(call, digest);
  return true;
}

void begin(HttpCall& call) {
  if (!call.ctx.has<Repository>(call.path.name))
    create_by_template(call.ctx, call.path.name, "CREATE_ON_PUSH");
  require_repository(call.ctx, call.place());
  if (mount(call)) return;
  if (const std::string digest = call.query("digest"); !digest.empty())
    return finish(call, {std::make_shared<const std::string>(call.request.body)}, digest);
  point_to_upload(call, begin_upload(call.ctx, call.path.name), 202);
}

/// "Content-Range: 0-1023" must go on where the upload stands.
void check_range(const HttpCall& call, const Upload& upload) {
  const std::string_view range = call.request.header("content-range");
  if (range.empty()) return;
  const auto first = parse_int(range.substr(0, range.find('-')));
  if (!first || *first != upload.received)
    throw http_error("BLOB_UPLOAD_INVALID", "The chunk does not follow what was received", 416);
}

}  // namespace

void answer_uploads(HttpCall& call) {
  const std::string_view method = call.request.method;
  if (call.path.reference.empty()) {
    if (method != "POST") throw method_not_allowed();
    return begin(call);
  }
  require_repository(call.ctx, call.place());
  const Upload& upload = require_upload(call.ctx, call.place(), call.path.reference);
  const std::string id = upload.id;
  if (method == "GET" || method == "HEAD") return point_to_upload(call, upload, 204);
  if (method == "DELETE") {
    call.ctx.erase<Upload>(id);
    call.response.status = 204;
    return;
  }
  if (method != "PATCH" && method != "PUT") throw method_not_allowed();
  check_range(call, upload);
  if (!call.request.body.empty()) append_part(call.ctx, id, call.request.body);
  const Upload& now = *call.ctx.view<Upload>(id);
  if (method == "PATCH") return point_to_upload(call, now, 202);
  finish(call, content_of(now), call.query("digest"));
  call.ctx.erase<Upload>(id);
}

void answer_blob(HttpCall& call) {
  const std::string_view method = call.request.method;
  require_repository(call.ctx, call.place());
  const std::string& digest = call.path.reference;
  const Layer* layer = find_layer(call.ctx, call.path.name, digest);
  if (!layer) throw http_error("BLOB_UNKNOWN", "blob unknown to registry", 404);
  if (method == "DELETE") {
    call.ctx.erase<Layer>(layer->id);
    call.response.status = 202;
    return;
  }
  if (method != "GET" && method != "HEAD") throw method_not_allowed();
  call.header("Docker-Content-Digest", digest);
  call.response.content_type = "application/octet-stream";
  if (method == "HEAD")
    call.header("Content-Length", std::to_string(layer->content.size()));
  else
    call.response.body = *layer->content.data;
}

}  // namespace squall::ecr
