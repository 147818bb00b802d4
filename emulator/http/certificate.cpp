// Makes, keeps and loads the pair. An elliptic key, because making an RSA one takes a second.
#include "emulator/http/certificate.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "emulator/core/text.h"

namespace squall::http {
namespace {

struct Deleter {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
};
using Certificate = std::unique_ptr<X509, Deleter>;
using Key = std::unique_ptr<EVP_PKEY, Deleter>;
using Bio = std::unique_ptr<BIO, Deleter>;

constexpr long kValidSeconds = 825L * 24 * 3600;  // the longest that Apple's clients accept

struct Extension {
  int nid;
  const char* value;
};
// A certificate that is its own authority, so that a client can be told to trust just this one.
constexpr Extension kExtensions[] = {
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,digitalSignature,keyCertSign"},
    {NID_ext_key_usage, "serverAuth"},
    {NID_subject_key_identifier, "hash"},
    {NID_subject_alt_name, "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1"},
};

bool add_extension(X509* certificate, const Extension& extension) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, extension.nid, extension.value);
  if (made == nullptr) return false;
  const bool added = X509_add_ext(certificate, made, -1) == 1;
  X509_EXTENSION_free(made);
  return added;
}

Certificate make_certificate(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509* x = certificate.get();
  if (x == nullptr) return nullptr;
  X509_set_version(x, X509_VERSION_3);
  // Two certificates of one name and number confuse browsers, so the number is drawn.
  unsigned char serial[16];
  RAND_bytes(serial, sizeof serial);
  serial[0] &= 0x7f;
  std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_bin2bn(serial, sizeof serial, nullptr),
                                                     BN_free);
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x));
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), kValidSeconds);
  X509_set_pubkey(x, key);
  X509_NAME* name = X509_get_subject_name(x);
  const auto add = [name](const char* field, const char* text) {
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(text), -1, -1, 0);
  };
  add("O", "Squall");
  add("CN", "localhost");
  X509_set_issuer_name(x, name);
  for (const Extension& extension : kExtensions)
    if (!add_extension(x, extension)) return nullptr;
  if (X509_sign(x, key, EVP_sha256()) == 0) return nullptr;
  return certificate;
}

/// Written beside and renamed, so that a second server never reads half a key.
bool keep(const std::filesystem::path& path, bool (*write)(BIO*, void*), void* thing) {
  const std::string beside = path.string() + ".new";
  ::unlink(beside.c_str());
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  bool written = false;
  {
    Bio bio(BIO_new_fd(fd, BIO_CLOSE));
    written = bio != nullptr && write(bio.get(), thing);
  }
  std::error_code ec;
  if (written) std::filesystem::rename(beside, path, ec);
  return written && !ec;
}

bool write_key(BIO* bio, void* key) {
  return PEM_write_bio_PrivateKey(bio, static_cast<EVP_PKEY*>(key), nullptr, nullptr, 0, nullptr,
                                  nullptr) == 1;
}

bool write_certificate(BIO* bio, void* certificate) {
  return PEM_write_bio_X509(bio, static_cast<X509*>(certificate)) == 1;
}

bool load(SSL_CTX* context, const std::filesystem::path& cert, const std::filesystem::path& key) {
  return SSL_CTX_use_certificate_chain_file(context, cert.c_str()) == 1 &&
         SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1 &&
         SSL_CTX_check_private_key(context) == 1;
}

}  // namespace

bool install_certificate(SSL_CTX* context, const std::string& directory, std::string& why) {
  const std::filesystem::path folder(directory);
  const auto cert_path = folder / "squall-cert.pem";
  const auto key_path = folder / "squall-key.pem";
  std::error_code ec;
  if (!directory.empty() && std::filesystem::exists(cert_path, ec)) {
    if (load(context, cert_path, key_path)) return true;
    why = cat("cannot use the certificate ", cert_path.string(), " with ", key_path.string(),
              ": remove both to have a new pair made");
    return false;
  }
  Key key(EVP_EC_gen("P-256"));
  Certificate certificate = key ? make_certificate(key.get()) : nullptr;
  if (!certificate || SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    why = "OpenSSL could not make a self-signed certificate";
    return false;
  }
  if (directory.empty()) return true;
  std::filesystem::create_directories(folder, ec);
  if (!keep(key_path, write_key, key.get()) ||
      !keep(cert_path, write_certificate, certificate.get()))
    why = cat("cannot keep the certificate in ", directory);  // in memory it serves all the same
  return true;
}

}  // namespace squall::http
