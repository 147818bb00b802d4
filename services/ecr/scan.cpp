// Scans of images. No vulnerability data lies here, so a scan ends as on AWS for an image whose
// operating system it does not know: FAILED, never with findings that nobody looked for.
#include <algorithm>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

constexpr std::string_view done_kind = "ecr.scan.done";
constexpr const char* unsupported =
    "UnsupportedImageError: The operating system and/or package manager are not supported.";

std::vector<Input> rules_of(const Input& in) { return in.list("rules"); }

/// The scan frequency that the registry's rules give a repository, or empty.
std::string frequency_by_rules(const Registry& registry, const std::string& repository,
                               std::vector<std::string>* applied) {
  std::string found;
  const Value rules = value_from_json(registry.scan_rules_json);
  for (const Value& rule : rules.items())
    for (const Value& filter : rule.at("repositoryFilters").items()) {
      const std::string pattern{filter.at("filter").text()};
      if (!matches_filter(pattern, repository)) continue;
      if (applied) applied->push_back(pattern);
      // Continuous scanning wins over scan on push.
      if (found != "CONTINUOUS_SCAN") found = rule.at("scanFrequency").text();
    }
  return found;
}

Value describe_scan_type(const Registry& registry) {
  const Value rules = value_from_json(registry.scan_rules_json);
  return {{"scanType", registry.scan_type},
          {"rules", rules.is_list() ? rules : Value::list()}};
}

Value put_registry_scanning_configuration(Context& ctx, Input in) {
  const std::string type = in.string("scanType", registry_of(ctx).scan_type.empty()
                                                     ? "BASIC"
                                                     : registry_of(ctx).scan_type);
  constexpr size_t rules_max = 2;
  const auto rules = rules_of(in);
  if (rules.size() > rules_max) throw validation("Up to 2 scanning rules are allowed");
  for (const Input& rule : rules) {
    const std::string frequency = rule.string("scanFrequency");
    if (type == "BASIC" && frequency == "CONTINUOUS_SCAN")
      throw validation("CONTINUOUS_SCAN is not supported by the scan type BASIC");
    for (const Input& filter : rule.list("repositoryFilters")) {
      filter.string("filter");
      filter.string("filterType");  // WILDCARD, the only one
    }
  }
  const Value document = in.raw("rules");
  Registry& registry = edit_registry(ctx);
  registry.scan_type = type;
  registry.scan_rules_json = document.is_list() ? to_json(document) : std::string();
  return {{"registryScanningConfiguration", describe_scan_type(registry)}};
}

Value get_registry_scanning_configuration(Context& ctx, Input) {
  return {{"registryId", ctx.account()},
          {"scanningConfiguration", describe_scan_type(registry_of(ctx))}};
}

Value batch_get_repository_scanning_configuration(Context& ctx, Input in) {
  Value list = Value::list(), failures = Value::list();
  for (const std::string& name : in.strings("repositoryNames")) {
    const Repository* repository = ctx.view<Repository>(name);
    if (!repository) {
      failures.push(Value{{"repositoryName", name},
                          {"failureCode", "REPOSITORY_NOT_FOUND"},
                          {"failureReason", "Repository not found"}});
      continue;
    }
    std::vector<std::string> filters;
    const std::string frequency = scan_frequency(ctx, *repository, &filters);
    list.push(Value{{"repositoryArn", repository_arn(ctx, name)},
                    {"repositoryName", name},
                    {"scanOnPush", frequency == "SCAN_ON_PUSH"},
                    {"scanFrequency", frequency},
                    {"appliedScanFilters", list_of(filters, [](const std::string& f) {
                       return Value{{"filter", f}, {"filterType", "WILDCARD"}};
                     })}});
  }
  return {{"scanningConfigurations", list}, {"failures", failures}};
}

Value start_image_scan(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const Image& image = require_image(ctx, place, in.at("imageId"));
  if (image.status == "ARCHIVED") throw image_archived(image.digest);
  if (!image.children.empty() || image.blobs.empty()) throw unsupported_image_type();
  if (registry_of(ctx).scan_type == "ENHANCED")
    throw validation("This feature is disabled: images are scanned by enhanced scanning");
  if (image.scan_started && ctx.now() < *image.scan_started + 24h) throw scan_limit();
  const std::string id = image.id;
  start_scan(ctx, id);
  return {{"registryId", place.registry},
          {"repositoryName", place.repository},
          {"imageId", describe_image_id(ctx.view<Image>(id)->digest,
                                        in.at("imageId").string("imageTag"))},
          {"imageScanStatus", Value{{"status", "IN_PROGRESS"}}}};
}

void scan_done(sim::Scope& scope, const sim::Event& event) {
  const Image* image = scope.view<Image>(event.subject);
  if (!image || image->scan_status != "IN_PROGRESS") return;
  Image& done = scope.edit<Image>(event.subject);
  done.scan_status = "FAILED";
  done.scan_description = unsupported;
  done.scanned = scope.now();
}

Value describe_image_scan_findings(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  page_of(in, 100);  // there is never a second page
  const Input id = in.at("imageId");
  const Image& image = require_image(ctx, place, id);
  if (image.scan_status.empty())
    throw scan_not_found(place, image.digest, id.string("imageTag"));
  return {{"registryId", place.registry},
          {"repositoryName", place.repository},
          {"imageId", describe_image_id(image.digest, id.string("imageTag"))},
          {"imageScanStatus",
           Value{{"status", image.scan_status}, {"description", image.scan_description}}}};
}

}  // namespace

std::string scan_frequency(const sim::Scope& scope, const Repository& repository,
                           std::vector<std::string>* applied_filters) {
  const std::string by_rules =
      frequency_by_rules(registry_of(scope), repository.id, applied_filters);
  if (!by_rules.empty()) return by_rules;
  return repository.scan_on_push ? "SCAN_ON_PUSH" : "MANUAL";
}

void start_scan(sim::Scope& scope, const std::string& image_id) {
  Image& image = scope.edit<Image>(image_id);
  image.scan_status = "IN_PROGRESS";
  image.scan_description.clear();
  image.scan_started = scope.now();
  scope.after(scope.latency("ecr.scan", image_id), done_kind, image_id);
}

std::span<const api::HandlerRow> scan_rows() {
  static const api::HandlerRow rows[] = {
      {"PutRegistryScanningConfiguration", api::Writes, put_registry_scanning_configuration},
      {"GetRegistryScanningConfiguration", api::Reads, get_registry_scanning_configuration},
      {"BatchGetRepositoryScanningConfiguration", api::Reads,
       batch_get_repository_scanning_configuration},
      {"StartImageScan", api::Writes, start_image_scan},
      {"DescribeImageScanFindings", api::Reads, describe_image_scan_findings},
  };
  return rows;
}

std::span<const sim::EventRow> scan_events() {
  static const sim::EventRow rows[] = {{done_kind, scan_done}};
  return rows;
}

}  // namespace squall::ecr
