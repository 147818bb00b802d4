// Reading items: what of them is wanted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/request.h"

namespace squall::dynamodb {

/// One column of a PartiQL projection: what is at the path, under that name.
struct Selected {
  std::string name;
  Path path;
};

/// A ProjectionExpression bound to a request, or nothing: the whole item.
class Projection {
 public:
  Projection() = default;
  Projection(std::string_view expression, Placeholders& placeholders);
  /// AttributesToGet; none of them: the whole item.
  explicit Projection(const std::vector<std::string_view>& attributes);
  /// PartiQL's list; none: the whole item.
  explicit Projection(std::vector<Selected> columns);
  void append_json(std::string& out, std::string_view attributes) const;
  /// The attributes selected, one behind the other (kept in `buffer` where they must be).
  std::string_view apply(std::string_view attributes, std::string& buffer) const;
  explicit operator bool() const { return tree_.has_value(); }
  const PathTree* tree() const { return tree_ ? &*tree_ : nullptr; }

 private:
  std::optional<PathTree> tree_;
  std::vector<Selected> columns_;  // instead of the tree, which then only names attributes
};

}  // namespace squall::dynamodb
