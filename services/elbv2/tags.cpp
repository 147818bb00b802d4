// Tags of load balancers, target groups, listeners and rules.
#include "services/elbv2/internal.h"

namespace squall::elbv2 {

Tags new_tags(const Input& in) {
  Tags tags;
  for (const Input& tag : in.list("Tags"))
    if (!tags.emplace(tag.string("Key"), tag.string("Value")).second)
      throw AwsError{"DuplicateTagKeys", "A tag key was specified more than once."};
  return tags;
}

namespace {

constexpr size_t tags_max = 50;

/// Calls `use` with the tags under an ARN of whichever kind; throws that kind's NotFound.
template <class Use>
void with_tags(const sim::Scope& scope, const std::string& arn, Use use) {
  if (is_arn_of(arn, "loadbalancer")) {
    if (!scope.has<LoadBalancer>(arn)) throw load_balancer_not_found(arn);
    use.template operator()<LoadBalancer>();
  } else if (is_arn_of(arn, "targetgroup")) {
    if (!scope.has<TargetGroup>(arn)) throw target_group_not_found(arn);
    use.template operator()<TargetGroup>();
  } else if (is_arn_of(arn, "listener")) {
    if (!scope.has<Listener>(arn)) throw listener_not_found();
    use.template operator()<Listener>();
  } else if (is_arn_of(arn, "listener-rule")) {
    if (!scope.has<Rule>(arn)) throw rule_not_found();
    use.template operator()<Rule>();
  } else {
    throw validation_error(cat("'", arn, "' is not a valid ARN"));
  }
}

Value add_tags(Context& ctx, Input in) {
  const Tags added = new_tags(in);
  for (const std::string& arn : in.strings("ResourceArns"))
    with_tags(ctx, arn, [&]<class T>() {
      Tags& tags = ctx.edit<T>(arn).tags;
      for (const auto& [key, value] : added) tags[key] = value;
      if (tags.size() > tags_max)
        throw AwsError{"TooManyTags", "The maximum number of tags for a resource is '50'"};
    });
  return Value::map();
}

Value remove_tags(Context& ctx, Input in) {
  const auto keys = in.strings("TagKeys");
  for (const std::string& arn : in.strings("ResourceArns"))
    with_tags(ctx, arn, [&]<class T>() {
      Tags& tags = ctx.edit<T>(arn).tags;
      for (const std::string& key : keys) tags.erase(key);
    });
  return Value::map();
}

Value describe_tags_of(Context& ctx, Input in) {
  Value list = Value::list();
  for (const std::string& arn : in.strings("ResourceArns"))
    with_tags(ctx, arn, [&]<class T>() {
      list.push({{"ResourceArn", arn}, {"Tags", describe_tags(ctx.view<T>(arn)->tags)}});
    });
  return {{"TagDescriptions", list}};
}

const api::HandlerRow rows[] = {
    {"AddTags", Writes, add_tags},
    {"RemoveTags", Writes, remove_tags},
    {"DescribeTags", Reads, describe_tags_of},
};

}  // namespace

std::span<const api::HandlerRow> tag_rows() { return rows; }

}  // namespace squall::elbv2
