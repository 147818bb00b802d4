// Replication of pushed images to other regions of the account; other accounts are Worlds of their
// own, so what would go there fails.
#include <algorithm>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

constexpr std::string_view done_kind = "ecr.replicated";
constexpr size_t rules_max = 10, destinations_max = 25;

Value rules_or_none(const Registry& registry) {
  const Value kept = value_from_json(registry.replication_json);
  return kept.is_map() ? kept : Value{{"rules", Value::list()}};
}

Value describe_registry(Context& ctx, Input) {
  return {{"registryId", ctx.account()},
          {"replicationConfiguration", rules_or_none(registry_of(ctx))}};
}

Value put_replication_configuration(Context& ctx, Input in) {
  const auto rules = in.at("replicationConfiguration").list("rules");
  if (rules.size() > rules_max) throw validation("Up to 10 replication rules are allowed");
  size_t destinations = 0;
  for (const Input& rule : rules) {
    for (const Input& to : rule.list("destinations")) {
      ++destinations;
      const std::string region = to.string("region"), registry = to.string("registryId");
      if (registry == ctx.account() && region == ctx.region())
        throw validation("The replication destination cannot be the source registry and region");
    }
    for (const Input& filter : rule.list("repositoryFilters")) {
      filter.string("filter");
      filter.string("filterType");  // PREFIX_MATCH, the only one
    }
  }
  if (destinations > destinations_max)
    throw validation("Up to 25 replication destinations are allowed");
  const Value document = in.raw("replicationConfiguration");
  edit_registry(ctx).replication_json = to_json(document);
  return {{"replicationConfiguration", document}};
}

Value describe_image_replication_status(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const Image& image = require_image(ctx, place, in.at("imageId"));
  const Value statuses = list_of(image.replicas, [&](const auto& replica) {
    const size_t slash = replica.first.find('/');
    Value shown{{"region", replica.first.substr(0, slash)},
                {"registryId", replica.first.substr(slash + 1)},
                {"status", replica.second}};
    if (replica.second == "FAILED") shown.add("failureCode", "AccessDenied");
    return shown;
  });
  return {{"repositoryName", place.repository},
          {"imageId", describe_image_id(image.digest)},
          {"replicationStatuses", statuses}};
}

bool applies(const Value& rule, const std::string& repository) {
  const Value filters = rule.at("repositoryFilters");
  return filters.empty() || std::ranges::any_of(filters.items(), [&](const Value& filter) {
    return repository.starts_with(filter.at("filter").text());
  });
}

/// The image, what it holds and the images of a list, as they are here.
void copy_to(const sim::Scope& from, sim::Scope& to, const Image& image) {
  if (!to.has<Repository>(image.repository))
    create_by_template(to, image.repository, "REPLICATION");
  for (const std::string& child : image.children)
    if (const Image* found = from.view<Image>(image_key(image.repository, child)))
      copy_to(from, to, *found);
  for (const std::string& digest : image.blobs) {
    const Layer* layer = find_layer(from, image.repository, digest);
    if (layer && !find_layer(to, image.repository, digest))
      add_layer(to, image.repository, digest, layer->content);
  }
  Image copy = image;
  copy.replicas.clear();
  copy.tags.clear();
  copy.pushed = to.now();
  if (!to.has<Image>(copy.id)) to.add(std::move(copy));
  for (const std::string& tag : image.tags) {
    const Image* holder = find_image(to, image.repository, "", tag);
    if (holder && holder->id != image.id) to.edit<Image>(std::string(holder->id)).tags.erase(tag);
    to.edit<Image>(image.id).tags.insert(tag);
  }
}

/// The payload is "region/account".
void replicated(sim::Scope& scope, const sim::Event& event) {
  const Image* image = scope.view<Image>(event.subject);
  if (!image) return;
  const std::string region = event.payload.substr(0, event.payload.find('/'));
  const bool own = event.payload.substr(region.size() + 1) == scope.account();
  if (own) {
    sim::Scope there = scope.in_region(region);
    copy_to(scope, there, *image);
  }
  scope.edit<Image>(event.subject).replicas[event.payload] = own ? "COMPLETE" : "FAILED";
}

}  // namespace

void replicate(sim::Scope& scope, const Image& image) {
  const Value configuration = rules_or_none(registry_of(scope));
  const std::string id = image.id, repository = image.repository;
  for (const Value& rule : configuration.at("rules").items()) {
    if (!applies(rule, repository)) continue;
    for (const Value& to : rule.at("destinations").items()) {
      const std::string where = cat(to.at("region").text(), "/", to.at("registryId").text());
      scope.edit<Image>(id).replicas[where] = "IN_PROGRESS";
      scope.after(scope.latency("ecr.replication", id), done_kind, id, where);
    }
  }
}

std::span<const api::HandlerRow> replication_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeRegistry", api::Reads, describe_registry},
      {"PutReplicationConfiguration", api::Writes, put_replication_configuration},
      {"DescribeImageReplicationStatus", api::Reads, describe_image_replication_status},
  };
  return rows;
}

std::span<const sim::EventRow> replication_events() {
  static const sim::EventRow rows[] = {{done_kind, replicated}};
  return rows;
}

}  // namespace squall::ecr
