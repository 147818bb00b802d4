#include "services/dynamodb/collection.h"

namespace squall::dynamodb {

size_t Collections::bytes(std::string_view hash) const {
  const auto at = bytes_.find(hash);
  return at == bytes_.end() ? 0 : at->second;
}

void Collections::change(std::string_view hash, int64_t by) {
  auto at = bytes_.find(hash);
  if (at == bytes_.end()) at = bytes_.emplace(std::string(hash), 0).first;
  at->second += static_cast<size_t>(by);  // wraps back where it is negative
  if (at->second == 0) bytes_.erase(at);
}

bool Collections::has_room(std::string_view hash, int64_t growth) const {
  return growth <= 0 || bytes(hash) + static_cast<size_t>(growth) <= bytes_max_;
}

}  // namespace squall::dynamodb
