// Work on a thread of its own: for what would keep everybody waiting. How far it has got must never
// show: whoever needs the result waits for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

namespace squall::dynamodb {

/// So many items are looked at where they are asked for: a millisecond or two.
constexpr size_t at_once_max = 10'000;

/// Lets go of what takes long to be let go of. Nobody waits for it; it must not refer to others.
template <class T>
void discard(T big) {
  std::thread([big = std::move(big)] {}).detach();
}

/// Keeps such threads from crowding out the others: a restart begins as many as there are indexes.
class BackgroundTurn {
 public:
  /// Waits for a turn, or for the order to stop.
  explicit BackgroundTurn(const std::stop_token& stop);
  ~BackgroundTurn();
  BackgroundTurn(const BackgroundTurn&) = delete;
  BackgroundTurn& operator=(const BackgroundTurn&) = delete;

 private:
  bool taken_;
};

/// Begins when it is made. Let go before it is done, it is told to stop and waited for.
template <class Result>
class BackgroundTask {
 public:
  /// `work` is called with a std::stop_token; whatever it uses is its own.
  template <class Work>
  explicit BackgroundTask(Work work)
      : thread_([this, work = std::move(work)](const std::stop_token& stop) mutable {
          const BackgroundTurn turn(stop);
          result_.emplace(work(stop));
          done_.store(true, std::memory_order_release);
        }) {}

  bool done() const { return done_.load(std::memory_order_acquire); }
  /// Waits for it. Once.
  Result take() {
    thread_.join();
    return std::move(*result_);
  }

 private:
  std::optional<Result> result_;
  std::atomic<bool> done_{false};
  std::jthread thread_;  // the last: it goes first
};

}  // namespace squall::dynamodb
