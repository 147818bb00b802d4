#include "services/ec2/key_material.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "emulator/core/error.h"
#include "emulator/core/text.h"

namespace squall::ec2 {
namespace {

using Number = std::unique_ptr<BIGNUM, decltype([](BIGNUM* n) { BN_clear_free(n); })>;
using Work = std::unique_ptr<BN_CTX, decltype([](BN_CTX* c) { BN_CTX_free(c); })>;
using Pkey = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* k) { EVP_PKEY_free(k); })>;
using Bio = std::unique_ptr<BIO, decltype([](BIO* b) { BIO_free_all(b); })>;

std::string seeded_bytes(std::string_view seed, size_t count) {
  std::string bytes;
  for (uint64_t i = 0; bytes.size() < count; ++i) {
    const uint64_t word = stable_hash(seed, i + 1);
    for (int shift = 56; shift >= 0 && bytes.size() < count; shift -= 8)
      bytes += static_cast<char>((word >> shift) & 0xff);
  }
  return bytes;
}

const unsigned char* data_of(const std::string& s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}

std::string digest_hex(const std::string& bytes, const EVP_MD* algorithm) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, algorithm, nullptr);
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    constexpr char digits[] = "0123456789abcdef";
    if (i) out += ':';
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 15];
  }
  return out;
}

/// SSH's encoding of a text: its length in four bytes, then itself.
std::string ssh_string(std::string_view text) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>((text.size() >> shift) & 0xff);
  return out.append(text);
}
std::string ssh_number(const BIGNUM* n) {
  std::string bytes(static_cast<size_t>(BN_num_bytes(n)), '\0');
  BN_bn2bin(n, reinterpret_cast<unsigned char*>(bytes.data()));
  if (!bytes.empty() && (bytes[0] & 0x80)) bytes.insert(bytes.begin(), '\0');  // not negative
  return ssh_string(bytes);
}

/// The first prime from the seed on that suits the public exponent.
Number seeded_prime(std::string_view seed, const BIGNUM* exponent, BN_CTX* work) {
  constexpr int bytes_of_prime = 128;
  std::string bytes = seeded_bytes(seed, bytes_of_prime);
  bytes[0] = static_cast<char>(bytes[0] | 0xc0);  // the product has all 2048 bits
  bytes.back() = static_cast<char>(bytes.back() | 1);
  Number p(BN_bin2bn(data_of(bytes), bytes_of_prime, nullptr));
  const Number less(BN_new()), divisor(BN_new());
  for (;; BN_add_word(p.get(), 2)) {
    if (BN_check_prime(p.get(), work, nullptr) != 1) continue;
    BN_sub(less.get(), p.get(), BN_value_one());
    BN_gcd(divisor.get(), less.get(), exponent, work);
    if (BN_is_one(divisor.get())) return p;
  }
}

struct RsaNumbers {
  Number n, e, d, p, q, dp, dq, qi;
};

RsaNumbers rsa_numbers(std::string_view seed) {
  const Work work(BN_CTX_new());
  RsaNumbers r;
  r.e.reset(BN_new());
  BN_set_word(r.e.get(), 65537);
  r.p = seeded_prime(cat(seed, "/p"), r.e.get(), work.get());
  r.q = seeded_prime(cat(seed, "/q"), r.e.get(), work.get());
  if (BN_cmp(r.p.get(), r.q.get()) < 0) std::swap(r.p, r.q);
  r.n.reset(BN_new());
  BN_mul(r.n.get(), r.p.get(), r.q.get(), work.get());
  const Number p1(BN_dup(r.p.get())), q1(BN_dup(r.q.get())), phi(BN_new());
  BN_sub_word(p1.get(), 1);
  BN_sub_word(q1.get(), 1);
  BN_mul(phi.get(), p1.get(), q1.get(), work.get());
  r.d.reset(BN_mod_inverse(nullptr, r.e.get(), phi.get(), work.get()));
  r.dp.reset(BN_new());
  BN_mod(r.dp.get(), r.d.get(), p1.get(), work.get());
  r.dq.reset(BN_new());
  BN_mod(r.dq.get(), r.d.get(), q1.get(), work.get());
  r.qi.reset(BN_mod_inverse(nullptr, r.q.get(), r.p.get(), work.get()));
  return r;
}

Pkey rsa_key(const RsaNumbers& r) {
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  const std::pair<const char*, const BIGNUM*> members[] = {
      {OSSL_PKEY_PARAM_RSA_N, r.n.get()},          {OSSL_PKEY_PARAM_RSA_E, r.e.get()},
      {OSSL_PKEY_PARAM_RSA_D, r.d.get()},          {OSSL_PKEY_PARAM_RSA_FACTOR1, r.p.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, r.q.get()},    {OSSL_PKEY_PARAM_RSA_EXPONENT1, r.dp.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, r.dq.get()}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, r.qi.get()}};
  for (const auto& [name, number] : members) OSSL_PARAM_BLD_push_BN(builder, name, number);
  OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* ctx = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(ctx);
  EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
  EVP_PKEY_CTX_free(ctx);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(builder);
  return Pkey(key);
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

