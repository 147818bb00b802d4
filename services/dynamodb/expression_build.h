// Expressions that come from no text: what legacy parameters and PartiQL mean, as the same trees.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/expression.h"

namespace squall::dynamodb {

/// A path of one attribute; its name is taken as it is, dots included.
Path attribute_path(std::string_view name);
/// A step below the first: an entry of a map, an element of a list.
PathStep entry_step(std::string_view name);
PathStep index_step(uint32_t index);

class ExpressionBuilder {
 public:
  explicit ExpressionBuilder(ExpressionKind kind);
  uint32_t path(Path path);
  uint32_t attribute(std::string_view name) { return path(attribute_path(name)); }
  /// A value in stored form, type included.
  uint32_t value(std::string encoded);
  uint32_t operation(Op op, std::vector<uint32_t> args);
  /// `a AND b AND c`; the only condition itself where there is one.
  uint32_t joined(Op op, const std::vector<uint32_t>& conditions);
  void action(Action::Kind kind, Path path, uint32_t value = 0);
  void project(Path path);
  /// Legacy updates are refused in words of their own.
  void set_legacy();
  const Node& node(uint32_t at) const;
  /// The value of a leaf, or an invalid view where the node is none.
  AttributeView literal(uint32_t at) const;

  /// One that can grow on its own.
  ExpressionBuilder copy() const;
  /// May be called several times: what was built so far, with that root.
  Bound finish(uint32_t root = 0) const;

 private:
  struct Owned;  // a Parsed that keeps its values
  std::shared_ptr<Owned> out_;
};

}  // namespace squall::dynamodb
