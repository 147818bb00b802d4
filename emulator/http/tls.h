// TLS as a transform of bytes: the session stays one state machine on a raw socket, and plain
// connections pay nothing for it.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;

namespace squall::http {

/// The server's key and self-signed certificate, made (or read from `certificate_dir`) when the
/// first TLS connection comes: start-up does not wait for it.
class TlsContext {
 public:
  explicit TlsContext(std::string certificate_dir) : certificate_dir_(std::move(certificate_dir)) {}
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// Null when no certificate can be had; why() then says so.
  SSL_CTX* get();
  const std::string& why() const { return why_; }

 private:
  std::string certificate_dir_;
  std::once_flag made_;
  SSL_CTX* context_ = nullptr;
  std::string why_;
};

class TlsChannel {
 public:
  /// A null context makes a channel that has failed.
  explicit TlsChannel(SSL_CTX* context);
  ~TlsChannel();
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  /// Room for received ciphertext; then say how much came.
  std::span<char> room() { return {incoming_.get(), kIncomingBytes}; }
  void received(std::string_view ciphertext);

  /// Plain bytes into `plain`; 0 when more ciphertext is needed, or nothing will come (ended()).
  size_t read(std::span<char> plain);
  /// The peer closed its side, or the handshake or a record failed.
  bool ended() const { return ended_; }

  /// Appends to `wire` what `plain` becomes.
  void write(std::string_view plain, std::string& wire);
  /// Appends what the protocol itself has to send (handshake, tickets, alerts).
  void drain(std::string& wire);
  /// Says goodbye, so that the client can tell an end from a cut.
  void close(std::string& wire);

 private:
  static constexpr size_t kIncomingBytes = 32 << 10;
  SSL* ssl_ = nullptr;
  std::unique_ptr<char[]> incoming_;
  bool ended_ = false;
};

}  // namespace squall::http
