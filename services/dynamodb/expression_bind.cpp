// Names and values of a request joined to a parsed expression, and what can be refused once both
// are known. Also the cache of parsed expressions.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "emulator/core/text.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression.h"
#include "services/dynamodb/expression_parse.h"

namespace squall::dynamodb {

Parsed parse_expression(ExpressionKind kind, std::string_view text) {
  return Parser(kind, text).take();
}

std::shared_ptr<const Parsed> parsed_expression(ExpressionKind kind, std::string_view text) {
  constexpr size_t entries_max = 1024;
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
  };
  using Cache =
      std::unordered_map<std::string, std::shared_ptr<const Parsed>, Hash, std::equal_to<>>;
  thread_local std::array<Cache, 5> caches;
  Cache& cache = caches.at(static_cast<size_t>(kind));
  if (const auto found = cache.find(text); found != cache.end()) return found->second;
  auto parsed = std::make_shared<const Parsed>(parse_expression(kind, text));
  // Programs have few expressions; one that makes them up does not gain from a cleverer choice.
  if (cache.size() >= entries_max) cache.clear();
  cache.emplace(std::string(text), parsed);
  return parsed;
}

namespace {

bool is_placeholder(std::string_view text, char first) {
  if (text.size() < 2 || text[0] != first) return false;
  return std::ranges::all_of(text.substr(1), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

Placeholders::Placeholders(const Value& names, const Value& values) {
  if (names.is_map() && names.empty()) throw invalid("ExpressionAttributeNames must not be empty");
  for (const Member& m : names.members()) {
    if (!m.value.is_string()) throw serialization("Unexpected value type in payload");
    if (!is_placeholder(m.key.text, '#'))
      throw invalid(cat("ExpressionAttributeNames contains invalid key: Syntax error; key: \"",
                        m.key.text, "\""));
    if (m.value.text().empty())
      throw invalid("ExpressionAttributeNames contains invalid value: Empty attribute name");
    names_.push_back({m.key.text, m.value.text()});
  }
  if (values.is_map() && values.empty())
    throw invalid("ExpressionAttributeValues must not be empty");
  for (const Member& m : values.members()) {
    if (!is_placeholder(m.key.text, ':'))
      throw invalid(cat("ExpressionAttributeValues contains invalid key: Syntax error; key: \"",
                        m.key.text, "\""));
    values_.push_back({m.key.text, bytes_.size()});
    try {
      append_attribute(bytes_, m.value);
    } catch (AwsError& error) {
      if (error.code == "ValidationException")
        error.message = cat("ExpressionAttributeValues contains invalid value: ", error.message,
                            " for key ", m.key.text);
      throw;
    }
  }
}

std::string_view Placeholders::name(std::string_view placeholder) {
  for (Name& n : names_)
    if (n.placeholder == placeholder) {
      n.used = true;
      return n.name;
    }
  return {};
}

AttributeView Placeholders::value(std::string_view placeholder) {
  for (Given& v : values_)
    if (v.placeholder == placeholder) {
      v.used = true;
      return AttributeView(bytes_.data() + v.offset);
    }
  return {};
}

void Placeholders::check_all_used() const {
  std::string unused;
  for (const Name& n : names_)
    if (!n.used) unused += cat(unused.empty() ? "" : ", ", n.placeholder);
  if (!unused.empty())
    throw invalid(cat("Value provided in ExpressionAttributeNames unused in expressions: keys: {",
                      unused, "}"));
  for (const Given& v : values_)
    if (!v.used) unused += cat(unused.empty() ? "" : ", ", v.placeholder);
  if (!unused.empty())
    throw invalid(cat("Value provided in ExpressionAttributeValues unused in expressions: keys: {",
                      unused, "}"));
}

namespace {

class Checker {
 public:
  explicit Checker(const Bound& bound) : bound_(bound), parsed_(*bound.parsed) {}

  void check() const {
    for (const Node& node : parsed_.nodes) check_node(node);
    if (parsed_.kind == ExpressionKind::update) {
      for (const Action& action : parsed_.actions) check_action(action);
      std::vector<uint32_t> paths;
      for (const Action& action : parsed_.actions) paths.push_back(action.path);
      check_overlaps(paths);
    } else if (parsed_.kind == ExpressionKind::projection) {
      check_overlaps(parsed_.projected);
    }
  }

 private:
  [[noreturn]] void refuse(std::string_view what) const {
    throw invalid(cat("Invalid ", expression_name(parsed_.kind), ": ", what));
  }
  /// The literal value of an argument, or an invalid view where it is a path or computed.
  AttributeView literal(uint32_t node) const {
    const Node& n = parsed_.nodes[node];
    return n.op == Op::value ? bound_.values[n.leaf] : AttributeView();
  }
  [[noreturn]] void wrong_type(const Node& node, Type type) const {
    refuse(cat("Incorrect operand type for operator or function; operator or function: ",
               op_name(node.op), ", operand type: ", type_name(type)));
  }

  void check_node(const Node& node) const {
    switch (node.op) {
      case Op::lt:
      case Op::le:
      case Op::gt:
      case Op::ge:
      case Op::between:
        for (const uint32_t arg : node.args)
          if (const AttributeView v = literal(arg); v && !is_scalar_key(v.type()))
            wrong_type(node, v.type());
        if (node.op == Op::between) check_between(node);
        break;
      case Op::begins_with:
        for (const uint32_t arg : node.args)
          if (const AttributeView v = literal(arg); v && v.type() != Type::S && v.type() != Type::B)
            wrong_type(node, v.type());
        break;
      case Op::attribute_type: check_attribute_type(node); break;
      case Op::size:
        if (const AttributeView v = literal(node.args[0]);
            v && (v.type() == Type::N || v.type() == Type::BOOL || v.type() == Type::NUL))
          wrong_type(node, v.type());
        break;
      case Op::plus:
      case Op::minus:
        for (const uint32_t arg : node.args)
          if (const AttributeView v = literal(arg); v && v.type() != Type::N)
            wrong_type(node, v.type());
        break;
      case Op::list_append:
        for (const uint32_t arg : node.args)
          if (const AttributeView v = literal(arg); v && v.type() != Type::L)
            wrong_type(node, v.type());
        break;
      default: break;
    }
    check_distinct(node);
  }

  void check_distinct(const Node& node) const {
    const bool comparing = (node.op >= Op::eq && node.op <= Op::in) || node.op == Op::begins_with ||
                           node.op == Op::contains || node.op == Op::attribute_type;
    if (!comparing || node.args.size() < 2) return;
    const Node& first = parsed_.nodes[node.args[0]];
    if (first.op != Op::path) return;
    const std::string shown_first = shown_path(bound_, parsed_.paths[first.leaf]);
    for (size_t i = 1; i < node.args.size(); ++i) {
      const Node& other = parsed_.nodes[node.args[i]];
      if (other.op == Op::path && shown_path(bound_, parsed_.paths[other.leaf]) == shown_first)
        refuse(cat("The first operand must be distinct from the remaining operands for this "
                   "operator or function; operator: ",
                   op_name(node.op), ", first operand: ", shown_first));
    }
  }

  void check_between(const Node& node) const {
    const AttributeView low = literal(node.args[1]), high = literal(node.args[2]);
    if (!low || !high) return;
    const auto bounds = [&] {
      return cat("lower bound operand: AttributeValue: ", shown(low),
                 ", upper bound operand: AttributeValue: ", shown(high));
    };
    if (low.type() != high.type())
      refuse(cat("The BETWEEN operator requires same data type for lower and upper bounds; ",
                 bounds()));
    if (compare_bytes(low.bytes(), high.bytes()) > 0)
      refuse(cat("The BETWEEN operator requires upper bound to be greater than or equal to lower "
                 "bound; ",
                 bounds()));
  }

  void check_attribute_type(const Node& node) const {
    const AttributeView wanted = literal(node.args[1]);
    if (!wanted) return;
    if (wanted.type() != Type::S) wrong_type(node, wanted.type());
    for (int i = 0; i <= static_cast<int>(Type::M); ++i)
      if (type_name(static_cast<Type>(i)) == wanted.bytes()) return;
    refuse(cat("Invalid attribute type name found; type: ", wanted.bytes(),
               ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"));
  }

  void check_action(const Action& action) const {
    constexpr std::string_view long_names[] = {"STRING", "NUMBER", "BINARY", "BOOLEAN", "NULL",
                                               "STRING_SET", "NUMBER_SET", "BINARY_SET", "LIST",
                                               "MAP"};
    if (action.kind != Action::Kind::add && action.kind != Action::Kind::delete_) return;
    const bool adds = action.kind == Action::Kind::add;
    const Type type = literal(action.value).type();
    if (is_set(type) || (adds && type == Type::N)) return;
    const std::string_view name = adds ? "ADD" : "DELETE";
    refuse(cat("Incorrect operand type for operator or function; operator: ", name,
               ", operand type: ", long_names[static_cast<size_t>(type)],
               ", typeSet: ALLOWED_FOR_", name, "_OPERAND"));
  }

  void check_overlaps(const std::vector<uint32_t>& paths) const {
    for (size_t i = 1; i < paths.size(); ++i)
      for (size_t j = 0; j < i; ++j) check_pair(parsed_.paths[paths[j]], parsed_.paths[paths[i]]);
  }

  void check_pair(const Path& a, const Path& b) const {
    const auto told = [&](std::string_view how) {
      refuse(cat("Two document paths ", how,
                 " with each other; must remove or rewrite one of these paths; path one: ",
                 shown_path(bound_, a), ", path two: ", shown_path(bound_, b)));
    };
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      const bool index_a = a[i].kind == PathStep::Kind::index;
      const bool index_b = b[i].kind == PathStep::Kind::index;
      if (index_a != index_b) return told("conflict");
      if (index_a ? a[i].number != b[i].number : bound_.step_name(a[i]) != bound_.step_name(b[i]))
        return;
    }
    told("overlap");
  }

  const Bound& bound_;
  const Parsed& parsed_;
};

}  // namespace

Bound bind_expression(std::shared_ptr<const Parsed> parsed, Placeholders& placeholders) {
  Bound bound;
  bound.parsed = std::move(parsed);
  for (const std::string& name : bound.parsed->names) {
    bound.names.push_back(placeholders.name(name));
    if (bound.names.back().empty())
      throw invalid(cat("Invalid ", expression_name(bound.parsed->kind),
                        ": An expression attribute name used in the document path is not defined; "
                        "attribute name: ",
                        name));
  }
  for (const std::string& value : bound.parsed->values) {
    bound.values.push_back(placeholders.value(value));
    if (!bound.values.back())
      throw invalid(cat("Invalid ", expression_name(bound.parsed->kind),
                        ": An expression attribute value used in expression is not defined; "
                        "attribute value: ",
                        value));
  }
  check_expression(bound);
  return bound;
}

void check_expression(const Bound& bound) { Checker(bound).check(); }

std::string shown_path(const Bound& bound, const Path& path) {
  std::string out = "[";
  for (const PathStep& step : path) {
    if (out.size() > 1) out += ", ";
    out += step.kind == PathStep::Kind::index ? cat("[", step.number, "]")
                                              : std::string(bound.step_name(step));
  }
  return out + "]";
}

}  // namespace squall::dynamodb
