#include "emulator/model/model.h"

#include <algorithm>

namespace squall::model {

ShapeMember Shape::find(std::string_view name, size_t& hint) const {
  const size_t n = member_count();
  for (size_t i = 0; i < n; ++i) {
    const size_t at = hint + i < n ? hint + i : hint + i - n;
    const ShapeMember m = member(at);
    if (m.name() == name) {
      hint = at + 1 == n ? 0 : at + 1;
      return m;
    }
  }
  return {};
}

bool Service::speaks(Protocol p) const {
  return std::ranges::find(tables_->protocols, p) != tables_->protocols.end();
}

Operation Service::find_operation(std::string_view name) const {
  const auto rows = tables_->operations;
  const auto at = std::ranges::lower_bound(rows, name, {}, [this](const OperationRow& row) {
    return std::string_view(tables_->strings + row.name);
  });
  if (at == rows.end() || tables_->strings + at->name != name) return {};
  return {tables_, static_cast<uint32_t>(at - rows.begin())};
}

Shape Service::find_error(std::string_view code) const {
  for (uint32_t i = 0; i < tables_->shapes.size(); ++i) {
    const Shape shape(tables_, i);
    if (shape.has(shape_exception) && (shape.error_code() == code || shape.name() == code))
      return shape;
  }
  return {};
}

Shape Service::find_shape(std::string_view name) const {
  for (uint32_t i = 0; i < tables_->shapes.size(); ++i)
    if (Shape(tables_, i).name() == name) return {tables_, i};
  return {};
}

}  // namespace squall::model
