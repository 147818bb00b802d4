// Lifecycle policies: their rules read, refused where they make no sense, and applied to images.
#include <algorithm>
#include <set>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

struct Rule {
  int64_t priority = 0, count = 0;
  std::string tag_status, count_type, storage_class = "standard", action = "expire";
  std::vector<std::string> prefixes, patterns;
};

[[noreturn]] void refuse(std::string_view why) {
  throw invalid_parameter_at("LifecyclePolicyText",
                             cat("Lifecycle policy validation failure: ", why));
}

std::vector<std::string> strings_of(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.emplace_back(item.text());
  return out;
}

void check_rule(const Rule& r, const Value& selection) {
  static const std::set<std::string, std::less<>> statuses{"tagged", "untagged", "any"},
      counts{"imageCountMoreThan", "sinceImagePushed", "sinceImagePulled",
             "sinceImageTransitioned"};
  const bool in_days = r.count_type != "imageCountMoreThan";
  if (r.priority < 1) refuse("rulePriority must be a positive integer");
  if (!statuses.contains(r.tag_status)) refuse("tagStatus must be tagged, untagged or any");
  if (!counts.contains(r.count_type)) refuse(cat("countType ", r.count_type, " is not known"));
  if (r.count < 1) refuse("countNumber must be greater than 0");
  if (in_days != (selection.at("countUnit").text() == "days"))
    refuse(in_days ? "countUnit must be days for this countType"
                   : "countUnit is not allowed with imageCountMoreThan");
  const bool named = !r.prefixes.empty() || !r.patterns.empty();
  if (r.tag_status == "tagged" && !named)
    refuse("tagPrefixList or tagPatternList is required for tagStatus tagged");
  if (r.tag_status != "tagged" && named)
    refuse("tagPrefixList and tagPatternList are only allowed with tagStatus tagged");
  if (!r.prefixes.empty() && !r.patterns.empty())
    refuse("tagPrefixList and tagPatternList cannot be combined");
  if (r.action != "expire" && r.action != "transition") refuse("unknown action type");
  if (r.count_type == "sinceImageTransitioned" && r.storage_class != "archive")
    refuse("sinceImageTransitioned needs the storageClass archive");
}

Rule read_rule(const Value& document) {
  const Value selection = document.at("selection"), action = document.at("action");
  if (!selection.is_map() || !action.is_map()) refuse("a rule needs a selection and an action");
  Rule r;
  r.priority = document.at("rulePriority").integer();
  r.tag_status = selection.at("tagStatus").text();
  r.count_type = selection.at("countType").text();
  r.count = selection.at("countNumber").integer();
  r.prefixes = strings_of(selection.at("tagPrefixList"));
  r.patterns = strings_of(selection.at("tagPatternList"));
  if (const Value c = selection.at("storageClass"); c.is_string()) r.storage_class = c.text();
  r.action = action.at("type").text();
  if (r.action == "transition" && action.at("targetStorageClass").text() != "archive")
    refuse("targetStorageClass must be archive");
  check_rule(r, selection);
  return r;
}

std::vector<Rule> read_rules(std::string_view text) {
  if (!is_json_object(text)) refuse("the policy is not a JSON object");
  std::vector<Rule> rules;
  std::set<int64_t> priorities;
  const Value document = value_from_json(text);
  for (const Value& rule : document.at("rules").items()) {
    rules.push_back(read_rule(rule));
    if (!priorities.insert(rules.back().priority).second)
      refuse("rulePriority must be unique for each rule");
  }
  if (rules.empty()) refuse("the policy has no rules");
  std::ranges::sort(rules, {}, &Rule::priority);
  const auto any = std::ranges::find(rules, "any", &Rule::tag_status);
  if (any != rules.end() && any + 1 != rules.end() && any->action == "expire" &&
      std::ranges::any_of(any + 1, rules.end(), [&](const Rule& r) {
        return r.action == "expire" && r.storage_class == any->storage_class;
      }))
    refuse("a rule with tagStatus any must have the highest rulePriority");
  return rules;
}

/// An image carries a tag for every prefix (pattern) of the rule.
bool is_selected(const Rule& r, const Image& image) {
  if ((r.storage_class == "archive") != (image.status == "ARCHIVED")) return false;
  if (r.tag_status == "untagged") return image.tags.empty();
  if (r.tag_status == "any") return true;
  auto has = [&](auto matches) { return std::ranges::any_of(image.tags, matches); };
  return !image.tags.empty() &&
         std::ranges::all_of(r.prefixes,
                             [&](const std::string& prefix) {
                               return has([&](const auto& t) { return t.starts_with(prefix); });
                             }) &&
         std::ranges::all_of(r.patterns, [&](const std::string& pattern) {
           return has([&](const auto& t) { return matches_filter(pattern, t); });
         });
}

Time counted_from(const Rule& r, const Image& image) {
  if (r.count_type == "sinceImagePulled") return image.last_pull.value_or(image.pushed);
  if (r.count_type == "sinceImageTransitioned") return image.archived.value_or(image.pushed);
  return image.pushed;
}

/// Those of the selected images (newest first) that the rule acts on.
std::vector<const Image*> acted_on(const Rule& r, std::vector<const Image*> selected, Time now) {
  if (r.count_type == "imageCountMoreThan") {
    const auto keep = std::min(selected.size(), static_cast<size_t>(r.count));
    selected.erase(selected.begin(), selected.begin() + static_cast<std::ptrdiff_t>(keep));
    return selected;
  }
  const Duration age = r.count * 24h;
  std::erase_if(selected, [&](const Image* i) { return now < counted_from(r, *i) + age; });
  return selected;
}

}  // namespace

void check_lifecycle_policy(std::string_view text) { read_rules(text); }

std::vector<PreviewResult> evaluate_lifecycle(const sim::Scope& scope, std::string_view repository,
                                              std::string_view policy) {
  std::vector<const Image*> images = images_of(scope, repository);
  std::ranges::stable_sort(
      images, [](const Image* a, const Image* b) { return a->pushed > b->pushed; });
  std::set<std::string> claimed, listed;  // by a rule of higher priority; by a manifest list
  for (const Image* image : images) listed.insert(image->children.begin(), image->children.end());
  std::vector<PreviewResult> results;
  for (const Rule& rule : read_rules(policy)) {
    std::vector<const Image*> selected;
    std::ranges::copy_if(images, std::back_inserter(selected), [&](const Image* i) {
      return is_selected(rule, *i) && !listed.contains(i->digest);
    });
    for (const Image* image : acted_on(rule, selected, scope.now()))
      if (!claimed.contains(image->digest))
        results.push_back({image->digest, rule.action == "expire" ? "EXPIRE" : "TRANSITION",
                           rule.priority});
    for (const Image* image : selected) claimed.insert(image->digest);
  }
  return results;
}

}  // namespace squall::ecr
