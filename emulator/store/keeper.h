// Keeps all Worlds of a server in a data directory: reads them back, logs them, and now and then
// begins the log anew.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "emulator/api/dispatch.h"
#include "emulator/store/store.h"

namespace squall::store {

class Keeper {
 public:
  /// Opens the directory and makes the Worlds that are kept there; throws StoreError.
  Keeper(api::Worlds& worlds, StoreOptions options);
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  const sim::ChangeLog& log() const { return store_; }
  /// `told` is called whenever more has become durable.
  void start(std::function<void()> told);
  /// All Worlds as they are now become what the log goes on from. From any thread.
  void checkpoint();

 private:
  void read_worlds();
  void watch();

  api::Worlds& worlds_;
  Store store_;
  std::mutex checkpointing_;  // one at a time
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread watcher_;
};

}  // namespace squall::store
