// Certificate Manager.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/services/fixture.h"

namespace squall {
namespace {

struct Pems {
  std::string certificate, key;
};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

Pems self_signed(const char* name) {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  X509* x = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(x), 4660);
  ASN1_TIME_set(X509_getm_notBefore(x), 1767225600);
  ASN1_TIME_set(X509_getm_notAfter(x), 1798761600);
  X509_set_pubkey(x, key);
  X509_NAME* subject = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(x, subject);
  X509_sign(x, key, EVP_sha256());
  BIO* certificate = BIO_new(BIO_s_mem());
  BIO* pem = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate, x);
  PEM_write_bio_PrivateKey(pem, key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free(x);
  EVP_PKEY_free(key);
  return {text_of(certificate), text_of(pem)};
}

class AcmTest : public ServiceTest {};

TEST_F(AcmTest, RequestsAreIssued) {
  const Value input{{"DomainName", "example.com"},
                    {"ValidationMethod", "DNS"},
                    {"SubjectAlternativeNames", std::vector<Value>{"*.example.com"}},
                    {"IdempotencyToken", "one"}};
  const Value arn = call("acm", "RequestCertificate", input).at("CertificateArn");
  EXPECT_EQ(call("acm", "RequestCertificate", input).at("CertificateArn").text(), arn.text());
  const Value shown =
      call("acm", "DescribeCertificate", {{"CertificateArn", arn}}).at("Certificate");
  EXPECT_EQ(shown.at("Status").text(), "ISSUED");
  const Value validation = shown.at("DomainValidationOptions");
  ASSERT_EQ(validation.size(), 2u);
  EXPECT_EQ(validation[0].at("ResourceRecord").at("Type").text(), "CNAME");
  EXPECT_EQ(validation[0].at("ResourceRecord").at("Name").text(),
            validation[1].at("ResourceRecord").at("Name").text());
  EXPECT_EQ(call("acm", "ListCertificates").at("CertificateSummaryList").size(), 1u);
}

TEST_F(AcmTest, ImportsAreRead) {
  const Pems pems = self_signed("web.example.com");
  const Value arn = call("acm", "ImportCertificate",
                         {{"Certificate", Value::blob(pems.certificate)},
                          {"PrivateKey", Value::blob(pems.key)}})
                        .at("CertificateArn");
  const Value shown =
      call("acm", "DescribeCertificate", {{"CertificateArn", arn}}).at("Certificate");
  EXPECT_EQ(shown.at("DomainName").text(), "web.example.com");
  EXPECT_EQ(shown.at("Subject").text(), "CN=web.example.com");
  EXPECT_EQ(shown.at("Serial").text(), "12:34");
  EXPECT_EQ(shown.at("KeyAlgorithm").text(), "RSA-2048");
  EXPECT_EQ(unix_seconds(shown.at("NotBefore").time()), 1767225600);
  EXPECT_EQ(call("acm", "GetCertificate", {{"CertificateArn", arn}}).at("Certificate").text(),
            pems.certificate);
  call("acm", "DeleteCertificate", {{"CertificateArn", arn}});
  EXPECT_EQ(error("acm", "DescribeCertificate", {{"CertificateArn", arn}}).code,
            "ResourceNotFoundException");
}

TEST_F(AcmTest, BadImportsAreRefused) {
  const Pems one = self_signed("one.example.com"), two = self_signed("two.example.com");
  auto import = [&](const std::string& certificate, const std::string& key) {
    return error("acm", "ImportCertificate",
                 {{"Certificate", Value::blob(certificate)}, {"PrivateKey", Value::blob(key)}})
        .code;
  };
  EXPECT_EQ(import("nonsense", one.key), "ValidationException");
  EXPECT_EQ(import(one.certificate, two.key), "ValidationException");
  EXPECT_EQ(import(one.certificate + two.certificate, one.key), "ValidationException");
}

}  // namespace
}  // namespace squall
