#include "harness/report/sqlite.h"

#include <sqlite3.h>

#include <cmath>
#include <memory>

#include "emulator/core/text.h"
#include "harness/drill.h"

namespace squall::harness {
namespace {

constexpr const char* schema = R"(
CREATE TABLE run(key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE journal(seq INTEGER PRIMARY KEY, time_ns INTEGER, at_s REAL, category TEXT, name TEXT,
  region TEXT, subject TEXT, message TEXT, detail TEXT);
CREATE TABLE checks(id TEXT PRIMARY KEY, kind TEXT, title TEXT, measured TEXT, bound TEXT,
  because TEXT, details TEXT, passed INTEGER, exercised INTEGER);
CREATE TABLE series(panel TEXT, name TEXT, unit TEXT, at_s REAL, value REAL);
CREATE TABLE marks(at_s REAL, category TEXT, subject TEXT, message TEXT);
CREATE TABLE phases(name TEXT, from_s REAL, to_s REAL, intended INTEGER, good INTEGER, p50_ms REAL,
  p95_ms REAL, p99_ms REAL, max_ms REAL, worst TEXT);
CREATE TABLE facts(name TEXT, value TEXT);
)";

// After the rows: an index kept up to date row by row costs twice as much.
constexpr const char* indexes = R"(
CREATE INDEX journal_by_name ON journal(category, name, at_s);
CREATE INDEX series_by_name ON series(panel, name, at_s);
)";

[[noreturn]] void fail(sqlite3* db, const char* doing) {
  throw DrillError{cat("SQLite: ", doing, ": ", sqlite3_errmsg(db))};
}

void execute(sqlite3* db, const char* sql) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(db, sql);
}

/// One prepared INSERT; bound texts must outlive put().
class Insert {
 public:
  Insert(sqlite3* db, const char* sql) : db_(db) {
    if (sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr) != SQLITE_OK) fail(db, sql);
  }
  ~Insert() { sqlite3_finalize(statement_); }
  Insert(const Insert&) = delete;
  Insert& operator=(const Insert&) = delete;

  template <class... Values>
  void put(const Values&... values) {
    int column = 0;
    (bind(++column, values), ...);
    if (sqlite3_step(statement_) != SQLITE_DONE) fail(db_, "insert");
    sqlite3_reset(statement_);
  }

 private:
  void bind(int column, const std::string& text) {
    sqlite3_bind_text(statement_, column, text.data(), static_cast<int>(text.size()),
                      SQLITE_STATIC);
  }
  void bind(int column, double value) {
    if (std::isnan(value))
      sqlite3_bind_null(statement_, column);
    else
      sqlite3_bind_double(statement_, column, value);
  }
  void bind(int column, int64_t value) { sqlite3_bind_int64(statement_, column, value); }
  void bind(int column, uint64_t value) { bind(column, static_cast<int64_t>(value)); }
  void bind(int column, bool value) { bind(column, static_cast<int64_t>(value)); }

  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

void put_run(sqlite3* db, const Report& r) {
  Insert row(db, "INSERT INTO run VALUES(?,?)");
  for (const auto& [key, value] :
       {std::pair<std::string, std::string>{"drill", r.drill}, {"title", r.title},
        {"region", r.region}, {"seed", std::to_string(r.seed)}, {"latency", r.latency_profile},
        {"start", format_iso8601_ms(r.start)}, {"duration_s", std::to_string(r.duration_s)},
        {"journal_hash", hex16(r.journal_hash)}, {"held", r.held() ? "1" : "0"},
        {"as_it_must", r.as_it_must() ? "1" : "0"}, {"reproduce", r.reproduce}})
    row.put(key, value);
}

void put_journal(sqlite3* db, const Report& report, const sim::Journal& journal) {
  Insert row(db, "INSERT INTO journal VALUES(?,?,?,?,?,?,?,?,?)");
  for (const sim::JournalEntry& e : journal.entries()) {
    row.put(e.sequence, to_ns(e.time), to_seconds(e.time - report.start), e.category, e.name,
            e.region, e.subject, e.message, e.detail);
  }
}

void put_verdict(sqlite3* db, const Report& report) {
  Insert check(db, "INSERT INTO checks VALUES(?,?,?,?,?,?,?,?,?)");
  for (const Check& c : report.checks)
    check.put(c.id, c.kind, c.title, c.measured, c.bound, c.because, join(c.details, "\n"),
              c.passed, c.exercised);
  Insert mark(db, "INSERT INTO marks VALUES(?,?,?,?)");
  for (const Mark& m : report.marks) mark.put(m.at_s, m.category, m.subject, m.text);
  Insert phase(db, "INSERT INTO phases VALUES(?,?,?,?,?,?,?,?,?,?)");
  for (const PhaseRow& p : report.phases)
    phase.put(p.name, p.from_s, p.to_s, p.intended, p.good, p.p50_ms, p.p95_ms, p.p99_ms,
              p.max_ms, p.worst);
  Insert fact(db, "INSERT INTO facts VALUES(?,?)");
  for (const auto& [name, value] : report.facts) fact.put(name, value);
}

void put_series(sqlite3* db, const Report& report) {
  Insert row(db, "INSERT INTO series VALUES(?,?,?,?,?)");
  for (const Series& s : report.series)
    for (size_t i = 0; i < s.values.size(); ++i)
      row.put(s.panel, s.name, s.unit, static_cast<double>(i) * s.step_s, s.values[i]);
}

}  // namespace

void fill_database(sqlite3* db, const Report& report, const sim::Journal& journal) {
  execute(db, "BEGIN");
  execute(db, schema);
  put_run(db, report);
  put_journal(db, report, journal);
  put_verdict(db, report);
  put_series(db, report);
  execute(db, indexes);
  execute(db, "COMMIT");
}

void write_sqlite(const std::string& path, const Report& report, const sim::Journal& journal) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open(path.c_str(), &opened);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> db(opened, sqlite3_close);
  if (result != SQLITE_OK) throw DrillError{cat("cannot write ", path)};
  // The file is made in one go and made again if that is cut short.
  execute(db.get(), "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;");
  fill_database(db.get(), report, journal);
}

}  // namespace squall::harness
