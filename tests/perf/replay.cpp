// Answers whatever it is asked with recorded answers in order: what a boto3 program costs when the
// the server costs nothing.   perf_replay PORT FILE
#include <sys/epoll.h>
#include <unistd.h>

#include <unordered_map>

#include "tests/perf/wire.h"

namespace {

using namespace squall::perf;

/// Whether `text` holds a whole request.
bool is_whole(const std::string& text) {
  const size_t end = text.find("\r\n\r\n");
  if (end == text.npos) return false;
  const size_t at = text.find("Content-Length: ");
  const size_t length = at < end ? std::strtoull(text.c_str() + at + 16, nullptr, 10) : 0;
  return text.size() >= end + 4 + length;
}

int listen_on(int port) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  const sockaddr_in address = loopback(port);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 64) != 0) {
    std::perror("listen");
    std::exit(2);
  }
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 1;
  const std::vector<std::string> answers = read_messages(argv[2]);
  const int listener = listen_on(std::atoi(argv[1])), epoll = epoll_create1(0);
  auto watch = [epoll](int socket) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = socket;
    epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
  };
  watch(listener);
  std::unordered_map<int, std::string> arriving;
  std::vector<char> buffer(1 << 16);
  std::vector<epoll_event> events(64);
  for (size_t next = 0;;) {
    const int ready = epoll_wait(epoll, events.data(), 64, -1);
    for (int i = 0; i < ready; ++i) {
      const int socket = events[static_cast<size_t>(i)].data.fd;
      if (socket == listener) {
        const int accepted = accept(listener, nullptr, nullptr);
        set_no_delay(accepted);
        watch(accepted);
        continue;
      }
      const ssize_t n = recv(socket, buffer.data(), buffer.size(), 0);
      if (n <= 0) {
        close(socket);
        arriving.erase(socket);
        continue;
      }
      std::string& text = arriving[socket];
      text.append(buffer.data(), static_cast<size_t>(n));
      if (!is_whole(text)) continue;
      text.clear();
      const std::string& answer = answers[next++ % answers.size()];
      if (send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) std::perror("send");
    }
  }
}
