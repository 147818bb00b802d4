// libFuzzer target: records as a data directory keeps them. Bytes are refused, or stand for a
// record that is written and read again alike.
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emulator/core/fields.h"
#include "emulator/sim/binary.h"

namespace {

using namespace squall;

struct Part {
  std::string name;
  int64_t number = 0;
  SQUALL_FIELDS(name, number)
};

struct Sample {
  std::string text;
  bool flag = false;
  double real = 0;
  Time time{};
  Duration duration{};
  std::optional<Part> perhaps;
  std::vector<Part> parts;
  std::set<std::string> names;
  std::map<std::string, std::vector<int64_t>> numbers;
  std::pair<std::string, uint32_t> pair;
  SQUALL_FIELDS(text, flag, real, time, duration, perhaps, parts, names, numbers, pair)
};

std::string written(const Sample& sample) {
  std::string bytes;
  sim::BinaryWriter out(bytes);
  sim::write_binary(out, sample);
  return bytes;
}

Sample read(std::string_view bytes) {
  Sample sample;
  sim::BinaryReader in(bytes);
  sim::read_binary(in, sample);
  return sample;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const std::string once = written(read({reinterpret_cast<const char*>(data), size}));
    if (written(read(once)) != once) std::abort();
  } catch (const sim::BadBytes&) {
    return 0;
  }
  return 0;
}
