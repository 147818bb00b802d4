// Regions and Availability Zones as AWS names them.
#include <algorithm>
#include <array>

#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

struct RegionRow {
  std::string_view name;
  std::string_view code;   // of zone ids: "use1-az1"
  std::string_view zones;  // "a1 b2": the zone's letter and the number in its id
  std::string_view title;
  bool opt_in;
};

constexpr RegionRow region_table[] = {
    {"af-south-1", "afs1", "a1 b2 c3", "Africa (Cape Town)", true},
    {"ap-east-1", "ape1", "a1 b2 c3", "Asia Pacific (Hong Kong)", true},
    {"ap-east-2", "ape2", "a1 b2 c3", "Asia Pacific (Taipei)", true},
    {"ap-northeast-1", "apne1", "a4 c1 d2", "Asia Pacific (Tokyo)", false},
    {"ap-northeast-2", "apne2", "a1 b2 c3 d4", "Asia Pacific (Seoul)", false},
    {"ap-northeast-3", "apne3", "a3 b1 c2", "Asia Pacific (Osaka)", false},
    {"ap-south-1", "aps1", "a1 b3 c2", "Asia Pacific (Mumbai)", false},
    {"ap-south-2", "aps2", "a1 b2 c3", "Asia Pacific (Hyderabad)", true},
    {"ap-southeast-1", "apse1", "a1 b2 c3", "Asia Pacific (Singapore)", false},
    {"ap-southeast-2", "apse2", "a1 b3 c2", "Asia Pacific (Sydney)", false},
    {"ap-southeast-3", "apse3", "a1 b2 c3", "Asia Pacific (Jakarta)", true},
    {"ap-southeast-4", "apse4", "a1 b2 c3", "Asia Pacific (Melbourne)", true},
    {"ap-southeast-5", "apse5", "a1 b2 c3", "Asia Pacific (Malaysia)", true},
    {"ap-southeast-6", "apse6", "a1 b2 c3", "Asia Pacific (New Zealand)", true},
    {"ap-southeast-7", "apse7", "a1 b2 c3", "Asia Pacific (Thailand)", true},
    {"ca-central-1", "cac1", "a1 b2 d4", "Canada (Central)", false},
    {"ca-west-1", "caw1", "a1 b2 c3", "Canada West (Calgary)", true},
    {"eu-central-1", "euc1", "a2 b3 c1", "Europe (Frankfurt)", false},
    {"eu-central-2", "euc2", "a1 b2 c3", "Europe (Zurich)", true},
    {"eu-north-1", "eun1", "a1 b2 c3", "Europe (Stockholm)", false},
    {"eu-south-1", "eus1", "a1 b2 c3", "Europe (Milan)", true},
    {"eu-south-2", "eus2", "a1 b2 c3", "Europe (Spain)", true},
    {"eu-west-1", "euw1", "a1 b2 c3", "Europe (Ireland)", false},
    {"eu-west-2", "euw2", "a2 b3 c1", "Europe (London)", false},
    {"eu-west-3", "euw3", "a1 b2 c3", "Europe (Paris)", false},
    {"il-central-1", "ilc1", "a1 b2 c3", "Israel (Tel Aviv)", true},
    {"me-central-1", "mec1", "a1 b2 c3", "Middle East (UAE)", true},
    {"me-south-1", "mes1", "a1 b2 c3", "Middle East (Bahrain)", true},
    {"mx-central-1", "mxc1", "a1 b2 c3", "Mexico (Central)", true},
    {"sa-east-1", "sae1", "a1 b2 c3", "South America (Sao Paulo)", false},
    {"us-east-1", "use1", "a1 b2 c4 d6 e3 f5", "US East (N. Virginia)", false},
    {"us-east-2", "use2", "a1 b2 c3", "US East (Ohio)", false},
    {"us-west-1", "usw1", "a1 c3", "US West (N. California)", false},
    {"us-west-2", "usw2", "a2 b1 c3 d4", "US West (Oregon)", false},
};

const RegionRow* find_region(std::string_view name) {
  for (const RegionRow& row : region_table)
    if (row.name == name) return &row;
  return nullptr;
}

std::vector<Zone> zones_of(const RegionRow& row) {
  std::vector<Zone> zones;
  for (const std::string_view zone : split(row.zones, ' '))
    zones.push_back({cat(row.name, zone[0]), cat(row.code, "-az", zone[1])});
  return zones;
}

std::string_view opt_in_status(const RegionRow& row) {
  return row.opt_in ? "opted-in" : "opt-in-not-required";
}

/// Rows that filters see; they have no tags.
struct ShownZone {
  const RegionRow* region;
  const Zone* zone;
};

const FilterRow<RegionRow> region_filters[] = {
    {"region-name", [](const RegionRow& r) { return Strings{std::string(r.name)}; }},
    {"endpoint", [](const RegionRow& r) { return Strings{cat("ec2.", r.name, ".amazonaws.com")}; }},
    {"opt-in-status", [](const RegionRow& r) { return Strings{std::string(opt_in_status(r))}; }},
};

