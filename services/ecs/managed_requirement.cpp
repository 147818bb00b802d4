// The requirements that instances of Amazon ECS Managed Instances meet.
#include <algorithm>

#include "services/ecs/managed_instances.h"

namespace squall::ecs {
namespace {

bool is_within(const Value& range, double amount) {
  const Value min = range.at("min"), max = range.at("max");
  return (min.is_absent() || amount >= min.real()) && (max.is_absent() || amount <= max.real());
}

/// "m5.large", "c5*.*": stars stand for anything.
bool is_like(std::string_view name, std::string_view pattern) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return name == pattern;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (size_t from = star; from <= name.size(); ++from)
    if (is_like(name.substr(from), rest)) return true;
  return false;
}

bool is_among(const Value& patterns, std::string_view name) {
  return std::ranges::any_of(patterns.items(),
                             [&](const Value& p) { return is_like(name, p.text()); });
}

/// "included", "required" or "excluded".
bool suits(const Value& wish, bool has, std::string_view fallback) {
  const std::string_view word = wish.is_absent() ? fallback : wish.text();
  return word == "included" || has == (word == "required");
}

bool has_text(const Value& list, std::string_view text) {
  return std::ranges::any_of(list.items(), [&](const Value& v) { return v.text() == text; });
}

/// Families say whose processor they have: "m5a" AMD's, "m6g" AWS's own, else Intel's.
std::string_view manufacturer(const ec2::InstanceType& type) {
  if (type.arch == "arm64") return "amazon-web-services";
  const size_t digit = type.family.find_first_of("0123456789");
  return type.family.find('a', digit) != std::string::npos ? "amd" : "intel";
}

}  // namespace

bool meets(const ec2::InstanceType& type, const Value& r) {
  const double memory = static_cast<double>(type.memory_mib);
  const double vcpus = type.vcpus, local = static_cast<double>(type.local_storage_gb);
  const Value allowed = r.at("allowedInstanceTypes"), makers = r.at("cpuManufacturers"),
              generations = r.at("instanceGenerations");
  const Value accelerators = r.at("acceleratorCount").at("min");
  if (!accelerators.is_absent() && accelerators.integer() > 0) return false;  // EC2 has none here
  return is_within(r.at("vCpuCount"), vcpus) && is_within(r.at("memoryMiB"), memory) &&
         is_within(r.at("memoryGiBPerVCpu"), memory / 1024 / vcpus) &&
         is_within(r.at("networkInterfaceCount"), type.interfaces_max) &&
         is_within(r.at("totalLocalStorageGB"), local) &&
         suits(r.at("burstablePerformance"), type.burstable, "excluded") &&
         suits(r.at("localStorage"), local > 0, "included") &&
         suits(r.at("bareMetal"), type.name.ends_with(".metal"), "excluded") &&
         (allowed.empty() || is_among(allowed, type.name)) &&
         !is_among(r.at("excludedInstanceTypes"), type.name) &&
         (makers.empty() || has_text(makers, manufacturer(type))) &&
         (generations.empty() ? type.current && type.nitro
                              : has_text(generations, type.current ? "current" : "previous"));
}

}  // namespace squall::ecs
