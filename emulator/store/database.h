// SQLite as this room needs it: statements that throw what to do next.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace squall::store {

/// One sentence that names what is wrong and says what to do.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The disk is full or fails: trying again may help.
struct WriteFailure : StoreError {
  using StoreError::StoreError;
};

class Database {
 public:
  Database(std::string path, bool fsync);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(const char* sql);
  int64_t integer(const char* sql);  // the first column of the first row, or 0
  int64_t changes() const;
  const std::string& path() const { return path_; }
  [[noreturn]] void fail(int code) const;

 private:
  friend class Statement;
  std::string path_;
  sqlite3* db_ = nullptr;
};

/// Bound texts must outlive the step.
class Statement {
 public:
  Statement(Database& db, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int64_t value);
  Statement& bind(std::string_view bytes);
  /// Whether there is a row.
  bool step();
  /// To be bound anew.
  void reset();
  void run() {
    step();
    reset();
  }
  int64_t integer(int column) const;
  std::string_view bytes(int column) const;  // until the next step

 private:
  Database& db_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

}  // namespace squall::store
