#include "emulator/api/sigv4.h"

// OpenSSL 3 would have digests fetched and allocated; a plain state is copied in no time, which is
// what makes a checked request cost 1 us more and not 13.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <vector>

#include "emulator/core/error.h"
#include "emulator/core/text.h"

namespace squall::api {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

std::string hex(const Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out(2 * digest.size(), '0');
  for (size_t i = 0; i < digest.size(); ++i) {
    out[2 * i] = digits[digest[i] >> 4];
    out[2 * i + 1] = digits[digest[i] & 15];
  }
  return out;
}

class Sha256 {
 public:
  Sha256() { SHA256_Init(&state_); }
  Sha256& add(std::string_view bytes) {
    SHA256_Update(&state_, bytes.data(), bytes.size());
    return *this;
  }
  Digest finish() {
    Digest digest;
    SHA256_Final(digest.data(), &state_);
    return digest;
  }

 private:
  SHA256_CTX state_;
};

std::string sha256_hex(std::string_view text) { return hex(Sha256().add(text).finish()); }

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// The states of HMAC once the key has been taken in.
class HmacKey {
 public:
  HmacKey() = default;
  explicit HmacKey(std::string_view key) {
    const Digest shortened = Sha256().add(key).finish();
    if (key.size() > SHA256_CBLOCK) key = bytes_of(shortened);
    std::array<char, SHA256_CBLOCK> inner{}, outer{};
    for (size_t i = 0; i < inner.size(); ++i) {
      const auto byte = static_cast<unsigned char>(i < key.size() ? key[i] : 0);
      inner[i] = static_cast<char>(byte ^ 0x36);
      outer[i] = static_cast<char>(byte ^ 0x5C);
    }
    inner_.add({inner.data(), inner.size()});
    outer_.add({outer.data(), outer.size()});
  }
  Digest of(std::string_view text) const {
    Sha256 inner = inner_, outer = outer_;
    return outer.add(bytes_of(inner.add(text).finish())).finish();
  }

 private:
  Sha256 inner_, outer_;
};

/// A client signs all day long with one key: the last few of each thread are kept.
const HmacKey& signing_key(std::string_view secret_key, std::string_view scope) {
  struct Known {
    std::string secret_key, scope;
    HmacKey key;
  };
  thread_local std::array<Known, 8> known;
  thread_local size_t next = 0;
  for (const Known& k : known)
    if (k.scope == scope && k.secret_key == secret_key) return k.key;
  std::string key = cat("AWS4", secret_key);
  for (const std::string_view part : split(scope, '/'))
    key = bytes_of(HmacKey(key).of(part));
  Known& made = known[next++ % known.size()];
  made = {std::string(secret_key), std::string(scope), HmacKey(key)};
  return made.key;
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
  bool claims_hash = false;  // the client says what the body's hash is
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
    s.claims_hash = s.payload_hash.size() == 2 * SHA256_DIGEST_LENGTH;
    if (s.payload_hash.empty()) s.payload_hash = sha256_hex(request.signed_body());
  } else {
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
void append_canonical(std::string& out, std::string_view value) {
  value = trim(value);
  if (value.find("  ") == value.npos) {
    out += value;
    return;
  }
  for (size_t i = 0; i < value.size(); ++i)
    if (value[i] != ' ' || value[i - 1] != ' ') out += value[i];
}

std::string canonical_request(const protocol::Request& request, const protocol::Call& call,
                              const Signature& s, std::string_view signed_headers) {
  // A path is encoded once more before it is signed, except where it is an object's key (S3).
  const bool object_store = call.service && call.service->tables().wire.virtual_hosts;
  constexpr size_t usual_size = 1024;
  std::string text;
  text.reserve(usual_size);
  const auto line = [&text](std::string_view part) { (text += part) += '\n'; };
  line(request.method);
  line(object_store ? std::string(request.path) : percent_encode(request.path, true));
  line(canonical_query(request.query));
  for (const std::string_view name : s.headers) {
    (text += name) += ':';
    append_canonical(text, request.header(name));
    text += '\n';
  }
  text += '\n';
  line(signed_headers);
  return text += s.payload_hash;
}

}  // namespace

void verify_signature(const protocol::Request& request, const protocol::Call& call,
                      std::string_view secret_key) {
  std::string signed_headers;
  const Signature s = signature_of(request, call, signed_headers);
  // A hash that the client sent must be the body's, or the body could be another's.
  if (s.claims_hash && s.payload_hash != sha256_hex(request.signed_body())) throw mismatch(call);
  const std::string to_sign =
      cat("AWS4-HMAC-SHA256\n", s.date, '\n', s.scope, '\n',
          sha256_hex(canonical_request(request, call, s, signed_headers)));
  const std::string expected = hex(signing_key(secret_key, s.scope).of(to_sign));
  if (expected.size() != s.value.size() ||
      CRYPTO_memcmp(expected.data(), s.value.data(), expected.size()) != 0)
    throw mismatch(call);
}

}  // namespace squall::api
