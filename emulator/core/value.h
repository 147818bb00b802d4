// The ordered dynamic document that stands between codecs and handlers.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "emulator/core/arena.h"
#include "emulator/core/time.h"

namespace squall {

/// A member's name. Literals are referenced as they are; anything else is copied by `Key::copy`.
struct Key {
  std::string_view text;
  template <size_t N>
  consteval Key(const char (&literal)[N]) : text(literal, N - 1) {}  // NOLINT(implicit)
  static Key copy(std::string_view text) { return Key(Arena::current().copy(text), 0); }
  /// For text that outlives the request (model tables, string constants).
  static constexpr Key stable(std::string_view text) { return Key(text, 0); }

 private:
  constexpr Key(std::string_view t, int) : text(t) {}
};

struct Member;

/// A 16-byte handle. Containers and texts live in the current Arena, so a Value is trivially
/// copyable, copies share their container, and none may outlive its request: state is typed
/// structs, never Values.
class Value {
 public:
  enum class Kind : uint8_t {
    absent,  // encoders skip it: an optional member that is not there
    null,
    boolean,
    integer,
    real,
    string,
    blob,
    timestamp,
    list,
    map,
    rendered,  // already in the form of the caller's protocol (api::Items): only encoders meet it
  };

  constexpr Value() = default;
  Value(std::nullptr_t) : kind_(Kind::null) {}                       // NOLINT(implicit)
  Value(std::same_as<bool> auto b) : kind_(Kind::boolean) { integer_ = b; }  // NOLINT(implicit)
  template <std::integral I>
    requires(!std::same_as<I, bool>)
  Value(I i) : kind_(Kind::integer) { integer_ = static_cast<int64_t>(i); }  // NOLINT(implicit)
  Value(double d) : kind_(Kind::real) { real_ = d; }                 // NOLINT(implicit)
  Value(Time t) : kind_(Kind::timestamp) { integer_ = to_ns(t); }    // NOLINT(implicit)
  Value(std::string_view text) : Value(text_of(Kind::string, text)) {}       // NOLINT(implicit)
  Value(const std::string& text) : Value(std::string_view(text)) {}  // NOLINT(implicit)
  template <class T>
    requires(std::is_pointer_v<T> && std::convertible_to<T, const char*>)
  Value(const T& text) : Value(std::string_view(text)) {}            // NOLINT(implicit)
  /// Literals are not copied.
  template <size_t N>
  Value(const char (&literal)[N]) : Value(stable(literal)) {}        // NOLINT(implicit)
  template <size_t N>
  Value(char (&buffer)[N]) : Value(std::string_view(buffer)) {}      // NOLINT(implicit)
  /// A map: `{{"VpcId", id}, {"State", "available"}}`.
  Value(std::initializer_list<Member> members);                      // NOLINT(implicit)
  template <class T>
  Value(const std::optional<T>& o) : Value(o ? Value(*o) : Value()) {}  // NOLINT(implicit)
  /// A list of whatever converts.
  template <class T>
  Value(const std::vector<T>& items) : Value(list()) {               // NOLINT(implicit)
    for (const auto& item : items) push(Value(item));
  }

  static Value list();
  static Value map();
  static Value blob(std::string_view bytes) { return text_of(Kind::blob, bytes); }
  /// A string that outlives the request and is therefore not copied.
  static Value stable(std::string_view text) { return over(Kind::string, text); }
  static Value rendered(std::string_view text) { return over(Kind::rendered, text); }

  Kind kind() const { return kind_; }
  bool is_absent() const { return kind_ == Kind::absent; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_list() const { return kind_ == Kind::list; }
  bool is_map() const { return kind_ == Kind::map; }
  bool is_rendered() const { return kind_ == Kind::rendered; }

  bool boolean() const { return integer_ != 0; }
  int64_t integer() const { return integer_; }
  /// The number of an integer or a real.
  double real() const {
    return kind_ == Kind::real ? real_ : static_cast<double>(integer_);
  }
  Time time() const { return from_ns(integer_); }
  /// The bytes of a string or blob.
  std::string_view text() const { return {text_, size_}; }

  /// Items of a list (empty for other kinds).
  std::span<const Value> items() const;
  /// Members of a map in order of insertion (empty for other kinds).
  std::span<const Member> members() const;
  size_t size() const;
  bool empty() const { return size() == 0; }

  void push(Value item);
  /// Appends without looking for an equal key (codecs check duplicates where they matter).
  void add(Key key, Value value);
  /// Replaces or appends.
  void set(Key key, Value value);
  /// The member, or nullptr.
  const Member* find(std::string_view key) const;
  /// The member's value, or absent.
  Value at(std::string_view key) const;
  /// By position.
  const Value& operator[](size_t i) const { return items()[i]; }

  friend bool operator==(const Value& a, const Value& b);

 private:
  struct Items;
  struct Members;
  static Value text_of(Kind kind, std::string_view text) {
    return over(kind, Arena::current().copy(text));
  }
  static Value over(Kind kind, std::string_view text) {
    Value v;
    v.kind_ = kind;
    v.text_ = text.data();
    v.size_ = static_cast<uint32_t>(text.size());
    return v;
  }

  union {
    int64_t integer_ = 0;
    double real_;
    const char* text_;
    Items* items_;
    Members* members_;
  };
  uint32_t size_ = 0;
  Kind kind_ = Kind::absent;
};

struct Member {
  Key key;
  Value value;
  mutable bool read = false;  // Input marks what a handler looked at
};

/// A list made by applying `f` to each element of a range.
template <class Range, class F>
Value list_of(const Range& range, F f) {
  Value list = Value::list();
  for (const auto& x : range) list.push(Value(f(x)));
  return list;
}

/// Compact JSON text of a document, for messages, tests and journals (blobs as base64,
/// timestamps as ISO 8601).
std::string to_json(const Value& value);

}  // namespace squall
