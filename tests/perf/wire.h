// What the load generator and the replaying server share: request files and loopback sockets.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace squall::perf {

/// u32 count, then count times u32 length and bytes (wire.py writes it).
inline std::vector<std::string> read_messages(const char* path) {
  FILE* file = std::fopen(path, "rb");
  uint32_t count = 0, length = 0;
  if (!file || std::fread(&count, 4, 1, file) != 1) {
    std::perror(path);
    std::exit(1);
  }
  std::vector<std::string> messages(count);
  for (std::string& message : messages) {
    if (std::fread(&length, 4, 1, file) != 1) std::exit(1);
    message.resize(length);
    if (length && std::fread(message.data(), length, 1, file) != 1) std::exit(1);
  }
  std::fclose(file);
  return messages;
}

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline bool connect_loopback(int socket, int port) {
  const sockaddr_in address = loopback(port);
  return connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

inline void set_no_delay(int socket) {
  const int one = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

}  // namespace squall::perf
