// RDS's public face.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::rds {

const api::ServiceDefinition& service();

/// status: creating, backing-up, available, modifying, rebooting, failing-over..., deleting, stopped.
struct DbInstance {
  static constexpr std::string_view kind = "rds:db-instance";
  std::string id;  // DBInstanceIdentifier, lower case
  std::string arn, resource_id;
  std::string status = "creating";
  std::string engine, engine_version, instance_class, license_model;
  std::string master_username, master_password, db_name;
  std::string storage_type = "gp2", kms_key_id, ca_certificate = "rds-ca-rsa2048-g1";
  int64_t allocated_gib = 0, max_allocated_gib = 0, iops = 0, throughput_mibps = 0;
  int64_t port = 5432, backup_retention_days = 1;
  std::string backup_window, maintenance_window, backup_target = "region";
  bool multi_az = false, encrypted = false, deletion_protection = false,
       publicly_accessible = false, auto_minor_upgrade = true, copy_tags_to_snapshot = false,
       iam_authentication = false, performance_insights = false;
  int64_t monitoring_interval_s = 0;
  std::string monitoring_role_arn;
  std::string subnet_group, parameter_group, option_group, vpc_id;
  std::vector<std::string> group_ids;
  std::vector<std::string> log_exports;
  std::string endpoint_address;
  /// Hosts: where the primary and (Multi-AZ) its standby run right now.
  std::string primary_zone, secondary_zone;
  std::string primary_subnet, secondary_subnet;
  std::string primary_interface_id, secondary_interface_id;
  std::string private_ip;              // of the primary: what the endpoint resolves to
  std::string shown_zone, shown_secondary_zone;  // what Describe says; lags behind after a failover
  /// Data plane: since when the endpoint takes connections; none while it does not.
  std::optional<Time> serving_since;
  bool standby_in_sync = false;
  std::string failover_phase;          // empty, detecting, fencing, promoting
  std::string source_id;               // read replicas
  std::vector<std::string> replica_ids;
  std::string pending_json;            // PendingModifiedValues
  Time created{};
  std::optional<Time> latest_restorable;
  Tags tags;
  std::vector<std::string> index_keys() const;  // "subnet-group:", "endpoint:", "zone:"
  SQUALL_FIELDS(id, arn, resource_id, status, engine, engine_version, instance_class,
                license_model, master_username, master_password, db_name, storage_type,
                kms_key_id, ca_certificate, allocated_gib, max_allocated_gib, iops,
                throughput_mibps, port, backup_retention_days, backup_window,
                maintenance_window, backup_target, multi_az, encrypted, deletion_protection,
                publicly_accessible, auto_minor_upgrade, copy_tags_to_snapshot,
                iam_authentication, performance_insights, monitoring_interval_s,
                monitoring_role_arn, subnet_group, parameter_group, option_group, vpc_id,
                group_ids, log_exports, endpoint_address, primary_zone, secondary_zone,
                primary_subnet, secondary_subnet, primary_interface_id, secondary_interface_id,
                private_ip, shown_zone, shown_secondary_zone, serving_since, standby_in_sync,
                failover_phase, source_id, replica_ids, pending_json, created,
                latest_restorable, tags)
};

/// Starts a failover to the standby, as the API (RebootDBInstance with ForceFailover), FIS and the
/// service's own monitor do. `cause` goes into the journal.
void begin_failover(sim::Scope& scope, std::string_view id, std::string_view cause);
/// Whether the endpoint answers at this moment, and from which zone.
bool is_serving(const sim::Scope& scope, const DbInstance& db);

}  // namespace squall::rds
