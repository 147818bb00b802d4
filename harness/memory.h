// How the server process uses memory: settings of the allocator, and what start-up leaves behind.
#pragma once

namespace squall {

/// Before any thread is started. `threads` is how many will serve requests.
void set_up_memory(int threads);

/// From one thread, every now and then: at first gives back what only start-up needed, and sees to
/// it that what the heap has grown by is mapped in large pages.
void tend_memory();

}  // namespace squall
