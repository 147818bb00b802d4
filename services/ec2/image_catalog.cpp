// The public images a region has from the start: what programs look up or name outright.
#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

constexpr std::string_view amazon = "137112412989";
constexpr std::string_view ecs_owner = "591542846629";
constexpr std::string_view canonical = "099720109477";
constexpr std::string_view debian = "136693071363";

struct Release {
  std::string_view stem;    // before the architecture
  std::string_view tail;    // after it
  std::string_view owner;
  std::string_view description;
  std::string_view created;
  std::string_view alias;   // the last part of the public parameter that names it, before "-ARCH"
  std::string_view root = "/dev/xvda";
  int64_t size_gib = 8;
  bool arm = true;          // comes for arm64 too
  bool imds_v2 = false;
};
constexpr Release releases[] = {
    {"al2023-ami-2023.6.20250303.0-kernel-6.1-", "", amazon,
     "Amazon Linux 2023 AMI 2023.6.20250303.0 kernel-6.1", "2025-03-01T00:51:30Z", "",
     "/dev/xvda", 8, true, true},
    {"al2023-ami-2023.7.20250512.0-kernel-6.1-", "", amazon,
     "Amazon Linux 2023 AMI 2023.7.20250512.0 kernel-6.1", "2025-05-09T21:20:11Z", "",
     "/dev/xvda", 8, true, true},
    {"al2023-ami-2023.8.20250721.1-kernel-6.1-", "", amazon,
     "Amazon Linux 2023 AMI 2023.8.20250721.1 kernel-6.1", "2025-07-18T20:41:09Z", "",
     "/dev/xvda", 8, true, true},
    {"al2023-ami-2023.9.20251105.0-kernel-6.1-", "", amazon,
     "Amazon Linux 2023 AMI 2023.9.20251105.0 kernel-6.1", "2025-11-04T22:16:25Z",
     "al2023-ami-kernel-default", "/dev/xvda", 8, true, true},
    {"al2023-ami-minimal-2023.9.20251105.0-kernel-6.1-", "", amazon,
     "Amazon Linux 2023 AMI 2023.9.20251105.0 minimal kernel-6.1", "2025-11-04T22:17:02Z",
     "al2023-ami-minimal-kernel-default", "/dev/xvda", 2, true, true},
    {"amzn2-ami-hvm-2.0.20240816.0-", "-gp2", amazon,
     "Amazon Linux 2 AMI 2.0.20240816.0 HVM gp2", "2024-08-16T18:22:50Z", ""},
    {"amzn2-ami-hvm-2.0.20251103.0-", "-gp2", amazon,
     "Amazon Linux 2 AMI 2.0.20251103.0 HVM gp2", "2025-11-03T19:04:33Z", "amzn2-ami-hvm-gp2"},
    {"amzn2-ami-kernel-5.10-hvm-2.0.20251103.0-", "-gp2", amazon,
     "Amazon Linux 2 Kernel 5.10 AMI 2.0.20251103.0 HVM gp2", "2025-11-03T19:06:48Z",
     "amzn2-ami-kernel-5.10-hvm-gp2"},
    {"al2023-ami-ecs-hvm-2023.0.20250610-kernel-6.1-", "", ecs_owner,
     "Amazon Linux AMI 2023.0.20250610 HVM ECS", "2025-06-10T20:18:36Z", "", "/dev/xvda", 30,
     true, true},
    {"al2023-ami-ecs-hvm-2023.0.20251108-kernel-6.1-", "", ecs_owner,
     "Amazon Linux AMI 2023.0.20251108 HVM ECS", "2025-11-08T01:20:04Z",
     "ecs-al2023-recommended", "/dev/xvda", 30, true, true},
    {"amzn2-ami-ecs-kernel-5.10-hvm-2.0.20251108-", "-ebs", ecs_owner,
     "Amazon Linux AMI 2.0.20251108 amazon-ecs-optimized", "2025-11-08T01:30:27Z",
     "ecs-al2-kernel-recommended", "/dev/xvda", 30},
    {"amzn2-ami-ecs-hvm-2.0.20251108-", "-ebs", ecs_owner,
     "Amazon Linux AMI 2.0.20251108 amazon-ecs-optimized", "2025-11-08T01:29:51Z",
     "ecs-al2-recommended", "/dev/xvda", 30},
    {"ubuntu/images/hvm-ssd/ubuntu-focal-20.04-", "-server-20250530", canonical,
     "Canonical, Ubuntu, 20.04 LTS", "2025-05-30T05:21:34Z", "", "/dev/sda1"},
    {"ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-", "-server-20250305", canonical,
     "Canonical, Ubuntu, 22.04, build on 2025-03-05", "2025-03-05T08:39:02Z", "", "/dev/sda1"},
    {"ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-", "-server-20251031", canonical,
     "Canonical, Ubuntu, 22.04, build on 2025-10-31", "2025-10-31T08:12:40Z", "ubuntu-22.04",
     "/dev/sda1"},
    {"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-", "-server-20250610", canonical,
     "Canonical, Ubuntu, 24.04, build on 2025-06-10", "2025-06-10T09:00:17Z", "", "/dev/sda1", 8,
     true, true},
    {"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-", "-server-20251022", canonical,
     "Canonical, Ubuntu, 24.04, build on 2025-10-22", "2025-10-22T08:44:51Z", "ubuntu-24.04",
     "/dev/sda1", 8, true, true},
    {"debian-12-", "-20251112-2294", debian, "Debian 12 (20251112-2294)", "2025-11-12T00:10:43Z",
     "", "/dev/xvda"},
};

