#include "emulator/store/database.h"

#include <sqlite3.h>

#include "emulator/core/text.h"

namespace squall::store {

Database::Database(std::string path, bool fsync) : path_(std::move(path)) {
  const int code = sqlite3_open_v2(
      path_.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      nullptr);
  try {
    if (code != SQLITE_OK) fail(code);
    // Exclusive: nobody else reads it while it is served, and no index of the log is shared.
    execute("PRAGMA locking_mode=EXCLUSIVE");
    execute("PRAGMA journal_mode=WAL");
    execute(fsync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    execute("PRAGMA wal_autocheckpoint=4000");  // pages of four kilobytes
    execute("PRAGMA journal_size_limit=67108864");
  } catch (...) {
    sqlite3_close(db_);
    throw;
  }
}

Database::~Database() { sqlite3_close(db_); }

void Database::fail(int code) const {
  const std::string why = db_ ? sqlite3_errmsg(db_) : "out of memory";
  switch (code & 0xFF) {
    case SQLITE_FULL:
      throw WriteFailure(cat("the disk that holds ", path_,
                             " is full: free some space on it"));
    case SQLITE_IOERR:
      throw WriteFailure(cat("cannot write ", path_, " (", why,
                             "): look whether its disk is full or failing"));
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      throw StoreError(cat(path_, " is damaged or no file of squall's (", why,
                           "): put a copy of it back, or move it away to begin anew"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw StoreError(cat(path_, " is in use by another program: stop that one first"));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      throw StoreError(cat("cannot write ", path_, " (", why,
                           "): give this user the right to, or choose another --data-dir"));
    default: throw StoreError(cat("SQLite cannot use ", path_, ": ", why));
  }
}

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

int64_t Database::integer(const char* sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

int64_t Database::changes() const { return sqlite3_changes(db_); }

Statement::Statement(Database& db, const char* sql) : db_(db) {
  const int code = sqlite3_prepare_v2(db.db_, sql, -1, &statement_, nullptr);
  if (code != SQLITE_OK) db.fail(code);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int64_t value) {
  sqlite3_bind_int64(statement_, ++bound_, value);
  return *this;
}

Statement& Statement::bind(std::string_view bytes) {
  sqlite3_bind_blob64(statement_, ++bound_, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3_reset(statement_);
  bound_ = 0;
  db_.fail(code);
}

void Statement::reset() {
  sqlite3_reset(statement_);
  bound_ = 0;
}

int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  return {static_cast<const char*>(data),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

}  // namespace squall::store
