// Expressions by themselves: truths, refusals and updates, without tables.
#include "services/dynamodb/expression.h"

#include <gtest/gtest.h>

#include "emulator/core/error.h"
#include "emulator/core/text.h"
#include "emulator/protocol/json.h"

namespace squall::dynamodb {
namespace {

Value json(std::string_view text) {
  Value value;
  if (!protocol::parse_json(text, value)) ADD_FAILURE() << "not JSON: " << text;
  return value;
}

ItemRef item_from(std::string_view text) {
  std::string attributes;
  append_attributes(attributes, json(text), "pk", "");
  return ItemRef::adopt(Item::make(attributes));
}

const char* const names_text = R"({"#s":"status","#dot":"a.b","#set":"set"})";
const char* const values_text = R"({":one":{"N":"1"},":two":{"N":"2"},":five":{"N":"5.0"},
    ":a":{"S":"a"},":hel":{"S":"hel"},":t":{"BOOL":true},":S":{"S":"S"},
    ":ss":{"SS":["x","y"]},":x":{"S":"x"},":l":{"L":[{"N":"1"}]},
    ":m":{"M":{"q":{"N":"1"},"p":{"S":"z"}}},":n":{"NULL":true},":b":{"B":"AAE="}})";

Bound bind(ExpressionKind kind, std::string_view text, Placeholders& placeholders) {
  return bind_expression(std::make_shared<const Parsed>(parse_expression(kind, text)),
                         placeholders);
}

bool holds(std::string_view condition, const Item* item) {
  Placeholders placeholders(json(names_text), json(values_text));
  return is_true(bind(ExpressionKind::condition, condition, placeholders), item);
}

std::string refused(ExpressionKind kind, std::string_view text) {
  try {
    Placeholders placeholders(json(names_text), json(values_text));
    bind(kind, text, placeholders);
  } catch (const AwsError& error) {
    return error.message;
  }
  return "accepted";
}

TEST(Expression, ConditionsOverEveryOperatorAndFunction) {
  const ItemRef item = item_from(R"({"pk":{"S":"k"},"a":{"N":"5"},"b":{"S":"hello"},
      "set":{"SS":["y","x"]},"l":{"L":[{"N":"1"},{"M":{"deep":{"S":"x"}}}]},
      "m":{"M":{"p":{"S":"z"},"q":{"N":"1.0"}}},"status":{"S":"up"},"t":{"BOOL":true},
      "n":{"NULL":true},"a.b":{"N":"7"},"bin":{"B":"AAEC"}})");
  for (const char* truth :
       {"a = :five", "a <> :one", "gone <> :one", "a > :two", "a >= :five", "a <= :five",
        "a BETWEEN :two AND :five", "a IN (:one, :five)", "begins_with(b, :hel)",
        "contains(#set, :x)", "contains(b, :hel)", "contains(l, :one)", "#set = :ss",
        "m = :m", "l[1].deep = :x", "attribute_exists(l[1].deep)",
        "attribute_not_exists(l[2])", "attribute_type(b, :S)", "size(b) = :five",
        "size(l) = :two", "size(#set) = :two", "NOT a = :one AND t = :t", "n = :n",
        "a = :one OR (b = :a OR #s <> :a)", "not (a = :one) and begins_with(bin, :b)",
        "#dot > :five", "(a = :five)", "size(bin) > :two", "attribute_exists(pk)"}) {
    EXPECT_TRUE(holds(truth, item.get())) << truth;
  }
  for (const char* lie :
       {"a = :one", "gone = :one", "b > :one", "gone < :one", "begins_with(b, :x)",
        "NOT a = :five", "a = :five AND b = :a", "contains(b, :one)",
        "l[5] = :one", "a IN (:one, :two)", "size(a) = :one", "attribute_exists(m.nope)"}) {
    EXPECT_FALSE(holds(lie, item.get())) << lie;
  }
  EXPECT_TRUE(holds("attribute_not_exists(pk)", nullptr));
  EXPECT_FALSE(holds("attribute_exists(pk)", nullptr));
}

