// Dashboards: stored as they come, refused when they are no JSON object with widgets.
#include <nlohmann/json.hpp>

#include "emulator/core/text.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/internal.h"
#include "services/common/page.h"

namespace squall::cloudwatch {

// Dashboards are global on AWS; each region's console shows the same ones.
std::string dashboard_arn(const sim::Scope& scope, std::string_view name) {
  return scope.global_arn("cloudwatch", cat("dashboard/", name));
}

namespace {

Value message(std::string path, std::string text) {
  return {{"DataPath", path}, {"Message", text}};
}

/// AWS's validation messages; a body that is no JSON at all is an error instead.
Value validate_body(const std::string& body) {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  if (document.is_discarded() || !document.is_object())
    throw dashboard_invalid("The field DashboardBody must be a valid JSON object");
  Value messages = Value::list();
  if (!document.contains("widgets") || !document["widgets"].is_array()) {
    throw dashboard_invalid(
        "The dashboard body is invalid, there are 1 validation errors: "
        "[{\"dataPath\":\"\",\"message\":\"should have required property 'widgets'\"}]");
  }
  size_t i = 0;
  for (const auto& widget : document["widgets"]) {
    const std::string path = cat("/widgets/", i++);
    if (!widget.is_object() || !widget.contains("type"))
      messages.push(message(path, "Should have required property 'type'"));
    else if (!widget.contains("properties"))
      messages.push(message(path, "Should have required property 'properties'"));
  }
  return messages;
}

Value put_dashboard(Context& ctx, Input in) {
  const std::string name = in.string("DashboardName"), body = in.string("DashboardBody");
  const Value messages = validate_body(body);
  sim::Scope home = ctx.global();
  const Dashboard* before = home.view<Dashboard>(name);
  Dashboard dashboard{name, body, ctx.now(), tags_from(in.list("Tags"))};
  if (before && dashboard.tags.empty()) dashboard.tags = before->tags;
  home.add(std::move(dashboard));
  return {{"DashboardValidationMessages", messages}};
}

Value get_dashboard(Context& ctx, Input in) {
  const std::string name = in.string("DashboardName");
  const sim::Scope home = ctx.global();
  const Dashboard* dashboard = home.view<Dashboard>(name);
  if (!dashboard) throw dashboard_not_found(name);
  return {{"DashboardArn", dashboard_arn(ctx, name)},
          {"DashboardBody", dashboard->body},
          {"DashboardName", name}};
}

Value list_dashboards(Context& ctx, Input in) {
  const std::string prefix = in.string("DashboardNamePrefix");
  const PageRequest request = page_request(in.string("NextToken"), 1000, invalid_next_token());
  const Page page = paginate(
      ctx.global().all<Dashboard>(), request,
      [&](const Dashboard& d) { return d.id.starts_with(prefix); },
      [&](const Dashboard& d) {
        return Value{{"DashboardName", d.id},
                     {"DashboardArn", dashboard_arn(ctx, d.id)},
                     {"LastModified", d.modified},
                     {"Size", d.body.size()}};
      });
  return {{"DashboardEntries", page.items}, {"NextToken", page.next_token}};
}

Value delete_dashboards(Context& ctx, Input in) {
  const auto names = in.strings("DashboardNames");
  sim::Scope home = ctx.global();
  for (const std::string& name : names)
    if (!home.has<Dashboard>(name)) throw dashboard_not_found(name);
  for (const std::string& name : names) home.erase<Dashboard>(name);
  return Value::map();
}

}  // namespace

std::span<const api::HandlerRow> dashboard_rows() {
  static const api::HandlerRow rows[] = {
      {"PutDashboard", api::Writes, put_dashboard},
      {"GetDashboard", api::Reads, get_dashboard},
      {"ListDashboards", api::Reads, list_dashboards},
      {"DeleteDashboards", api::Writes, delete_dashboards},
  };
  return rows;
}

}  // namespace squall::cloudwatch
