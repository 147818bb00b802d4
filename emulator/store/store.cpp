#include "emulator/store/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "emulator/core/text.h"
#include "emulator/sim/binary.h"

namespace squall::store {
namespace {

constexpr int64_t format = 1;
constexpr const char* file_name = "squall.sqlite";
constexpr const char* lock_name = "lock";

constexpr const char* schema = R"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER);
CREATE TABLE log(lsn INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE checkpoint(account TEXT PRIMARY KEY, number INTEGER, logged INTEGER);
CREATE TABLE part(id INTEGER PRIMARY KEY, number INTEGER, data BLOB);
CREATE INDEX part_by_number ON part(number);
)";

}  // namespace

Store::Store(StoreOptions options) : options_(std::move(options)) {
  std::error_code ec;
  std::filesystem::create_directories(options_.dir, ec);
  if (ec)
    throw StoreError(cat("cannot make the directory ", options_.dir, " (", ec.message(),
                         "): choose another --data-dir"));
  lock_directory();
  db_ = std::make_unique<Database>((std::filesystem::path(options_.dir) / file_name).string(),
                                   options_.fsync);
  make_schema();
  begin_ = std::make_unique<Statement>(*db_, "BEGIN");
  insert_ = std::make_unique<Statement>(*db_, "INSERT INTO log VALUES(?,?)");
  commit_ = std::make_unique<Statement>(*db_, "COMMIT");
  log_bytes_max_ = options_.log_bytes_max;
}

Store::~Store() {
  if (writer_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    writer_.join();
  }
  begin_.reset(), insert_.reset(), commit_.reset();
  db_.reset();
  if (lock_fd_ >= 0) close(lock_fd_);
}

void Store::lock_directory() {
  const std::string path = (std::filesystem::path(options_.dir) / lock_name).string();
  lock_fd_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_fd_ < 0)
    throw StoreError(cat("cannot write into ", options_.dir, " (", std::strerror(errno),
                         "): give this user the right to, or choose another --data-dir"));
  if (flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    char text[32] = {};
    const ssize_t size = pread(lock_fd_, text, sizeof text - 1, 0);
    const std::string pid = size > 0 ? cat(" (process ", std::string(trim(text)), ")") : "";
    close(std::exchange(lock_fd_, -1));
    throw StoreError(cat(options_.dir, " is served by another squall", pid,
                         ": stop that one, or choose another --data-dir"));
  }
  const std::string pid = cat(static_cast<int64_t>(getpid()), "\n");
  if (ftruncate(lock_fd_, 0) != 0 || pwrite(lock_fd_, pid.data(), pid.size(), 0) < 0)
    throw WriteFailure(
        cat("cannot write ", path, " (", std::strerror(errno), "): look whether its disk is full"));
}

void Store::make_schema() {
  if (db_->integer("SELECT count(*) FROM sqlite_master") == 0) {
    db_->execute("BEGIN");
    db_->execute(schema);
    Statement(*db_, "INSERT INTO meta VALUES('format',?)").bind(format).run();
    db_->execute("COMMIT");
  }
  const int64_t found = db_->integer("SELECT value FROM meta WHERE key='format'");
  if (found != format)
    throw StoreError(cat(db_->path(), " is of format ", found, ", this squall writes format ",
                         format,
                         ": serve it with the version that made it, or choose another "
                         "--data-dir"));
}

void Store::read(
    const std::function<void(std::string_view account, std::string_view entry)>& entry) {
  uint64_t last = 0;
  size_t bytes = 0;
  Statement checkpoints(*db_, "SELECT account, number, logged FROM checkpoint ORDER BY account");
  while (checkpoints.step()) {
    const std::string account(checkpoints.bytes(0));
    const auto logged = static_cast<uint64_t>(checkpoints.integer(2));
    checkpoints_[account] = logged;
    last = std::max(last, logged);
    Statement parts(*db_, "SELECT data FROM part WHERE number=? ORDER BY id");
    parts.bind(checkpoints.integer(1));
    while (parts.step()) {
      bytes += parts.bytes(0).size();
      entry(account, parts.bytes(0));
    }
  }
  log_bytes_max_ = std::max(options_.log_bytes_max, bytes);
  Statement log(*db_, "SELECT lsn, data FROM log ORDER BY lsn");
  while (log.step()) {
    last = std::max(last, static_cast<uint64_t>(log.integer(0)));
    log_bytes_ += log.bytes(1).size();
    sim::BinaryReader in(log.bytes(1));
    while (!in.at_end()) {
      const std::string_view account = in.text();
      const uint64_t number = in.number();
      const std::string_view text = in.text();
      if (number > checkpointed(account)) entry(account, text);
    }
  }
  last_ = durable_ = last;
}

uint64_t Store::checkpointed(std::string_view account) const {
  const auto found = checkpoints_.find(account);
  return found == checkpoints_.end() ? 0 : found->second;
}

