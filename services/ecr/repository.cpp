// Repositories: create, delete, describe, mutability of tags, scan on push.
#include <algorithm>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

constexpr size_t repositories_max = 100'000, filters_max = 5;

/// KMS is asked for a key only where one is named: without it the account's own aws/ecr is used.
std::string kms_key_of(const Context& ctx, const std::string& type, const Input& in) {
  const std::string key = in.string("kmsKey");
  if (type == "AES256") {
    if (!key.empty())
      throw invalid_parameter("A KMS key cannot be specified with the encryption type AES256");
    return {};
  }
  if (!key.empty()) return key;
  const std::string hex = hex16(stable_hash(cat("aws/ecr/", ctx.account(), ctx.region())));
  return ctx.arn("kms", cat("key/", hex.substr(0, 8), "-", hex.substr(8, 4), "-4",
                            hex.substr(12, 3), "-8", hex.substr(0, 3), "-", hex.substr(4, 12)));
}

std::string uri_of(const Context& ctx, const std::string& name) {
  return cat(ctx.advertised_host, "/", name);
}

Value describe(const Context& ctx, const Repository& r) {
  Value encryption{{"encryptionType", r.encryption}};
  if (!r.kms_key.empty()) encryption.add("kmsKey", r.kms_key);
  Value shown{{"repositoryArn", repository_arn(ctx, r.id)},
              {"registryId", ctx.account()},
              {"repositoryName", r.id},
              {"repositoryUri", uri_of(ctx, r.id)},
              {"createdAt", r.created},
              {"imageTagMutability", r.mutability},
              {"imageScanningConfiguration", Value{{"scanOnPush", r.scan_on_push}}},
              {"encryptionConfiguration", encryption}};
  if (!r.mutability_filters.empty())
    shown.add("imageTagMutabilityExclusionFilters",
              describe_mutability_filters(r.mutability_filters));
  return shown;
}

Value create_repository(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  if (place.registry != ctx.account())
    throw invalid_parameter_at("registryId", "must be the caller's own registry");
  if (ctx.has<Repository>(place.repository)) throw repository_already_exists(place);
  if (ctx.all<Repository>().size() >= repositories_max)
    throw limit_exceeded("The maximum number of repositories per registry is reached");
  Repository made;
  made.id = place.repository;
  made.created = ctx.now();
  made.mutability = in.string("imageTagMutability", "MUTABLE");
  made.mutability_filters = mutability_filters_from(in);
  check_mutability(made.mutability, made.mutability_filters);
  made.scan_on_push = in.at("imageScanningConfiguration").boolean("scanOnPush");
  const Input encryption = in.at("encryptionConfiguration");
  made.encryption = encryption.string("encryptionType", "AES256");
  made.kms_key = kms_key_of(ctx, made.encryption, encryption);
  made.tags = checked_tags(in, "tags");
  return {{"repository", describe(ctx, ctx.add(std::move(made)))}};
}

Value delete_repository(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  const Repository doomed = require_repository(ctx, place);
  const bool force = in.boolean("force");
  std::vector<std::string> images, layers, uploads;
  for (const Image* i : images_of(ctx, doomed.id)) images.push_back(i->id);
  if (!images.empty() && !force) throw repository_not_empty(place);
  for (const Layer* l : ctx.by<Layer>("repository:" + doomed.id)) layers.push_back(l->id);
  for (const Upload* u : ctx.by<Upload>("repository:" + doomed.id)) uploads.push_back(u->id);
  for (const std::string& id : images) ctx.erase<Image>(id);
  for (const std::string& id : layers) ctx.erase<Layer>(id);
  for (const std::string& id : uploads) ctx.erase<Upload>(id);
  ctx.erase<Preview>(doomed.id);
  ctx.erase<Repository>(doomed.id);
  return {{"repository", describe(ctx, doomed)}};
}

