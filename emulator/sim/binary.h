// The compact form in which state is kept in files: lengths and small numbers take one byte, and
// each field of a struct carries its name's hash and its length, so that a struct that has gained,
// lost or moved fields since is still read.
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "emulator/core/time.h"
#include "emulator/sim/record.h"

namespace squall::sim {

/// Bytes that do not hold what they should: a damaged file, or one of another version.
struct BadBytes : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class BinaryWriter {
 public:
  explicit BinaryWriter(std::string& out) : out_(out) {}

  void byte(uint8_t value) { out_ += static_cast<char>(value); }
  /// Seven bits a byte.
  void number(uint64_t value);
  void integer(int64_t value) {
    number(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }
  void word(uint64_t value);  // eight bytes
  void real(double value) { word(std::bit_cast<uint64_t>(value)); }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }
  void time(Time value) { integer(to_ns(value)); }

  /// A part whose length is known when it is closed.
  size_t open();
  void close(size_t opened);
  size_t open_field(std::string_view name);

 private:
  std::string& out_;
};

/// Reads what BinaryWriter wrote; throws BadBytes where something else stands. Virtual, so that a
/// test can have values made up for every field there is.
class BinaryReader {
 public:
  explicit BinaryReader(std::string_view bytes) : rest_(bytes) {}
  virtual ~BinaryReader() = default;

  bool at_end() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }
  virtual uint8_t byte();
  virtual uint64_t number();
  int64_t integer() {
    const uint64_t value = number();
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  uint64_t word();
  virtual double real() { return std::bit_cast<double>(word()); }
  /// A view into the bytes read.
  virtual std::string_view text();
  Time time() { return from_ns(integer()); }
  /// How many elements follow.
  virtual size_t count() { return number(); }
  virtual bool boolean() { return byte() != 0; }

  // A struct: its fields by name. Fields are mostly in the order asked for.
  virtual void open_struct();
  /// Whether the struct holds the field; then its value is what is read next.
  virtual bool open_field(std::string_view name);
  virtual void close_field();
  virtual void close_struct();

 protected:
  std::string_view take(size_t bytes);

 private:
  struct Level {
    std::string_view all;    // the struct's fields
    std::string_view after;  // what follows the struct
    std::string_view next;   // the field after the one last found
    size_t field_end = 0;    // how much is left at the open field's end
  };
  bool find_field(Level& level, uint32_t tag);

  std::string_view rest_;
  std::vector<Level> levels_;
};

// --- values --------------------------------------------------------------------------------------

inline void write_binary(BinaryWriter& out, const std::string& v) { out.text(v); }
inline void read_binary(BinaryReader& in, std::string& v) { v = in.text(); }
inline void write_binary(BinaryWriter& out, bool v) { out.byte(v); }
inline void read_binary(BinaryReader& in, bool& v) { v = in.boolean(); }
inline void write_binary(BinaryWriter& out, double v) { out.real(v); }
inline void read_binary(BinaryReader& in, double& v) { v = in.real(); }
inline void write_binary(BinaryWriter& out, Time v) { out.time(v); }
inline void read_binary(BinaryReader& in, Time& v) { v = in.time(); }
inline void write_binary(BinaryWriter& out, Duration v) { out.integer(v.count()); }
inline void read_binary(BinaryReader& in, Duration& v) { v = Duration{in.integer()}; }
template <class I>
  requires((std::integral<I> && !std::same_as<I, bool>) || std::is_enum_v<I>)
void write_binary(BinaryWriter& out, I v) {
  out.integer(static_cast<int64_t>(v));
}
template <class I>
  requires((std::integral<I> && !std::same_as<I, bool>) || std::is_enum_v<I>)
void read_binary(BinaryReader& in, I& v) {
  v = static_cast<I>(in.integer());
}
template <Visitable T>
void write_binary(BinaryWriter& out, const T& v);
template <Visitable T>
void read_binary(BinaryReader& in, T& v);
template <class T>
void write_binary(BinaryWriter& out, const std::vector<T>& v);
template <class T>
void read_binary(BinaryReader& in, std::vector<T>& v);
template <class A, class B>
void write_binary(BinaryWriter& out, const std::pair<A, B>& v);
template <class A, class B>
void read_binary(BinaryReader& in, std::pair<A, B>& v);
template <class T>
void write_binary(BinaryWriter& out, const std::set<T>& v);
template <class T>
void read_binary(BinaryReader& in, std::set<T>& v);
template <class K, class T>
void write_binary(BinaryWriter& out, const std::map<K, T>& v);
template <class K, class T>
void read_binary(BinaryReader& in, std::map<K, T>& v);

template <class T>
void write_binary(BinaryWriter& out, const std::optional<T>& v) {
  out.byte(v.has_value());
  if (v) write_binary(out, *v);
}
template <class T>
void read_binary(BinaryReader& in, std::optional<T>& v) {
  v.reset();
  if (in.boolean()) read_binary(in, v.emplace());
}
template <class T>
void write_binary(BinaryWriter& out, const std::vector<T>& v) {
  out.number(v.size());
  for (const T& item : v) write_binary(out, item);
}
template <class T>
void read_binary(BinaryReader& in, std::vector<T>& v) {
  v.clear();
  for (size_t n = in.count(); n > 0; --n) read_binary(in, v.emplace_back());
}
template <class A, class B>
void write_binary(BinaryWriter& out, const std::pair<A, B>& v) {
  write_binary(out, v.first);
  write_binary(out, v.second);
}
template <class A, class B>
void read_binary(BinaryReader& in, std::pair<A, B>& v) {
  read_binary(in, v.first);
  read_binary(in, v.second);
}
template <class T>
void write_binary(BinaryWriter& out, const std::set<T>& v) {
  out.number(v.size());
  for (const T& item : v) write_binary(out, item);
}
template <class T>
void read_binary(BinaryReader& in, std::set<T>& v) {
  v.clear();
  for (size_t n = in.count(); n > 0; --n) {
    T item{};
    read_binary(in, item);
    v.insert(v.end(), std::move(item));
  }
}
template <class K, class T>
void write_binary(BinaryWriter& out, const std::map<K, T>& v) {
  out.number(v.size());
  for (const auto& [key, value] : v) {
    write_binary(out, key);
    write_binary(out, value);
  }
}
template <class K, class T>
void read_binary(BinaryReader& in, std::map<K, T>& v) {
  v.clear();
  for (size_t n = in.count(); n > 0; --n) {
    K key{};
    read_binary(in, key);
    read_binary(in, v[std::move(key)]);
  }
}
template <Visitable T>
void write_binary(BinaryWriter& out, const T& v) {
  const size_t opened = out.open();
  v.visit_fields([&](const char* name, const auto& field) {
    const size_t at = out.open_field(name);
    write_binary(out, field);
    out.close(at);
  });
  out.close(opened);
}
template <Visitable T>
void read_binary(BinaryReader& in, T& v) {
  in.open_struct();
  v.visit_fields([&](const char* name, auto& field) {
    if (!in.open_field(name)) return;  // written before there was such a field
    read_binary(in, field);
    in.close_field();
  });
  in.close_struct();
}

}  // namespace squall::sim
