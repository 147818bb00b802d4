#include "emulator/core/value.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <type_traits>

#include "emulator/core/text.h"

namespace squall {

static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value> &&
              std::is_trivially_copyable_v<Member>);

template <class T>
struct Growing {
  T* data = nullptr;
  uint32_t size = 0;
  uint32_t capacity = 0;

  void reserve(uint32_t wanted) {
    T* to = static_cast<T*>(Arena::current().allocate(wanted * sizeof(T), alignof(T)));
    if (size) std::memcpy(static_cast<void*>(to), data, size * sizeof(T));
    data = to;
    capacity = wanted;
  }
  void push(T item) {
    if (size == capacity) reserve(capacity ? capacity * 2 : 4);
    new (data + size++) T(item);
  }
};
struct Value::Items : Growing<Value> {};
struct Value::Members : Growing<Member> {};

namespace {
template <class T>
T* make() {
  return new (Arena::current().allocate(sizeof(T), alignof(T))) T;
}
}  // namespace

Value::Value(std::initializer_list<Member> members) : Value(map()) {
  const auto size = static_cast<uint32_t>(members.size());
  if (size == 0) return;
  members_->reserve(size);
  std::memcpy(static_cast<void*>(members_->data), members.begin(), size * sizeof(Member));
  members_->size = size;
}

Value Value::list() {
  Value v;
  v.kind_ = Kind::list;
  v.items_ = make<Items>();
  return v;
}

Value Value::map() {
  Value v;
  v.kind_ = Kind::map;
  v.members_ = make<Members>();
  return v;
}

std::span<const Value> Value::items() const {
  if (kind_ != Kind::list) return {};
  return {items_->data, items_->size};
}

std::span<const Member> Value::members() const {
  if (kind_ != Kind::map) return {};
  return {members_->data, members_->size};
}

size_t Value::size() const {
  switch (kind_) {
    case Kind::list: return items_->size;
    case Kind::map: return members_->size;
    case Kind::string:
    case Kind::blob:
    case Kind::rendered: return size_;
    default: return 0;
  }
}

void Value::push(Value item) {
  if (kind_ != Kind::list) std::abort();  // a programmer's error
  items_->push(item);
}

void Value::add(Key key, Value value) {
  if (kind_ != Kind::map) std::abort();
  members_->push(Member{key, value});
}

void Value::set(Key key, Value value) {
  if (const Member* m = find(key.text)) {
    const_cast<Member*>(m)->value = value;
    return;
  }
  add(key, value);
}

const Member* Value::find(std::string_view key) const {
  for (const Member& m : members())
    if (m.key.text == key) return &m;
  return nullptr;
}

Value Value::at(std::string_view key) const {
  const Member* m = find(key);
  return m ? m->value : Value();
}

bool operator==(const Value& a, const Value& b) {
  using Kind = Value::Kind;
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Kind::absent:
    case Kind::null: return true;
    case Kind::boolean:
    case Kind::integer:
    case Kind::timestamp: return a.integer_ == b.integer_;
    case Kind::real: return a.real_ == b.real_;
    case Kind::string:
    case Kind::blob:
    case Kind::rendered: return a.text() == b.text();
    case Kind::list: return std::ranges::equal(a.items(), b.items());
    case Kind::map:
      return std::ranges::equal(a.members(), b.members(), [](const Member& x, const Member& y) {
        return x.key.text == y.key.text && x.value == y.value;
      });
  }
  return false;
}

namespace {
void write_json(std::string& out, const Value& v) {
  using Kind = Value::Kind;
  switch (v.kind()) {
    case Kind::absent:
    case Kind::null: out += "null"; return;
    case Kind::boolean: out += v.boolean() ? "true" : "false"; return;
    case Kind::integer: out += std::to_string(v.integer()); return;
    case Kind::real: append_double(out, v.real()); return;
    case Kind::string:
    case Kind::rendered: append_json_string(out, v.text()); return;
    case Kind::blob: append_json_string(out, base64_encode(v.text())); return;
    case Kind::timestamp: append_json_string(out, format_iso8601(v.time())); return;
    case Kind::list: {
      out += '[';
      const char* comma = "";
      for (const Value& item : v.items()) {
        out += comma;
        write_json(out, item);
        comma = ",";
      }
      out += ']';
      return;
    }
    case Kind::map: {
      out += '{';
      const char* comma = "";
      for (const Member& m : v.members()) {
        if (m.value.is_absent()) continue;
        out += comma;
        append_json_string(out, m.key.text);
        out += ':';
        write_json(out, m.value);
        comma = ",";
      }
      out += '}';
      return;
    }
  }
}
}  // namespace

std::string to_json(const Value& value) {
  std::string out;
  write_json(out, value);
  return out;
}

}  // namespace squall
