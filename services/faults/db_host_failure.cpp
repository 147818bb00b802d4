// The host under a database's primary dies; a standby elsewhere is not touched.
#include "emulator/core/text.h"
#include "services/faults/kinds.h"
#include "services/rds/rds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  const std::string name = argument(arguments, "db");
  const rds::DbInstance* db = scope.view<rds::DbInstance>(name);
  if (!db) throw invalid_argument(cat("There is no DB instance ", name, "."));
  sim::Impairment impairment;
  impairment.what = "host";
  // Bound to the primary's interface of this moment: after a failover the database is elsewhere.
  impairment.resource = db->primary_interface_id;
  if (impairment.resource.empty()) throw invalid_argument(cat(name, " runs on no host yet."));
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind db_host_failure() {
  return {"db-host-failure",
          "",
          "The host of a DB instance's primary fails.",
          {{"db", "DB instance identifier", true}},
          start,
          repair};
}

}  // namespace squall::faults
