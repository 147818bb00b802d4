// A data directory: the log of all Worlds in SQLite, written by one thread, a batch a transaction.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "emulator/sim/change_log.h"
#include "emulator/store/database.h"

namespace squall::store {

struct StoreOptions {
  std::string dir;
  bool fsync = false;  // survives the loss of power as well, and is slower
  /// The log is begun anew once it is this long and longer than the state itself.
  size_t log_bytes_max = 64 << 20;
};

/// One file of SQLite's. `log` holds what was appended, a row a batch; `part` a checkpoint of each
/// World, from which its log goes on. What is committed there survives the end of the process.
class Store final : public sim::ChangeLog {
 public:
  /// Makes the directory and the file where there are none; throws StoreError.
  explicit Store(StoreOptions options);
  /// Writes what is still queued.
  ~Store() override;

  uint64_t append(std::string_view account, std::string_view entry) override;
  uint64_t last() const override { return last_; }
  uint64_t durable() const override { return durable_; }

  /// `told` runs on the writer's thread after each commit, and must be quick.
  void start(std::function<void()> told);

  const std::string& path() const { return db_->path(); }

  // Before start(): what is there.
  /// Every World's entries in order, checkpoints first.
  void read(const std::function<void(std::string_view account, std::string_view entry)>& entry);

  // Checkpoints, from any thread; they wait for the writer.
  bool wants_checkpoint() const { return log_bytes_ > log_bytes_max_; }
  /// `write` hands over the parts; then they stand for the World's log up to `logged`.
  void checkpoint(std::string_view account, uint64_t logged,
                  const std::function<void(const std::function<void(std::string&&)>&)>& write);
  /// All Worlds have checkpoints that reach so far: the log up to there goes.
  void forget_log(uint64_t up_to);

 private:
  using Job = std::function<void(Database&)>;
  void lock_directory();
  void make_schema();
  void write_loop();
  void commit_until_it_works(const std::string& batch, uint64_t last, const Job& job);
  void commit(const std::string& batch, uint64_t last, const Job& job);
  /// False where the store is closing: it was not run.
  bool run_job(Job job);
  uint64_t checkpointed(std::string_view account) const;

  StoreOptions options_;
  int lock_fd_ = -1;
  std::unique_ptr<Database> db_;
  std::unique_ptr<Statement> begin_, insert_, commit_;
  std::map<std::string, uint64_t, std::less<>> checkpoints_;  // by account: up to where

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::string queued_;
  std::deque<Job> jobs_;
  bool waiting_ = false, stopping_ = false, busy_ = false;
  std::atomic<uint64_t> last_{0}, durable_{0};
  std::atomic<size_t> log_bytes_{0}, log_bytes_max_{0};
  std::function<void()> told_;
  std::thread writer_;
};

}  // namespace squall::store
