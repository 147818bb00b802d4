// Records: the typed structs that make up a World's state, and their JSON form.
#pragma once

#include <bit>
#include <concepts>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
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

template <Indexed T>
void add_index_keys(IndexKeys& keys, const T& record) {
  if constexpr (AddsIndexKeys<T>)
    record.index_keys(keys);
  else
    for (const std::string& key : record.index_keys()) keys.add(key);
}

template <class T>
concept Visitable = requires(const T c) { c.visit_fields([](const char*, const auto&) {}); };

inline void append_record_json(std::string& out, const std::string& v) {
  append_json_string(out, v);
}
inline void append_record_json(std::string& out, bool v) { out += v ? "true" : "false"; }
template <class I>
  requires((std::integral<I> && !std::same_as<I, bool>) || std::is_enum_v<I>)
void append_record_json(std::string& out, I v) {
  out += std::to_string(static_cast<int64_t>(v));
}
inline void append_record_json(std::string& out, double v) { append_double(out, v); }
inline void append_record_json(std::string& out, Time v) {
  append_json_string(out, format_iso8601(v));
}
inline void append_record_json(std::string& out, Duration v) { out += std::to_string(v.count()); }
template <Visitable T>
void append_record_json(std::string& out, const T& v);
template <class T>
void append_record_json(std::string& out, const std::vector<T>& v);
template <class A, class B>
void append_record_json(std::string& out, const std::pair<A, B>& v);
template <class T>
void append_record_json(std::string& out, const std::set<T>& v);
template <class T>
void append_record_json(std::string& out, const std::map<std::string, T>& v);
template <class T>
void append_record_json(std::string& out, const std::optional<T>& v) {
  if (v)
    append_record_json(out, *v);
  else
    out += "null";
}

template <class Range>
void append_record_json_list(std::string& out, const Range& range) {
  out += '[';
  const char* comma = "";
  for (const auto& item : range) {
    out += comma;
    append_record_json(out, item);
    comma = ",";
  }
  out += ']';
}
template <class T>
void append_record_json(std::string& out, const std::vector<T>& v) {
  append_record_json_list(out, v);
}
template <class T>
void append_record_json(std::string& out, const std::set<T>& v) {
  append_record_json_list(out, v);
}
template <class A, class B>
void append_record_json(std::string& out, const std::pair<A, B>& v) {
  out += '[';
  append_record_json(out, v.first);
  out += ',';
  append_record_json(out, v.second);
  out += ']';
}
template <class T>
void append_record_json(std::string& out, const std::map<std::string, T>& v) {
  out += '{';
  const char* comma = "";
  for (const auto& [key, value] : v) {
    out += comma;
    append_json_string(out, key);
    out += ':';
    append_record_json(out, value);
    comma = ",";
  }
  out += '}';
}

/// Clients make these up at random; they are state, but not part of any comparison between runs.
inline bool is_canonical_field(std::string_view name) { return !name.starts_with("client_token"); }

template <Visitable T>
void append_record_json(std::string& out, const T& v) {
  out += '{';
  const char* comma = "";
  v.visit_fields([&](const char* name, const auto& field) {
    if (!is_canonical_field(name)) return;
    out += comma;
    append_json_string(out, name);
    out += ':';
    append_record_json(out, field);
    comma = ",";
  });
  out += '}';
}

template <class T>
bool is_same_value(const T& a, const T& b);
template <class A, class B>
bool is_same_value(const std::pair<A, B>& a, const std::pair<A, B>& b) {
  return is_same_value(a.first, b.first) && is_same_value(a.second, b.second);
}
template <class T>
bool is_same_value(const T& a, const T& b) {
  if constexpr (Visitable<T>) {
    std::vector<const void*> fields;
    a.visit_fields([&](const char*, const auto& field) { fields.push_back(&field); });
    bool same = true;
    size_t i = 0;
    b.visit_fields([&]<class Field>(const char*, const Field& field) {
      same = same && is_same_value(*static_cast<const Field*>(fields[i]), field);
      ++i;
    });
    return same;
  } else if constexpr (std::same_as<T, double>) {
    return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
  } else if constexpr (requires { a.has_value(); }) {
    return a.has_value() == b.has_value() && (!a || is_same_value(*a, *b));
  } else if constexpr (requires { a.begin(); } && !std::same_as<T, std::string>) {
    if (a.size() != b.size()) return false;
    for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y)
      if (!is_same_value(*x, *y)) return false;
    return true;
  } else {
    return a == b;
  }
}

/// The fields in which `after` differs from `before`, as a JSON object of their new values.
template <Visitable T>
std::string changed_fields_json(const T& before, const T& after) {
  std::vector<const void*> old;
  before.visit_fields([&](const char*, const auto& field) { old.push_back(&field); });
  std::string out = "{", was, text;
  size_t i = 0;
  after.visit_fields([&]<class Field>(const char* name, const Field& field) {
    const Field& old_field = *static_cast<const Field*>(old[i++]);
    if (!is_canonical_field(name) || is_same_value(old_field, field)) return;
    was.clear(), text.clear();
    append_record_json(was, old_field);
    append_record_json(text, field);
    if (text == was) return;  // they differ in what is not part of any comparison
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ':';
    out += text;
  });
  return out + "}";
}

}  // namespace squall::sim
