// The JSON form of records, and RecordType made from a struct: included where records are listed.
#pragma once

#include <bit>
#include <type_traits>

#include "emulator/sim/binary.h"
#include "emulator/sim/record.h"

namespace squall::sim {

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

template <Record T>
const RecordType& record_type() {
  static const RecordType type{
      .kind = T::kind,
      .index = type_index<T>(),
      .is_quiet = [] {
        if constexpr (requires { T::quiet; }) return T::quiet;
        return false;
      }(),
      .is_indexed = Indexed<T>,
      .copy = [](const void* record) -> std::shared_ptr<void> {
        return std::make_shared<T>(*static_cast<const T*>(record));
      },
      .append_json = [](std::string& out, const void* record) {
        append_record_json(out, *static_cast<const T*>(record));
      },
      .changes_json = [](const void* before, const void* after) {
        return changed_fields_json(*static_cast<const T*>(before), *static_cast<const T*>(after));
      },
      .add_keys = [](IndexKeys& keys, const void* record) {
        [[maybe_unused]] const T& typed = *static_cast<const T*>(record);
        if constexpr (AddsIndexKeys<T>) {
          typed.index_keys(keys);
        } else if constexpr (Indexed<T>) {
          for (const std::string& key : typed.index_keys()) keys.add(key);
        } else {
          (void)keys;
        }
      },
      .write = [](BinaryWriter& out, const void* record) {
        write_binary(out, *static_cast<const T*>(record));
      },
      .read = [](BinaryReader& in) -> std::shared_ptr<void> {
        auto record = std::make_shared<T>();
        read_binary(in, *record);
        return record;
      },
  };
  return type;
}

/// `records<Vpc, Subnet>()`: for ServiceDefinition::records.
template <Record... T>
RecordTypes records() {
  static const RecordType* const list[] = {&record_type<T>()...};
  return list;
}

}  // namespace squall::sim
