// KeyConditionExpression: the partition key equals a value, the range key lies in one range.
#include "emulator/core/text.h"
#include "services/dynamodb/page.h"

namespace squall::dynamodb {
namespace {

[[noreturn]] void refuse(std::string_view what) {
  throw invalid(cat("Invalid KeyConditionExpression: ", what));
}
[[noreturn]] void not_supported() { throw invalid("Query key condition not supported"); }

class Reader {
 public:
  explicit Reader(const Bound& bound) : bound_(bound), parsed_(*bound.parsed) {}

  std::vector<Comparison> conditions() {
    collect(parsed_.root);
    return std::move(found_);
  }

 private:
  void collect(uint32_t index) {
    const Node& node = parsed_.nodes[index];
    switch (node.op) {
      case Op::and_:
        collect(node.args[0]);
        collect(node.args[1]);
        return;
      case Op::eq:
      case Op::lt:
      case Op::le:
      case Op::gt:
      case Op::ge:
      case Op::between:
      case Op::begins_with: return add(node);
      default: refuse(cat("Invalid operator used in KeyConditionExpression: ", op_name(node.op)));
    }
  }

  void add(const Node& node) {
    Comparison condition;
    condition.op = node.op;
    for (size_t i = 0; i < node.args.size(); ++i) {
      const Node& arg = parsed_.nodes[node.args[i]];
      if (arg.op == Op::value) {
        condition.values.push_back(bound_.values[arg.leaf]);
      } else if (arg.op == Op::path) {
        const Path& path = parsed_.paths[arg.leaf];
        if (path.size() > 1)
          refuse("KeyConditionExpressions cannot have conditions on nested attributes");
        if (!condition.name.empty())
          refuse("Invalid condition in KeyConditionExpression: Multiple attribute names used in "
                 "one condition");
        condition.name = bound_.step_name(path.front());
        if (i > 0) condition.op = mirrored(condition.op);
      } else {
        refuse("KeyConditionExpressions cannot contain nested operations");
      }
    }
    if (condition.name.empty())
      refuse("Invalid condition in KeyConditionExpression: No key attribute specified");
    found_.push_back(std::move(condition));
  }

  const Bound& bound_;
  const Parsed& parsed_;
  std::vector<Comparison> found_;
};

}  // namespace

Op mirrored(Op op) {
  switch (op) {
    case Op::lt: return Op::gt;
    case Op::le: return Op::ge;
    case Op::gt: return Op::lt;
    case Op::ge: return Op::le;
    default: return op;
  }
}

std::string key_bytes(AttributeView value, Type wanted, std::string_view name) {
  if (value.type() != wanted)
    throw invalid_parameter("Condition parameter type does not match schema type");
  if (wanted != Type::N && value.bytes().empty())
    throw invalid(cat("One or more parameter values are not valid. The AttributeValue for a key "
                      "attribute cannot contain an empty ",
                      wanted == Type::S ? "string" : "binary", " value. Key: ", name));
  return std::string(value.bytes());
}

namespace {

void set_range(KeyRange& range, const Comparison& condition, const Target& target) {
  if (condition.op == Op::begins_with && target.types.range == Type::N)
    throw invalid_parameter("Unsupported operator on key attribute: begins_with");
  range.op = condition.op;
  range.low = key_bytes(condition.values[0], target.types.range, target.keys.range);
  if (condition.op == Op::between)
    range.high = key_bytes(condition.values[1], target.types.range, target.keys.range);
}

}  // namespace

KeyRange key_range(const Bound& bound, const Target& target) {
  const std::vector<Comparison> conditions = Reader(bound).conditions();
  const Comparison* hash = nullptr;
  const Comparison* sort = nullptr;
  bool other = false;
  for (const Comparison& c : conditions) {
    const Comparison** slot = c.name == target.keys.hash ? &hash
                             : !target.keys.range.empty() && c.name == target.keys.range
                                 ? &sort
                                 : nullptr;
    if (!slot) {
      other = true;
      continue;
    }
    if (*slot) refuse("KeyConditionExpressions must only contain one condition per key");
    *slot = &c;
  }
  constexpr size_t keys_max = 2;
  if (conditions.size() > keys_max) refuse("Too many conditions for the keys of the table");
  if (!hash) throw invalid(cat("Query condition missed key schema element: ", target.keys.hash));
  if (other && !sort && !target.keys.range.empty())
    throw invalid(cat("Query condition missed key schema element: ", target.keys.range));
  if (other || hash->op != Op::eq) not_supported();
  KeyRange range;
  range.hash = key_bytes(hash->values[0], target.types.hash, target.keys.hash);
  if (sort) set_range(range, *sort, target);
  return range;
}

Range KeyRange::range(bool forward) const {
  using Edge = Position::Edge;
  Range r;
  r.forward = forward;
  r.from = Position::of(hash, Edge::before);
  r.to = Position::of(hash, Edge::after);
  switch (op) {
    case Op::eq:
      r.from.then(low);
      r.to.then(low);
      break;
    case Op::lt:
    case Op::le:
      r.to.then(low);
      if (op == Op::lt) r.to.edge = Edge::before;
      break;
    case Op::gt:
    case Op::ge:
      r.from.then(low);
      if (op == Op::gt) r.from.edge = Edge::after;
      break;
    case Op::between:
      r.from.then(low);
      r.to.then(high);
      break;
    case Op::begins_with:
      r.from.then(low);
      r.to.then(low);
      r.to.edge = Edge::after_prefix;
      break;
    default: break;
  }
  return r;
}

}  // namespace squall::dynamodb
