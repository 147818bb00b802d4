// ElastiCache's errors in AWS's words.
#pragma once

#include <string_view>

#include "emulator/core/error.h"

namespace squall::elasticache {

AwsError replication_group_not_found(std::string_view id);
AwsError replication_group_already_exists(std::string_view id);
AwsError invalid_replication_group_state(std::string_view message);
AwsError cache_cluster_not_found(std::string_view id);
AwsError cache_cluster_already_exists(std::string_view id);
AwsError invalid_cache_cluster_state(std::string_view message);
AwsError node_group_not_found(std::string_view id);
AwsError subnet_group_not_found(std::string_view name);
AwsError subnet_group_already_exists(std::string_view name);
AwsError subnet_group_in_use(std::string_view name);
AwsError invalid_subnet(std::string_view message);
AwsError parameter_group_not_found(std::string_view name);
AwsError parameter_group_already_exists(std::string_view name);
AwsError invalid_parameter_group_state(std::string_view message);
AwsError snapshot_not_found(std::string_view name);
AwsError snapshot_already_exists(std::string_view name);
AwsError no_operation(std::string_view message);
AwsError test_failover_not_available(std::string_view message);
AwsError invalid_parameter_value(std::string_view message);
AwsError invalid_parameter_combination(std::string_view message);
AwsError invalid_arn(std::string_view arn);
AwsError invalid_marker();

}  // namespace squall::elasticache