AwsError bad_key() {
  return {"InvalidKey.Format", "Key is not in valid OpenSSH public key format"};
}

/// What follows the length at `at`; moves on.
std::string_view take(std::string_view& blob) {
  if (blob.size() < 4) throw bad_key();
  size_t size = 0;
  for (int i = 0; i < 4; ++i)
    size = size << 8 | static_cast<unsigned char>(blob[static_cast<size_t>(i)]);
  if (blob.size() - 4 < size) throw bad_key();
  const std::string_view text = blob.substr(4, size);
  blob.remove_prefix(4 + size);
  return text;
}

/// MD5 of the key in DER, as EC2 documents it for imported RSA keys.
std::string imported_rsa_fingerprint(std::string_view blob) {
  const std::string e{take(blob)}, n{take(blob)};
  RsaNumbers r;
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  r.e.reset(BN_bin2bn(data_of(e), static_cast<int>(e.size()), nullptr));
  r.n.reset(BN_bin2bn(data_of(n), static_cast<int>(n.size()), nullptr));
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, r.n.get());
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, r.e.get());
  OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* ctx = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY* raw = nullptr;
  EVP_PKEY_fromdata_init(ctx);
  EVP_PKEY_fromdata(ctx, &raw, EVP_PKEY_PUBLIC_KEY, params);
  EVP_PKEY_CTX_free(ctx);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(builder);
  const Pkey key(raw);
  if (!key) throw bad_key();
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  const std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return digest_hex(bytes, EVP_md5());
}

/// SHA-256 in base64 without padding's end, as ssh-keygen shows ED25519 keys.
std::string sha256_fingerprint(const std::string& blob) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(blob.data(), blob.size(), digest, &size, EVP_sha256(), nullptr);
  return base64_encode({reinterpret_cast<char*>(digest), size});
}

}  // namespace

KeyMaterial make_rsa_key(std::string_view seed) {
  const RsaNumbers numbers = rsa_numbers(seed);
  const Pkey key = rsa_key(numbers);
  KeyMaterial material;
  material.type = "rsa";
  const Bio pem(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey_traditional(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  material.private_key = text_of(pem.get());
  material.public_key =
      cat("ssh-rsa ", base64_encode(cat(ssh_string("ssh-rsa"), ssh_number(numbers.e.get()),
                                        ssh_number(numbers.n.get()))));
  // EC2 documents SHA-1 over the private key's PKCS #8 form for the pairs that it makes.
  const Bio der(BIO_new(BIO_s_mem()));
  i2d_PKCS8PrivateKey_bio(der.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  material.fingerprint = digest_hex(text_of(der.get()), EVP_sha1());
  return material;
}

KeyMaterial make_ed25519_key(std::string_view seed, std::string_view comment) {
  const std::string secret = seeded_bytes(seed, 32);
  const Pkey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, data_of(secret), 32));
  unsigned char bytes[32];
  size_t size = sizeof bytes;
  EVP_PKEY_get_raw_public_key(key.get(), bytes, &size);
  const std::string shown(reinterpret_cast<char*>(bytes), size);
  const std::string blob = cat(ssh_string("ssh-ed25519"), ssh_string(shown));
  KeyMaterial material;
  material.type = "ed25519";
  material.public_key = cat("ssh-ed25519 ", base64_encode(blob));
  material.fingerprint = sha256_fingerprint(blob);
  // openssh-key-v1: no cipher, one key, a check number twice, padded to blocks of eight.
  const std::string check = seeded_bytes(cat(seed, "/check"), 4);
  std::string inner = cat(check, check, blob, ssh_string(cat(secret, shown)), ssh_string(comment));
  for (char pad = 1; inner.size() % 8; ++pad) inner += pad;
  const std::string outer = cat(std::string("openssh-key-v1\0", 15), ssh_string("none"),
                                ssh_string("none"), ssh_string(""), std::string("\0\0\0\1", 4),
                                ssh_string(blob), ssh_string(inner));
  const std::string text = base64_encode(outer);
  material.private_key = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  for (size_t at = 0; at < text.size(); at += 70)
    material.private_key += cat(std::string_view(text).substr(at, 70), '\n');
  material.private_key += "-----END OPENSSH PRIVATE KEY-----\n";
  return material;
}

KeyMaterial import_public_key(std::string_view given) {
  std::string text{trim(given)};
  if (!text.starts_with("ssh-"))
    if (auto decoded = base64_decode(text)) text = trim(*decoded);
  const auto parts = split(text, ' ');
  if (parts.size() < 2 || (parts[0] != "ssh-rsa" && parts[0] != "ssh-ed25519")) throw bad_key();
  const auto blob = base64_decode(parts[1]);
  if (!blob) throw bad_key();
  std::string_view rest = *blob;
  if (take(rest) != parts[0]) throw bad_key();
  KeyMaterial material;
  material.type = parts[0] == "ssh-rsa" ? "rsa" : "ed25519";
  material.public_key = text;
  material.fingerprint =
      material.type == "rsa" ? imported_rsa_fingerprint(rest) : sha256_fingerprint(*blob);
  return material;
}

}  // namespace squall::ec2
