// IPv4 blocks and addresses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/fields.h"

namespace squall {

/// "10.0.0.1" -> host-order number; nothing if it is not four decimal octets.
std::optional<uint32_t> parse_ipv4(std::string_view text);
std::string format_ipv4(uint32_t address);

struct Cidr {
  uint32_t address = 0;  // host bits as given
  int prefix = 0;

  /// "10.0.0.0/16"; nothing if malformed. Host bits may be set: see canonical().
  static std::optional<Cidr> parse(std::string_view text);
  uint32_t mask() const { return prefix == 0 ? 0 : ~uint32_t{0} << (32 - prefix); }
  uint32_t first() const { return address & mask(); }
  uint32_t last() const { return first() | ~mask(); }
  uint64_t size() const { return uint64_t{1} << (32 - prefix); }
  Cidr canonical() const { return {first(), prefix}; }
  bool is_canonical() const { return address == first(); }
  bool contains(uint32_t ip) const { return (ip & mask()) == first(); }
  bool contains(const Cidr& other) const {
    return other.prefix >= prefix && contains(other.first());
  }
  bool overlaps(const Cidr& other) const {
    return first() <= other.last() && other.first() <= last();
  }
  std::string text() const;
  friend bool operator==(const Cidr&, const Cidr&) = default;
  SQUALL_FIELDS(address, prefix)
};

}  // namespace squall
