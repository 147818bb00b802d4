#include "emulator/sim/impairment.h"

namespace squall::sim {

std::vector<std::string> Impairment::index_keys() const {
  std::vector<std::string> keys;
  if (!zone.empty()) keys.push_back(cat("zone:", zone));
  if (!resource.empty()) keys.push_back(cat("resource:", resource));
  return keys;
}

bool is_dark(const Scope& scope, std::string_view zone, std::string_view resource) {
  if (scope.all<Impairment>().empty()) return false;  // nearly always
  if (!zone.empty()) {
    for (const Impairment* i : scope.by<Impairment>(cat("zone:", zone)))
      if (i->what == "power" && (i->resource.empty() || i->resource == resource)) return true;
  }
  if (resource.empty()) return false;
  for (const Impairment* i : scope.by<Impairment>(cat("resource:", resource)))
    if (i->what == "host" || i->what == "power") return true;
  return false;
}

}  // namespace squall::sim
