// Legacy parameters into expression trees. Names are attributes' whole names; there are no paths.
#include "services/dynamodb/legacy.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dynamodb/expression_build.h"

namespace squall::dynamodb {
namespace {

constexpr uint16_t bit(Type type) {
  return static_cast<uint16_t>(1U << static_cast<unsigned>(type));
}
constexpr uint16_t any_type = 0xFFFF;
constexpr uint16_t ordered = bit(Type::S) | bit(Type::N) | bit(Type::B);
constexpr uint16_t texts = bit(Type::S) | bit(Type::B);
constexpr uint16_t elements = ordered | bit(Type::BOOL) | bit(Type::NUL);

struct Comparison {
  std::string_view name;
  Op op;
  size_t operands_min, operands_max;
  uint16_t types;        // that its operands may have
  bool of_keys = false;  // may stand in KeyConditions
};
constexpr size_t many = 100;
constexpr Comparison comparisons[] = {
    {"EQ", Op::eq, 1, 1, any_type, true},
    {"NE", Op::ne, 1, 1, any_type},
    {"LE", Op::le, 1, 1, ordered, true},
    {"LT", Op::lt, 1, 1, ordered, true},
    {"GE", Op::ge, 1, 1, ordered, true},
    {"GT", Op::gt, 1, 1, ordered, true},
    {"BETWEEN", Op::between, 2, 2, ordered, true},
    {"BEGINS_WITH", Op::begins_with, 1, 1, texts, true},
    {"IN", Op::in, 1, many, ordered},
    {"CONTAINS", Op::contains, 1, 1, elements},
    {"NOT_CONTAINS", Op::contains, 1, 1, elements},
    {"NULL", Op::attribute_not_exists, 0, 0, any_type},
    {"NOT_NULL", Op::attribute_exists, 0, 0, any_type},
};

const Comparison& comparison_named(std::string_view name) {
  const auto* row = std::ranges::find(comparisons, name, &Comparison::name);
  if (row == std::end(comparisons)) throw serialization("");  // the model names the choices
  return *row;
}

std::string encoded(const Value& attribute) {
  std::string out;
  append_attribute(out, attribute);
  return out;
}

void check_operands(const Comparison& comparison, const std::vector<std::string>& operands) {
  if (operands.size() < comparison.operands_min || operands.size() > comparison.operands_max)
    throw invalid_parameter(cat("Invalid number of argument(s) for the ", comparison.name,
                                " ComparisonOperator"));
  for (const std::string& operand : operands) {
    const Type type = AttributeView(operand.data()).type();
    if (!(comparison.types & bit(type)))
      throw invalid_parameter(cat("ComparisonOperator ", comparison.name, " is not valid for ",
                                  type_name(type), " AttributeValue type"));
    if (type != AttributeView(operands.front().data()).type())
      throw invalid_parameter(
          "AttributeValues inside AttributeValueList must be of same type");
  }
  if (comparison.op != Op::between) return;
  if (compare_bytes(AttributeView(operands[0].data()).bytes(),
                    AttributeView(operands[1].data()).bytes()) > 0)
    throw invalid(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound");
}

/// `name OPERATOR operands`, checked.
uint32_t condition_node(ExpressionBuilder& builder, std::string_view name,
                        const Comparison& comparison, std::vector<std::string> operands) {
  check_operands(comparison, operands);
  std::vector<uint32_t> args{builder.attribute(name)};
  for (std::string& operand : operands) args.push_back(builder.value(std::move(operand)));
  const uint32_t node = builder.operation(comparison.op, std::move(args));
  if (comparison.name != "NOT_CONTAINS") return node;
  // What is not there contains nothing, and yet does not satisfy NOT_CONTAINS.
  const uint32_t there = builder.operation(Op::attribute_exists, {builder.attribute(name)});
  return builder.operation(Op::and_, {there, builder.operation(Op::not_, {node})});
}

std::vector<std::string> encoded_list(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(encoded(item));
  return out;
}

/// AND or OR, checked against the number of conditions.
Op conditional_operator(const Fields& fields, size_t conditions) {
  constexpr std::string_view names[] = {"AND", "OR"};
  const Op op = fields.choice("ConditionalOperator", names, 0) == 0 ? Op::and_ : Op::or_;
  if (!fields.has("ConditionalOperator")) return op;
  if (conditions == 0)
    throw invalid("ConditionalOperator cannot be used without Filter or Expected");
  if (conditions == 1)
    throw invalid(
        "ConditionalOperator can only be used when Filter or Expected has two or more elements");
  return op;
}



// --- Expected ------------------------------------------------------------------------------------

[[noreturn]] void bad_expectation(std::string_view what, std::string_view name) {
  throw invalid(cat("1 validation error detected: One or more parameter values were invalid: ",
                    what, " for Attribute: ", name));
}

/// The rules between the four members of an expected attribute.
void check_expectation(const Fields& given, std::string_view name) {
  const bool value = given.has("Value"), list = given.has("AttributeValueList");
  const auto exists = given.boolean("Exists");
  const auto op = given.optional_text("ComparisonOperator");
  if (list && !op)
    bad_expectation("AttributeValueList can only be used with a ComparisonOperator", name);
  if (op && exists)
    bad_expectation("Exists and ComparisonOperator cannot be used together", name);
  if (value && list)
    bad_expectation("Value and AttributeValueList cannot be used together", name);
  if (op) {
    if (!value && !list && comparison_named(*op).operands_min > 0)
      bad_expectation(
          cat("Value or AttributeValueList must be used with ComparisonOperator: ", *op), name);
    return;
  }
  if (!value && exists.value_or(true))
    bad_expectation(cat("Value must be provided when Exists is ", exists ? "true" : "null"), name);
  if (value && !exists.value_or(true))
    bad_expectation("Value cannot be used when Exists is false", name);
}

uint32_t expectation_node(ExpressionBuilder& builder, std::string_view name, const Value& wanted) {
  const Fields given(wanted);
  check_expectation(given, name);
  std::vector<std::string> operands = encoded_list(given.list("AttributeValueList"));
  if (given.has("Value")) operands.push_back(encoded(given.raw("Value")));
  std::string_view op = operands.empty() ? "NULL" : "EQ";
  if (const auto text = given.optional_text("ComparisonOperator")) op = *text;
  return condition_node(builder, name, comparison_named(op), std::move(operands));
}

// --- AttributeUpdates ----------------------------------------------------------------------------

void update_action(ExpressionBuilder& builder, std::string_view name, const Value& update) {
  constexpr std::string_view actions[] = {"PUT", "ADD", "DELETE"};
  constexpr Action::Kind kinds[] = {Action::Kind::set, Action::Kind::add, Action::Kind::delete_};
  const Fields fields(update);
  const Action::Kind kind = kinds[fields.choice("Action", actions, 0)];
  if (!fields.has("Value")) {
    if (kind != Action::Kind::delete_)
      throw invalid_parameter(
          "Only DELETE action is allowed when no attribute value is specified");
    return builder.action(Action::Kind::remove, attribute_path(name));
  }
  std::string value = encoded(fields.raw("Value"));
  const Type type = AttributeView(value.data()).type();
  if (kind == Action::Kind::delete_ && !is_set(type))
    throw invalid_parameter(
        cat("DELETE action with value is not supported for the type ", type_name(type)));
  if (kind == Action::Kind::add && !is_set(type) && type != Type::N && type != Type::L)
    throw invalid_parameter(cat("ADD action is not supported for the type ", type_name(type)));
  builder.action(kind, attribute_path(name), builder.value(std::move(value)));
}

}  // namespace

Bound expected_condition(const Fields& fields) {
  if (!fields.has("Expected") && !fields.has("ConditionalOperator")) return {};  // nearly always
  const Value wanted = fields.map("Expected");
  ExpressionBuilder builder(ExpressionKind::condition);
  std::vector<uint32_t> conditions;
  for (const Member& m : wanted.members())
    conditions.push_back(expectation_node(builder, m.key.text, m.value));
  const Op op = conditional_operator(fields, conditions.size());
  if (conditions.empty()) return {};
  return builder.finish(builder.joined(op, conditions));
}

Bound legacy_filter(const Fields& fields, std::string_view member) {
  if (!fields.has(member) && !fields.has("ConditionalOperator")) return {};
  const Value wanted = fields.map(member);
  ExpressionBuilder builder(ExpressionKind::filter);
  std::vector<uint32_t> conditions;
  for (const Member& m : wanted.members()) {
    const Fields given(m.value);
    conditions.push_back(condition_node(builder, m.key.text,
                                        comparison_named(given.text("ComparisonOperator")),
                                        encoded_list(given.list("AttributeValueList"))));
  }
  const Op op = conditional_operator(fields, conditions.size());
  if (conditions.empty()) return {};
  return builder.finish(builder.joined(op, conditions));
}

Bound attribute_updates(const Fields& fields) {
  const Value updates = fields.map("AttributeUpdates");
  if (updates.empty()) return {};
  ExpressionBuilder builder(ExpressionKind::update);
  builder.set_legacy();
  for (const Member& m : updates.members()) update_action(builder, m.key.text, m.value);
  return builder.finish(0);
}

Bound key_conditions(const Fields& fields) {
  const Value wanted = fields.map("KeyConditions");
  if (wanted.is_absent()) return {};
  constexpr size_t keys_max = 2;
  ExpressionBuilder builder(ExpressionKind::key_condition);
  std::vector<uint32_t> conditions;
  for (const Member& m : wanted.members()) {
    const Fields given(m.value);
    const Comparison& comparison = comparison_named(given.text("ComparisonOperator"));
    conditions.push_back(condition_node(builder, m.key.text, comparison,
                                        encoded_list(given.list("AttributeValueList"))));
    if (!comparison.of_keys)
      throw invalid("Attempted conditional constraint is not an indexable operation");
  }
  if (conditions.empty() || conditions.size() > keys_max)
    throw invalid("Conditions can be of length 1 or 2 only");
  return builder.finish(builder.joined(Op::and_, conditions));
}

std::vector<std::string_view> attributes_to_get(const Fields& fields) {
  const Value list = fields.list("AttributesToGet");
  std::vector<std::string_view> names;
  if (!list.is_absent() && list.empty()) throw serialization("");  // the model says how many
  for (const Value& name : list.items()) {
    if (!name.is_string()) throw serialization("");
    if (std::ranges::find(names, name.text()) != names.end())
      throw invalid_parameter(cat("Duplicate value in attribute name: ", name.text()));
    names.push_back(name.text());
  }
  return names;
}

}  // namespace squall::dynamodb
