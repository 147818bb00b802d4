// What Cloud Map's files share among themselves.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/page.h"
#include "services/servicediscovery/errors.h"
#include "services/servicediscovery/servicediscovery.h"

namespace squall::servicediscovery {

using api::Context;
using api::Input;

/// The last part of an ARN, or the id itself.
std::string id_of(std::string_view id_or_arn);
std::string namespace_arn(const sim::Scope& scope, std::string_view id);
std::string service_arn(const sim::Scope& scope, std::string_view id);
const Namespace& require_namespace(const sim::Scope& scope, std::string_view id_or_arn);
const Service& require_service(const sim::Scope& scope, std::string_view id_or_arn);
const Instance& require_instance(const sim::Scope& scope, const Service& service,
                                 std::string_view instance_id);
std::vector<const Instance*> instances_of(const sim::Scope& scope, std::string_view service_id);
/// Of the namespaces with this HttpName that are active.
const Namespace* namespace_by_http_name(const sim::Scope& scope, std::string_view name);
const Service* service_by_name(const sim::Scope& scope, std::string_view namespace_id,
                               std::string_view name);
std::string instance_key(std::string_view service_id, std::string_view instance_id);
/// Its instances or their health changed: DiscoverInstancesRevision tells.
void bump_revision(sim::Scope& scope, const std::string& service_id);

/// Adds the operation as SUBMITTED and schedules its course; what it does at the end is decided by
/// its type. Returns its id.
std::string begin_operation(sim::Scope& scope, std::string_view type,
                            std::map<std::string, std::string> targets,
                            std::string_view change_json = {}, std::string_view token = {});
/// The operation of this type that the same token began, unless it failed.
const Operation* operation_by_token(const sim::Scope& scope, std::string_view type,
                                    std::string_view token);

struct OperationError {
  std::string code, message;
};
// How operations of each type end; an error makes them FAIL.
std::optional<OperationError> finish_create_namespace(sim::Scope& scope, const Operation& op);
std::optional<OperationError> finish_delete_namespace(sim::Scope& scope, const Operation& op);
std::optional<OperationError> finish_update_namespace(sim::Scope& scope, const Operation& op);
std::optional<OperationError> finish_update_service(sim::Scope& scope, const Operation& op);
std::optional<OperationError> finish_register(sim::Scope& scope, const Operation& op);
std::optional<OperationError> finish_deregister(sim::Scope& scope, const Operation& op);

/// Throws InvalidInput unless the attributes fit the service. Fills in AWS_INSTANCE_IPV4 of an
/// AWS_EC2_INSTANCE_ID.
void check_attributes(const sim::Scope& scope, const Service& service, Attributes& attributes);
/// RegisterInstance's own work; the operation's id.
std::string begin_registration(sim::Scope& scope, const Service& service,
                               std::string_view instance_id, Attributes attributes,
                               std::string_view token);
std::string begin_deregistration(sim::Scope& scope, const Service& service,
                                 std::string_view instance_id);

bool is_health_checked(const Service& service);
Value describe_attributes(const Attributes& attributes);
AwsError bad_token();
/// Refuses more than 50 tags and reserved keys.
Tags checked_tags(const Input& in, Tags have = {}, std::string_view arn = {});

/// One filter of List*: `matches` knows EQ, IN, BEGINS_WITH; others are refused by `allowed`.
struct ListFilter {
  std::string name, condition;
  std::vector<std::string> values;
  bool matches(std::string_view text) const;
};
struct FilterRule {
  std::string_view name;
  std::vector<std::string_view> conditions;
};
std::vector<ListFilter> list_filters(const Input& in, std::span<const FilterRule> rules);

std::span<const api::HandlerRow> namespace_rows();
std::span<const api::HandlerRow> namespace_update_rows();
std::span<const api::HandlerRow> service_rows();
std::span<const api::HandlerRow> service_attribute_rows();
std::span<const api::HandlerRow> instance_rows();
std::span<const api::HandlerRow> discover_rows();
std::span<const api::HandlerRow> operation_rows();
std::span<const api::HandlerRow> tag_rows();
std::span<const sim::EventRow> operation_events();
std::span<const sim::EventRow> health_events();
std::span<const sim::LatencyRow> latencies();

}  // namespace squall::servicediscovery
