// Reading items: what of them is wanted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/dynamodb/request.h"

namespace squall::dynamodb {

/// A ProjectionExpression bound to a request, or nothing: the whole item.
class Projection {
 public:
  Projection() = default;
  Projection(std::string_view expression, Placeholders& placeholders);
  void append_json(std::string& out, std::string_view attributes) const;
  /// The attributes selected, one behind the other (kept in `buffer` where they must be).
  std::string_view apply(std::string_view attributes, std::string& buffer) const;
  explicit operator bool() const { return tree_.has_value(); }
  bool names_only(std::string_view attribute) const;
  const PathTree* tree() const { return tree_ ? &*tree_ : nullptr; }

 private:
  std::optional<PathTree> tree_;
};

}  // namespace squall::dynamodb
