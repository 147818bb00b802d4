// Builds maps from the wire, where the last of equal keys counts, in linear time.
#pragma once

#include <string_view>
#include <unordered_map>

#include "emulator/core/value.h"

namespace squall::protocol {

class MapBuilder {
 public:
  void set(Key key, Value value) {
    constexpr size_t few = 16;  // below that, looking through them is faster than hashing
    if (out_.size() < few) {
      out_.set(key, value);
      return;
    }
    if (positions_.empty())
      for (const Member& m : out_.members()) positions_.emplace(m.key.text, positions_.size());
    const auto [at, added] = positions_.try_emplace(key.text, out_.size());
    if (added)
      out_.add(key, value);
    else
      const_cast<Member&>(out_.members()[at->second]).value = value;
  }
  Value value() const { return out_; }

 private:
  Value out_ = Value::map();
  std::unordered_map<std::string_view, size_t> positions_;  // looked up only
};

}  // namespace squall::protocol
