// Every kind of record there is, with every field filled, goes through its binary form and back.
#include <set>

#include "emulator/sim/binary.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

/// Makes values up instead of reading them: no two alike, none a default.
class Inventor final : public sim::BinaryReader {
 public:
  explicit Inventor(uint64_t salt) : BinaryReader({}), next_(salt) {}
  uint8_t byte() override { return static_cast<uint8_t>(number()); }
  uint64_t number() override { return ++next_ * 2; }  // an even number is a positive integer
  double real() override { return static_cast<double>(++next_) + 0.25; }
  std::string_view text() override {
    ++next_;
    text_ = cat("t\n", next_, std::string(next_ % 3 ? 1 : 150, 'x'));
    return text_;
  }
  size_t count() override { return depth_ > deepest ? 0 : 2; }
  bool boolean() override { return depth_ <= deepest && ++next_ % 3 != 0; }
  void open_struct() override { ++depth_; }
  bool open_field(std::string_view) override { return true; }
  void close_field() override {}
  void close_struct() override { --depth_; }

 private:
  static constexpr int deepest = 6;
  uint64_t next_;
  int depth_ = 0;
  std::string text_;
};

std::string bytes_of(const sim::RecordType& type, const void* record) {
  std::string bytes;
  sim::BinaryWriter out(bytes);
  type.write(out, record);
  return bytes;
}

std::string json_of(const sim::RecordType& type, const void* record) {
  std::string text;
  type.append_json(text, record);
  return text;
}

TEST(RecordBinary, EveryKindComesBackAsItWas) {
  size_t kinds = 0;
  for (const sim::RecordType* type : test_registry().laws().records) {
    if (!type) continue;
    ++kinds;
    for (uint64_t salt : {0, 1, 1000, 1'000'000}) {
      Inventor inventor(salt);
      const auto record = type->read(inventor);
      const std::string bytes = bytes_of(*type, record.get());
      sim::BinaryReader in(bytes);
      const auto again = type->read(in);
      EXPECT_TRUE(in.at_end()) << type->kind;
      EXPECT_EQ(bytes_of(*type, again.get()), bytes) << type->kind;
      EXPECT_EQ(json_of(*type, again.get()), json_of(*type, record.get())) << type->kind;
      EXPECT_EQ(type->changes_json(record.get(), again.get()), "{}") << type->kind;
      sim::BinaryReader nothing(std::string_view("\0", 1));
      const auto fresh = type->read(nothing);
      EXPECT_NE(bytes_of(*type, fresh.get()), bytes) << type->kind;
    }
  }
  EXPECT_GT(kinds, 80U);
}

TEST(RecordBinary, ACutRecordIsRefused) {
  for (const sim::RecordType* type : test_registry().laws().records) {
    if (!type) continue;
    Inventor inventor(7);
    const std::string bytes = bytes_of(*type, type->read(inventor).get());
    for (size_t size : {size_t{0}, bytes.size() / 3, bytes.size() - 1}) {
      sim::BinaryReader in(std::string_view(bytes).substr(0, size));
      EXPECT_THROW(type->read(in), sim::BadBytes) << type->kind << " cut to " << size;
    }
  }
}

struct Before {
  std::string id = "i", gone = "g";
  int64_t count = 5;
  std::vector<std::string> list = {"a", "b"};
  SQUALL_FIELDS(id, gone, count, list)
};
struct After {  // a field less, one more, and in another order
  std::vector<std::string> list;
  std::string added = "default";
  int64_t count = 0;
  std::string id;
  SQUALL_FIELDS(list, added, count, id)
};
struct Retyped {
  std::string count = "text";
  SQUALL_FIELDS(count)
};

TEST(RecordBinary, FieldsMayComeAndGo) {
  std::string bytes;
  sim::BinaryWriter out(bytes);
  sim::write_binary(out, Before());
  sim::BinaryReader in(bytes);
  After after;
  sim::read_binary(in, after);
  EXPECT_EQ(after.id, "i");
  EXPECT_EQ(after.count, 5);
  EXPECT_EQ(after.added, "default");
  EXPECT_THAT(after.list, testing::ElementsAre("a", "b"));
  sim::BinaryReader again(bytes);
  Retyped retyped;
  EXPECT_THROW(sim::read_binary(again, retyped), sim::BadBytes);
}

}  // namespace
}  // namespace squall
