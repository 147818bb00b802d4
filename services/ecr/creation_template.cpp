// Repository creation templates: what repositories look like that pushes and replication make.
#include <algorithm>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

constexpr size_t templates_max = 50;

Value describe(const CreationTemplate& t) {
  Value encryption{{"encryptionType", t.encryption}};
  if (!t.kms_key.empty()) encryption.add("kmsKey", t.kms_key);
  Value shown{{"prefix", t.id},
              {"encryptionConfiguration", encryption},
              {"resourceTags", describe_tags(t.tags)},
              {"imageTagMutability", t.mutability},
              {"appliedFor", t.applied_for},
              {"createdAt", t.created},
              {"updatedAt", t.updated}};
  auto add = [&](Key key, const std::string& text) {
    if (!text.empty()) shown.add(key, text);
  };
  add("description", t.description);
  add("repositoryPolicy", t.repository_policy);
  add("lifecyclePolicy", t.lifecycle_policy);
  add("customRoleArn", t.role_arn);
  if (!t.mutability_filters.empty())
    shown.add("imageTagMutabilityExclusionFilters",
              describe_mutability_filters(t.mutability_filters));
  return shown;
}

/// Members that the request has; the rest stays.
void read(const Input& in, CreationTemplate& t) {
  t.description = in.string("description", t.description);
  if (const Input encryption = in.at("encryptionConfiguration")) {
    t.encryption = encryption.string("encryptionType");
    t.kms_key = encryption.string("kmsKey");
  }
  if (in.has("resourceTags")) t.tags = checked_tags(in, "resourceTags");
  t.mutability = in.string("imageTagMutability", t.mutability);
  if (in.has("imageTagMutability") || in.has("imageTagMutabilityExclusionFilters"))
    t.mutability_filters = mutability_filters_from(in);
  check_mutability(t.mutability, t.mutability_filters);
  if (const auto text = in.optional_string("repositoryPolicy")) {
    if (!text->empty()) check_policy_text(*text);
    t.repository_policy = *text;
  }
  if (const auto text = in.optional_string("lifecyclePolicy")) {
    if (!text->empty()) check_lifecycle_policy(*text);
    t.lifecycle_policy = *text;
  }
  if (in.has("appliedFor")) t.applied_for = in.strings("appliedFor");
  t.role_arn = in.string("customRoleArn", t.role_arn);
  if (!t.tags.empty() && t.role_arn.empty())
    throw validation("A customRoleArn is required for a template with resource tags");
  if (t.encryption != "AES256" && t.role_arn.empty())
    throw validation("A customRoleArn is required for a template with KMS encryption");
}

const CreationTemplate& require_template(const Context& ctx, const Input& in) {
  const std::string prefix = in.string("prefix");
  const auto* found = ctx.view<CreationTemplate>(prefix);
  if (!found) throw template_not_found(prefix, ctx.account());
  return *found;
}

Value answer(const Context& ctx, const CreationTemplate& t) {
  return {{"registryId", ctx.account()}, {"repositoryCreationTemplate", describe(t)}};
}

Value create_repository_creation_template(Context& ctx, Input in) {
  CreationTemplate made;
  made.id = in.string("prefix");
  if (ctx.has<CreationTemplate>(made.id)) throw template_already_exists(made.id, ctx.account());
  if (ctx.all<CreationTemplate>().size() >= templates_max)
    throw limit_exceeded("Up to 50 repository creation templates are allowed");
  read(in, made);
  made.created = made.updated = ctx.now();
  return answer(ctx, ctx.add(std::move(made)));
}

Value update_repository_creation_template(Context& ctx, Input in) {
  CreationTemplate changed = require_template(ctx, in);
  read(in, changed);
  changed.updated = ctx.now();
  return answer(ctx, ctx.add(std::move(changed)));
}

Value delete_repository_creation_template(Context& ctx, Input in) {
  const CreationTemplate doomed = require_template(ctx, in);
  ctx.erase<CreationTemplate>(doomed.id);
  return answer(ctx, doomed);
}

Value describe_repository_creation_templates(Context& ctx, Input in) {
  const auto prefixes = in.strings("prefixes");
  const Page page = paginate(
      ctx.all<CreationTemplate>(), page_of(in, 100),
      [&](const CreationTemplate& t) {
        return prefixes.empty() || std::ranges::find(prefixes, t.id) != prefixes.end();
      },
      describe);
  return {{"registryId", ctx.account()},
          {"repositoryCreationTemplates", page.items},
          {"nextToken", page.next_token}};
}

}  // namespace

std::span<const api::HandlerRow> template_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateRepositoryCreationTemplate", api::Writes, create_repository_creation_template},
      {"UpdateRepositoryCreationTemplate", api::Writes, update_repository_creation_template},
      {"DeleteRepositoryCreationTemplate", api::Writes, delete_repository_creation_template},
      {"DescribeRepositoryCreationTemplates", api::Reads, describe_repository_creation_templates},
  };
  return rows;
}

}  // namespace squall::ecr
