#include "services/common/cidr.h"

#include "emulator/core/text.h"

namespace squall {

std::optional<uint32_t> parse_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return {};
  uint32_t address = 0;
  for (const std::string_view part : parts) {
    const auto octet = parse_int(part);
    if (!octet || *octet < 0 || *octet > 255 || part.size() > 3) return {};
    address = address << 8 | static_cast<uint32_t>(*octet);
  }
  return address;
}

std::string format_ipv4(uint32_t address) {
  return cat(address >> 24, '.', address >> 16 & 255, '.', address >> 8 & 255, '.', address & 255);
}

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == text.npos) return {};
  const auto address = parse_ipv4(text.substr(0, slash));
  const auto prefix = parse_int(text.substr(slash + 1));
  if (!address || !prefix || *prefix < 0 || *prefix > 32) return {};
  return Cidr{*address, static_cast<int>(*prefix)};
}

std::string Cidr::text() const { return cat(format_ipv4(address), '/', prefix); }

}  // namespace squall
