// Raw SQL over the journal: the first column of the first row against a bound.
#include <sqlite3.h>

#include "emulator/core/text.h"
#include "harness/report/sqlite.h"
#include "harness/steps/steps.h"

namespace squall::harness {
namespace {

/// The run's tables in memory, as write_sqlite lays them out on disk.
class JournalDatabase {
 public:
  explicit JournalDatabase(const Run& run) {
    sqlite3_open(":memory:", &db_);
    fill_database(db_, run.report, run.world.journal());
  }
  ~JournalDatabase() { sqlite3_close(db_); }
  JournalDatabase(const JournalDatabase&) = delete;
  JournalDatabase& operator=(const JournalDatabase&) = delete;

  std::optional<std::string> first(const std::string& query) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, query.c_str(), -1, &statement, nullptr) != SQLITE_OK)
      throw DrillError{cat("SQL: ", sqlite3_errmsg(db_), ": ", query)};
    std::optional<std::string> value;
    if (sqlite3_step(statement) == SQLITE_ROW) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      if (text) value = text;
    }
    sqlite3_finalize(statement);
    return value;
  }

 private:
  sqlite3* db_ = nullptr;
};

struct SqlCheck final : Step {
  std::string query, equals;
  Bound bound;

  void run(Run& run, Check& check) const override {
    JournalDatabase database(run);
    const auto value = database.first(query);
    check.title = cat("SQL: ", query);
    check.bound = equals.empty() ? bound.text("") : cat("= ", equals);
    check.measured = value.value_or("no row");
    check.exercised = value.has_value();
    const auto number = value ? parse_double(*value) : std::nullopt;
    check.passed = equals.empty() ? number && bound.holds(*number) : value == equals;
  }
};

}  // namespace

std::shared_ptr<Step> parse_sql(YamlMap& arguments) {
  auto step = std::make_shared<SqlCheck>();
  step->query = arguments.text("query");
  step->equals = arguments.text("equals", "");
  step->bound = Bound::parse(arguments, false);
  if (step->equals.empty() && step->bound.empty())
    arguments.fail("query", "needs equals, at_least or at_most");
  return step;
}

}  // namespace squall::harness
