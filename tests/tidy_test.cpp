// The house style as a test: sizes, the direction of includes and the ban list, over the whole
// repository; then fixtures, because a check that cannot complain is worthless.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "tests/tidy/checks.h"

namespace tidy {
namespace {

namespace fs = std::filesystem;
const fs::path root = SQUALL_SOURCE_DIR;

// Generated interface facts and recordings are data; binary files have no style.
bool is_checked(const fs::path& file) {
  const std::string ext = file.extension(), name = file.filename();
  for (const char* data : {".json", ".pem", ".png", ".svg", ".html", ".bin", ".pyc", ".gz"}) {
    if (ext == data) return false;
  }
  return name != "LICENSE";
}

void for_each_file(const std::function<void(const std::string&, const std::string&)>& check) {
  for (const char* folder :
       {"emulator", "services", "harness", "scenarios", "tests", "docker", ".ci"}) {
    if (!fs::exists(root / folder)) continue;
    for (auto it = fs::recursive_directory_iterator(root / folder);
         it != fs::recursive_directory_iterator(); ++it) {
      const std::string name = it->path().filename();
      if (it->is_directory() && (name == "out" || name == "__pycache__" || name == ".cache" ||
                                 name == ".pytest_cache")) {
        it.disable_recursion_pending();
      }
      if (!it->is_regular_file() || !is_checked(it->path())) continue;
      std::ifstream in(it->path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      check(fs::relative(it->path(), root).generic_string(), text);
    }
  }
}

using Check = Complaints (*)(const std::string&, const std::string&);

void expect_tidy(Check check) {
  int files = 0;
  for_each_file([&](const std::string& path, const std::string& text) {
    ++files;
    for (const auto& complaint : check(path, text)) ADD_FAILURE() << complaint;
  });
  EXPECT_GT(files, 10);
}

TEST(Repository, FilesAndLinesAreShort) { expect_tidy(check_lines); }
TEST(Repository, FunctionsAreShort) { expect_tidy(check_functions); }
TEST(Repository, IncludesPointDownwards) { expect_tidy(check_includes); }
TEST(Repository, NothingBannedIsUsed) { expect_tidy(check_bans); }
TEST(Repository, CoroutinesKeepToSafeForms) { expect_tidy(check_coroutines); }
TEST(Repository, FilesSayWhyTheyExist) { expect_tidy(check_opening); }
TEST(Repository, RootHasNoOtherFolders) {
  for (const auto& entry : fs::directory_iterator(root)) {
    const std::string name = entry.path().filename();
    for (const auto& complaint : check_top_folder(name)) ADD_FAILURE() << complaint;
  }
}

// --- fixtures: each check is shown a sinner and a saint --------------------------------------

bool complains(Check check, const std::string& path, const std::string& text) {
  return !check(path, text).empty();
}

std::string repeated(const std::string& line, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += line;
  return out;
}

TEST(CheckLines, CountsLinesAndColumns) {
  EXPECT_TRUE(complains(check_lines, "harness/a.cpp", repeated("int a;\n", 401)));
  EXPECT_FALSE(complains(check_lines, "harness/a.cpp", repeated("int a;\n", 400)));
  EXPECT_FALSE(complains(check_lines, "services/dynamodb/expression_parse.cpp",
                         repeated("int a;\n", 600)));
  EXPECT_TRUE(complains(check_lines, "services/dynamodb/expression_parse.cpp",
                        repeated("int a;\n", 601)));
  EXPECT_TRUE(complains(check_lines, "tests/a.py", std::string(101, 'a') + "\n"));
  EXPECT_FALSE(complains(check_lines, "tests/a.py", std::string(100, 'a') + "\n"));
  EXPECT_FALSE(complains(check_lines, "tests/a.py", repeated("é", 100) + "\n"));
  EXPECT_TRUE(complains(check_lines, "tests/run", "#!/usr/bin/env bash\n" + repeated("a\n", 400)));
}

TEST(CheckFunctions, FindsLongOnesInEveryLanguage) {
  const std::string body = repeated("  f(\"}\");  // }\n", 69);
  const std::string fits = repeated("  f('}', 1'000, R\"(})\");\n", 68);
  EXPECT_TRUE(complains(check_functions, "a.cpp", "int g() {\n" + body + "}\n"));
  EXPECT_FALSE(complains(check_functions, "a.cpp", "int g() {\n" + fits + "}\n"));
  EXPECT_TRUE(complains(check_functions, "a.h",
                        "namespace n {\nstruct S : T {\n  int g() {\n" + body + "  }\n};\n}\n"));
  EXPECT_TRUE(complains(check_functions, "a.cpp", "TEST(A, B) {\n" + body + "}\n"));
  EXPECT_TRUE(complains(check_functions, "a.cpp", "const auto f = [](int a) {\n" + body + "};\n"));
  EXPECT_TRUE(complains(check_functions, "a.cpp", "bool operator==(A a) {\n" + body + "}\n"));
  EXPECT_FALSE(complains(check_functions, "a.cpp", "const Row rows[] = {\n" + body + "};\n"));
  EXPECT_FALSE(complains(check_functions, "a.cpp", "#define A {\nenum E {\n" + body + "};\n"));
  const std::string python = "def f():\n" + repeated("    a()\n\n", 35);
  EXPECT_TRUE(complains(check_functions, "a.py", python + "    a()\n"));
  EXPECT_FALSE(complains(check_functions, "a.py", python + "b()\n" + python));
  EXPECT_TRUE(complains(check_functions, "a.sh", "f() {\n" + repeated("a\n", 69) + "}\n"));
  EXPECT_FALSE(complains(check_functions, "a.sh", "f() {\n" + repeated("a\n", 68) + "}\na\n"));
}

bool may(const std::string& path, const std::string& include) {
  return !complains(check_includes, path, "// why\n#include \"" + include + "\"\n");
}

TEST(CheckIncludes, KnowsTheRoomsBelow) {
  EXPECT_TRUE(may("emulator/api/a.cpp", "emulator/sim/clock.h"));
  EXPECT_TRUE(may("emulator/http/a.cpp", "emulator/api/dispatch.h"));
  EXPECT_TRUE(may("services/ec2/vpc.cpp", "emulator/api/context.h"));
  EXPECT_TRUE(may("emulator/main.cpp", "services/services.h"));
  EXPECT_TRUE(may("harness/runner.cpp", "services/ec2/vpc.h"));
  EXPECT_TRUE(may("services/ec2/ec2.cpp", "models/generated.h"));
  EXPECT_FALSE(may("emulator/core/a.h", "emulator/model/model.h"));
  EXPECT_FALSE(may("emulator/core/a.h", "models/generated.h"));
  EXPECT_FALSE(may("emulator/sim/a.h", "emulator/api/context.h"));
  EXPECT_FALSE(may("emulator/protocol/a.h", "emulator/sim/clock.h"));
  EXPECT_FALSE(may("emulator/api/a.cpp", "emulator/http/server.h"));
  EXPECT_FALSE(may("emulator/control/a.cpp", "services/services.h"));
  EXPECT_FALSE(may("services/ec2/vpc.cpp", "emulator/http/server.h"));
  EXPECT_FALSE(may("services/ec2/vpc.cpp", "harness/drill.h"));
  EXPECT_FALSE(may("emulator/core/a.cpp", "value.h"));
  EXPECT_FALSE(may("emulator/core/a.cpp", "../model/model.h"));
}

TEST(CheckIncludes, KnowsPublicHeadersOfServices) {
  EXPECT_TRUE(may("services/ec2/vpc.cpp", "services/ec2/state.h"));
  EXPECT_TRUE(may("services/rds/instance.cpp", "services/ec2/ec2.h"));
  EXPECT_TRUE(may("services/rds/instance.cpp", "services/common/tags.h"));
  EXPECT_TRUE(may("services/dataplane/path.cpp", "services/ec2/ec2.h"));
  EXPECT_TRUE(may("services/faults/az_power.cpp", "services/dataplane/dataplane.h"));
  EXPECT_TRUE(may("services/services.cpp", "services/ec2/ec2.h"));
  EXPECT_FALSE(may("services/rds/instance.cpp", "services/ec2/state.h"));
  EXPECT_FALSE(may("services/ec2/vpc.cpp", "services/dataplane/dataplane.h"));
  EXPECT_FALSE(may("services/dataplane/path.cpp", "services/faults/faults.h"));
  EXPECT_FALSE(may("services/common/tags.cpp", "services/ec2/ec2.h"));
}

TEST(CheckBans, KnowsWhereEachIsAllowed) {
  const auto banned = [](const std::string& path, const std::string& text) {
    return complains(check_bans, path, text);
  };
  EXPECT_TRUE(banned("services/ec2/a.cpp", "#include <regex>\n"));
  EXPECT_TRUE(banned("services/ec2/a.cpp", "#include <nlohmann/json.hpp>\n"));
  EXPECT_FALSE(banned("emulator/protocol/json.cpp", "#include <nlohmann/json.hpp>\n"));
  EXPECT_TRUE(banned("emulator/protocol/json.h", "#include <nlohmann/json.hpp>\n"));
  EXPECT_TRUE(banned("emulator/api/a.cpp", "#include <boost/beast/http.hpp>\n"));
  EXPECT_FALSE(banned("emulator/http/a.cpp", "#include <boost/beast/http.hpp>\n"));
  EXPECT_TRUE(banned("harness/a.cpp", "auto t = std::chrono::system_clock::now();\n"));
  EXPECT_TRUE(banned("emulator/api/a.cpp", "auto t = std::chrono::steady_clock::now();\n"));
  EXPECT_FALSE(banned("emulator/http/a.cpp", "auto t = std::chrono::steady_clock::now();\n"));
  EXPECT_TRUE(banned("services/ec2/a.cpp", "int a = std::rand();\n"));
  EXPECT_FALSE(banned("services/ec2/a.cpp", "int a = operand(b);  // rand() is banned\n"));
  EXPECT_TRUE(banned("emulator/sim/a.cpp", "double a = std::pow(b, c);\n"));
  EXPECT_TRUE(banned("services/ec2/a.cpp", "std::normal_distribution<double> d;\n"));
  EXPECT_TRUE(banned("docker/build.sh", "# TODO: later\n"));
  EXPECT_FALSE(banned("docker/build.sh", "mktemp -d a.XXXXXX\n"));
  EXPECT_TRUE(banned("README.md", "see /home/me/squall\n"));
  EXPECT_FALSE(banned("README.md", "GET /v1/home/page\n"));
}

TEST(CheckCoroutines, RefusesWhatTheCompilerBreaks) {
  const auto refused = [](const std::string& statement) {
    return complains(check_coroutines, "emulator/http/a.cpp", "void f() {\n" + statement + "\n}\n");
  };
  EXPECT_FALSE(refused("auto [ec, n] = co_await read(socket, buffer);"));
  EXPECT_FALSE(refused("x = co_await read(socket);"));
  EXPECT_TRUE(refused("co_await f({1, 2});"));
  EXPECT_TRUE(refused("co_await f(Agg{a});"));
  EXPECT_TRUE(refused("T x = c ? co_await a() : T{};"));
  EXPECT_TRUE(refused("switch (co_await f()) { case 1: co_return; }"));
  EXPECT_TRUE(refused("co_await co_spawn(ex, [a] { return g(a); }, token);"));
  EXPECT_TRUE(refused("auto v = Agg{co_await a(), b};"));
  EXPECT_TRUE(refused("if (co_await f()) return;"));
}

TEST(CheckOpening, WantsAComment) {
  EXPECT_TRUE(complains(check_opening, "harness/a.h", "#pragma once\n"));
  EXPECT_FALSE(complains(check_opening, "harness/a.h", "// Why.\n#pragma once\n"));
  EXPECT_FALSE(complains(check_opening, "harness/a.cpp", "#include \"harness/a.h\"\n"));
  EXPECT_TRUE(complains(check_opening, "harness/a.cpp", "#include \"harness/steps/b.h\"\n"));
  EXPECT_TRUE(complains(check_opening, "harness/a.cpp", "#include <map>\n"));
  EXPECT_TRUE(complains(check_opening, "tests/a.py", "import os\n"));
  EXPECT_FALSE(complains(check_opening, "tests/a.py", "#!/usr/bin/python3\n\"\"\"Why.\"\"\"\n"));
  EXPECT_TRUE(complains(check_opening, "tests/run", "#!/usr/bin/env bash\nset -e\n"));
}

TEST(CheckTopFolder, KnowsTheLayout) {
  EXPECT_FALSE(check_top_folder("scripts").empty());
  EXPECT_TRUE(check_top_folder("services").empty());
  EXPECT_TRUE(check_top_folder(".clang-format").empty());
}

}  // namespace
}  // namespace tidy
