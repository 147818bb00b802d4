#include "harness/deploy.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <stdexcept>
#include <vector>

#include "emulator/core/text.h"

extern char** environ;

namespace squall::harness {
namespace {

std::vector<std::string> child_environment(const std::string& endpoint, const std::string& region,
                                           const std::string& account) {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    // Profiles and real credentials stay out: an SDK must not reach real AWS by mistake.
    if (equals == text.npos || text.starts_with("AWS_")) continue;
    environment[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  environment["AWS_ENDPOINT_URL"] = endpoint;
  environment["AWS_ACCESS_KEY_ID"] = account;
  environment["AWS_SECRET_ACCESS_KEY"] = "squall";
  environment["AWS_DEFAULT_REGION"] = environment["AWS_REGION"] = region;
  environment["AWS_EC2_METADATA_DISABLED"] = "true";
  environment["AWS_CONFIG_FILE"] = environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
  // Port 9 (discard) on loopback refuses: whatever is not the endpoint fails at once.
  for (const char* proxy : {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"})
    environment[proxy] = "http://127.0.0.1:9";
  environment["NO_PROXY"] = environment["no_proxy"] = "127.0.0.1,localhost";
  environment["PYTHONUNBUFFERED"] = "1";
  std::vector<std::string> out;
  for (const auto& [name, value] : environment) out.push_back(cat(name, '=', value));
  return out;
}

[[noreturn]] void run_child(const std::string& command, const std::string& folder,
                            std::vector<std::string>& environment, int output) {
  std::vector<char*> pointers;
  for (std::string& entry : environment) pointers.push_back(entry.data());
  pointers.push_back(nullptr);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (chdir(folder.c_str()) == 0)
    execle("/bin/sh", "sh", "-c", command.c_str(), nullptr, pointers.data());
  _exit(127);
}

}  // namespace

DeployResult run_program(const std::string& command, const std::string& folder,
                         const std::string& endpoint, const std::string& region,
                         const std::string& account,
                         const std::function<void(const std::string&)>& on_line) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error(cat("pipe: ", std::strerror(errno)));
  auto environment = child_environment(endpoint, region, account);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error(cat("fork: ", std::strerror(errno)));
  if (child == 0) run_child(command, folder, environment, ends[1]);
  close(ends[1]);
  constexpr size_t tail_lines = 25;
  std::deque<std::string> tail;
  std::string line;
  char buffer[4096];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) != 0;) {
    if (n < 0) {
      if (errno == EINTR) continue;
      break;
    }
    for (const char c : std::string_view(buffer, static_cast<size_t>(n))) {
      if (c != '\n') {
        line += c;
        continue;
      }
      on_line(line);
      tail.push_back(std::move(line));
      if (tail.size() > tail_lines) tail.pop_front();
      line.clear();
    }
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  DeployResult result;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  for (const std::string& l : tail) result.tail += l + "\n";
  if (!line.empty()) result.tail += line + "\n";
  return result;
}

}  // namespace squall::harness
