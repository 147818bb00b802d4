// OpenSSL between two memory buffers; whoever owns the socket moves the bytes.
#include "emulator/http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "emulator/http/certificate.h"

namespace squall::http {
namespace {

constexpr unsigned char kAlpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned in_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kAlpn, sizeof kAlpn, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

SSL_CTX* TlsContext::get() {
  std::call_once(made_, [this] {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    if (context == nullptr) {
      why_ = "OpenSSL gave no context";
      return;
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_alpn_select_cb(context, choose_alpn, nullptr);
    if (install_certificate(context, certificate_dir_, why_))
      context_ = context;
    else
      SSL_CTX_free(context);
  });
  return context_;
}

TlsChannel::TlsChannel(SSL_CTX* context)
    : incoming_(std::make_unique_for_overwrite<char[]>(kIncomingBytes)) {
  if (context != nullptr) ssl_ = SSL_new(context);
  if (ssl_ == nullptr) {
    ended_ = true;
    return;
  }
  SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));  // owned by ssl_ from here
  SSL_set_accept_state(ssl_);
}

TlsChannel::~TlsChannel() { SSL_free(ssl_); }

void TlsChannel::received(std::string_view ciphertext) {
  if (ssl_ != nullptr)
    BIO_write(SSL_get_rbio(ssl_), ciphertext.data(), static_cast<int>(ciphertext.size()));
}

size_t TlsChannel::read(std::span<char> plain) {
  if (ended_) return 0;
  ERR_clear_error();
  size_t got = 0;
  if (SSL_read_ex(ssl_, plain.data(), plain.size(), &got) == 1) return got;
  const int error = SSL_get_error(ssl_, 0);
  ended_ = error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
  return 0;
}

void TlsChannel::write(std::string_view plain, std::string& wire) {
  constexpr size_t kRecordBytes = 16 << 10;
  while (ssl_ != nullptr && !plain.empty()) {
    size_t taken = 0;
    ERR_clear_error();
    if (SSL_write_ex(ssl_, plain.data(), std::min(plain.size(), kRecordBytes), &taken) != 1) {
      ended_ = true;
      return;
    }
    plain.remove_prefix(taken);
    drain(wire);
  }
}

void TlsChannel::drain(std::string& wire) {
  if (ssl_ == nullptr) return;
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl_), &bytes);
  if (size <= 0) return;
  wire.append(bytes, static_cast<size_t>(size));
  BIO_reset(SSL_get_wbio(ssl_));
}

void TlsChannel::close(std::string& wire) {
  if (ssl_ == nullptr) return;
  ERR_clear_error();
  if (!ended_ && SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
  drain(wire);
}

}  // namespace squall::http
