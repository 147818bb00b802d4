// Records: the typed structs that make up a World's state.
#pragma once

#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/core/index_keys.h"
#include "emulator/core/text.h"
#include "emulator/core/time.h"

namespace squall::sim {

/// A record has a `kind` ("ec2:vpc"), a unique `id` within its region and SQUALL_FIELDS.
/// Optionally `std::vector<std::string> index_keys() const` names the secondary indexes under which
/// Scope::by finds it ("vpc:vpc-1", "subnet:subnet-2"), or, for records made by the thousand,
/// `void index_keys(IndexKeys& keys) const`; `static constexpr bool quiet = true` keeps bulk
/// records out of the journal.
template <class T>
concept Record = requires(T t, const T c) {
  { T::kind } -> std::convertible_to<std::string_view>;
  { t.id } -> std::convertible_to<std::string>;
  c.visit_fields([](const char*, const auto&) {});
};

template <class T>
concept AddsIndexKeys = requires(const T c, IndexKeys& keys) { c.index_keys(keys); };
template <class T>
concept Indexed = AddsIndexKeys<T> || requires(const T c) {
  { c.index_keys() } -> std::same_as<std::vector<std::string>>;
};

template <class T>
concept Visitable = requires(const T c) { c.visit_fields([](const char*, const auto&) {}); };

class BinaryReader;
class BinaryWriter;

using TypeIndex = size_t;
TypeIndex next_type_index();
template <class T>
TypeIndex type_index() {
  static const TypeIndex index = next_type_index();
  return index;
}

/// What a World does with records whose type it does not know. record_type.h makes it, once a type:
/// the code behind it is compiled where a service lists its records, not wherever one is touched.
struct RecordType {
  std::string_view kind;
  TypeIndex index = 0;
  bool is_quiet = false, is_indexed = false;
  std::shared_ptr<void> (*copy)(const void* record) = nullptr;
  void (*append_json)(std::string& out, const void* record) = nullptr;
  /// Fields in which `after` differs from `before`, as JSON.
  std::string (*changes_json)(const void* before, const void* after) = nullptr;
  void (*add_keys)(IndexKeys& keys, const void* record) = nullptr;
  /// The form in which files keep it (binary.h): all fields.
  void (*write)(BinaryWriter& out, const void* record) = nullptr;
  std::shared_ptr<void> (*read)(BinaryReader& in) = nullptr;
};
using RecordTypes = std::span<const RecordType* const>;

}  // namespace squall::sim