Value describe_repositories(Context& ctx, Input in) {
  const std::string registry = in.string("registryId", ctx.account());
  const auto names = in.strings("repositoryNames");
  if (!names.empty() && (in.has("nextToken") || in.has("maxResults")))
    throw invalid_parameter(
        "Invalid parameter: repositoryNames cannot be combined with nextToken or maxResults");
  Value list = Value::list();
  for (const std::string& name : names)
    list.push(describe(ctx, require_repository(ctx, {name, registry})));
  if (!names.empty()) return {{"repositories", list}};
  const Page page = paginate(
      ctx.all<Repository>(), page_of(in, 100),
      [&](const Repository&) { return registry == ctx.account(); },
      [&](const Repository& r) { return describe(ctx, r); });
  return {{"repositories", page.items}, {"nextToken", page.next_token}};
}

Value put_image_tag_mutability(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const std::string mutability = in.string("imageTagMutability");
  const auto filters = mutability_filters_from(in);
  check_mutability(mutability, filters);
  Repository& changed = ctx.edit<Repository>(place.repository);
  changed.mutability = mutability;
  changed.mutability_filters = filters;
  Value answer{{"registryId", place.registry},
               {"repositoryName", place.repository},
               {"imageTagMutability", mutability}};
  if (!filters.empty())
    answer.add("imageTagMutabilityExclusionFilters", describe_mutability_filters(filters));
  return answer;
}

Value put_image_scanning_configuration(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const bool on_push = in.at("imageScanningConfiguration").boolean("scanOnPush");
  ctx.edit<Repository>(place.repository).scan_on_push = on_push;
  return {{"registryId", place.registry},
          {"repositoryName", place.repository},
          {"imageScanningConfiguration", Value{{"scanOnPush", on_push}}}};
}

bool applies(const CreationTemplate& t, const std::string& name, std::string_view to) {
  if (std::ranges::find(t.applied_for, to) == t.applied_for.end()) return false;
  return t.id == "ROOT" || name.starts_with(t.id + "/");
}

}  // namespace

const Repository* create_by_template(sim::Scope& scope, const std::string& name,
                                     std::string_view applied_for) {
  const CreationTemplate* best = nullptr;  // the longest prefix; ROOT if no other
  for (const CreationTemplate& t : scope.all<CreationTemplate>())
    if (applies(t, name, applied_for) &&
        (!best || best->id == "ROOT" || (t.id != "ROOT" && t.id.size() > best->id.size())))
      best = &t;
  if (!best && applied_for == "CREATE_ON_PUSH") return nullptr;
  Repository made;
  made.id = name;
  made.created = scope.now();
  if (best) {
    made.mutability = best->mutability;
    made.mutability_filters = best->mutability_filters;
    made.encryption = best->encryption;
    made.kms_key = best->kms_key;
    made.policy = best->repository_policy;
    made.lifecycle_policy = best->lifecycle_policy;
    made.tags = best->tags;
  }
  return &scope.add(std::move(made));
}

std::vector<std::string> mutability_filters_from(const Input& in) {
  std::vector<std::string> filters;
  for (const Input& filter : in.list("imageTagMutabilityExclusionFilters")) {
    filter.string("filterType");  // WILDCARD, the only one
    filters.push_back(filter.string("filter"));
  }
  return filters;
}

Value describe_mutability_filters(const std::vector<std::string>& filters) {
  return list_of(filters, [](const std::string& filter) {
    return Value{{"filterType", "WILDCARD"}, {"filter", filter}};
  });
}

void check_mutability(std::string_view mutability, const std::vector<std::string>& filters) {
  const bool with = mutability.ends_with("_WITH_EXCLUSION");
  if (with == filters.empty())
    throw invalid_parameter(
        with ? "imageTagMutabilityExclusionFilters must be specified for this image tag mutability"
             : "imageTagMutabilityExclusionFilters need the image tag mutability "
               "IMMUTABLE_WITH_EXCLUSION or MUTABLE_WITH_EXCLUSION");
  if (filters.size() > filters_max)
    throw invalid_parameter("Up to 5 image tag mutability exclusion filters are allowed");
}

std::span<const api::HandlerRow> repository_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateRepository", api::Writes, create_repository},
      {"DeleteRepository", api::Writes, delete_repository},
      {"DescribeRepositories", api::Reads, describe_repositories},
      {"PutImageTagMutability", api::Writes, put_image_tag_mutability},
      {"PutImageScanningConfiguration", api::Writes, put_image_scanning_configuration},
  };
  return rows;
}

}  // namespace squall::ecr
