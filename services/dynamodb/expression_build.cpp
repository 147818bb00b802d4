// Trees made node by node. They own their values, which a text's trees get from the request.
#include "services/dynamodb/expression_build.h"

#include <deque>

namespace squall::dynamodb {

struct ExpressionBuilder::Owned : Parsed {
  std::deque<std::string> bytes;  // never moved: bound values look into it
};

Path attribute_path(std::string_view name) { return {entry_step(name)}; }

PathStep entry_step(std::string_view name) {
  PathStep step;
  step.name = name;
  return step;
}

PathStep index_step(uint32_t index) {
  PathStep step;
  step.kind = PathStep::Kind::index;
  step.number = index;
  return step;
}

ExpressionBuilder::ExpressionBuilder(ExpressionKind kind) : out_(std::make_shared<Owned>()) {
  out_->kind = kind;
}

uint32_t ExpressionBuilder::operation(Op op, std::vector<uint32_t> args) {
  Node node;
  node.op = op;
  node.args = std::move(args);
  out_->nodes.push_back(std::move(node));
  return static_cast<uint32_t>(out_->nodes.size() - 1);
}

uint32_t ExpressionBuilder::path(Path path) {
  const uint32_t at = operation(Op::path, {});
  out_->nodes[at].leaf = static_cast<uint32_t>(out_->paths.size());
  out_->paths.push_back(std::move(path));
  return at;
}

uint32_t ExpressionBuilder::value(std::string encoded) {
  const uint32_t at = operation(Op::value, {});
  out_->nodes[at].leaf = static_cast<uint32_t>(out_->bytes.size());
  out_->bytes.push_back(std::move(encoded));
  return at;
}

uint32_t ExpressionBuilder::joined(Op op, const std::vector<uint32_t>& conditions) {
  uint32_t all = conditions.front();
  for (size_t i = 1; i < conditions.size(); ++i) all = operation(op, {all, conditions[i]});
  return all;
}

void ExpressionBuilder::action(Action::Kind kind, Path path, uint32_t value) {
  Action action;
  action.kind = kind;
  action.path = static_cast<uint32_t>(out_->paths.size());
  action.value = value;
  out_->paths.push_back(std::move(path));
  out_->actions.push_back(action);
}

void ExpressionBuilder::project(Path path) {
  out_->projected.push_back(static_cast<uint32_t>(out_->paths.size()));
  out_->paths.push_back(std::move(path));
}

void ExpressionBuilder::set_legacy() { out_->legacy = true; }

const Node& ExpressionBuilder::node(uint32_t at) const { return out_->nodes[at]; }

AttributeView ExpressionBuilder::literal(uint32_t at) const {
  const Node& n = node(at);
  return n.op == Op::value ? AttributeView(out_->bytes[n.leaf].data()) : AttributeView();
}

ExpressionBuilder ExpressionBuilder::copy() const {
  ExpressionBuilder other(out_->kind);
  *other.out_ = *out_;
  return other;
}

Bound ExpressionBuilder::finish(uint32_t root) const {
  auto parsed = std::make_shared<Owned>(*out_);
  parsed->root = root;
  Bound bound;
  for (const std::string& encoded : parsed->bytes) bound.values.emplace_back(encoded.data());
  bound.parsed = std::move(parsed);
  return bound;
}

}  // namespace squall::dynamodb
