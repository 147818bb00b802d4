// Closed-loop load over keep-alive connections from prerecorded requests: one thread, exact counts.
//   perf_blast PORT FILE [-c CONNECTIONS] [-d SECONDS | -n COUNT] [--show]
// Prints one line of JSON; --show prints the bodies of the answers before it.
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <string_view>

#include "tests/perf/wire.h"

namespace squall::perf {
namespace {

uint64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

/// The answer that is arriving on one connection.
struct Answer {
  std::string bytes;
  bool has_head = false, closes = false, is_chunked = false, until_close = false;
  int status = 0;
  size_t body_at = 0, body_size = 0;

  void clear() {
    bytes.clear();
    has_head = closes = is_chunked = until_close = false;
    body_at = body_size = 0;
  }
  void read_head(size_t end) {
    has_head = until_close = true;
    body_at = end + 4;
    status = std::atoi(bytes.c_str() + 9);
    for (size_t at = bytes.find("\r\n") + 2; at < end + 2; at = bytes.find("\r\n", at) + 2) {
      const char* line = bytes.c_str() + at;
      if (strncasecmp(line, "content-length:", 15) == 0) {
        body_size = std::strtoull(line + 15, nullptr, 10);
        until_close = false;
      } else if (strncasecmp(line, "transfer-encoding: chunked", 26) == 0) {
        is_chunked = true;
        until_close = false;
      } else if (strncasecmp(line, "connection: close", 17) == 0) {
        closes = true;
      }
    }
  }
  bool is_whole(bool ended) {
    if (!has_head) {
      const size_t end = bytes.find("\r\n\r\n");
      if (end == bytes.npos) return false;
      read_head(end);
    }
    if (is_chunked) return bytes.ends_with("0\r\n\r\n");
    if (until_close) return ended;
    return bytes.size() - body_at >= body_size;
  }
};

struct Connection {
  int socket = -1;
  std::string_view request;
  size_t sent = 0;
  Answer answer;
  uint64_t began_ns = 0;
  bool is_busy = false;
};

class Load {
 public:
  Load(int port, std::vector<std::string> requests, size_t limit, bool show)
      : port_(port), requests_(std::move(requests)), limit_(limit), show_(show) {}

