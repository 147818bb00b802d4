// Look-ups over the constant tables.
#include "emulator/model/model.h"

#include <algorithm>
#include <array>

namespace squall::model {

namespace {
// Where a name was found the last time, by its shape and the address of its text, which is nearly
// always that of the same literal. A guess: whoever takes one compares the names.
constexpr size_t guess_bits = 12;
thread_local std::array<uint16_t, 1U << guess_bits> guesses;

uint16_t& guess_of(const ShapeRow* row, std::string_view name) {
  const auto shape = reinterpret_cast<uintptr_t>(row);
  const auto text = reinterpret_cast<uintptr_t>(name.data());
  const uint64_t mixed = (shape * 31 + text) * 0x9E3779B97F4A7C15ULL;
  return guesses[mixed >> (64 - guess_bits)];
}
}  // namespace

ShapeMember Shape::find_from(std::string_view name, size_t& hint) const {
  const size_t n = member_count();
  uint16_t& guess = guess_of(row_, name);
  if (guess < n) {
    if (const ShapeMember m = member(guess); equal_names(m.name(), name)) {
      hint = guess + 1U;
      return m;
    }
  }
  for (size_t i = 0; i < n; ++i) {
    const size_t at = hint + i < n ? hint + i : hint + i - n;
    const ShapeMember m = member(at);
    if (equal_names(m.name(), name)) {
      guess = static_cast<uint16_t>(at);
      hint = at + 1;
      return m;
    }
  }
  return {};
}

bool Service::speaks(Protocol p) const {
  return std::ranges::find(tables_->protocols, p) != tables_->protocols.end();
}

Operation Service::find_operation(std::string_view name) const {
  if (name.empty() || name.find('\0') != name.npos) return {};
  const auto rows = tables_->operations;
  // How a row's name, which ends with a zero byte, compares to `name`, without measuring it.
  const auto compared = [&](const OperationRow& row) {
    const char* const text = tables_->strings + row.name;
    const int order = std::strncmp(text, name.data(), name.size());
    return order ? order : static_cast<int>(text[name.size()] != '\0');
  };
  const auto at = std::partition_point(rows.begin(), rows.end(),
                                       [&](const OperationRow& row) { return compared(row) < 0; });
  if (at == rows.end() || compared(*at) != 0) return {};
  return {tables_, static_cast<uint32_t>(at - rows.begin())};
}

Shape Service::find_error(std::string_view code) const {
  const Shape named = find_shape(code);
  if (named && named.has(shape_exception)) return named;
  const auto code_of = [this](uint32_t i) { return Shape(tables_, i).error_code(); };
  const auto rows = tables_->errors_by_code;
  const auto at = std::ranges::lower_bound(rows, code, {}, code_of);
  if (at == rows.end() || code_of(*at) != code) return {};
  return {tables_, *at};
}

Shape Service::find_shape(std::string_view name) const {
  const auto rows = tables_->shapes;
  const auto at = std::ranges::lower_bound(rows, name, {}, [this](const ShapeRow& row) {
    return std::string_view(tables_->strings + row.name);
  });
  if (at == rows.end() || tables_->strings + at->name != name) return {};
  return {tables_, static_cast<uint32_t>(at - rows.begin())};
}

const Service* find_service(std::string_view name) {
  const auto services = all_services();
  const auto at = std::ranges::find(services, name, &Service::name);
  return at == services.end() ? nullptr : &*at;
}

}  // namespace squall::model
