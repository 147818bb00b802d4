// What clusters, definitions and container instances offer to ECS's other files, and every file's
// rows.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/core/text.h"
#include "services/ecs/internal.h"

namespace squall::ecs {

using api::Reads;
using api::Writes;
using WatchRows = std::span<const sim::WatchRow>;
using LatencyRows = std::span<const sim::LatencyRow>;

HandlerRows cluster_rows();
HandlerRows cluster_change_rows();
EventRows cluster_events();
HandlerRows definition_rows();
HandlerRows definition_list_rows();
EventRows definition_events();
LatencyRows cluster_latencies();
HandlerRows account_setting_rows();
HandlerRows container_instance_rows();
EventRows container_instance_events();
EventRows instance_agent_events();
WatchRows instance_agent_watches();
LatencyRows instance_agent_latencies();
HandlerRows attribute_rows();
HandlerRows agent_rows();
HandlerRows agent_report_rows();
EventRows agent_events();
LatencyRows agent_latencies();
HandlerRows tag_rows();
HandlerRows capacity_provider_rows();
EventRows capacity_provider_events();
EventRows managed_scaling_events();
WatchRows managed_scaling_watches();
HandlerRows managed_daemon_rows();
HandlerRows managed_daemon_view_rows();
HandlerRows managed_daemon_definition_rows();
EventRows managed_daemon_events();
WatchRows managed_daemon_watches();
HandlerRows express_rows();
EventRows insights_events();
WatchRows insights_watches();

// --- names and ARNs ----------------------------------------------------------------------------
/// What follows "resource_type/" in an ARN, or the name as it is; refuses malformed identifiers.
std::string name_of(std::string_view name_or_arn, std::string_view resource_type);
/// The last part of an ARN or of a path.
std::string_view last_part(std::string_view arn);
/// Refuses ARNs of other Regions and accounts; names pass.
void check_owner(const sim::Scope& scope, std::string_view name_or_arn);
/// The ID of something in the cluster, by ID or ARN; refuses ARNs of other clusters' things.
std::string id_in(const sim::Scope& scope, std::string_view cluster,
                  std::string_view resource_type, std::string_view id_or_arn);
/// "type/CLUSTER/...": refuses what is no ARN, and ClusterNotFoundException.
void check_cluster_of(const sim::Scope& scope, std::string_view arn);
/// "Family contains invalid characters." unless it is empty or could be one.
void check_family(std::string_view family);

// --- clusters ----------------------------------------------------------------------------------
/// Whatever its status; nullptr if there never was one.
const Cluster* find_cluster(const sim::Scope& scope, std::string_view name_or_arn);
/// Of the requests' form, checked against the cluster's providers.
std::vector<StrategyItem> read_strategy(const sim::Scope& scope, const Input& in,
                                        std::string_view member,
                                        const std::vector<std::string>& providers_of_cluster);
Value describe_strategy(const std::vector<StrategyItem>& strategy);
bool is_fargate_provider(std::string_view name);

// --- task definitions --------------------------------------------------------------------------
/// Whatever its status; the newest active revision of a family; nullptr if there is none.
const TaskDefinition* find_definition(const sim::Scope& scope, std::string_view name);
Value describe(const TaskDefinition& definition);
constexpr std::string_view daemon_family = "daemon-task-definition/";
inline bool is_daemon_definition(const TaskDefinition& definition) {
  return definition.family.starts_with(daemon_family);
}
/// "256", ".25 vCPU"; "512", "0.5GB". Nothing if it is neither.
std::optional<int64_t> cpu_units(std::string_view text);
std::optional<int64_t> memory_mib(std::string_view text);
bool has_fargate_size(int64_t cpu, int64_t memory);

// --- tags (lower-case members) -----------------------------------------------------------------
Tags read_tags(const Input& in, std::string_view member = "tags");
Value describe_tags_of(const Tags& tags);

// --- account settings --------------------------------------------------------------------------
/// The effective value for the account ("enabled", "disabled", ...).
std::string account_setting(const sim::Scope& scope, std::string_view name);

// --- pages -------------------------------------------------------------------------------------
struct Slice {
  std::vector<std::string> keys;
  Value next_token;
};
/// The page of `keys` that nextToken and maxResults ask for; keys are in order (descending ones
/// say so).
Slice slice_of(const std::vector<std::string>& keys, const Input& in, bool descending = false,
               size_t limit_default = 100);
/// `{"arn": ..., "reason": "MISSING"}`.
Value missing(std::string_view arn);

}  // namespace squall::ecs