  int run(int connections, double seconds) {
    std::vector<Connection> all(static_cast<size_t>(connections));
    for (Connection& c : all) open(c);
    began_ns_ = last_ns_ = now_ns();
    ends_ns_ = began_ns_ + static_cast<uint64_t>(seconds * 1e9);
    for (Connection& c : all) busy_ += start(c);
    std::vector<epoll_event> events(256);
    while (busy_ > 0) {
      const int ready = epoll_wait(epoll_, events.data(), 256, 60'000);
      if (ready <= 0) {
        std::fprintf(stderr, "stalled\n");
        errors_ += busy_;
        break;
      }
      for (int i = 0; i < ready; ++i) {
        const epoll_event& event = events[static_cast<size_t>(i)];
        if (!on_event(*static_cast<Connection*>(event.data.ptr), event.events)) return 3;
      }
    }
    print();
    return 0;
  }

 private:
  void watch(Connection& c, uint32_t what, int operation) {
    epoll_event event{};
    event.events = what;
    event.data.ptr = &c;
    epoll_ctl(epoll_, operation, c.socket, &event);
  }
  void open(Connection& c) {
    if (c.socket >= 0) {
      close(c.socket);
      ++reconnects_;
    }
    c.socket = socket(AF_INET, SOCK_STREAM, 0);
    set_no_delay(c.socket);
    for (int i = 0; !connect_loopback(c.socket, port_); ++i) {
      if (i > 200) {
        std::perror("connect");
        std::exit(2);
      }
      usleep(5000);
    }
    fcntl(c.socket, F_SETFL, O_NONBLOCK);
    watch(c, EPOLLIN, EPOLL_CTL_ADD);
  }
  void pump(Connection& c) {
    while (c.sent < c.request.size()) {
      const ssize_t n = send(c.socket, c.request.data() + c.sent, c.request.size() - c.sent,
                             MSG_NOSIGNAL);
      if (n > 0) {
        c.sent += static_cast<size_t>(n);
      } else if (errno == EAGAIN) {
        watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
        return;
      } else {
        open(c);
        c.sent = 0;
      }
    }
  }
  bool start(Connection& c) {
    c.is_busy = !stopping_ && issued_ < limit_;
    if (!c.is_busy) return false;
    c.request = requests_[issued_++ % requests_.size()];
    c.sent = 0;
    c.answer.clear();
    c.began_ns = now_ns();
    pump(c);
    return true;
  }
  bool on_event(Connection& c, uint32_t what) {
    if (what & EPOLLOUT) {
      watch(c, EPOLLIN, EPOLL_CTL_MOD);
      pump(c);
    }
    if (!(what & (EPOLLIN | EPOLLHUP | EPOLLERR))) return true;
    const ssize_t n = recv(c.socket, buffer_.data(), buffer_.size(), 0);
    if (n < 0 && errno == EAGAIN) return true;
    if (n > 0) {
      c.answer.bytes.append(buffer_.data(), static_cast<size_t>(n));
      bytes_ += static_cast<uint64_t>(n);
    }
    const bool ended = n <= 0;
    if (!c.is_busy) {
      if (ended) epoll_ctl(epoll_, EPOLL_CTL_DEL, c.socket, nullptr);
      return true;
    }
    if (c.answer.is_whole(ended)) {
      finish(c, ended);
    } else if (ended) {
      if (++errors_ > 1000) return false;
      open(c);
      c.answer.clear();
      c.sent = 0;
      pump(c);
    }
    return true;
  }
  void finish(Connection& c, bool ended) {
    last_ns_ = now_ns();
    latencies_ns_.push_back(last_ns_ - c.began_ns);
    ++codes_[c.answer.status];
    if (c.answer.status != 200 && first_bad_.empty()) first_bad_ = c.answer.bytes.substr(0, 600);
    if (show_) std::printf("%s\n", c.answer.bytes.c_str() + c.answer.body_at);
    if (last_ns_ >= ends_ns_) stopping_ = true;
    if (c.answer.closes || ended) open(c);
    if (!start(c)) --busy_;
  }
  double quantile_us(double q) {
    if (latencies_ns_.empty()) return 0;
    const auto at = static_cast<size_t>(q * static_cast<double>(latencies_ns_.size()));
    return static_cast<double>(latencies_ns_[std::min(at, latencies_ns_.size() - 1)]) / 1e3;
  }
  void print() {
    std::ranges::sort(latencies_ns_);
    const double seconds = static_cast<double>(last_ns_ - began_ns_) / 1e9;
    const size_t n = latencies_ns_.size();
    std::printf("{\"n\":%zu,\"secs\":%.4f,\"rps\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,"
                "\"bytes\":%llu,\"reconnects\":%zu,\"errors\":%zu,\"codes\":{",
                n, seconds, static_cast<double>(n) / seconds, quantile_us(.5), quantile_us(.99),
                static_cast<unsigned long long>(bytes_), reconnects_, errors_);
    const char* comma = "";
    for (const auto& [code, count] : codes_) {
      std::printf("%s\"%d\":%zu", comma, code, count);
      comma = ",";
    }
    std::printf("}}\n");
    if (!first_bad_.empty()) std::fprintf(stderr, "first non-200: %s\n", first_bad_.c_str());
  }

  int port_, epoll_ = epoll_create1(0);
  std::vector<std::string> requests_;
  size_t limit_, issued_ = 0, busy_ = 0, reconnects_ = 0, errors_ = 0;
  bool show_, stopping_ = false;
  uint64_t began_ns_ = 0, ends_ns_ = 0, last_ns_ = 0, bytes_ = 0;
  std::vector<uint64_t> latencies_ns_;
  std::map<int, size_t> codes_;
  std::string first_bad_;
  std::vector<char> buffer_ = std::vector<char>(1 << 18);
};

}  // namespace
}  // namespace squall::perf

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: perf_blast PORT FILE [-c N] [-d SECONDS | -n COUNT] [--show]\n");
    return 1;
  }
  int connections = 1;
  double seconds = 0;
  size_t limit = 0;
  bool show = false;
  for (int i = 3; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--show") show = true;
    else if (i + 1 == argc) return 1;
    else if (flag == "-c") connections = std::atoi(argv[++i]);
    else if (flag == "-d") seconds = std::atof(argv[++i]);
    else if (flag == "-n") limit = std::strtoull(argv[++i], nullptr, 10);
  }
  std::vector<std::string> requests = squall::perf::read_messages(argv[2]);
  if (limit == 0) limit = seconds > 0 ? SIZE_MAX : requests.size();
  squall::perf::Load load(std::atoi(argv[1]), std::move(requests), limit, show);
  return load.run(connections, seconds > 0 ? seconds : 3600);
}