void Store::start(std::function<void()> told) {
  told_ = std::move(told);
  writer_ = std::thread([this] { write_loop(); });
}

uint64_t Store::append(std::string_view account, std::string_view entry) {
  uint64_t number = 0;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    number = last_.load(std::memory_order_relaxed) + 1;
    last_ = number;
    sim::BinaryWriter out(queued_);
    out.text(account);
    out.number(number);
    out.text(entry);
    wake = std::exchange(waiting_, false);
  }
  if (wake) wake_.notify_one();
  return number;
}

void Store::write_loop() {
  std::string batch;
  std::unique_lock lock(mutex_);
  for (;;) {
    while (queued_.empty() && jobs_.empty() && !stopping_) {
      waiting_ = true;
      wake_.wait(lock);
    }
    waiting_ = false;
    if (queued_.empty() && jobs_.empty()) return;
    batch.clear();
    batch.swap(queued_);
    const uint64_t last = last_.load(std::memory_order_relaxed);
    Job job;
    if (!jobs_.empty()) {
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    busy_ = true;
    lock.unlock();
    commit_until_it_works(batch, last, job);
    if (!batch.empty()) {
      durable_ = last;
      told_();
    }
    lock.lock();
    busy_ = false;
    done_.notify_all();
  }
}

void Store::commit_until_it_works(const std::string& batch, uint64_t last, const Job& job) {
  constexpr std::chrono::milliseconds pause{250};
  constexpr int attempts_at_end = 4;
  for (int failures = 0;; ++failures) {
    try {
      return commit(batch, last, job);
    } catch (const StoreError& error) {
      if (failures == 0)
        std::fprintf(stderr,
                     "squall: %s. Nothing that changes state is answered until it can be kept; "
                     "it is tried again and again.\n",
                     error.what());
      std::unique_lock lock(mutex_);
      if (stopping_ && failures >= attempts_at_end) {
        std::fprintf(stderr, "squall: what was not answered yet is lost.\n");
        return;
      }
    }
    std::this_thread::sleep_for(pause);
  }
}

void Store::commit(const std::string& batch, uint64_t last, const Job& job) {
  begin_->run();
  try {
    if (!batch.empty()) insert_->bind(static_cast<int64_t>(last)).bind(batch).run();
    if (job) job(*db_);
    commit_->run();
  } catch (...) {
    try {
      db_->execute("ROLLBACK");
    } catch (const StoreError&) {  // SQLite has rolled back itself
    }
    throw;
  }
  log_bytes_ += batch.size();
}

bool Store::run_job(Job job) {
  std::unique_lock lock(mutex_);
  if (stopping_) return false;
  jobs_.push_back(std::move(job));
  waiting_ = false;
  wake_.notify_one();
  done_.wait(lock, [this] { return jobs_.empty() && !busy_; });
  return true;
}

void Store::checkpoint(
    std::string_view account, uint64_t logged,
    const std::function<void(const std::function<void(std::string&&)>&)>& write) {
  int64_t number = 0;
  run_job([&](Database& db) {
    number = db.integer("SELECT coalesce(max(number),0)+1 FROM part");
    // What an unfinished one left behind.
    db.execute("DELETE FROM part WHERE number NOT IN (SELECT number FROM checkpoint)");
  });
  size_t bytes = 0;
  write([&](std::string&& part) {
    bytes += part.size();
    run_job([&](Database& db) {
      Statement(db, "INSERT INTO part(number, data) VALUES(?,?)").bind(number).bind(part).run();
    });
  });
  run_job([&](Database& db) {
    Statement(db, "INSERT OR REPLACE INTO checkpoint VALUES(?,?,?)")
        .bind(account)
        .bind(number)
        .bind(static_cast<int64_t>(logged))
        .run();
  });
  int64_t left = 1;
  const auto remove_some = [&](Database& db) {
    db.execute(
        "DELETE FROM part WHERE id IN (SELECT id FROM part WHERE number NOT IN "
        "(SELECT number FROM checkpoint) LIMIT 2)");
    left = db.changes();
  };
  while (left > 0 && run_job(remove_some)) {  // the one before, a little at a time
  }
  log_bytes_max_ = std::max(options_.log_bytes_max, bytes);
}

void Store::forget_log(uint64_t up_to) {
  int64_t left = 1;
  const auto remove_some = [&](Database& db) {
    Statement(db,
              "DELETE FROM log WHERE lsn IN (SELECT lsn FROM log WHERE lsn<=? ORDER BY lsn "
              "LIMIT 100)")
        .bind(static_cast<int64_t>(up_to))
        .run();
    left = db.changes();
  };
  while (left > 0 && run_job(remove_some)) {
  }
  run_job([&](Database& db) {
    log_bytes_ = static_cast<size_t>(db.integer("SELECT coalesce(sum(length(data)),0) FROM log"));
  });
}

}  // namespace squall::store
