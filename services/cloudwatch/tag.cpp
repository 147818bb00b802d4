// Tags of alarms and dashboards.
#include "emulator/core/text.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/internal.h"

namespace squall::cloudwatch {
namespace {

/// The tags behind an ARN, to read; throws ResourceNotFoundException.
const Tags& tags_of(const Context& ctx, const std::string& arn) {
  const auto parts = split(arn, ':');
  if (parts.size() >= 7 && parts[5] == "alarm") {
    const std::string_view name = std::string_view(arn).substr(
        static_cast<size_t>(parts[6].data() - arn.data()));
    if (const Alarm* alarm = ctx.view<Alarm>(name)) return alarm->tags;
  }
  constexpr std::string_view dashboard = "dashboard/";
  if (parts.size() == 6 && parts[5].starts_with(dashboard)) {
    const sim::Scope home = ctx.global();
    if (const Dashboard* d = home.view<Dashboard>(parts[5].substr(dashboard.size())))
      return d->tags;
  }
  throw AwsError{"ResourceNotFoundException", cat("Unknown resource: ", arn), 404};
}

template <class F>
void edit_tags(Context& ctx, const std::string& arn, F change) {
  tags_of(ctx, arn);
  const size_t dashboard = arn.find(":dashboard/");
  if (dashboard != arn.npos) {
    sim::Scope home = ctx.global();
    change(home.edit<Dashboard>(arn.substr(dashboard + 11)).tags);
  } else {
    change(ctx.edit<Alarm>(arn.substr(arn.find(":alarm:") + 7)).tags);
  }
}

Value tag_resource(Context& ctx, Input in) {
  const Tags added = tags_from(in.list("Tags"));
  edit_tags(ctx, in.string("ResourceARN"), [&](Tags& tags) {
    for (const auto& [key, value] : added) tags[key] = value;
  });
  return Value::map();
}

Value untag_resource(Context& ctx, Input in) {
  const auto keys = in.strings("TagKeys");
  edit_tags(ctx, in.string("ResourceARN"), [&](Tags& tags) {
    for (const std::string& key : keys) tags.erase(key);
  });
  return Value::map();
}

Value list_tags(Context& ctx, Input in) {
  return {{"Tags", describe_tags(tags_of(ctx, in.string("ResourceARN")))}};
}

}  // namespace

std::span<const api::HandlerRow> tag_rows() {
  static const api::HandlerRow rows[] = {
      {"TagResource", api::Writes, tag_resource},
      {"UntagResource", api::Writes, untag_resource},
      {"ListTagsForResource", api::Reads, list_tags},
  };
  return rows;
}

}  // namespace squall::cloudwatch
