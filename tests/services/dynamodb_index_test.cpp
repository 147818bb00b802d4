// The ordered index against a std::map, and the decimal form against long integers.
#include "services/dynamodb/index.h"

#include <gtest/gtest.h>

#include <map>

#include "emulator/core/text.h"
#include "services/dynamodb/decimal.h"

namespace squall::dynamodb {
namespace {

ItemRef item_of(std::string_view pk, std::string_view sk) {
  std::string bytes;
  append_name(bytes, "pk");
  append_scalar(bytes, Type::S, pk);
  append_name(bytes, "sk");
  append_scalar(bytes, Type::S, sk);
  return ItemRef::adopt(Item::make(bytes));
}

/// A small generator: the test's own, the same in every run.
struct Sequence {
  uint64_t state = 7;
  uint64_t next(uint64_t below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33) % below;
  }
};

TEST(OrderedIndex, HoldsWhatAMapHoldsThroughGrowthCopiesAndRemovals) {
  OrderedIndex index({"pk", "sk"});
  std::map<std::pair<std::string, std::string>, ItemRef> wanted;
  Sequence random;
  std::optional<OrderedIndex> copy;
  size_t copied = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string pk = cat("p", random.next(50)), sk = cat("s", random.next(400));
    const auto at = wanted.find({pk, sk});
    if (at == wanted.end()) {
      const ItemRef item = item_of(pk, sk);
      index.insert(item.get());
      wanted.emplace(std::make_pair(pk, sk), item);
    } else if (random.next(2)) {
      index.erase(at->second.get());
      wanted.erase(at);
    } else {
      const ItemRef item = item_of(pk, sk);
      index.replace(at->second.get(), item.get());
      at->second = item;
    }
    if (i == 10000) {
      copy = index;
      copied = index.size();
    }
  }
  ASSERT_EQ(index.size(), wanted.size());
  for (const auto& [key, item] : wanted) {
    Position p = Position::of(key.first);
    p.then(key.second);
    EXPECT_EQ(index.find(p), item.get());
  }
  std::map<std::string, std::string> last_of;
  size_t walked = 0;
  for (auto c = index.begin(); c != index.end(); index.next(c), ++walked) {
    const std::string pk(index.component(*index.item(c), 0)),
        sk(index.component(*index.item(c), 1));
    if (last_of.contains(pk)) { EXPECT_LT(last_of[pk], sk); }
    last_of[pk] = sk;
  }
  EXPECT_EQ(walked, wanted.size());
  size_t in_copy = 0;
  for (auto c = copy->begin(); c != copy->end(); copy->next(c)) ++in_copy;
  EXPECT_EQ(in_copy, copied);
}

TEST(OrderedIndex, CutsFallBeforeAfterAndBehindAPrefix) {
  OrderedIndex index({"pk", "sk"});
  for (const char* sk : {"a", "ab", "abc", "b"}) index.insert(item_of("p", sk).get());
  const auto rank = [&](Position::Edge edge, std::string_view sk) {
    Position p = Position::of("p", edge);
    p.then(sk);
    size_t n = 0;
    for (auto c = index.begin(); c != index.seek(p); index.next(c)) ++n;
    return n;
  };
  EXPECT_EQ(rank(Position::Edge::before, "ab"), 1U);
  EXPECT_EQ(rank(Position::Edge::after, "ab"), 2U);
  EXPECT_EQ(rank(Position::Edge::after_prefix, "ab"), 3U);
}

TEST(Decimal, KeysSortAsNumbersDoAndSumsAreExact) {
  Sequence random;
  const auto number = [&] {
    const auto n = static_cast<int64_t>(random.next(2'000'000)) - 1'000'000;
    return random.next(3) ? n : n / 1000;
  };
  for (int i = 0; i < 20000; ++i) {
    const int64_t a = number(), b = number();
    const Decimal x = Decimal::parse(cat(a, "e-3")), y = Decimal::parse(cat(b, "e-3"));
    std::string kx, ky;
    x.append_key(kx);
    y.append_key(ky);
    EXPECT_EQ(compare_bytes(kx, ky) < 0, a < b) << a << " " << b;
    EXPECT_EQ(kx == ky, a == b);
    EXPECT_EQ((x + y).text(), Decimal::parse(cat(a + b, "e-3")).text());
    EXPECT_EQ((x - y).text(), Decimal::parse(cat(a - b, "e-3")).text());
    EXPECT_EQ(Decimal::from_key(kx).text(), x.text());
  }
}

TEST(Decimal, KnowsItsBounds) {
  EXPECT_EQ(Decimal::parse("1E-130").text().size(), 132U);
  EXPECT_EQ(Decimal::parse("9.9999999999999999999999999999999999999E+125").text().size(), 126U);
  EXPECT_ANY_THROW(Decimal::parse("1E126"));
  EXPECT_ANY_THROW(Decimal::parse("1E-131"));
  EXPECT_ANY_THROW(Decimal::parse("1e"));
  EXPECT_ANY_THROW(Decimal::parse(" 1"));
  EXPECT_ANY_THROW(Decimal::parse("."));
  EXPECT_EQ(Decimal::parse("-0.000").text(), "0");
  EXPECT_EQ(Decimal::parse("+.5").text(), "0.5");
}

}  // namespace
}  // namespace squall::dynamodb
