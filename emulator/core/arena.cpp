#include "emulator/core/arena.h"

#include <algorithm>

namespace squall {
namespace {
constexpr size_t first_block_bytes = 16 * 1024;
}  // namespace

void* Arena::allocate_slow(size_t bytes, size_t align) {
  const size_t wanted = std::max({first_block_bytes, capacity_ * 2, bytes + align});
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(wanted));
  block_ = blocks_.back().get();
  capacity_ = wanted;
  reserved_ += wanted;
  used_ = bytes;
  return block_;
}

void Arena::reset() {
  used_ = 0;
  if (blocks_.size() > 1) {
    blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    reserved_ = capacity_;
  }
  constexpr size_t kept_bytes_max = 4 * 1024 * 1024;  // one huge answer must not stay resident
  if (capacity_ > kept_bytes_max) {
    blocks_.clear();
    block_ = nullptr;
    capacity_ = reserved_ = 0;
  }
}

Arena& Arena::fallback() {
  thread_local Arena arena;
  return arena;
}

}  // namespace squall
