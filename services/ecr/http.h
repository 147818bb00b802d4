// The registry's HTTP API (Docker Registry v2, OCI distribution): what its files share.
#pragma once

#include <string>
#include <string_view>

#include "emulator/api/raw.h"
#include "services/ecr/internal.h"

namespace squall::ecr {

/// "/v2/NAME/blobs/uploads/ID", "/v2/NAME/blobs/DIGEST", "/v2/NAME/manifests/REFERENCE", ...
struct HttpPath {
  enum class Kind : uint8_t { base, catalog, uploads, blob, manifest, tags, referrers, unknown };
  Kind kind = Kind::unknown;
  std::string name, reference;
};
HttpPath parse_http_path(std::string_view path);

struct HttpCall {
  api::RawContext& ctx;
  const protocol::Request& request;
  protocol::Response& response;
  HttpPath path;

  Place place() const { return place_in(ctx, path.name); }
  std::string query(std::string_view name) const;
  void header(std::string name, std::string value) const {
    response.headers.emplace_back(std::move(name), std::move(value));
  }
};

/// Errors of the distribution specification: code, words, status.
AwsError http_error(std::string_view code, std::string_view message, int status);
AwsError method_not_allowed();

void answer_uploads(HttpCall& call);
void answer_blob(HttpCall& call);
void answer_manifest(HttpCall& call);
void answer_tags(HttpCall& call);
void answer_referrers(HttpCall& call);

}  // namespace squall::ecr
