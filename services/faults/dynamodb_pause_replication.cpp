// A global table's replica neither sends nor receives changes; they are kept and sent afterwards.
#include "emulator/core/text.h"
#include "services/dynamodb/dynamodb.h"
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  const std::string name = argument(arguments, "table");
  const dynamodb::Table* table = dynamodb::find_table(scope, name);
  if (!table) throw invalid_argument(cat("There is no table ", name, " in ", scope.region(), "."));
  sim::Impairment impairment;
  impairment.what = "replication";
  impairment.resource = table->arn;
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind dynamodb_pause_replication() {
  return {"dynamodb-pause-replication",
          "aws:dynamodb:global-table-pause-replication",
          "A global table's replica in this region neither sends nor receives changes.",
          {{"table", "Name or ARN of the table", true}},
          start,
          repair};
}

}  // namespace squall::faults
