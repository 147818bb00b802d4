// DescribeInstanceTypes and DescribeInstanceTypeOfferings.
#include <algorithm>

#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

Value describe_network(const InstanceType& t) {
  return {{"NetworkPerformance", t.network},
          {"MaximumNetworkInterfaces", t.interfaces_max},
          {"MaximumNetworkCards", 1},
          {"DefaultNetworkCardIndex", 0},
          {"NetworkCards", std::vector<Value>{{{"NetworkCardIndex", 0},
                                               {"NetworkPerformance", t.network},
                                               {"MaximumNetworkInterfaces", t.interfaces_max}}}},
          {"Ipv4AddressesPerInterface", t.addresses_per_interface},
          {"Ipv6AddressesPerInterface", t.addresses_per_interface},
          {"Ipv6Supported", t.nitro || t.family == "t2"},
          {"EnaSupport", t.nitro ? "required" : "unsupported"},
          {"EfaSupported", false},
          {"EncryptionInTransitSupported", false},
          {"EnaSrdSupported", false}};
}

Value describe_storage(const InstanceType& t) {
  if (!t.local_storage_gb) return {};
  return {{"TotalSizeInGB", t.local_storage_gb},
          {"Disks", std::vector<Value>{
                        {{"SizeInGB", t.local_storage_gb}, {"Count", 1}, {"Type", "ssd"}}}},
          {"NvmeSupport", t.nitro ? "required" : "unsupported"},
          {"EncryptionSupport", t.nitro ? "required" : "unsupported"}};
}

Value describe(const InstanceType& t) {
  const int cores = std::max(1, t.vcpus / t.threads_per_core);
  const bool arm = t.arch == "arm64";
  Value threads = Value::list();
  for (int n = 1; n <= t.threads_per_core; ++n) threads.push(n);
  return {{"InstanceType", t.name},
          {"CurrentGeneration", t.current},
          {"FreeTierEligible", t.name == "t2.micro" || t.name == "t3.micro"},
          {"SupportedUsageClasses", std::vector<Value>{"on-demand", "spot"}},
          {"SupportedRootDeviceTypes", std::vector<Value>{"ebs"}},
          {"SupportedVirtualizationTypes", std::vector<Value>{"hvm"}},
          {"BareMetal", false},
          {"Hypervisor", t.nitro ? "nitro" : "xen"},
          {"ProcessorInfo",
           {{"SupportedArchitectures", std::vector<Value>{t.arch}},
            {"SustainedClockSpeedInGhz", arm ? 2.5 : 3.1},
            {"Manufacturer", arm                       ? "AWS"
                             : t.family.back() == 'a' ? "AMD"
                                                       : "Intel"}}},
          {"VCpuInfo",
           {{"DefaultVCpus", t.vcpus},
            {"DefaultCores", cores},
            {"DefaultThreadsPerCore", t.threads_per_core},
            {"ValidThreadsPerCore", threads}}},
          {"MemoryInfo", {{"SizeInMiB", t.memory_mib}}},
          {"InstanceStorageSupported", t.local_storage_gb > 0},
          {"InstanceStorageInfo", describe_storage(t)},
          {"EbsInfo",
           {{"EbsOptimizedSupport", t.nitro ? "default" : "unsupported"},
            {"EncryptionSupport", "supported"},
            {"NvmeSupport", t.nitro ? "required" : "unsupported"}}},
          {"NetworkInfo", describe_network(t)},
          {"PlacementGroupInfo",
           {{"SupportedStrategies", t.burstable
                                        ? std::vector<Value>{"partition", "spread"}
                                        : std::vector<Value>{"cluster", "partition", "spread"}}}},
          {"HibernationSupported", t.nitro},
          {"BurstablePerformanceSupported", t.burstable},
          {"DedicatedHostsSupported", t.nitro},
          {"AutoRecoverySupported", true},
          {"SupportedBootModes", arm       ? std::vector<Value>{"uefi"}
                                 : t.nitro ? std::vector<Value>{"legacy-bios", "uefi"}
                                           : std::vector<Value>{"legacy-bios"}},
          {"NitroEnclavesSupport", t.nitro && !t.burstable ? "supported" : "unsupported"},
          {"NitroTpmSupport", t.nitro && !arm ? "supported" : "unsupported"}};
}