// Ids that documentation, tutorials and benchmarks use. They are in every region, as old images.
constexpr std::string_view well_known_ids[] = {
    "ami-12c6146b",          "ami-12345678",          "ami-1234abcd",
    "ami-0abcdef1234567890", "ami-1234567890abcdef0", "ami-0123456789abcdef0",
    "ami-0c55b159cbfafe1f0", "ami-0c02fb55956c7d316", "ami-0ff8a91507f77f867",
    "ami-0885b1f6bd170450c", "ami-03cf127a",          "ami-0c94855ba95c71c99",
    "ami-0947d2ba12ee1ff75", "ami-04681a1dbd79675a5", "ami-0b898040803850657",
    "ami-0d5eff06f840b45e9", "ami-0742b4e673072066f", "ami-0e9107ed11be76fde",
    "ami-0a887e401f7654935", "ami-0323c3dd2da7fb37d", "ami-00000000000000000",
};

Image image_of(std::string_view owner, std::string_view root, int64_t size_gib) {
  Image image;
  image.owner = owner;
  image.owner_alias = owner == amazon || owner == ecs_owner ? "amazon" : "";
  image.root_device_name = root;
  BlockDevice device;
  device.device_name = root;
  device.size_gib = size_gib;
  device.volume_type = "gp2";
  image.devices.push_back(device);
  return image;
}

struct Catalog {
  std::vector<Image> images;                            // sorted by id
  std::map<std::string, std::string, std::less<>> ids;  // by name and by alias
};

void add_release(Catalog& catalog, std::string_view region, const Release& release,
                 std::string_view arch) {
  const bool ubuntu = release.owner == canonical;
  const bool is_debian = release.owner == debian;
  const std::string_view spelt = (ubuntu || is_debian) && arch == "x86_64" ? "amd64" : arch;
  Image image = image_of(release.owner, release.root, release.size_gib);
  image.name = cat(release.stem, spelt, release.tail);
  image.description = release.description;
  image.architecture = arch;
  if (release.imds_v2) image.imds_support = "v2.0";
  if (release.imds_v2 || ubuntu) image.devices[0].volume_type = "gp3";
  image.boot_mode = arch == "arm64" ? "uefi" : "uefi-preferred";
  image.created = parse_time(release.created).value_or(Time{});
  image.id = cat("ami-0", hex16(stable_hash(cat(region, '/', image.name))));
  catalog.ids[image.name] = image.id;
  if (!release.alias.empty()) catalog.ids[cat(release.alias, '-', arch)] = image.id;
  catalog.images.push_back(std::move(image));
}

