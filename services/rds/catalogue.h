// What RDS offers: engines, their versions, instance classes and storage limits.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace squall::rds {

struct EngineMajor {
  std::string_view engine, major;   // "postgres", "16"
  std::string_view family;          // "postgres16"
  std::string_view option_version;  // "16", "8-0": of default:ENGINE-VERSION
  std::string_view versions;        // blank-separated, oldest first; the last is the default
};

struct Engine {
  std::string_view name, description;
  std::string_view license;  // the default
  int64_t port;
  std::string_view log_types;  // blank-separated
  int64_t password_length_max, username_length_max;
  int64_t storage_min_gib, storage_max_gib;
  std::string_view default_major;
};

std::span<const Engine> engines();
std::span<const EngineMajor> engine_majors();
const Engine* find_engine(std::string_view name);
inline bool is_aurora(std::string_view engine) { return engine.starts_with("aurora"); }
/// The major that holds an exact version, or nullptr.
const EngineMajor* find_major(std::string_view engine, std::string_view version);
/// A full version from none, a major ("16") or a full one; empty if the engine has no such.
std::string resolve_version(const Engine& engine, std::string_view wanted);
std::string_view default_version(const EngineMajor& major);
std::string default_parameter_group(const EngineMajor& major);  // default.postgres16
std::string default_option_group(const EngineMajor& major);     // default:postgres-16
const EngineMajor* find_family(std::string_view family);

/// `db.m5.large`: known family and size.
bool is_instance_class(std::string_view name);
bool is_burstable(std::string_view instance_class);
std::span<const std::string_view> orderable_classes();

}  // namespace squall::rds
