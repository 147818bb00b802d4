// Global tables of the version of 2017: AWS makes none of them any more for new accounts, so there
// are none to describe, list or change. Those of today are in replica*.cpp.
#include "services/dynamodb/replica.h"

namespace squall::dynamodb {
namespace {

Value no_such_table(Context&, Input in) {
  throw AwsError{"GlobalTableNotFoundException",
                 cat("Global table not found: Global table with name '",
                     in.string("GlobalTableName"), "' does not exist.")};
}

Value list_global_tables(Context&, Input in) {
  // They choose among none.
  for (const char* member : {"ExclusiveStartGlobalTableName", "Limit", "RegionName"})
    in.ignore(member);
  return {{"GlobalTables", Value::list()}};
}

}  // namespace

std::span<const api::HandlerRow> replica_legacy_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeGlobalTable", api::Reads, no_such_table},
      {"DescribeGlobalTableSettings", api::Reads, no_such_table},
      {"UpdateGlobalTable", api::Reads, no_such_table},
      {"UpdateGlobalTableSettings", api::Reads, no_such_table},
      {"ListGlobalTables", api::Reads, list_global_tables}};
  return rows;
}

}  // namespace squall::dynamodb
