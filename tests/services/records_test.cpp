// Every record type is listed by its service: one that is not stops the server at its first touch.
#include <filesystem>
#include <set>

#include "emulator/core/text.h"
#include "services/dataplane/dataplane.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

std::set<std::string> kinds_in_headers() {
  constexpr std::string_view marker = "static constexpr std::string_view kind = \"";
  std::set<std::string> kinds;
  for (const char* folder : {"emulator", "services", "harness"})
    for (const auto& file : std::filesystem::recursive_directory_iterator(
             std::filesystem::path(SQUALL_SOURCE_DIR) / folder)) {
      if (file.path().extension() != ".h" && file.path().extension() != ".cpp") continue;
      std::ifstream in(file.path());
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      for (size_t at = 0; (at = text.find(marker, at)) != text.npos;) {
        at += marker.size();
        kinds.insert(text.substr(at, text.find('"', at) - at));
      }
    }
  return kinds;
}

TEST(Records, OfEveryTypeAreListedByAService) {
  std::set<std::string> listed;
  for (const sim::RecordType* type : test_registry().laws().records)
    if (type) listed.emplace(type->kind);
  for (const sim::RecordTypes types : dataplane::contribution().records)
    for (const sim::RecordType* type : types) listed.emplace(type->kind);
  const std::set<std::string> declared = kinds_in_headers();
  ASSERT_GT(declared.size(), 50u) << "the marker no longer finds them";
  EXPECT_EQ(declared, listed);
}

}  // namespace
}  // namespace squall
