#include "tests/tidy/checks.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace tidy {

// --- who may include whom (DESIGN: Layout and direction of dependence) -----------------------

// What CMake generates from the models belongs to the model's room.
static constexpr std::string_view generated = "models/generated.h";

// The first two folders of a path: emulator/core, services/ec2; one for what lies higher.
static std::string room_of(const std::string& path) {
  if (path == generated) return "emulator/model";
  const size_t first = path.find('/');
  if (first == std::string::npos) return "";
  const size_t second = path.find('/', first + 1);
  return path.substr(0, second == std::string::npos ? first : second);
}

static const std::set<std::string>* rooms_below(const std::string& room) {
  static const std::map<std::string, std::set<std::string>> table = {
      {"core", {"core"}},
      {"model", {"core", "model"}},
      {"protocol", {"core", "model", "protocol"}},
      {"sim", {"core", "sim"}},
      {"api", {"core", "model", "protocol", "sim", "api"}},
      {"http", {"core", "model", "protocol", "sim", "api", "http"}},
      {"control", {"core", "model", "protocol", "sim", "api", "control"}},
      {"store", {"core", "model", "protocol", "sim", "api", "store"}},
      {"services", {"core", "model", "protocol", "sim", "api"}},
  };
  const auto found = table.find(room);
  return found == table.end() ? nullptr : &found->second;
}

// services.cpp, which lists them all, and the rooms above the services see public headers only.
static bool service_may_include(const std::string& from, const std::string& include) {
  const std::string to = room_of(include);
  if (from == to || to == "services/common" || include == "services/services.h") return true;
  if (from == "services/common") return false;
  if (include != to + "/" + to.substr(to.find('/') + 1) + ".h") return false;
  if (to == "services/faults") return false;
  return to != "services/dataplane" || from == "services/faults";
}

static bool may_include(const std::string& path, const std::string& include) {
  const std::string from = room_of(path), to = room_of(include);
  if (starts(path, "harness/") || starts(path, "tests/") || from == "emulator") return true;
  if (starts(include, "harness/") || starts(include, "tests/")) return false;
  const bool is_service = starts(path, "services/");
  if (starts(include, "services/")) return is_service && service_may_include(from, include);
  const auto* below = rooms_below(is_service ? "services" : from.substr(from.find('/') + 1));
  return below != nullptr && below->contains(to.substr(to.find('/') + 1));
}

Complaints check_includes(const std::string& path, const std::string& text) {
  if (!is_cpp(extension(path, text))) return {};
  Complaints out;
  int number = 0;
  for (const auto& line : lines_of(text)) {
    ++number;
    if (!starts(line, "#include \"")) continue;
    const std::string include = line.substr(10, line.find('"', 10) - 10);
    const std::string where = path + ":" + std::to_string(number) + ": ";
    if (include.find('/') == std::string::npos || has(include, "..")) {
      out.push_back(where + include + " is not named from the root");
    } else if (!may_include(path, include)) {
      out.push_back(where + "must not include " + include);
    }
  }
  return out;
}

// --- what nobody may write -------------------------------------------------------------------

struct Ban {
  std::string_view what;                // searched for as a word
  std::string_view instead;             //
  std::vector<std::string_view> rooms;  // path prefixes where it is allowed
};

// A library's header stays inside the .cpp files of its room.
static const std::vector<Ban>& banned_includes() {
  static const std::vector<Ban> bans = {
      {"<regex>", "PCRE2, or text by hand", {}},
      {"<random>", "the World's streams (sim/)", {"tests/"}},
      {"<nlohmann/", "Value and protocol/json",
       {"emulator/protocol/json", "emulator/control/", "harness/", "services/cloudwatch/",
        "services/iam/", "services/fis/", "services/logs/", "tests/"}},
      {"<tinyxml2.h>", "the XML codecs", {"emulator/protocol/"}},
      {"<boost/beast", "emulator/http", {"emulator/http/", "tests/perf/textbook"}},
      {"<boost/asio", "emulator/http",
       {"emulator/http/", "emulator/main.cpp", "tests/perf/textbook"}},
      {"<yaml-cpp/", "the harness", {"harness/", "services/cloudformation/"}},
      {"<sqlite3.h>", "emulator/store", {"emulator/store/", "harness/", "tests/harness/"}},
  };
  return bans;
}

static const std::vector<Ban>& banned_words() {
  static const std::vector<Ban> bans = {
      {"system_clock", "the World's clock", {"emulator/main.cpp", "emulator/sim/clock"}},
      {"high_resolution_clock", "the World's clock", {}},
      {"steady_clock", "the World's clock",
       {"emulator/http/", "emulator/sim/clock", "emulator/control/", "emulator/main.cpp",
        "harness/", "tests/"}},
      {"gettimeofday", "the World's clock", {}},
      {"clock_gettime", "the World's clock", {}},
      {"time(nullptr)", "the World's clock", {"emulator/http/", "emulator/sim/clock"}},
      {"time(NULL)", "the World's clock", {}},
      {"rand(", "the World's streams", {}},
      {"srand", "the World's streams", {}},
      {"random_device", "the World's streams", {"tests/"}},
      {"mt19937", "the World's streams", {"tests/"}},
      {"mt19937_64", "the World's streams", {"tests/"}},
      {"uniform_int_distribution", "sim's distributions", {}},
      {"uniform_real_distribution", "sim's distributions", {}},
      {"normal_distribution", "sim's distributions", {}},
      {"exponential_distribution", "sim's distributions", {}},
      {"poisson_distribution", "sim's distributions", {}},
      {"std::exp(", "sim/math", {"tests/"}},
      {"std::log(", "sim/math", {"tests/"}},
      {"std::log2(", "sim/math", {"tests/"}},
      {"std::log10(", "sim/math", {"tests/"}},
      {"std::pow(", "sim/math", {"tests/"}},
      {"std::sin(", "sim/math", {"tests/"}},
      {"std::cos(", "sim/math", {"tests/"}},
      {"__attribute__((constructor))", "an explicit list", {}},
  };
  return bans;
}