const FilterRow<InstanceType> filters[] = {
    {"instance-type", [](const InstanceType& t) { return Strings{t.name}; }},
    {"bare-metal", [](const InstanceType&) { return Strings{"false"}; }},
    {"burstable-performance-supported",
     [](const InstanceType& t) { return Strings{text_of(t.burstable)}; }},
    {"current-generation", [](const InstanceType& t) { return Strings{text_of(t.current)}; }},
    {"free-tier-eligible",
     [](const InstanceType& t) {
       return Strings{text_of(t.name == "t2.micro" || t.name == "t3.micro")};
     }},
    {"hypervisor", [](const InstanceType& t) { return Strings{t.nitro ? "nitro" : "xen"}; }},
    {"instance-storage-supported",
     [](const InstanceType& t) { return Strings{text_of(t.local_storage_gb > 0)}; }},
    {"memory-info.size-in-mib",
     [](const InstanceType& t) { return Strings{std::to_string(t.memory_mib)}; }},
    {"processor-info.supported-architecture",
     [](const InstanceType& t) { return Strings{t.arch}; }},
    {"supported-virtualization-type", [](const InstanceType&) { return Strings{"hvm"}; }},
    {"supported-root-device-type", [](const InstanceType&) { return Strings{"ebs"}; }},
    {"supported-usage-class", [](const InstanceType&) { return Strings{"on-demand", "spot"}; }},
    {"vcpu-info.default-vcpus",
     [](const InstanceType& t) { return Strings{std::to_string(t.vcpus)}; }},
};

/// Pages over a table that is no record: the token names the last type shown.
template <class Matches, class Show>
Value page_types(const Input& in, Key out, Matches matches, Show show) {
  const PageRequest page = page_of(in, 5, 1000);
  Value items = Value::list();
  Value answer = Value::map();
  std::string last;
  size_t shown = 0;
  for (const InstanceType& type : instance_types()) {
    if (!page.after.empty() && type.name <= page.after) continue;
    if (!matches(type)) continue;
    if (shown++ == page.limit) {
      answer.set("NextToken", base64_encode(cat("v1:", last)));
      break;
    }
    last = type.name;
    show(items, type);
  }
  answer.set(out, items);
  return answer;
}

Value describe_instance_types(Context&, Input in) {
  const FilterSet<InstanceType> set(in, filters);
  const auto names = in.strings("InstanceTypes");
  std::vector<std::string> unknown;
  for (const std::string& name : names)
    if (!find_instance_type(name)) unknown.push_back(name);
  if (!unknown.empty()) throw unknown_instance_types(unknown);
  return page_types(
      in, "InstanceTypes",
      [&](const InstanceType& t) {
        return (names.empty() || std::ranges::count(names, t.name)) && set.matches(t);
      },
      [](Value& items, const InstanceType& t) { items.push(describe(t)); });
}

Value describe_offerings(Context& ctx, Input in) {
  const std::string kind = in.string("LocationType", "region");
  Strings types, locations;
  for (const Filter& filter : filters_from(in)) {
    if (filter.name != "instance-type" && filter.name != "location")
      throw invalid_filter(filter.name);
    (filter.name == "location" ? locations : types) = filter.values;
  }
  Strings offered;
  if (kind == "region") offered.push_back(ctx.region());
  for (const Zone& zone : zones(ctx.region())) {
    if (kind == "availability-zone") offered.push_back(zone.name);
    if (kind == "availability-zone-id") offered.push_back(zone.id);
  }
  return page_types(
      in, "InstanceTypeOfferings",
      [&](const InstanceType& t) { return types.empty() || matches_any(types, {t.name}); },
      [&](Value& items, const InstanceType& t) {
        for (const std::string& location : offered)
          if (locations.empty() || matches_any(locations, {location}))
            items.push(
                {{"InstanceType", t.name}, {"LocationType", kind}, {"Location", location}});
      });
}

const HandlerRow rows[] = {
    {"DescribeInstanceTypes", Reads, describe_instance_types},
    {"DescribeInstanceTypeOfferings", Reads, describe_offerings},
};

}  // namespace

HandlerRows instance_type_rows() { return rows; }

}  // namespace squall::ec2
