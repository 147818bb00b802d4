// What ElastiCache offers: engines, versions, parameter group families, node types.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace squall::elasticache {

struct EngineVersion {
  std::string_view engine, version, family;
};

std::span<const EngineVersion> engine_versions();
/// A full version from none (the newest), a prefix ("7.1", "7.x") or a full one; nullptr if none.
const EngineVersion* find_version(std::string_view engine, std::string_view wanted);
bool is_family(std::string_view family);
std::string_view engine_description(std::string_view engine);
bool is_node_type(std::string_view name);
bool is_burstable(std::string_view node_type);
std::span<const std::string_view> node_types();

}  // namespace squall::elasticache
