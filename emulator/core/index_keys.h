// The secondary index keys of one record, gathered in one text: state changes often, its keys
// seldom, and one comparison of two texts tells.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace squall {

class IndexKeys {
 public:
  /// `add("vpc:", vpc_id)`.
  template <class... Parts>
  void add(const Parts&... parts) {
    const size_t start = text_.size();
    text_.append(sizeof(uint32_t), '\0');
    (text_.append(std::string_view(parts)), ...);
    const auto size = static_cast<uint32_t>(text_.size() - start - sizeof(uint32_t));
    std::memcpy(text_.data() + start, &size, sizeof size);
  }
  void clear() { text_.clear(); }
  /// All keys, each behind its length: equal texts mean equal keys.
  const std::string& text() const { return text_; }
  template <class F>
  static void each(std::string_view text, F f) {
    while (!text.empty()) {
      uint32_t size = 0;
      std::memcpy(&size, text.data(), sizeof size);
      f(text.substr(sizeof size, size));
      text.remove_prefix(sizeof size + size);
    }
  }

 private:
  std::string text_;
};

}  // namespace squall
