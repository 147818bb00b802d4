// From exec to the first 200, and resident memory when idle, as one line of JSON.
//   perf_coldstart PORT REQUESTS RUNS COMMAND [ARGUMENT...]
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "tests/perf/wire.h"

namespace {

using namespace squall::perf;
using Clock = std::chrono::steady_clock;

bool answers_200(int port, const std::string& request) {
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  char head[4096] = {};
  bool good = connect_loopback(client, port);
  good = good && send(client, request.data(), request.size(), MSG_NOSIGNAL) > 0;
  good = good && recv(client, head, sizeof head, 0) > 12 && std::memcmp(head + 9, "200", 3) == 0;
  close(client);
  return good;
}

double resident_mb(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::atof(line.c_str() + 6) / 1024;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 1;
  const int port = std::atoi(argv[1]), runs = std::atoi(argv[3]);
  const std::string request = read_messages(argv[2]).front();
  std::vector<double> ready_ms, rss_mb;
  for (int i = 0; i < runs; ++i) {
    const auto began = Clock::now();
    const pid_t child = fork();
    if (child == 0) {
      const int null = open("/dev/null", O_RDWR);
      dup2(null, 1);
      dup2(null, 2);
      execvp(argv[4], argv + 4);
      _exit(127);
    }
    while (!answers_200(port, request)) {
      const bool is_late = Clock::now() - began > std::chrono::seconds{20};
      if (is_late || waitpid(child, nullptr, WNOHANG) == child) {
        std::fprintf(stderr, "%s does not answer\n", argv[4]);
        kill(child, SIGTERM);
        return 1;
      }
      usleep(50);
    }
    ready_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
    usleep(200'000);
    rss_mb.push_back(resident_mb(child));
    kill(child, SIGTERM);
    waitpid(child, nullptr, 0);
  }
  std::ranges::sort(ready_ms);
  std::ranges::sort(rss_mb);
  const size_t middle = ready_ms.size() / 2;
  std::printf("{\"ready_ms\":%.2f,\"least_ms\":%.2f,\"rss_mb\":%.2f}\n", ready_ms[middle],
              ready_ms.front(), rss_mb[middle]);
}
