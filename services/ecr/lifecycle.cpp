// Lifecycle policies of repositories, evaluated on the clock, and their previews.
#include <algorithm>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

constexpr std::string_view run_kind = "ecr.lifecycle.run",
                           preview_kind = "ecr.lifecycle-preview.done";
constexpr Duration evaluated_every = 24h;

Value shown(const Place& place, const std::string& text) {
  return {{"registryId", place.registry},
          {"repositoryName", place.repository},
          {"lifecyclePolicyText", text}};
}

const Repository& with_policy(const Context& ctx, const Place& place) {
  const Repository& repository = require_repository(ctx, place);
  if (repository.lifecycle_policy.empty()) throw lifecycle_policy_not_found(place);
  return repository;
}

Value put_lifecycle_policy(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const std::string text = in.string("lifecyclePolicyText");
  check_lifecycle_policy(text);
  ctx.edit<Repository>(place.repository).lifecycle_policy = text;
  ctx.at_unique(ctx.now() + ctx.latency("ecr.lifecycle.evaluating", place.repository), run_kind,
                place.repository);
  return shown(place, text);
}

Value get_lifecycle_policy(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  const Repository& repository = with_policy(ctx, place);
  Value answer = shown(place, repository.lifecycle_policy);
  answer.add("lastEvaluatedAt", repository.lifecycle_evaluated);
  return answer;
}

Value delete_lifecycle_policy(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  const Repository before = with_policy(ctx, place);
  Repository& repository = ctx.edit<Repository>(place.repository);
  repository.lifecycle_policy.clear();
  repository.lifecycle_evaluated.reset();
  Value answer = shown(place, before.lifecycle_policy);
  answer.add("lastEvaluatedAt", before.lifecycle_evaluated);
  return answer;
}

void apply(sim::Scope& scope, const std::string& repository, const PreviewResult& result) {
  const Image* image = scope.view<Image>(image_key(repository, result.digest));
  if (!image) return;
  if (result.action == "EXPIRE") {
    delete_image(scope, *image);
  } else if (image->status != "ARCHIVED") {
    Image& archived = scope.edit<Image>(std::string(image->id));
    archived.status = "ARCHIVED";
    archived.archived = scope.now();
  }
}

void run(sim::Scope& scope, const sim::Event& event) {
  const Repository* repository = scope.view<Repository>(event.subject);
  if (!repository || repository->lifecycle_policy.empty()) return;
  const auto results = evaluate_lifecycle(scope, event.subject, repository->lifecycle_policy);
  for (const PreviewResult& result : results) apply(scope, event.subject, result);
  if (!results.empty())
    scope.announce("ecr.lifecycle", event.subject,
                   cat("The lifecycle policy acted on ", results.size(), " images"));
  scope.edit<Repository>(event.subject).lifecycle_evaluated = scope.now();
  scope.at_unique(scope.now() + evaluated_every, run_kind, event.subject);
}

Value start_lifecycle_policy_preview(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  const std::string given = in.string("lifecyclePolicyText");
  if (!given.empty()) check_lifecycle_policy(given);
  require_repository(ctx, place);
  const std::string text = given.empty() ? with_policy(ctx, place).lifecycle_policy : given;
  const auto* before = ctx.view<Preview>(place.repository);
  if (before && before->status == "IN_PROGRESS") throw preview_in_progress(place);
  Preview preview;
  preview.id = place.repository;
  preview.policy = text;
  ctx.add(std::move(preview));
  ctx.after(ctx.latency("ecr.lifecycle-preview", place.repository), preview_kind,
            place.repository);
  Value answer = shown(place, text);
  answer.add("status", "IN_PROGRESS");
  return answer;
}

void preview_done(sim::Scope& scope, const sim::Event& event) {
  const auto* preview = scope.view<Preview>(event.subject);
  if (!preview || preview->status != "IN_PROGRESS") return;
  auto results = evaluate_lifecycle(scope, event.subject, preview->policy);
  Preview& done = scope.edit<Preview>(event.subject);
  done.results = std::move(results);
  done.status = "COMPLETE";
}

bool is_wanted(const Image& image, const std::vector<Input>& ids, const std::string& tag_status) {
  if (tag_status != "ANY" && (tag_status == "TAGGED") == image.tags.empty()) return false;
  return ids.empty() || std::ranges::any_of(ids, [&](const Input& id) {
           const std::string digest = id.string("imageDigest"), tag = id.string("imageTag");
           return (digest.empty() || digest == image.digest) &&
                  (tag.empty() || image.tags.contains(tag));
         });
}

Value describe(const Image& image, const PreviewResult& result) {
  Value action{{"type", result.action}};
  if (result.action == "TRANSITION") action.add("targetStorageClass", "ARCHIVE");
  return {{"imageTags", std::vector<std::string>(image.tags.begin(), image.tags.end())},
          {"imageDigest", image.digest},
          {"imagePushedAt", image.pushed},
          {"action", action},
          {"appliedRulePriority", result.priority},
          {"storageClass", image.status == "ARCHIVED" ? "ARCHIVE" : "STANDARD"}};
}

Value summary_of(const Preview& preview) {
  const auto expiring = std::ranges::count(preview.results, "EXPIRE", &PreviewResult::action);
  const auto moving = static_cast<std::ptrdiff_t>(preview.results.size()) - expiring;
  Value summary{{"expiringImageTotalCount", expiring}};
  if (moving > 0)
    summary.add("transitioningImageTotalCounts",
                std::vector<Value>{Value{{"targetStorageClass", "ARCHIVE"},
                                         {"imageTotalCount", moving}}});
  return summary;
}

Value get_lifecycle_policy_preview(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const auto* preview = ctx.view<Preview>(place.repository);
  const auto ids = in.list("imageIds");
  const std::string tag_status = in.at("filter").string("tagStatus", "ANY");
  const PageRequest request = page_of(in, 100);
  if (!preview) throw preview_not_found(place);
  Value results = Value::list(), token;
  size_t index = 0;
  const auto skip = static_cast<size_t>(parse_int(request.after).value_or(0));
  for (const PreviewResult& result : preview->results) {
    const Image* image = ctx.view<Image>(image_key(place.repository, result.digest));
    if (index++ < skip || !image || !is_wanted(*image, ids, tag_status)) continue;
    if (results.size() == request.limit) {
      token = Value(base64_encode(cat("v1:", index - 1)));
      break;
    }
    results.push(describe(*image, result));
  }
  Value answer = shown(place, preview->policy);
  answer.add("status", preview->status);
  answer.add("nextToken", token);
  answer.add("previewResults", results);
  answer.add("summary", summary_of(*preview));
  return answer;
}

}  // namespace

std::span<const api::HandlerRow> lifecycle_rows() {
  static const api::HandlerRow rows[] = {
      {"PutLifecyclePolicy", api::Writes, put_lifecycle_policy},
      {"GetLifecyclePolicy", api::Reads, get_lifecycle_policy},
      {"DeleteLifecyclePolicy", api::Writes, delete_lifecycle_policy},
      {"StartLifecyclePolicyPreview", api::Writes, start_lifecycle_policy_preview},
      {"GetLifecyclePolicyPreview", api::Reads, get_lifecycle_policy_preview},
  };
  return rows;
}

std::span<const sim::EventRow> lifecycle_events() {
  static const sim::EventRow rows[] = {{run_kind, run}, {preview_kind, preview_done}};
  return rows;
}

}  // namespace squall::ecr