TEST(Expression, RefusalsInAwssWords) {
  const auto condition = [](std::string_view text) {
    return refused(ExpressionKind::condition, text);
  };
  EXPECT_EQ(condition(""), "Invalid ConditionExpression: The expression can not be empty;");
  EXPECT_EQ(condition("a = "),
            "Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"");
  EXPECT_EQ(condition("a = :one b"),
            "Invalid ConditionExpression: Syntax error; token: \"b\", near: \":one b\"");
  EXPECT_EQ(condition("((a = :one))"),
            "Invalid ConditionExpression: The expression has redundant parentheses;");
  EXPECT_EQ(condition("nope(a)"),
            "Invalid ConditionExpression: Invalid function name; function: nope");
  EXPECT_EQ(condition("size(a)"),
            "Invalid ConditionExpression: The function is not allowed to be used this way in an "
            "expression; function: size");
  EXPECT_EQ(condition("begins_with(a)"),
            "Invalid ConditionExpression: Incorrect number of operands for operator or function; "
            "operator or function: begins_with, number of operands: 1");
  EXPECT_EQ(condition("attribute_exists(:one)"),
            "Invalid ConditionExpression: Operator or function requires a document path; operator "
            "or function: attribute_exists");
  EXPECT_EQ(condition("begins_with(a, :one)"),
            "Invalid ConditionExpression: Incorrect operand type for operator or function; "
            "operator or function: begins_with, operand type: N");
  EXPECT_EQ(condition("a BETWEEN :five AND :one"),
            "Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater "
            "than or equal to lower bound; lower bound operand: AttributeValue: {N:5}, upper bound "
            "operand: AttributeValue: {N:1}");
  EXPECT_EQ(condition("#none = :one"),
            "Invalid ConditionExpression: An expression attribute name used in the document path "
            "is not defined; attribute name: #none");
  EXPECT_EQ(condition("a = a"),
            "Invalid ConditionExpression: The first operand must be distinct from the remaining "
            "operands for this operator or function; operator: =, first operand: [a]");
  EXPECT_EQ(condition("if_not_exists(a, :one) = :one"),
            "Invalid ConditionExpression: The function is not allowed in a condition expression; "
            "function: if_not_exists");
  EXPECT_EQ(refused(ExpressionKind::update, "SET a = :one SET b = :one"),
            "Invalid UpdateExpression: The \"SET\" section can only be used once in an update "
            "expression;");
  EXPECT_EQ(refused(ExpressionKind::update, "SET a.b = :one, a[1] = :one"),
            "Invalid UpdateExpression: Two document paths conflict with each other; must remove or "
            "rewrite one of these paths; path one: [a, b], path two: [a, [1]]");
  EXPECT_EQ(refused(ExpressionKind::projection, "a, a.b"),
            "Invalid ProjectionExpression: Two document paths overlap with each other; must remove "
            "or rewrite one of these paths; path one: [a], path two: [a, b]");
}

TEST(Expression, AtMostThreeHundredOperatorsAndFourKilobytes) {
  std::string many = "a = :one";
  for (int i = 0; i < 150; ++i) many += " OR a = :one";
  EXPECT_NE(refused(ExpressionKind::condition, many).find("maximum number of operators"),
            std::string::npos);
  EXPECT_NE(refused(ExpressionKind::condition, std::string(5000, 'a'))
                .find("Expression size has exceeded the maximum allowed size"),
            std::string::npos);
  std::string deep(20'000, '(');
  EXPECT_NE(refused(ExpressionKind::condition, deep.substr(0, 4000)), "accepted");
}

TEST(Expression, ThereAre573ReservedWords) {
  for (const char* word : {"status", "Name", "ABORT", "zone", "size", "ttl"})
    EXPECT_TRUE(is_reserved_word(word)) << word;
  for (const char* word : {"pk", "a", "statuses", ""}) EXPECT_FALSE(is_reserved_word(word)) << word;
}

}  // namespace
}  // namespace squall::dynamodb