Value describe_regions(Context&, Input in) {
  in.ignore("AllRegions");  // every region is open to every account here
  const Strings names = in.strings("RegionNames");
  for (const std::string& name : names)
    if (!find_region(name))
      throw invalid_parameter_value(cat("Invalid region provided: [", name, "]"));
  const FilterSet<RegionRow> filters(in, region_filters);
  Value regions = Value::list();
  for (const RegionRow& row : region_table) {
    if (!names.empty() && std::find(names.begin(), names.end(), row.name) == names.end()) continue;
    if (!filters.matches(row)) continue;
    regions.push({{"RegionName", row.name},
                  {"Endpoint", cat("ec2.", row.name, ".amazonaws.com")},
                  {"OptInStatus", opt_in_status(row)}});
  }
  return {{"Regions", regions}};
}

std::string group_name(const RegionRow& row) { return cat(row.name, "-zg-1"); }
std::string group_title(const RegionRow& row) { return cat(row.title, " 1"); }

const FilterRow<ShownZone> zone_filters[] = {
    {"zone-name", [](const ShownZone& z) { return Strings{z.zone->name}; }},
    {"zone-id", [](const ShownZone& z) { return Strings{z.zone->id}; }},
    {"zone-type", [](const ShownZone&) { return Strings{"availability-zone"}; }},
    {"region-name", [](const ShownZone& z) { return Strings{std::string(z.region->name)}; }},
    {"group-name", [](const ShownZone& z) { return Strings{group_name(*z.region)}; }},
    {"group-long-name", [](const ShownZone& z) { return Strings{group_title(*z.region)}; }},
    {"network-border-group",
     [](const ShownZone& z) { return Strings{std::string(z.region->name)}; }},
    {"opt-in-status", [](const ShownZone&) { return Strings{"opt-in-not-required"}; }},
    {"state", [](const ShownZone&) { return Strings{"available"}; }},
    {"message", [](const ShownZone&) { return Strings{}; }},
    {"parent-zone-name", [](const ShownZone&) { return Strings{}; }},
    {"parent-zone-id", [](const ShownZone&) { return Strings{}; }},
};

bool names_zone(const Strings& wanted, const std::vector<Zone>& all, std::string Zone::*field) {
  for (const std::string& name : wanted) {
    bool known = false;
    for (const Zone& zone : all) known |= zone.*field == name;
    if (!known)
      throw invalid_parameter_value(
          cat("Invalid availability zone", field == &Zone::id ? "-id" : "", ": [", name, "]"));
  }
  return !wanted.empty();
}

bool holds(const Strings& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

Value describe_availability_zones(Context& ctx, Input in) {
  in.ignore("AllAvailabilityZones");  // there are no zones that one would have to opt in to
  const std::vector<Zone>& all = zones(ctx.region());
  const Strings names = in.strings("ZoneNames"), ids = in.strings("ZoneIds");
  const bool by_name = names_zone(names, all, &Zone::name);
  const bool by_id = names_zone(ids, all, &Zone::id);
  const FilterSet<ShownZone> filters(in, zone_filters);
  const RegionRow* region = find_region(ctx.region());
  Value shown = Value::list();
  for (const Zone& zone : all) {
    if ((by_name && !holds(names, zone.name)) || (by_id && !holds(ids, zone.id))) continue;
    if (!filters.matches({region, &zone})) continue;
    shown.push({{"State", "available"},
                {"OptInStatus", "opt-in-not-required"},
                {"Messages", Value::list()},
                {"RegionName", region->name},
                {"ZoneName", zone.name},
                {"ZoneId", zone.id},
                {"GroupName", group_name(*region)},
                {"GroupLongName", group_title(*region)},
                {"NetworkBorderGroup", region->name},
                {"ZoneType", "availability-zone"}});
  }
  return {{"AvailabilityZones", shown}};
}

}  // namespace

bool is_known_region(std::string_view region) { return find_region(region); }

const std::vector<Zone>& zones(std::string_view region) {
  static const auto all = [] {
    std::array<std::vector<Zone>, std::size(region_table)> lists;
    for (size_t i = 0; i < lists.size(); ++i) lists[i] = zones_of(region_table[i]);
    return lists;
  }();
  static const std::vector<Zone> none;
  const RegionRow* row = find_region(region);
  return row ? all[static_cast<size_t>(row - region_table)] : none;
}

std::string new_public_address(sim::Scope& scope) {
  // Benchmarking addresses (RFC 2544), twelve /24 a region, so that no two regions share one and
  // nothing on the real internet is meant; past those, the reserved 240.0.0.0/4.
  const RegionRow* row = find_region(scope.region());
  const auto region = static_cast<uint32_t>(row ? row - region_table : std::size(region_table));
  const auto n = static_cast<uint32_t>(scope.next_ordinal("public-ip") - 1);
  constexpr uint32_t near = 12 * 254;
  if (n < near)
    return format_ipv4((198u << 24 | 18u << 16) + (region * 12 + n / 254) * 256 + n % 254 + 1);
  return format_ipv4((240u << 24) + (region << 22) + (n - near) % ((1u << 22) - 2) + 1);
}

HandlerRows zone_rows() {
  static const HandlerRow rows[] = {
      {"DescribeRegions", Reads, describe_regions},
      {"DescribeAvailabilityZones", Reads, describe_availability_zones},
  };
  return rows;
}

}  // namespace squall::ec2
