// The only file that parses JSON text: nlohmann's SAX parser straight into arena Values. A faster
// parser would be put here.
#include "emulator/protocol/json.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

constexpr size_t json_depth_max = 4 * depth_max;

class Builder {
 public:
  bool null() { return put(Value(nullptr)); }
  bool boolean(bool b) { return put(Value(b)); }
  bool number_integer(int64_t n) { return put(Value(n)); }
  bool number_unsigned(uint64_t n) {
    if (n <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return put(Value(static_cast<int64_t>(n)));
    return put(Value(static_cast<double>(n)));
  }
  bool number_float(double d, const std::string&) { return put(Value(d)); }
  bool string(std::string& text) { return put(Value(std::string_view(text))); }
  bool binary(std::vector<uint8_t>&) { return false; }
  bool start_object(size_t) { return enter(Value::map()); }
  bool start_array(size_t) { return enter(Value::list()); }
  bool key(std::string& text) {
    keys_.back() = Arena::current().copy(text);
    return true;
  }
  bool end_object() { return leave(); }
  bool end_array() { return leave(); }
  template <class Error>
  bool parse_error(size_t, const std::string&, const Error&) {
    return false;
  }
  const Value& root() const { return root_; }

 private:
  bool put(const Value& value) {
    if (open_.empty()) {
      root_ = value;
      return true;
    }
    // A Value shares its container with its copies, so adding to the open one is enough.
    if (open_.back().is_map())
      open_.back().add(Key::stable(keys_.back()), value);
    else
      open_.back().push(value);
    return true;
  }
  bool enter(const Value& container) {
    if (open_.size() >= json_depth_max) return false;
    put(container);
    open_.push_back(container);
    keys_.emplace_back();
    return true;
  }
  bool leave() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  Value root_;
  std::vector<Value> open_;
  std::vector<std::string_view> keys_;
};

}  // namespace

bool parse_json(std::string_view text, Value& out) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return false;
  out = builder.root();
  return true;
}

}  // namespace squall::protocol
