// The run as SQL tables, in a file or in memory: the report and a drill's SQL checks ask the same.
#pragma once

#include "emulator/sim/journal.h"
#include "harness/report.h"

struct sqlite3;

namespace squall::harness {

/// Creates and fills journal, checks, series, marks, phases and facts in one transaction. Throws
/// DrillError with SQLite's words.
void fill_database(sqlite3* db, const Report& report, const sim::Journal& journal);

}  // namespace squall::harness
