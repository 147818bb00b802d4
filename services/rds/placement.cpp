// Which zones and subnets an instance's hosts stand in, and their network interfaces.
#include "services/ec2/ec2.h"
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

std::string subnet_in(const sim::Scope& scope, const SubnetGroup& group, std::string_view zone) {
  for (const std::string& id : group.subnet_ids)
    if (const auto* subnet = scope.view<ec2::Subnet>(id); subnet && subnet->zone == zone) return id;
  return {};
}

std::string make_interface(sim::Scope& scope, const DbInstance& db, const std::string& subnet_id) {
  ec2::InterfaceSpec spec;
  spec.subnet_id = subnet_id;
  spec.group_ids = db.group_ids;
  spec.description = "RDSNetworkInterface";
  spec.requester_id = "amazon-rds";
  spec.associate_public_ip = db.publicly_accessible;
  const std::string id = ec2::create_interface(scope, spec).id;
  scope.edit<ec2::NetworkInterface>(id).status = "in-use";
  return id;
}

}  // namespace

void place(sim::Scope& scope, DbInstance& db, const std::string& wanted_zone) {
  const SubnetGroup& group = subnet_group_for(scope, db.subnet_group);
  const auto zones = zones_of(scope, group);
  db.subnet_group = group.id;
  db.vpc_id = group.vpc_id;
  if (zones.empty()) throw invalid_subnet("The DB subnet group has no usable subnets.");
  if (!wanted_zone.empty() && std::ranges::find(zones, wanted_zone) == zones.end()) {
    throw invalid_vpc_network_state(cat("Availability zone '", wanted_zone,
                                        "' is not covered by DB subnet group '", group.id, "'."));
  }
  // AWS picks for itself; the first zone makes deployments and drills comparable.
  db.primary_zone = wanted_zone.empty() ? zones.front() : wanted_zone;
  db.primary_subnet = subnet_in(scope, group, db.primary_zone);
  db.primary_interface_id = make_interface(scope, db, db.primary_subnet);
  db.private_ip = scope.view<ec2::NetworkInterface>(db.primary_interface_id)->private_ip;
  db.shown_zone = db.primary_zone;
  if (db.multi_az) place_standby(scope, db);
}

void place_standby(sim::Scope& scope, DbInstance& db) {
  const SubnetGroup& group = subnet_group_for(scope, db.subnet_group);
  for (const std::string& zone : zones_of(scope, group)) {
    if (zone == db.primary_zone) continue;
    db.secondary_zone = zone;
    db.secondary_subnet = subnet_in(scope, group, zone);
    db.secondary_interface_id = make_interface(scope, db, db.secondary_subnet);
    return;
  }
  throw subnet_group_does_not_cover_zones();
}

void release_standby(sim::Scope& scope, DbInstance& db) {
  if (!db.secondary_interface_id.empty()) ec2::delete_interface(scope, db.secondary_interface_id);
  db.secondary_interface_id.clear();
  db.secondary_zone.clear();
  db.secondary_subnet.clear();
  db.shown_secondary_zone.clear();
  db.standby_in_sync = db.standby_dark = db.resyncing = false;
  db.writes_stalled_until.reset();
}

void release(sim::Scope& scope, DbInstance& db) {
  release_standby(scope, db);
  if (!db.primary_interface_id.empty()) ec2::delete_interface(scope, db.primary_interface_id);
}

}  // namespace squall::rds
