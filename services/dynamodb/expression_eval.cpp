// Truth of a condition about an item. A comparison with what is not there is false, except `<>`.
#include "services/dynamodb/decimal.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression.h"

namespace squall::dynamodb {

using Scratch = std::vector<std::unique_ptr<std::string>>;

AttributeView value_at(const Bound& bound, const Path& path, const Item* item) {
  if (!item) return {};
  AttributeView at = item->find(bound.step_name(path.front()));
  for (size_t i = 1; at && i < path.size(); ++i)
    at = path[i].kind == PathStep::Kind::index ? at.element(path[i].number)
                                               : at.entry(bound.step_name(path[i]));
  return at;
}

namespace {

AttributeView keep(Scratch& scratch, std::string encoded) {
  scratch.push_back(std::make_unique<std::string>(std::move(encoded)));
  return AttributeView(scratch.back()->data());
}

AttributeView number(Scratch& scratch, const Decimal& value) {
  std::string key, encoded;
  value.append_key(key);
  append_scalar(encoded, Type::N, key);
  return keep(scratch, std::move(encoded));
}

/// Strings are measured in UTF-16 units, as Java does.
size_t text_length(std::string_view text) {
  size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if ((byte & 0xC0) == 0x80) continue;
    units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

AttributeView size_of(AttributeView value, Scratch& scratch) {
  size_t size = 0;
  switch (value.type()) {
    case Type::S: size = text_length(value.bytes()); break;
    case Type::B: size = value.bytes().size(); break;
    case Type::SS:
    case Type::NS:
    case Type::BS:
    case Type::L:
    case Type::M: size = value.count(); break;
    default: return {};
  }
  return number(scratch, Decimal::parse(std::to_string(size)));
}

[[noreturn]] void missing_operand() {
  throw invalid("The provided expression refers to an attribute that does not exist in the item");
}
[[noreturn]] void wrong_operand() {
  throw invalid("An operand in the update expression has an incorrect data type");
}

AttributeView joined(AttributeView a, AttributeView b, Scratch& scratch) {
  if (!a || !b) missing_operand();
  if (a.type() != Type::L || b.type() != Type::L) wrong_operand();
  std::string encoded;
  const size_t opened = open_container(encoded, Type::L, a.count() + b.count());
  encoded.append(a.elements(), a.end());
  encoded.append(b.elements(), b.end());
  close_container(encoded, opened);
  return keep(scratch, std::move(encoded));
}

AttributeView sum(Op op, AttributeView a, AttributeView b, Scratch& scratch) {
  if (!a || !b) missing_operand();
  if (a.type() != Type::N || b.type() != Type::N) wrong_operand();
  const Decimal x = Decimal::from_key(a.bytes()), y = Decimal::from_key(b.bytes());
  return number(scratch, op == Op::plus ? x + y : x - y);
}

bool in_order(Op op, AttributeView a, AttributeView b) {
  if (!a || !b || a.type() != b.type() || !is_scalar_key(a.type())) return false;
  const int order = compare_bytes(a.bytes(), b.bytes());
  switch (op) {
    case Op::lt: return order < 0;
    case Op::le: return order <= 0;
    case Op::gt: return order > 0;
    default: return order >= 0;
  }
}

bool contains(AttributeView whole, AttributeView part) {
  if (!whole || !part) return false;
  switch (whole.type()) {
    case Type::S:
    case Type::B:
      return part.type() == whole.type() &&
             whole.bytes().find(part.bytes()) != std::string_view::npos;
    case Type::SS:
    case Type::NS:
    case Type::BS:
      return part.type() == element_type(whole.type()) && whole.contains(part.bytes());
    case Type::L:
      for (Elements e(whole); e; e.next())
        if (equal(e.value(), part)) return true;
      return false;
    default: return false;
  }
}

class Evaluation {
 public:
  Evaluation(const Bound& bound, const Item* item) : bound_(bound), item_(item) {}

  bool truth(uint32_t index) {
    const Node& node = bound_.parsed->nodes[index];
    const auto arg = [&](size_t i) { return operand_value(bound_, node.args[i], item_, scratch_); };
    switch (node.op) {
      case Op::and_: return truth(node.args[0]) && truth(node.args[1]);
      case Op::or_: return truth(node.args[0]) || truth(node.args[1]);
      case Op::not_: return !truth(node.args[0]);
      case Op::attribute_exists: return static_cast<bool>(arg(0));
      case Op::attribute_not_exists: return !arg(0);
      case Op::eq:
      case Op::ne: {
        const AttributeView a = arg(0), b = arg(1);
        const bool same = a && b && equal(a, b);
        return same == (node.op == Op::eq);
      }
      case Op::between: {
        const AttributeView value = arg(0);
        return in_order(Op::ge, value, arg(1)) && in_order(Op::le, value, arg(2));
      }
      case Op::in: {
        const AttributeView value = arg(0);
        for (size_t i = 1; value && i < node.args.size(); ++i)
          if (const AttributeView other = arg(i); other && equal(value, other)) return true;
        return false;
      }
      case Op::attribute_type: {
        const AttributeView value = arg(0), wanted = arg(1);
        return value && wanted && wanted.type() == Type::S &&
               type_name(value.type()) == wanted.bytes();
      }
      case Op::begins_with: {
        const AttributeView value = arg(0), start = arg(1);
        return value && start && value.type() == start.type() &&
               (value.type() == Type::S || value.type() == Type::B) &&
               value.bytes().starts_with(start.bytes());
      }
      case Op::contains: return contains(arg(0), arg(1));
      default: return in_order(node.op, arg(0), arg(1));
    }
  }

 private:
  const Bound& bound_;
  const Item* item_;
  Scratch scratch_;
};

}  // namespace

AttributeView operand_value(const Bound& bound, uint32_t index, const Item* item,
                            Scratch& scratch) {
  const Node& node = bound.parsed->nodes[index];
  const auto arg = [&](size_t i) { return operand_value(bound, node.args[i], item, scratch); };
  switch (node.op) {
    case Op::path: return value_at(bound, bound.parsed->paths[node.leaf], item);
    case Op::value: return bound.values[node.leaf];
    case Op::size: {
      const AttributeView value = arg(0);
      return value ? size_of(value, scratch) : AttributeView();
    }
    case Op::if_not_exists: {
      const AttributeView there = arg(0);
      return there ? there : arg(1);
    }
    case Op::list_append: return joined(arg(0), arg(1), scratch);
    case Op::plus:
    case Op::minus: return sum(node.op, arg(0), arg(1), scratch);
    default: return {};
  }
}

bool is_true(const Bound& bound, const Item* item) {
  return Evaluation(bound, item).truth(bound.parsed->root);
}

}  // namespace squall::dynamodb