static bool allowed_in(const Ban& ban, const std::string& path) {
  for (const auto room : ban.rooms) {
    if (starts(path, room)) return true;
  }
  return false;
}

static void check_cpp_bans(Complaints& out, const std::string& path, const std::string& text) {
  const bool header = extension(path, text) == ".h";
  for (const auto& line : lines_of(text)) {
    if (!starts(line, "#include <")) continue;
    for (const auto& ban : banned_includes()) {
      const bool heavy = ban.what == "<nlohmann/" || starts(ban.what, "<boost/beast");
      if (has(line, ban.what) && (!allowed_in(ban, path) || (header && heavy))) {
        out.push_back(path + ": " + line + " is not for here: use " + std::string(ban.instead));
      }
    }
  }
  const auto code = lines_of(code_of(text));
  for (size_t i = 0; i < code.size(); ++i) {
    for (const auto& ban : banned_words()) {
      if (!has_word(code[i], ban.what) || allowed_in(ban, path)) continue;
      out.push_back(path + ":" + std::to_string(i + 1) + ": " + std::string(ban.what) +
                    " is banned: use " + std::string(ban.instead));
    }
  }
}

Complaints check_bans(const std::string& path, const std::string& text) {
  Complaints out;
  const std::string ext = extension(path, text);
  if (is_cpp(ext)) check_cpp_bans(out, path, text);
  if (starts(path, "tests/tidy")) return out;  // they must name what they look for
  const auto lines = lines_of(text);
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string where = path + ":" + std::to_string(i + 1) + ": ";
    for (const char* marker : {"TODO", "FIXME", "XXX", "HACK"}) {
      if (has_word(lines[i], marker)) out.push_back(where + "leftover marker " + marker);
    }
    for (const char* place : {"/home/", "/root/", "/work/", "/Users/"}) {
      const size_t at = lines[i].find(place);
      const char before = at == 0 || at == std::string::npos ? ' ' : lines[i][at - 1];
      const bool inside = std::isalnum(static_cast<unsigned char>(before)) || before == '.';
      if (at != std::string::npos && !inside) out.push_back(where + "a machine's path");
    }
  }
  return out;
}

// --- coroutines: only the forms that g++ 12 compiles rightly (STYLE 4) ------------------------

// `co_await f(a, b)` with optional `x =`, `T x =` or `auto [a, b] =` before it, and no temporary,
// lambda, condition or braces in the statement.
static bool is_safe_await(std::string statement) {
  const size_t at = statement.find("co_await");
  const std::string before = statement.substr(0, at), after = statement.substr(at + 8);
  if (has(after, "co_await") || has(after, "[") || has(after, "?")) return false;
  if (has(before, "(") || has(before, "?") || has(before, "return")) return false;
  if (after.find('(') == std::string::npos || after.back() != ')') return false;
  const size_t last = before.find_last_not_of(" \n");
  return last == std::string::npos || before[last] == '=';
}

Complaints check_coroutines(const std::string& path, const std::string& text) {
  if (!is_cpp(extension(path, text))) return {};
  Complaints out;
  const std::string code = code_of(text);
  for (size_t at = code.find("co_await"); at != std::string::npos;
       at = code.find("co_await", at + 1)) {
    const size_t begin = at == 0 ? std::string::npos : code.find_last_of(";{}", at - 1);
    const size_t from = begin == std::string::npos ? 0 : begin + 1;
    const size_t end = std::min(code.find_first_of(";{}", at), code.size());
    const bool ends_plainly = end < code.size() && code[end] == ';';
    if (ends_plainly && is_safe_await(code.substr(from, end - from))) continue;
    const auto line = std::count(code.begin(), code.begin() + static_cast<long>(at), '\n') + 1;
    out.push_back(path + ":" + std::to_string(line) +
                  ": co_await only as `x = co_await f(locals);` (g++ 12 breaks other forms)");
  }
  return out;
}

// --- what each file must say, and where it may lie --------------------------------------------

Complaints check_opening(const std::string& path, const std::string& text) {
  const std::string ext = extension(path, text);
  if (!is_source(ext)) return {};
  const auto lines = lines_of(text);
  if (lines.empty()) return {};  // an empty __init__.py
  const std::string& first = lines.size() > 1 && starts(lines[0], "#!") ? lines[1] : lines[0];
  if (is_cpp(ext)) {
    // A .cpp that begins with a header of its folder implements that, and the header says why.
    const std::string folder = "#include \"" + path.substr(0, path.rfind('/') + 1);
    const bool implements = starts(first, folder) && first.find('/', folder.size()) == first.npos;
    if (starts(first, "//") || (ext == ".cpp" && implements)) return {};
    return {path + ": does not open with a comment that says why it exists"};
  }
  if (starts(first, "#") || starts(first, "\"\"\"")) return {};
  return {path + ": does not open with a comment that says why it exists"};
}

Complaints check_top_folder(const std::string& name) {
  static const std::set<std::string> known = {
      "CMakeLists.txt", "CMakePresets.json", "emulator", "services",  "harness", "scenarios",
      "tests",          "docker",            "README.md", "LICENSE", "build"};
  if (known.contains(name) || starts(name, ".")) return {};
  return {name + ": the repository's root has no such entry (DESIGN: Layout)"};
}

}  // namespace tidy
