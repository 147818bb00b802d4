// Instances: registration by the API, lists, and the health that programs report themselves.
#include <algorithm>

#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {
namespace {

constexpr std::string_view health_kind = "servicediscovery.custom-health";

Value register_by_api(Context& ctx, Input in) {
  const Service& service = require_service(ctx, in.string("ServiceId"));
  Attributes attributes;
  for (auto& [key, value] : in.string_map("Attributes")) attributes[key] = value;
  return {{"OperationId", begin_registration(ctx, service, in.string("InstanceId"),
                                             std::move(attributes),
                                             in.string("CreatorRequestId"))}};
}

Value deregister_by_api(Context& ctx, Input in) {
  const Service& service = require_service(ctx, in.string("ServiceId"));
  return {{"OperationId", begin_deregistration(ctx, service, in.string("InstanceId"))}};
}

Value describe(const Context& ctx, const Instance& instance) {
  return {{"Id", instance.instance_id},
          {"Attributes", describe_attributes(instance.attributes)},
          {"CreatedByAccount", ctx.account()}};
}

Value get_instance(Context& ctx, Input in) {
  const Service& service = require_service(ctx, in.string("ServiceId"));
  const Instance& instance = require_instance(ctx, service, in.string("InstanceId"));
  Value shown = describe(ctx, instance);
  if (!instance.client_token.empty()) shown.add("CreatorRequestId", instance.client_token);
  return {{"ResourceOwner", ctx.account()}, {"Instance", shown}};
}

using InstanceRange = FoundRange<Instance>;

Value list_instances(Context& ctx, Input in) {
  const Service& service = require_service(ctx, in.string("ServiceId"));
  const PageRequest request =
      page_request(in.string("NextToken"), in.integer("MaxResults", 100), bad_token());
  const Page page = paginate(
      InstanceRange{instances_of(ctx, service.id)}, request,
      [](const Instance&) { return true; },
      [&](const Instance& instance) { return describe(ctx, instance); });
  return {{"ResourceOwner", ctx.account()},
          {"Instances", page.items},
          {"NextToken", page.next_token}};
}

Value get_instances_health_status(Context& ctx, Input in) {
  const Service& service = require_service(ctx, in.string("ServiceId"));
  const auto wanted = in.strings("Instances");
  for (const std::string& id : wanted) require_instance(ctx, service, id);
  const PageRequest request =
      page_request(in.string("NextToken"), in.integer("MaxResults", 100), bad_token());
  Value status = Value::map();
  const Page page = paginate(
      InstanceRange{instances_of(ctx, service.id)}, request,
      [&](const Instance& i) {
        return i.active &&
               (wanted.empty() || std::ranges::find(wanted, i.instance_id) != wanted.end());
      },
      [&](const Instance& i) {
        status.add(Key::copy(i.instance_id), i.health);
        return Value();
      });
  return {{"Status", status}, {"NextToken", page.next_token}};
}

/// Cloud Map believes a report only when it has stood for some 30 s.
void report_health(sim::Scope& scope, const Instance& known, const char* health) {
  const std::string key = known.id;
  Instance& instance = scope.edit<Instance>(key);
  instance.next_health = health == instance.health ? "" : health;
  if (!instance.next_health.empty())
    scope.after(scope.latency(health_kind, key), health_kind, key, health);
}

void health_in_force(sim::Scope& scope, const sim::Event& event) {
  const Instance* known = scope.view<Instance>(event.subject);
  if (!known || known->next_health != event.payload) return;
  Instance& instance = scope.edit<Instance>(event.subject);
  instance.health = event.payload;
  instance.next_health.clear();
  bump_revision(scope, instance.service_id);
  scope.announce("servicediscovery.health", instance.instance_id,
                 cat("Instance ", instance.instance_id, " is now ", instance.health));
}

Value update_instance_custom_health_status(Context& ctx, Input in) {
  const Service& service = require_service(ctx, in.string("ServiceId"));
  const Instance& known = require_instance(ctx, service, in.string("InstanceId"));
  const std::string status = in.string("Status");
  if (!service.custom_health) throw custom_health_not_found();
  report_health(ctx, known, status == "HEALTHY" ? "HEALTHY" : "UNHEALTHY");
  return Value::map();
}

}  // namespace

void set_custom_health(sim::Scope& scope, std::string_view service_id_or_arn,
                       std::string_view instance_id, bool healthy) {
  const Service* service = find_service(scope, service_id_or_arn);
  if (!service || !service->custom_health) return;
  const Instance* known = scope.view<Instance>(instance_key(service->id, instance_id));
  if (known) report_health(scope, *known, healthy ? "HEALTHY" : "UNHEALTHY");
}

std::span<const api::HandlerRow> instance_rows() {
  static const api::HandlerRow rows[] = {
      {"RegisterInstance", api::Writes, register_by_api},
      {"DeregisterInstance", api::Writes, deregister_by_api},
      {"GetInstance", api::Reads, get_instance},
      {"ListInstances", api::Reads, list_instances},
      {"GetInstancesHealthStatus", api::Reads, get_instances_health_status},
      {"UpdateInstanceCustomHealthStatus", api::Writes, update_instance_custom_health_status},
  };
  return rows;
}

std::span<const sim::EventRow> health_events() {
  static const sim::EventRow rows[] = {{health_kind, health_in_force}};
  return rows;
}

}  // namespace squall::servicediscovery
