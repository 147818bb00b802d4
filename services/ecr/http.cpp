// The registry's HTTP API on the AWS port: who may ask, what the path names, how refusals look.
#include "services/ecr/http.h"

#include "emulator/protocol/form.h"

namespace squall::ecr {
namespace {

using Kind = HttpPath::Kind;

/// The password of "Authorization: Basic", else of the query that download URLs carry.
std::optional<Login> login_of(const protocol::Request& request) {
  const std::string_view header = request.header("authorization");
  if (header.starts_with("Basic ")) {
    const auto decoded = base64_decode(trim(header.substr(6)));
    if (!decoded || !decoded->starts_with("AWS:")) return {};
    return read_login(std::string_view(*decoded).substr(4));
  }
  const auto in_query = protocol::find_parameter(request.query, "login");
  return in_query ? read_login(*in_query) : std::nullopt;
}

/// "123456789012.dkr.ecr.eu-west-1.amazonaws.com" says whose registry it is; else the login does.
api::RawTarget target(const protocol::Request& request) {
  api::RawTarget target;
  const std::string_view host = request.header("host");
  const size_t mark = host.find(".dkr.ecr.");
  if (mark == 12 && host.substr(0, 12).find_first_not_of("0123456789") == host.npos) {
    target.account = host.substr(0, 12);
    const std::string_view rest = host.substr(mark + 9);
    target.region = rest.substr(0, rest.find('.'));
  } else if (const auto login = login_of(request)) {
    target.account = login->account;
    target.region = login->region;
  }
  const bool asks = request.method == "GET" || request.method == "HEAD";
  // The time of the last pull is noted where a manifest is fetched.
  target.writes = !asks || (request.method == "GET" &&
                            request.path.find("/manifests/") != request.path.npos);
  return target;
}

void check_login(const HttpCall& call) {
  const auto login = login_of(call.request);
  if (!login) throw http_error("UNAUTHORIZED", "Not Authorized", 401);
  if (login->account != call.ctx.account() || login->expires <= call.ctx.now())
    throw http_error("DENIED", "Your authorization token has expired. Reauthenticate and try "
                               "again.", 403);
}

void answer(api::RawContext& ctx, const protocol::Request& request,
            protocol::Response& response) {
  HttpCall call{ctx, request, response, parse_http_path(request.path)};
  check_login(call);
  call.header("Docker-Distribution-Api-Version", "registry/2.0");
  switch (call.path.kind) {
    case Kind::base:
      response.content_type = "application/json";
      response.body = "{}";
      return;
    case Kind::uploads:
      return answer_uploads(call);
    case Kind::blob:
      return answer_blob(call);
    case Kind::manifest:
      return answer_manifest(call);
    case Kind::tags:
      return answer_tags(call);
    case Kind::referrers:
      return answer_referrers(call);
    case Kind::catalog:
      throw method_not_allowed();
    case Kind::unknown:
      throw http_error("NAME_INVALID", "Invalid repository name", 404);
  }
}

/// What ECR's own errors are called by the distribution specification.
struct Translation {
  std::string_view aws, code;
  int status;
};
constexpr Translation translations[] = {
    {"RepositoryNotFoundException", "NAME_UNKNOWN", 404},
    {"ImageNotFoundException", "MANIFEST_UNKNOWN", 404},
    {"LayersNotFoundException", "MANIFEST_BLOB_UNKNOWN", 404},
    {"ReferencedImagesNotFoundException", "MANIFEST_BLOB_UNKNOWN", 404},
    {"UploadNotFoundException", "BLOB_UPLOAD_UNKNOWN", 404},
    {"InvalidParameterException", "MANIFEST_INVALID", 400},
    {"ImageDigestDoesNotMatchException", "DIGEST_INVALID", 400},
    {"ImageTagAlreadyExistsException", "TAG_INVALID", 400},
    {"LimitExceededException", "TOOMANYREQUESTS", 429},
    {"InternalFailure", "UNKNOWN", 500},
};

void refuse(const AwsError& error, protocol::Response& response) {
  std::string code = error.code;
  response.status = error.status;
  for (const Translation& t : translations) {
    if (t.aws != error.code) continue;
    code = t.code;
    response.status = t.status;
  }
  response.content_type = "application/json; charset=utf-8";
  response.headers.emplace_back("Docker-Distribution-Api-Version", "registry/2.0");
  if (response.status == 401)
    response.headers.emplace_back("WWW-Authenticate",
                                  "Basic realm=\"https://ecr.amazonaws.com/\","
                                  "service=\"ecr.amazonaws.com\"");
  const Value one{{"code", code}, {"message", error.message}};
  response.body = to_json(Value{{"errors", std::vector<Value>{one}}});
}

}  // namespace

HttpPath parse_http_path(std::string_view encoded) {
  const std::string path = percent_decode(encoded);
  std::string_view rest = path;
  if (rest == "/v2" || rest == "/v2/") return {Kind::base, {}, {}};
  rest.remove_prefix(4);
  if (rest == "_catalog") return {Kind::catalog, {}, {}};
  if (rest.ends_with("/tags/list"))
    return {Kind::tags, std::string(rest.substr(0, rest.size() - 10)), {}};
  static constexpr std::pair<std::string_view, Kind> marks[] = {{"/blobs/uploads", Kind::uploads},
                                                                {"/blobs/", Kind::blob},
                                                                {"/manifests/", Kind::manifest},
                                                                {"/referrers/", Kind::referrers}};
  for (const auto& [mark, kind] : marks) {
    const size_t at = rest.rfind(mark);
    if (at == rest.npos || at == 0) continue;
    std::string_view reference = rest.substr(at + mark.size());
    if (kind == Kind::uploads && !reference.empty()) {
      if (reference.front() != '/') continue;
      reference.remove_prefix(1);
    }
    return {kind, std::string(rest.substr(0, at)), std::string(reference)};
  }
  return {};
}

std::string HttpCall::query(std::string_view name) const {
  const auto found = protocol::find_parameter(request.query, name);
  return found ? std::string(*found) : std::string();
}

AwsError http_error(std::string_view code, std::string_view message, int status) {
  return {std::string(code), std::string(message), status};
}

AwsError method_not_allowed() {
  return http_error("UNSUPPORTED", "The operation is unsupported.", 405);
}

std::span<const api::RawRoute> http_routes() {
  static const api::RawRoute routes[] = {{"/v2/", target, answer, refuse}};
  return routes;
}

}  // namespace squall::ecr
