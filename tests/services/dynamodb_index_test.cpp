// The ordered index against a std::map, and the decimal form against long integers.
#include "services/dynamodb/index.h"

#include <gtest/gtest.h>

#include <algorithm>
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

Position random_cut(Sequence& random, const std::string& pk, const std::string& sk) {
  constexpr Position::Edge edges[] = {Position::Edge::before, Position::Edge::after,
                                      Position::Edge::after_prefix};
  Position p = Position::of(pk, edges[random.next(3)]);
  if (random.next(4) == 0) {
    p = Position::at_hash(static_cast<uint32_t>(random.next(uint64_t{1} << 32)));
    if (random.next(2)) p.edge = Position::Edge::after;
  } else if (random.next(4)) {
    p.then(sk);
  }
  return p;
}

std::vector<const Item*> walked(ItemWalk walk) {
  std::vector<const Item*> items;
  while (const Item* item = walk.next()) items.push_back(item);
  EXPECT_EQ(walk.next(), nullptr);
  return items;
}

TEST(OrderedIndex, WalksMeetWhatLiesBetweenTwoCuts) {
  Sequence random;
  for (int tree = 0; tree < 60; ++tree) {
    OrderedIndex index({"pk", "sk"}, random.next(2) ? 0 : 2);
    const uint64_t partitions = 1 + random.next(tree % 2 ? 4 : 200);
    for (uint64_t n = random.next(3000); n > 0; --n) {
      const ItemRef item =
          item_of(cat("p", random.next(partitions)), cat("s", random.next(1'000'000'000)));
      if (!index.find(index.position_of(*item))) index.insert(item.get());
    }
    for (int i = 0; i < 100; ++i) {
      const std::string pk[] = {cat("p", random.next(partitions + 1)),
                                cat("p", random.next(partitions + 1))};
      const std::string sk[] = {cat("s", random.next(1000)), cat("s", random.next(1000))};
      const bool same = random.next(2);
      const Position from = random_cut(random, pk[0], sk[0]);
      const Position to = random_cut(random, pk[same ? 0 : 1], sk[1]);
      std::vector<const Item*> wanted;
      const auto last = index.seek(to);
      for (auto c = index.seek(from); c < last; index.next(c)) wanted.push_back(index.item(c));
      EXPECT_EQ(walked(ItemWalk(index, index.seek(from), to, true)), wanted);
      std::ranges::reverse(wanted);
      EXPECT_EQ(walked(ItemWalk(index, last, from, false)), wanted);
    }
  }
}

/// The same items one by one, all at once, and the second half appended; then changed alike.
TEST(OrderedIndex, IsTheSameHoweverItWasMade) {
  Sequence random;
  for (const size_t count : {0U, 1U, 191U, 192U, 193U, 5000U}) {
    OrderedIndex one_by_one({"other", "pk", "sk"}, 1), at_once = one_by_one, appended = one_by_one;
    std::vector<ItemRef> kept;
    std::vector<const Item*> items;
    for (size_t i = 0; i < count; ++i) {
      std::string bytes;
      for (const auto& [name, value] : {std::pair("pk", cat("p", random.next(900))),
                                        std::pair("sk", cat("s", i)),
                                        std::pair("other", cat("o", random.next(40)))}) {
        append_name(bytes, name);
        append_scalar(bytes, Type::S, value);
      }
      kept.push_back(ItemRef::adopt(Item::make(bytes)));
      items.push_back(kept.back().get());
      one_by_one.insert(items.back());
    }
    at_once.fill(items);
    EXPECT_EQ(at_once.size(), count);
    EXPECT_EQ(at_once.all(), one_by_one.all());
    for (const Item* item : one_by_one.all()) appended.append(item);
    EXPECT_EQ(appended.all(), one_by_one.all());
    for (size_t i = 0; i < count; i += 3) {
      for (OrderedIndex* index : {&one_by_one, &at_once, &appended}) index->erase(items[i]);
      if (i % 2)
        for (OrderedIndex* index : {&one_by_one, &at_once, &appended}) index->append(items[i]);
    }
    EXPECT_EQ(at_once.all(), one_by_one.all());
    EXPECT_EQ(appended.all(), one_by_one.all());
    EXPECT_EQ(appended.size(), one_by_one.size());
  }
}

TEST(OrderedIndex, FillingThatIsCutShortLeavesItEmpty) {
  std::stop_source stop;
  stop.request_stop();
  OrderedIndex index({"pk", "sk"}, 0);
  const ItemRef item = item_of("p", "s");
  index.fill({item.get()}, stop.get_token());
  EXPECT_EQ(index.size(), 0U);
  EXPECT_EQ(index.begin(), index.end());
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