Catalog build(std::string_view region) {
  Catalog catalog;
  for (const Release& release : releases) {
    add_release(catalog, region, release, "x86_64");
    if (release.arm) add_release(catalog, region, release, "arm64");
  }
  int build_number = 0;
  for (const std::string_view id : well_known_ids) {
    Image image = image_of(amazon, "/dev/xvda", 8);
    image.id = id;
    image.name = cat("amzn-ami-hvm-2018.03.0.", 20180800 + build_number++, "-x86_64-gp2");
    image.description = "Amazon Linux AMI 2018.03.0 x86_64 HVM gp2";
    image.boot_mode = "legacy-bios";
    image.created = parse_time("2018-08-11T02:30:11Z").value_or(Time{});
    catalog.images.push_back(std::move(image));
  }
  std::ranges::sort(catalog.images, {}, &Image::id);
  return catalog;
}

// Reads run side by side, so the first of them to want a region's catalogue builds it under a lock.
const Catalog& catalog_of(std::string_view region) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<const Catalog>, std::less<>> catalogs;
  const std::lock_guard lock(mutex);
  auto at = catalogs.find(region);
  if (at == catalogs.end())
    at = catalogs.emplace(region, std::make_unique<const Catalog>(build(region))).first;
  return *at->second;
}

}  // namespace

const std::vector<Image>& image_catalog(std::string_view region) {
  return catalog_of(region).images;
}

std::string image_id_of(std::string_view region, std::string_view name) {
  const Catalog& catalog = catalog_of(region);
  // Parameters without a kernel's version, and those that name the current one's, are the same.
  std::string key{name};
  const size_t kernel = key.find("-kernel-6.1-");
  if (kernel != std::string::npos && !catalog.ids.contains(key))
    key.replace(kernel, 12, "-kernel-default-");
  const size_t type = key.find("-x86_64-gp2");
  if (type != std::string::npos && !catalog.ids.contains(key)) key.replace(type, 11, "-gp2-x86_64");
  const size_t arm = key.find("-arm64-gp2");
  if (arm != std::string::npos && !catalog.ids.contains(key)) key.replace(arm, 10, "-gp2-arm64");
  const auto at = catalog.ids.find(key);
  return at == catalog.ids.end() ? std::string() : at->second;
}

const Image* find_image(const sim::Scope& scope, std::string_view id) {
  if (const Image* own = scope.view<Image>(id)) return own;
  const auto& all = image_catalog(scope.region());
  const auto at = std::ranges::lower_bound(all, id, {}, &Image::id);
  return at != all.end() && at->id == id ? &*at : nullptr;
}

std::string image_of_parameter(std::string_view region, std::string_view name) {
  std::string key{name.substr(name.rfind('/') + 1)};
  if (key == "image_id" || key == "recommended") {
    if (name.find("/ecs/optimized-ami/") == std::string_view::npos) return {};
    const bool arm = name.find("arm64") != std::string_view::npos;
    const bool al2023 = name.find("amazon-linux-2023") != std::string_view::npos;
    const bool kernel = name.find("kernel-5.10") != std::string_view::npos;
    key = cat(al2023 ? "ecs-al2023-recommended-"
              : kernel ? "ecs-al2-kernel-recommended-"
                       : "ecs-al2-recommended-",
              arm ? "arm64" : "x86_64");
  }
  return image_id_of(region, key);
}

std::string image_name_of(const sim::Scope& scope, std::string_view image_id) {
  const Image* image = find_image(scope, image_id);
  return image ? image->name : std::string();
}

std::string resolve_image_id(const sim::Scope& scope, std::string_view given) {
  constexpr std::string_view ssm = "resolve:ssm:";
  if (given.starts_with(ssm)) {
    const std::string_view name = given.substr(ssm.size());
    std::string found = image_of_parameter(scope.region(), name);
    if (found.empty())
      throw compute_invalid(cat("Failed to resolve SSM parameter ", name,
                                ". The parameter does not exist or is not a valid AMI ID."));
    return found;
  }
  if (!is_resource_id(given, "ami")) throw malformed_image_id(given);
  return std::string(given);
}

bool is_resource_id(std::string_view id, std::string_view prefix) {
  if (!id.starts_with(prefix) || id.size() < prefix.size() + 9 || id[prefix.size()] != '-')
    return false;
  const std::string_view digits = id.substr(prefix.size() + 1);
  if (digits.size() != 8 && digits.size() != 17) return false;
  return std::ranges::all_of(digits, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

}  // namespace squall::ec2
