// Tags of log groups, in the old calls (by name) and the new ones (by ARN).
#include "services/logs/internal.h"

namespace squall::logs {
namespace {

std::string name_of_arn(const Context& ctx, const std::string& arn) {
  const size_t at = arn.find(":log-group:");
  std::string name = at == arn.npos ? "" : arn.substr(at + 11);
  if (name.ends_with(":*")) name.resize(name.size() - 2);
  if (!ctx.has<LogGroup>(name)) throw group_not_found();
  return name;
}

std::string name_given(const Context& ctx, const Input& in) {
  const std::string name = in.string("logGroupName");
  if (!ctx.has<LogGroup>(name)) throw group_not_found();
  return name;
}

void add(Context& ctx, const std::string& name, const Input& in) {
  for (auto& [key, value] : in.string_map("tags")) ctx.edit<LogGroup>(name).tags[key] = value;
}
void remove(Context& ctx, const std::string& name, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) ctx.edit<LogGroup>(name).tags.erase(key);
}
Value show(const Context& ctx, const std::string& name) {
  Value map = Value::map();
  for (const auto& [key, value] : ctx.view<LogGroup>(name)->tags) map.add(Key::copy(key), value);
  return {{"tags", map}};
}

Value tag_resource(Context& ctx, Input in) {
  add(ctx, name_of_arn(ctx, in.string("resourceArn")), in);
  return Value::map();
}
Value untag_resource(Context& ctx, Input in) {
  remove(ctx, name_of_arn(ctx, in.string("resourceArn")), in.strings("tagKeys"));
  return Value::map();
}
Value list_tags_for_resource(Context& ctx, Input in) {
  return show(ctx, name_of_arn(ctx, in.string("resourceArn")));
}
Value tag_log_group(Context& ctx, Input in) {
  add(ctx, name_given(ctx, in), in);
  return Value::map();
}
Value untag_log_group(Context& ctx, Input in) {
  remove(ctx, name_given(ctx, in), in.strings("tags"));
  return Value::map();
}
Value list_tags_log_group(Context& ctx, Input in) { return show(ctx, name_given(ctx, in)); }

}  // namespace

std::span<const api::HandlerRow> tag_rows() {
  static const api::HandlerRow rows[] = {
      {"TagResource", api::Writes, tag_resource},
      {"UntagResource", api::Writes, untag_resource},
      {"ListTagsForResource", api::Reads, list_tags_for_resource},
      {"TagLogGroup", api::Writes, tag_log_group},
      {"UntagLogGroup", api::Writes, untag_log_group},
      {"ListTagsLogGroup", api::Reads, list_tags_log_group},
  };
  return rows;
}

}  // namespace squall::logs
