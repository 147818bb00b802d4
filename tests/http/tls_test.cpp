// TLS beside plain HTTP on one port.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/http/client.h"

namespace squall::http {
namespace {

class TlsClient {
 public:
  explicit TlsClient(uint16_t port, const char* trusted = nullptr) : socket_(port) {
    context_ = SSL_CTX_new(TLS_client_method());
    if (trusted != nullptr) {
      SSL_CTX_load_verify_locations(context_, trusted, nullptr);
      SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    }
    ssl_ = SSL_new(context_);
    SSL_set1_host(ssl_, "localhost");
    SSL_set_fd(ssl_, socket_.fd());
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  bool connected() const { return connected_; }

  void send(std::string_view bytes) {
    size_t sent = 0;
    SSL_write_ex(ssl_, bytes.data(), bytes.size(), &sent);
  }
  /// Reads until `bytes` have come or the server says goodbye.
  std::string read(size_t bytes) {
    std::string all(bytes, '\0');
    size_t have = 0, n = 0;
    while (have < bytes && SSL_read_ex(ssl_, all.data() + have, bytes - have, &n) == 1) have += n;
    all.resize(have);
    return all;
  }
  /// The server ended with a goodbye, not with a cut.
  bool ended_cleanly() {
    char byte;
    size_t n = 0;
    return SSL_read_ex(ssl_, &byte, 1, &n) == 0 &&
           (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0;
  }
  bool certificate_names(const char* host) {
    X509* certificate = SSL_get1_peer_certificate(ssl_);
    constexpr unsigned kAsWritten = X509_CHECK_FLAG_NO_WILDCARDS;  // OpenSSL matches no `*.tld`
    const bool named = X509_check_host(certificate, host, 0, kAsWritten, nullptr) == 1 ||
                       X509_check_ip_asc(certificate, host, 0) == 1;
    X509_free(certificate);
    return named;
  }

 private:
  Client socket_;
  SSL_CTX* context_;
  SSL* ssl_;
  bool connected_ = false;
};

TEST(Tls, SharesThePortWithPlainHttp) {
  RunningServer server;
  Client plain(server.port());
  TlsClient secure(server.port());
  ASSERT_TRUE(secure.connected());
  secure.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n"
              "Connection: close\r\n\r\n");
  const std::string answers = secure.read(1000);
  EXPECT_THAT(answers, testing::HasSubstr("GET /1? [] "));
  EXPECT_THAT(answers, testing::EndsWith("GET /2? [] "));
  EXPECT_EQ(plain.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  EXPECT_TRUE(secure.certificate_names("localhost"));
  EXPECT_TRUE(secure.certificate_names("*.localhost"));
  EXPECT_TRUE(secure.certificate_names("127.0.0.1"));
  EXPECT_FALSE(secure.certificate_names("example.com"));
}

TEST(Tls, CarriesMegabytesBothWays) {
  RunningServer server;
  TlsClient client(server.port());
  ASSERT_TRUE(client.connected());
  client.send(cat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n",
                  std::string(3'000'000, 'b')));
  EXPECT_EQ(client.read(3'000'000).size(), 3'000'000u);
  client.send("GET /large?6000000 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read(6'000'000).size(), 6'000'000u);
  EXPECT_LT(client.read(1000).size(), 1000u);
  EXPECT_TRUE(client.ended_cleanly());
}

TEST(Tls, CertificateIsKeptAndCanBeTrusted) {
  char folder[] = "/tmp/squall-tls-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  ServerOptions options = free_port();
  options.certificate_dir = folder;
  const std::string certificate = cat(folder, "/squall-cert.pem");
  {
    RunningServer server(options);
    EXPECT_FALSE(std::filesystem::exists(certificate));  // made when it is needed
    EXPECT_TRUE(TlsClient(server.port()).connected());
    EXPECT_TRUE(TlsClient(server.port(), certificate.c_str()).connected());
    struct stat key {};
    ASSERT_EQ(::stat(cat(folder, "/squall-key.pem").c_str(), &key), 0);
    EXPECT_EQ(key.st_mode & 0777, 0600u);
  }
  RunningServer again(options);
  EXPECT_TRUE(TlsClient(again.port(), certificate.c_str()).connected());
  RunningServer stranger;
  EXPECT_FALSE(TlsClient(stranger.port(), certificate.c_str()).connected());
  std::filesystem::remove_all(folder);
}

TEST(Tls, NonsenseEndsOnlyItsConnection) {
  RunningServer server;
  Client client(server.port());
  client.send("\x16 this is no handshake, whatever its first byte says\r\n\r\n");
  client.half_close();
  client.reply();  // an alert, which is no HTTP
  Client plain(server.port());
  EXPECT_EQ(plain.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  EXPECT_TRUE(TlsClient(server.port()).connected());
}

TEST(Tls, CanBeOff) {
  ServerOptions options = free_port();
  options.tls = false;
  RunningServer server(options);
  EXPECT_FALSE(TlsClient(server.port()).connected());
}

}  // namespace
}  // namespace squall::http
