// Item collections of a table with local indexes: all items of one partition key with their places
// in those indexes, 10 GB at most.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "services/dynamodb/errors.h"

namespace squall::dynamodb {

constexpr size_t gigabyte = size_t{1} << 30;

/// Under the table's lock.
class Collections {
 public:
  /// AWS's limit is the same for all; tests cannot store that much.
  void set_limit(size_t bytes) { bytes_max_ = bytes; }
  size_t bytes(std::string_view hash) const;
  void change(std::string_view hash, int64_t by);
  /// Whether the collection may grow so. One that is full may still shrink.
  bool has_room(std::string_view hash, int64_t growth) const;
  void clear() { bytes_.clear(); }

 private:
  std::map<std::string, size_t, std::less<>> bytes_;  // by partition key
  size_t bytes_max_ = 10 * gigabyte;
};

inline AwsError collection_full() {
  return {"ItemCollectionSizeLimitExceededException", "Collection size exceeded."};
}

}  // namespace squall::dynamodb
