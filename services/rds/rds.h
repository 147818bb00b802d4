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

/// status: creating, backing-up, available, modifying, rebooting, failing-over..., deleting,
/// stopped.
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
  std::string private_ip;                        // of the primary: what the endpoint resolves to
  std::string shown_zone, shown_secondary_zone;  // what Describe says; lags behind after a failover
  /// Data plane: since when the endpoint takes connections; none while it does not.
  std::optional<Time> serving_since;
  bool standby_in_sync = false;
  /// Empty, detecting, fencing, promoting, completing; down (no standby to go to), recovering,
  /// restarting.
  std::string failover_phase;
  std::string source_id;  // read replicas
  std::vector<std::string> replica_ids;
  std::map<std::string, std::string> pending;  // PendingModifiedValues by member name
  Time created{};
  std::optional<Time> latest_restorable;
  Tags tags;
  std::string cluster_id, character_set, timezone, network_type = "IPV4";
  std::string performance_insights_kms_key_id;
  int64_t performance_insights_retention_days = 0;
  int64_t promotion_tier = 1;
  /// Counts what was begun with the hosts (failover, recovery, reboot): events of an abandoned
  /// course carry an older number and do nothing.
  int64_t generation = 0;
  bool primary_dark = false, standby_dark = false;  // as the service's monitor last saw the hosts
  bool resyncing = false;
  /// Commits wait until then: the primary has not yet given up on a standby that went dark.
  std::optional<Time> writes_stalled_until;
  std::optional<Time> automatic_restart;        // a stopped instance is started after seven days
  std::vector<std::string> index_keys() const;  // "subnet-group:", "endpoint:", "zone:" ...
  SQUALL_FIELDS(id, arn, resource_id, status, engine, engine_version, instance_class, license_model,
                master_username, master_password, db_name, storage_type, kms_key_id, ca_certificate,
                allocated_gib, max_allocated_gib, iops, throughput_mibps, port,
                backup_retention_days, backup_window, maintenance_window, backup_target, multi_az,
                encrypted, deletion_protection, publicly_accessible, auto_minor_upgrade,
                copy_tags_to_snapshot, iam_authentication, performance_insights,
                monitoring_interval_s, monitoring_role_arn, subnet_group, parameter_group,
                option_group, vpc_id, group_ids, log_exports, endpoint_address, primary_zone,
                secondary_zone, primary_subnet, secondary_subnet, primary_interface_id,
                secondary_interface_id, private_ip, shown_zone, shown_secondary_zone, serving_since,
                standby_in_sync, failover_phase, source_id, replica_ids, pending, created,
                latest_restorable, tags, cluster_id, character_set, timezone, network_type,
                performance_insights_kms_key_id, performance_insights_retention_days,
                promotion_tier, generation, primary_dark, standby_dark, resyncing,
                writes_stalled_until, automatic_restart)
};

/// Starts a failover to the standby, as the API (RebootDBInstance with ForceFailover), FIS and the
/// service's own monitor do. `cause` goes into the journal.
void begin_failover(sim::Scope& scope, std::string_view id, std::string_view cause);
/// Whether the endpoint answers at this moment, and from which zone.
bool is_serving(const sim::Scope& scope, const DbInstance& db);

}  // namespace squall::rds
