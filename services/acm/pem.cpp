#include "services/acm/pem.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "emulator/core/error.h"
#include "emulator/core/text.h"

namespace squall::acm {
namespace {

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* p) const { release(p); }
};
using Bio = std::unique_ptr<BIO, decltype([](BIO* b) { BIO_free_all(b); })>;
using Certificate = std::unique_ptr<X509, Release<X509, X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>>;

AwsError invalid(std::string_view words) { return {"ValidationException", std::string(words)}; }

Bio bio_of(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(const X509_NAME* name) {
  const Bio out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_SEP_COMMA_PLUS | ASN1_STRFLGS_UTF8_CONVERT);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<size_t>(size)};
}

std::string entry_of(X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return {};
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<size_t>(ASN1_STRING_length(value))};
}

std::string serial_of(X509* certificate) {
  BIGNUM* number = ASN1_INTEGER_to_BN(X509_get_serialNumber(certificate), nullptr);
  char* hex = BN_bn2hex(number);
  const std::string digits = to_lower(hex);
  OPENSSL_free(hex);
  BN_free(number);
  std::string out;
  for (size_t i = 0; i < digits.size(); i += 2) out += cat(i ? ":" : "", digits.substr(i, 2));
  return out;
}

Time time_of(const ASN1_TIME* time) {
  // The epoch as ASN.1; OpenSSL gives the difference in days and seconds.
  const std::unique_ptr<ASN1_TIME, Release<ASN1_TIME, ASN1_TIME_free>> epoch(
      ASN1_TIME_set(nullptr, 0));
  int days = 0, seconds = 0;
  ASN1_TIME_diff(&days, &seconds, epoch.get(), time);
  return from_unix_seconds(int64_t{days} * 86400 + seconds);
}

std::string algorithm_of(EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) return cat("RSA-", EVP_PKEY_get_bits(key));
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
    throw invalid("The certificate's key algorithm is not supported.");
  switch (EVP_PKEY_get_bits(key)) {
    case 256: return "EC-prime256v1";
    case 384: return "EC-secp384r1";
    default: return "EC-secp521r1";
  }
}

/// "SHA256WITHRSA", as ACM spells it.
std::string signature_algorithm_of(const X509* certificate) {
  int digest = 0, key = 0;
  OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, &key);
  std::string text = digest == NID_undef ? "SHA256" : OBJ_nid2sn(digest);
  return cat(text, key == NID_X9_62_id_ecPublicKey ? "WITHECDSA" : "WITHRSA");
}

std::vector<std::string> alternative_names_of(X509* certificate) {
  std::vector<std::string> names;
  auto* list = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(list); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list, i);
    if (name->type != GEN_DNS) continue;
    names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                       static_cast<size_t>(ASN1_STRING_length(name->d.dNSName)));
  }
  GENERAL_NAMES_free(list);
  return names;
}

void check_chain(const std::string& chain) {
  const Bio bio = bio_of(chain);
  int found = 0;
  while (const Certificate one{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) ++found;
  ERR_clear_error();
  if (!found) throw invalid("The certificate chain is not in valid PEM format.");
}

}  // namespace

ParsedCertificate parse_certificate(const std::string& body, const std::string& key,
                                    const std::string& chain) {
  const Bio body_bio = bio_of(body);
  const Certificate certificate(PEM_read_bio_X509(body_bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!certificate) throw invalid("The certificate is not in valid PEM format.");
  if (const Certificate second{PEM_read_bio_X509(body_bio.get(), nullptr, nullptr, nullptr)})
    throw invalid("The certificate field contains more than one certificate. You can specify only "
                  "one certificate in this field.");
  const Bio key_bio = bio_of(key);
  const PrivateKey private_key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!private_key) throw invalid("The private key is not in valid PEM format.");
  if (X509_check_private_key(certificate.get(), private_key.get()) != 1) {
    ERR_clear_error();
    throw invalid("The private key does not match the certificate's public key.");
  }
  if (!chain.empty()) check_chain(chain);

  ParsedCertificate parsed;
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME* issuer = X509_get_issuer_name(certificate.get());
  parsed.subject = text_of(subject);
  parsed.domain = entry_of(subject, NID_commonName);
  parsed.issuer = entry_of(issuer, NID_organizationName);
  if (parsed.issuer.empty()) parsed.issuer = entry_of(issuer, NID_commonName);
  parsed.serial = serial_of(certificate.get());
  parsed.key_algorithm = algorithm_of(private_key.get());
  parsed.signature_algorithm = signature_algorithm_of(certificate.get());
  parsed.alternative_names = alternative_names_of(certificate.get());
  if (parsed.domain.empty() && !parsed.alternative_names.empty())
    parsed.domain = parsed.alternative_names[0];
  if (parsed.alternative_names.empty() && !parsed.domain.empty())
    parsed.alternative_names.push_back(parsed.domain);
  parsed.not_before = time_of(X509_get0_notBefore(certificate.get()));
  parsed.not_after = time_of(X509_get0_notAfter(certificate.get()));
  return parsed;
}

}  // namespace squall::acm
