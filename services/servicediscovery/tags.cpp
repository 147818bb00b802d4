// Tags of namespaces and services, and the attributes that services carry.
#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {
namespace {

constexpr size_t tags_max = 50, service_attributes_max = 30;

/// The tags of the record that the ARN names, to change.
template <class Change>
void change_tags(Context& ctx, const std::string& arn, Change change) {
  const std::string id = id_of(arn);
  if (arn == namespace_arn(ctx, id) && ctx.has<Namespace>(id))
    change(ctx.edit<Namespace>(id).tags);
  else if (arn == service_arn(ctx, id) && ctx.has<Service>(id))
    change(ctx.edit<Service>(id).tags);
  else
    throw resource_not_found(arn);
}

Value tag_resource(Context& ctx, Input in) {
  const std::string arn = in.string("ResourceARN");
  change_tags(ctx, arn, [&](Tags& tags) { tags = checked_tags(in, tags, arn); });
  return Value::map();
}

Value untag_resource(Context& ctx, Input in) {
  const auto keys = in.strings("TagKeys");
  change_tags(ctx, in.string("ResourceARN"), [&](Tags& tags) {
    for (const std::string& key : keys) tags.erase(key);
  });
  return Value::map();
}

Value list_tags_for_resource(Context& ctx, Input in) {
  const std::string arn = in.string("ResourceARN"), id = id_of(arn);
  const auto* space = ctx.view<Namespace>(id);
  const auto* service = ctx.view<Service>(id);
  if (space && arn == namespace_arn(ctx, id)) return {{"Tags", describe_tags(space->tags)}};
  if (service && arn == service_arn(ctx, id)) return {{"Tags", describe_tags(service->tags)}};
  throw resource_not_found(arn);
}

Value get_service_attributes(Context& ctx, Input in) {
  const Service& service = require_service(ctx, in.string("ServiceId"));
  return {{"ServiceAttributes", Value{{"ServiceArn", service_arn(ctx, service.id)},
                                      {"ResourceOwner", ctx.account()},
                                      {"Attributes", describe_attributes(service.attributes)}}}};
}

Value update_service_attributes(Context& ctx, Input in) {
  const std::string id = require_service(ctx, in.string("ServiceId")).id;
  Attributes& attributes = ctx.edit<Service>(id).attributes;
  for (const auto& [key, value] : in.string_map("Attributes")) attributes[key] = value;
  if (attributes.size() > service_attributes_max) throw service_attributes_limit();
  return Value::map();
}

Value delete_service_attributes(Context& ctx, Input in) {
  const std::string id = require_service(ctx, in.string("ServiceId")).id;
  Attributes& attributes = ctx.edit<Service>(id).attributes;
  for (const std::string& key : in.strings("Attributes")) attributes.erase(key);
  return Value::map();
}

}  // namespace

Tags checked_tags(const Input& in, Tags have, std::string_view arn) {
  for (const auto& [key, value] : tags_from(in.list("Tags"))) {
    if (key.starts_with("aws:"))
      throw invalid_input("Tag keys cannot start with aws:, which is reserved.");
    have[key] = value;
  }
  if (have.size() > tags_max) throw too_many_tags(arn);
  return have;
}

std::span<const api::HandlerRow> tag_rows() {
  static const api::HandlerRow rows[] = {
      {"TagResource", api::Writes, tag_resource},
      {"UntagResource", api::Writes, untag_resource},
      {"ListTagsForResource", api::Reads, list_tags_for_resource},
  };
  return rows;
}

std::span<const api::HandlerRow> service_attribute_rows() {
  static const api::HandlerRow rows[] = {
      {"GetServiceAttributes", api::Reads, get_service_attributes},
      {"UpdateServiceAttributes", api::Writes, update_service_attributes},
      {"DeleteServiceAttributes", api::Writes, delete_service_attributes},
  };
  return rows;
}

}  // namespace squall::servicediscovery
