// A request's memory: documents are built by bumping a pointer and dropped all at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace squall {

/// Monotonic allocator. Not thread-safe: one arena a request, one request a thread at a time.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(size_t bytes, size_t align = 8) {
    size_t at = (used_ + align - 1) & ~(align - 1);
    if (at + bytes > capacity_) return allocate_slow(bytes, align);
    used_ = at + bytes;
    return block_ + at;
  }

  /// Copies `text` into the arena; the view lives until reset().
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  /// Forgets everything, keeping the largest block for reuse.
  void reset();

  size_t bytes_reserved() const { return reserved_; }

  /// The arena in which Values of this thread are built: the innermost Use, else a
  /// thread-lifetime arena (tests, start-up code).
  static Arena& current() { return current_ ? *current_ : fallback(); }

  /// Makes an arena current for a scope.
  class Use {
   public:
    explicit Use(Arena& arena) : previous_(std::exchange(current_, &arena)) {}
    ~Use() { current_ = previous_; }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    Arena* previous_;
  };

 private:
  void* allocate_slow(size_t bytes, size_t align);
  static Arena& fallback();

  static inline thread_local constinit Arena* current_ = nullptr;
  char* block_ = nullptr;
  size_t used_ = 0;
  size_t capacity_ = 0;
  size_t reserved_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace squall
