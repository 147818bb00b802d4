// What ElastiCache's files share among themselves.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "emulator/core/text.h"
#include "services/common/identifier.h"
#include "services/common/page.h"
#include "services/elasticache/catalogue.h"
#include "services/elasticache/errors.h"
#include "services/elasticache/state.h"

namespace squall::elasticache {

using api::Context;
using api::Input;

// --- common.cpp ------------------------------------------------------------------------------
PageRequest page_from(const Input& in);
/// `master.NAME.HASH.aps1.cache.amazonaws.com`: everything after NAME's dot.
std::string endpoint_hash(const sim::Scope& scope);
std::string region_label(std::string_view region);  // ap-south-1: aps1
void check_security_groups(const sim::Scope& scope, const std::vector<std::string>& ids,
                           const std::string& vpc_id);
std::vector<std::string> default_group(const sim::Scope& scope, const std::string& vpc_id);

// --- event.cpp ---------------------------------------------------------------------------------
void record_event(sim::Scope& scope, std::string_view source_type, std::string_view source_id,
                  std::string_view message);

// --- groups ------------------------------------------------------------------------------------
std::vector<std::string> zones_of(const sim::Scope& scope, const SubnetGroup& group);
/// The group of that name, or the default VPC's ("default", made on first use).
const SubnetGroup& subnet_group_for(sim::Scope& scope, const std::string& name);
/// Family of a parameter group, user's or default; empty if there is none.
std::string parameter_group_family(const sim::Scope& scope, const std::string& name);

// --- nodes (node.cpp) --------------------------------------------------------------------------
/// Makes a node's interface in a subnet of the group in `zone`.
CacheNode make_node(sim::Scope& scope, const SubnetGroup& subnets,
                    const std::vector<std::string>& group_ids, const std::string& cluster_id,
                    const std::string& zone);
void release_node(sim::Scope& scope, const CacheNode& node);
void set_groups(sim::Scope& scope, const CacheNode& node,
                const std::vector<std::string>& group_ids);
/// The n-th node's zone: round the group's zones, or as the caller wished.
void require_zone(const std::vector<std::string>& zones, const std::string& zone);
bool is_dark(const sim::Scope& scope, const CacheNode& node);

// --- replication groups ------------------------------------------------------------------------
const ReplicationGroup& replication_group_at(const sim::Scope& scope, const std::string& id);
ReplicationGroup replication_group_from(Context& ctx, const Input& in);
Value describe(const sim::Scope& scope, const ReplicationGroup& group);
void require_available(const ReplicationGroup& group);
/// Names all endpoints of a group whose node groups and nodes are set.
void name_endpoints(const sim::Scope& scope, ReplicationGroup& group);
CacheNode* primary_of(NodeGroup& node_group);
const CacheNode* primary_of(const NodeGroup& node_group);
/// Finds the group of a member cluster ("sessions-001"), or nullptr.
const ReplicationGroup* group_of(const sim::Scope& scope, std::string_view cluster_id);
void begin_failover(sim::Scope& scope, ReplicationGroup& group, NodeGroup& node_group,
                    std::string_view cause);
void look_after(sim::Scope& scope, std::string_view id);
void look_after_cluster(sim::Scope& scope, std::string_view id);
std::string node_number(size_t index);  // "0001" of the first
Value describe(const CacheCluster& cluster, bool with_nodes);
void make_snapshot(Context& ctx, const ReplicationGroup& group, const std::string& name);
void make_snapshot(Context& ctx, const CacheCluster& cluster, const std::string& name);

std::span<const api::HandlerRow> subnet_group_rows();
std::span<const api::HandlerRow> replication_group_rows();
std::span<const api::HandlerRow> parameter_group_rows();
std::span<const api::HandlerRow> snapshot_rows();
std::span<const api::HandlerRow> event_rows();
std::span<const sim::EventRow> event_events();
std::span<const api::HandlerRow> cluster_rows();
std::span<const api::HandlerRow> cluster_view_rows();
std::span<const api::HandlerRow> tag_rows();
std::span<const api::HandlerRow> version_rows();
std::span<const api::HandlerRow> group_modify_rows();

std::span<const sim::EventRow> replication_group_events();
std::span<const sim::EventRow> failover_events();
std::span<const sim::EventRow> snapshot_events();
std::span<const sim::EventRow> cluster_events();
std::span<const sim::EventRow> group_modify_events();
std::span<const sim::WatchRow> failover_watches();
std::span<const sim::LatencyRow> latencies();

}  // namespace squall::elasticache
