// A client that sends exactly the bytes it is told to, for what no HTTP library would send.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "emulator/core/text.h"
#include "emulator/http/server.h"

namespace squall::http {

struct Reply {
  int status = 0;  // 0: the connection ended before an answer
  std::string head;
  std::string body;

  std::string header(std::string_view name) const {
    for (std::string_view line : split(head, '\n')) {
      const size_t colon = line.find(':');
      if (colon != std::string_view::npos && equals_ignore_case(line.substr(0, colon), name))
        return std::string(trim(line.substr(colon + 1)));
    }
    return {};
  }
};

class Client {
 public:
  explicit Client(uint16_t port, int receive_buffer_bytes = 0) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer_bytes > 0)
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    // A test that hangs says less than one that fails.
    const timeval limit{30, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  int fd() const { return fd_; }

  /// False when the server had gone before all was sent.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  void half_close() { ::shutdown(fd_, SHUT_WR); }

  /// One answer; `head_only` for answers to HEAD and for interim ones.
  Reply reply(bool head_only = false) {
    size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
      if (!receive()) return {};
    Reply reply;
    reply.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    reply.status = std::atoi(reply.head.c_str() + 9);
    if (head_only || reply.status < 200 || reply.status == 204) return reply;
    const size_t length = std::strtoull(reply.header("content-length").c_str(), nullptr, 10);
    while (buffer_.size() < length)
      if (!receive()) return {};
    reply.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return reply;
  }

  Reply ask(std::string_view bytes) {
    send(bytes);
    return reply();
  }

  /// Whether the server has ended the connection, and sent nothing more.
  bool ended() { return buffer_.empty() && !receive(); }

 private:
  bool receive() {
    char bytes[65536];
    const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
    if (n > 0) buffer_.append(bytes, static_cast<size_t>(n));
    return n > 0;
  }

  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

/// Answers `METHOD path?query [header X-Show] body`, and a few paths with special answers.
inline void echo(const protocol::Request& request, protocol::Response& response) {
  response.content_type = "text/plain";
  if (request.path == "/large") {
    response.body.assign(std::strtoull(std::string(request.query).c_str(), nullptr, 10), 'x');
    response.compressible = request.header("x-compress") == "yes";
  } else if (request.path == "/split") {
    response.headers.emplace_back("X-Split", "one\r\nSet-Cookie: two");
  } else if (request.path == "/none") {
    response.status = 204;
  } else {
    response.body = cat(request.method, " ", request.path, "?", request.query, " [",
                        request.header("x-show"), "] ", request.body);
  }
}

inline ServerOptions free_port() {
  ServerOptions options;
  options.port = 0;
  return options;
}

class RunningServer {
 public:
  explicit RunningServer(ServerOptions options = free_port(), RequestHandler handler = echo)
      : server(std::move(options), std::move(handler)) {
    server.start();
  }
  uint16_t port() const { return server.port(); }
  Server server;
};

}  // namespace squall::http
