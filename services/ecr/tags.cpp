// Tags of repositories.
#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

std::string repository_at(const Context& ctx, const Input& in) {
  const std::string arn = in.string("resourceArn"), prefix = repository_arn(ctx, "");
  const size_t at = arn.find(":repository/");
  if (!arn.starts_with("arn:") || at == arn.npos)
    throw invalid_parameter_at("resourceArn", "Invalid ARN");
  const std::string name = arn.substr(at + 12);
  if (!arn.starts_with(prefix) || !ctx.has<Repository>(name))
    throw repository_not_found(place_in(ctx, name));
  return name;
}

Value tag_resource(Context& ctx, Input in) {
  Repository& repository = ctx.edit<Repository>(repository_at(ctx, in));
  repository.tags = checked_tags(in, "tags", repository.tags);
  return Value::map();
}

Value untag_resource(Context& ctx, Input in) {
  Repository& repository = ctx.edit<Repository>(repository_at(ctx, in));
  for (const std::string& key : in.strings("tagKeys")) {
    if (to_lower(key).starts_with("aws:"))
      throw invalid_tag_parameter("Tag keys starting with 'aws:' are reserved for system use");
    repository.tags.erase(key);
  }
  return Value::map();
}

Value list_tags_for_resource(Context& ctx, Input in) {
  return {{"tags", describe_tags(ctx.view<Repository>(repository_at(ctx, in))->tags)}};
}

}  // namespace

std::span<const api::HandlerRow> tag_rows() {
  static const api::HandlerRow rows[] = {
      {"TagResource", api::Writes, tag_resource},
      {"UntagResource", api::Writes, untag_resource},
      {"ListTagsForResource", api::Reads, list_tags_for_resource},
  };
  return rows;
}

}  // namespace squall::ecr
