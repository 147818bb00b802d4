// DescribeServices, ListServices, ListServicesByNamespace.
#include <algorithm>

#include "services/common/page.h"
#include "services/ecs/scheduler.h"
#include "services/servicediscovery/servicediscovery.h"

namespace squall::ecs {
namespace {

constexpr size_t described_max = 10;

Value describe_services(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const auto names = in.strings("services");
  if (names.empty()) throw invalid_parameter("Services cannot be empty.");
  if (names.size() > described_max)
    throw invalid_parameter("Services cannot have more than 10 elements.");
  const auto include = in.strings("include");
  const bool with_tags = std::ranges::find(include, "TAGS") != include.end();
  Value services = Value::list(), failures = Value::list();
  for (const std::string& name : names) {
    const std::string id = id_in(ctx, cluster.id, "service", name);
    if (const Service* service = find_service(ctx, cluster.id, id)) {
      services.push(describe_service(ctx, *service, with_tags));
      continue;
    }
    const std::string arn =
        name.starts_with("arn:") ? name : ctx.arn("ecs", cat("service/", cluster.id, '/', name));
    failures.push({{"arn", arn}, {"reason", "MISSING"}});
  }
  return {{"services", services}, {"failures", failures}};
}

/// A page of ARNs in order, of 10 unless asked otherwise (at most 100).
Value page_of_arns(std::vector<std::string> arns, const Input& in) {
  const auto limit = in.optional_integer("maxResults");
  if (limit && (*limit < 1 || *limit > 100))
    throw invalid_parameter("maxResults must be between 1 and 100.");
  const PageRequest request = page_request(in.string("nextToken"), limit.value_or(10),
                                           invalid_parameter("Invalid token"));
  std::ranges::sort(arns);
  std::erase_if(arns, [&](const std::string& arn) { return arn <= request.after; });
  Value token;
  if (arns.size() > request.limit) {
    arns.resize(request.limit);
    token = Value(base64_encode(cat("v1:", arns.back())));
  }
  return {{"serviceArns", arns}, {"nextToken", token}};
}

Value list_services(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const auto launch = in.optional_string("launchType");
  const auto scheduling = in.optional_string("schedulingStrategy");
  const auto managed = in.optional_string("resourceManagementType");
  std::vector<std::string> arns;
  for (const Service* service : ctx.by<Service>("cluster:" + cluster.id)) {
    if (service->status == "INACTIVE") continue;
    if (managed && *managed != resource_management(ctx, *service)) continue;
    const bool fargate = is_fargate(service->spec);
    const std::string type = !service->spec.launch_type.empty() ? service->spec.launch_type
                             : fargate                          ? "FARGATE"
                                                                : "EC2";
    if (launch && *launch != type) continue;
    if (scheduling && *scheduling != service->scheduling) continue;
    arns.push_back(service->id);
  }
  return page_of_arns(std::move(arns), in);
}

Value list_by_namespace(Context& ctx, Input in) {
  const std::string name = in.string("namespace");
  const std::string id = find_namespace(ctx, name);
  if (id.empty())
    throw AwsError{"NamespaceNotFoundException", "The specified namespace wasn't found."};
  std::vector<std::string> arns;
  for (const Service* service : ctx.by<Service>("namespace:" + id))
    if (service->status != "INACTIVE") arns.push_back(service->id);
  return page_of_arns(std::move(arns), in);
}

const api::HandlerRow rows[] = {
    {"DescribeServices", api::Reads, describe_services},
    {"ListServices", api::Reads, list_services},
    {"ListServicesByNamespace", api::Reads, list_by_namespace},
};

}  // namespace

HandlerRows service_list_rows() { return rows; }

}  // namespace squall::ecs
