#include "emulator/api/sigv4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <vector>

#include "emulator/core/error.h"
#include "emulator/core/text.h"

namespace squall::api {
namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

AwsError missing_token(const protocol::Call& call) {
  if (call.protocol == model::Protocol::ec2)
    return {"AuthFailure", "AWS was not able to validate the provided access credentials", 401};
  return {"MissingAuthenticationToken", "Request is missing Authentication Token", 403};
}

AwsError mismatch(const protocol::Call& call) {
  using model::Protocol;
  if (call.protocol == Protocol::ec2) return missing_token(call);
  const bool json = call.protocol != Protocol::query && call.protocol != Protocol::rest_xml;
  return {json ? "InvalidSignatureException" : "SignatureDoesNotMatch",
          "The request signature we calculated does not match the signature you provided. Check "
          "your AWS Secret Access Key and signing method. Consult the service documentation for "
          "details.",
          403};
}

struct Signature {
  std::string scope;  // date/region/service/aws4_request
  std::string date;   // X-Amz-Date
  std::vector<std::string_view> headers;
  std::string value;
  std::string payload_hash;
  bool in_query = false;
};

/// `name=value` of the Authorization header's comma-separated parts.
std::string_view part_of(std::string_view authorization, std::string_view name) {
  const size_t at = authorization.find(name);
  if (at == authorization.npos) return {};
  const std::string_view rest = authorization.substr(at + name.size());
  return rest.substr(0, std::min(rest.find(','), rest.size()));
}

std::string query_value(std::string_view query, std::string_view name) {
  for (const std::string_view pair : split(query, '&'))
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
      return percent_decode(pair.substr(name.size() + 1));
  return {};
}

std::string scope_of(std::string_view credential) {
  const size_t slash = credential.find('/');
  return slash == credential.npos ? "" : std::string(credential.substr(slash + 1));
}

Signature signature_of(const protocol::Request& request, const protocol::Call& call,
                       std::string& signed_headers) {
  Signature s;
  const std::string_view authorization = request.header("Authorization");
  if (authorization.starts_with("AWS4-HMAC-SHA256")) {
    s.scope = scope_of(part_of(authorization, "Credential="));
    s.value = trim(part_of(authorization, "Signature="));
    signed_headers = trim(part_of(authorization, "SignedHeaders="));
    s.date = request.header("X-Amz-Date");
    s.payload_hash = request.header("X-Amz-Content-Sha256");
    if (s.payload_hash.empty()) s.payload_hash = sha256_hex(request.signed_body());
  } else {
    s.in_query = true;
    s.scope = scope_of(query_value(request.query, "X-Amz-Credential"));
    s.value = query_value(request.query, "X-Amz-Signature");
    signed_headers = query_value(request.query, "X-Amz-SignedHeaders");
    s.date = query_value(request.query, "X-Amz-Date");
    const bool object_store = call.service && call.service->tables().wire.virtual_hosts;
    s.payload_hash = object_store ? "UNSIGNED-PAYLOAD" : sha256_hex(request.signed_body());
  }
  if (s.scope.empty() || s.value.empty() || signed_headers.empty()) throw missing_token(call);
  s.headers = split(signed_headers, ';');
  return s;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::string> pairs;
  for (const std::string_view pair : split(query, '&')) {
    if (pair.empty() || pair.starts_with("X-Amz-Signature=")) continue;
    pairs.push_back(pair.find('=') == pair.npos ? cat(pair, '=') : std::string(pair));
  }
  std::ranges::sort(pairs);
  return join(pairs, "&");
}

/// Runs of blanks inside a header's value count as one.
std::string canonical_value(std::string_view value) {
  std::string out;
  for (const char c : trim(value))
    if (c != ' ' || out.empty() || out.back() != ' ') out += c;
  return out;
}

std::string canonical_request(const protocol::Request& request, const protocol::Call& call,
                              const Signature& s, std::string_view signed_headers) {
  // A path is encoded once more before it is signed, except where it is an object's key (S3).
  const bool object_store = call.service && call.service->tables().wire.virtual_hosts;
  std::string text = cat(request.method, '\n',
                         object_store ? std::string(request.path)
                                      : percent_encode(request.path, true),
                         '\n', canonical_query(request.query), '\n');
  for (const std::string_view name : s.headers)
    text += cat(name, ':', canonical_value(request.header(name)), '\n');
  return text + cat('\n', signed_headers, '\n', s.payload_hash);
}

}  // namespace

void verify_signature(const protocol::Request& request, const protocol::Call& call,
                      std::string_view secret_key) {
  std::string signed_headers;
  const Signature s = signature_of(request, call, signed_headers);
  // A hash that the client sent must be the body's, or the body could be another's.
  if (!s.in_query && s.payload_hash.size() == 64 &&
      s.payload_hash != sha256_hex(request.signed_body()))
    throw mismatch(call);
  std::string key = cat("AWS4", secret_key);
  for (const std::string_view part : split(s.scope, '/')) key = hmac(key, part);
  const std::string to_sign =
      cat("AWS4-HMAC-SHA256\n", s.date, '\n', s.scope, '\n',
          sha256_hex(canonical_request(request, call, s, signed_headers)));
  const std::string expected = hex(hmac(key, to_sign));
  if (expected.size() != s.value.size() ||
      CRYPTO_memcmp(expected.data(), s.value.data(), expected.size()) != 0)
    throw mismatch(call);
}

}  // namespace squall::api
