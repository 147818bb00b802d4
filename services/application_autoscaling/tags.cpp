// Tags of scalable targets.
#include "services/application_autoscaling/internal.h"

namespace squall::application_autoscaling {
namespace {

constexpr size_t tags_max = 50;

const ScalableTarget& target_at(const Context& ctx, const Input& in) {
  const std::string arn = in.string("ResourceARN");
  const auto found = ctx.by<ScalableTarget>("arn:" + arn);
  if (found.empty()) throw resource_not_found(arn);
  return *found.front();
}

Value tag_resource(Context& ctx, Input in) {
  const ScalableTarget& found = target_at(ctx, in);
  ScalableTarget& target = ctx.edit<ScalableTarget>(std::string(found.id));
  for (const auto& [key, value] : in.string_map("Tags")) {
    if (key.starts_with("aws:")) throw validation("Tag keys starting with aws: are reserved.");
    target.tags[key] = value;
  }
  if (target.tags.size() > tags_max) throw too_many_tags(target.arn);
  return Value::map();
}

Value untag_resource(Context& ctx, Input in) {
  const ScalableTarget& found = target_at(ctx, in);
  ScalableTarget& target = ctx.edit<ScalableTarget>(std::string(found.id));
  for (const std::string& key : in.strings("TagKeys")) target.tags.erase(key);
  return Value::map();
}

Value list_tags_for_resource(Context& ctx, Input in) {
  Value tags = Value::map();
  for (const auto& [key, value] : target_at(ctx, in).tags) tags.add(Key::copy(key), value);
  return {{"Tags", tags}};
}

/// No predictive policy can exist here, and AWS answers so for one that does not.
Value get_predictive_scaling_forecast(Context& ctx, Input in) {
  const TargetName name = target_name(in);
  require_target(ctx, name);
  const auto start = in.time("StartTime"), end = in.time("EndTime");
  if (start && end && *start >= *end)
    throw validation("The start time must be before the end time.");
  throw validation(cat("No predictive scaling policy found for ", name.words(),
                       ", scaling policy name: ", in.string("PolicyName")));
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

std::span<const api::HandlerRow> forecast_rows() {
  static const api::HandlerRow rows[] = {
      {"GetPredictiveScalingForecast", api::Reads, get_predictive_scaling_forecast},
  };
  return rows;
}

}  // namespace squall::application_autoscaling
