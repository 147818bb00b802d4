// A few threads at once, no more.
#include "services/dynamodb/background.h"

namespace squall::dynamodb {
namespace {

struct Turns {
  std::mutex mutex;
  std::condition_variable_any freed;
  int free = 2;
};
Turns& turns() {
  static Turns& kept = *new Turns;  // such a thread may outlive whatever goes when the process ends
  return kept;
}

}  // namespace

BackgroundTurn::BackgroundTurn(const std::stop_token& stop) {
  Turns& all = turns();
  std::unique_lock lock(all.mutex);
  taken_ = all.freed.wait(lock, stop, [&] { return all.free > 0; });
  if (taken_) --all.free;
}

BackgroundTurn::~BackgroundTurn() {
  if (!taken_) return;
  Turns& all = turns();
  {
    const std::lock_guard lock(all.mutex);
    ++all.free;
  }
  all.freed.notify_one();
}

}  // namespace squall::dynamodb
