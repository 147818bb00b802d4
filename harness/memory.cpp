#include "harness/memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace squall {
namespace {

constexpr int stride_bytes = 32 << 20;

uintptr_t page_bytes() { return static_cast<uintptr_t>(sysconf(_SC_PAGESIZE)); }

void advise(uintptr_t start, uintptr_t end, int advice) {
  const uintptr_t first = start / page_bytes() * page_bytes();
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader and the break speak of addresses
  if (end > first) madvise(reinterpret_cast<void*>(first), end - first, advice);
}

/// Segments that nobody can have written: dropping others would lose what was.
int give_back_segments(dl_phdr_info* object, size_t, void*) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W)) continue;
    const uintptr_t start = object->dlpi_addr + segment.p_vaddr;
    advise(start, start + segment.p_memsz, MADV_DONTNEED);
  }
  return 0;
}

// Start-up is done before the first look: clearing a large page takes longer than it has.
bool is_set_up = false;
bool gave_back = false;
uintptr_t large_until = 0;  // the heap's end when it was looked at last

void enlarge_pages() {
  const auto end = reinterpret_cast<uintptr_t>(sbrk(0));
  if (end > large_until) advise(large_until, end, MADV_HUGEPAGE);
  large_until = end;
}

}  // namespace

void set_up_memory(int threads) {
  // What is written stays, so every request that writes has the heap grow. A thread's own arena
  // grows a page at a time with a system call for each, the first one in strides; and in a virtual
  // machine a page touched for the first time costs as much as a small request.
  if (threads <= 1) mallopt(M_ARENA_MAX, 1);
  mallopt(M_TOP_PAD, stride_bytes);
  mallopt(M_TRIM_THRESHOLD, 4 * stride_bytes);
  mallopt(M_MMAP_THRESHOLD, stride_bytes);  // what it would rise to by itself
  large_until = reinterpret_cast<uintptr_t>(sbrk(0));
  void* volatile first = std::malloc(stride_bytes / 32);  // makes the first stride
  std::free(first);
  is_set_up = true;
}

void tend_memory() {
  if (!is_set_up) return;
  enlarge_pages();
  // Start-up has touched pages of code and tables all over the program that serving does not need.
  // The kernel maps those that are needed after all again.
  if (!gave_back) dl_iterate_phdr(give_back_segments, nullptr);
  gave_back = true;
}

}  // namespace squall
