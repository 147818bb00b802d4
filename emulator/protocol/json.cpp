// The only file that parses JSON text: Boost.JSON's event parser straight into arena Values. It
// reads a text about three times as fast as nlohmann's, which decides what PutItem costs.
#include "emulator/protocol/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

namespace json = boost::json;
using json::error_code;
using Text = json::string_view;

constexpr size_t json_depth_max = 4 * depth_max;

std::string_view view(Text text) { return {text.data(), text.size()}; }

/// Texts and numbers come in parts where they hold escapes.
class Builder {
 public:
  static constexpr size_t max_object_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_array_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_key_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_string_size = std::numeric_limits<size_t>::max();

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return enter(Value::map()); }
  bool on_object_end(size_t, error_code&) { return leave(); }
  bool on_array_begin(error_code&) { return enter(Value::list()); }
  bool on_array_end(size_t, error_code&) { return leave(); }
  bool on_key_part(Text part, size_t, error_code&) { return keep(part); }
  bool on_key(Text part, size_t, error_code&) {
    open_.back().key = Arena::current().copy(whole(part));
    return true;
  }
  bool on_string_part(Text part, size_t, error_code&) { return keep(part); }
  bool on_string(Text part, size_t, error_code&) { return put(Value(whole(part))); }
  bool on_number_part(Text part, error_code&) { return keep(part); }
  bool on_int64(int64_t n, Text, error_code&) {
    parts_.clear();
    return put(Value(n));
  }
  bool on_uint64(uint64_t n, Text, error_code&) {
    parts_.clear();
    return put(Value(static_cast<double>(n)));  // only what int64 cannot hold comes here
  }
  bool on_double(double, Text part, error_code& error) {
    // The parser's own conversion may be off by a unit in the last place; this one never is.
    const std::string_view text = whole(part);
    double exact = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), exact);
    if (result.ec == std::errc::result_out_of_range)
      exact = out_of_range(text);
    if (!std::isfinite(exact)) {
      error = json::error::exponent_overflow;
      return false;
    }
    return put(Value(exact));
  }
  bool on_bool(bool b, error_code&) { return put(Value(b)); }
  bool on_null(error_code&) { return put(Value(nullptr)); }
  bool on_comment_part(Text, error_code&) { return true; }
  bool on_comment(Text, error_code&) { return true; }

  const Value& root() const { return root_; }

 private:
  struct Open {
    Value container;
    std::string_view key;
  };

  /// Too large is refused; too small is zero.
  static double out_of_range(std::string_view text) {
    const size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != text.npos && text.substr(exponent).find('-') != text.npos;
    return tiny ? 0.0 : std::numeric_limits<double>::infinity();
  }

  bool keep(Text part) {
    parts_ += view(part);
    return true;
  }

  std::string_view whole(Text last) {
    if (parts_.empty()) return view(last);
    joined_ = parts_;
    joined_ += view(last);
    parts_.clear();
    return joined_;
  }

  bool put(const Value& value) {
    if (open_.empty()) {
      root_ = value;
      return true;
    }
    // A Value shares its container with its copies, so adding to the open one is enough.
    Open& open = open_.back();
    if (open.container.is_map())
      open.container.add(Key::stable(open.key), value);
    else
      open.container.push(value);
    return true;
  }
  bool enter(const Value& container) {
    put(container);
    open_.push_back({container, {}});
    return true;
  }
  bool leave() {
    open_.pop_back();
    return true;
  }

  Value root_;
  std::vector<Open> open_;
  std::string parts_, joined_;
};

}  // namespace

bool parse_json(std::string_view text, Value& out) {
  json::parse_options options;
  options.max_depth = json_depth_max;
  json::basic_parser<Builder> parser(options);
  error_code error;
  const size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (error || read != text.size() || !parser.done()) return false;
  out = parser.handler().root();
  return true;
}

}  // namespace squall::protocol
