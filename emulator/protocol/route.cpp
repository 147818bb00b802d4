#include "emulator/protocol/route.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/protocol/form.h"
#include "emulator/protocol/host.h"
#include "emulator/protocol/route_rest.h"
#include "emulator/protocol/scope.h"

namespace squall::protocol {
namespace {

using model::Protocol;
using model::Service;

[[noreturn]] void unknown_operation(int status = 400) {
  throw AwsError{"UnknownOperationException", "", status};
}

bool speaks_json(const Service& s) {
  return s.speaks(Protocol::json10) || s.speaks(Protocol::json11);
}
bool speaks_query(const Service& s) { return s.speaks(Protocol::query) || s.speaks(Protocol::ec2); }
bool speaks_rest(const Service& s) {
  return s.speaks(Protocol::rest_json) || s.speaks(Protocol::rest_xml);
}

/// As `s.signing_name() == name`: most services are ruled out by their first letter.
bool signs_as(const Service& s, std::string_view name) {
  const char* const text = s.tables().strings + s.tables().signing_name;
  return !name.empty() && *text == name[0] && text == name;
}

class Router {
 public:
  Router(std::span<const Service> services, const Request& request, const RouteOptions& options,
         Call& call)
      : services_(services), request_(request), call_(call) {
    scope_ = read_scope(request);
    host_ = parse_host(request.header("host"));
    call.access_key = scope_.access_key;
    call.session_token = scope_.session_token;
    call.region = !scope_.region.empty() && scope_.region != "*" ? scope_.region
                  : !host_.region.empty()                        ? host_.region
                                                                 : options.default_region;
  }

  void route() {
    if (request_.header("smithy-protocol") == "rpc-v2-cbor") return cbor();
    if (const std::string_view target = request_.header("x-amz-target"); !target.empty())
      return json(target);
    const Service* const rest_service = find(speaks_rest);
    if (!rest_service)
      if (const auto action = parameter("Action")) return query(*action);
    if (rest_service) return rest(*rest_service);
    if (find(speaks_query)) missing_action();
    if (const Service* service = find(speaks_json)) {
      call_.service = service;
      call_.protocol = service->protocols().front();
      unknown_operation(404);
    }
    for (const Service& service : services_)
      if (service.tables().wire.takes_unknown && names_nothing()) return rest(service);
    call_.protocol = Protocol::rest_json;
    refuse_unknown_service();
    unknown_operation(404);
  }

 private:
  bool names_nothing() const { return scope_.service.empty() && host_.service.empty(); }

  /// The label before the service in the host name is kept in virtual_label_.
  bool host_names(const Service& s) {
    std::string_view before;
    for (const std::string_view name : {s.endpoint_prefix(), s.signing_name(), s.name()})
      if (strip_label_suffix(host_.service, name, before) &&
          (before.empty() || s.tables().wire.virtual_hosts)) {
        virtual_label_ = before;
        return true;
      }
    return false;
  }

  /// The service that the scope, else the host, names, among those that satisfy `speaks`.
  template <class Predicate>
  const Service* find(Predicate speaks) {
    virtual_label_ = {};
    for (const Service& s : services_)
      if (!scope_.service.empty() && signs_as(s, scope_.service) && speaks(s)) {
        if (!host_.service.empty()) host_names(s);
        return &s;
      }
    if (!scope_.service.empty() || host_.service.empty()) return nullptr;
    for (const Service& s : services_)
      if (speaks(s) && host_names(s)) return &s;
    return nullptr;
  }

  std::optional<std::string_view> parameter(std::string_view name) const {
    if (const auto in_query = find_parameter(request_.query, name)) return in_query;
    if (request_.method != "POST") return {};
    const std::string_view type = request_.header("content-type");
    if (!type.empty() && !type.starts_with("application/x-www-form-urlencoded")) return {};
    return find_parameter(request_.body, name);
  }

  void json(std::string_view target) {
    const std::string_view type = request_.header("content-type");
    call_.protocol =
        type.starts_with("application/x-amz-json-1.0") ? Protocol::json10 : Protocol::json11;
    const size_t dot = target.rfind('.');
    const std::string_view prefix = target.substr(0, std::min(dot, target.size()));
    const auto at = std::ranges::find_if(services_, [&](const Service& s) {
      return speaks_json(s) && s.target_prefix() == prefix;
    });
    call_.service = at != services_.end() ? &*at : find(speaks_json);
    if (call_.service && !type.starts_with("application/x-amz-json-1."))
      call_.protocol =
          call_.service->speaks(Protocol::json10) ? Protocol::json10 : Protocol::json11;
    if (!call_.service) refuse_unknown_service();
    const bool known_type =
        type.starts_with("application/x-amz-json-1.") || type.starts_with("application/json");
    if (request_.method != "POST" || !known_type) unknown_operation(404);
    if (at == services_.end() || dot == target.npos) unknown_operation();
    call_.operation = call_.service->find_operation(target.substr(dot + 1));
    if (!call_.operation) unknown_operation();
  }

  /// Signed for a service that has no model here: AWS has no such answer, so say it plainly.
  void refuse_unknown_service() const {
    const auto is_signed_for = [this](const Service& s) {
      return s.signing_name() == scope_.service;
    };
    if (scope_.service.empty() || std::ranges::any_of(services_, is_signed_for)) return;
    throw AwsError{"NotImplemented",
                   cat("Squall has no model of the service '", scope_.service, "'."), 501};
  }

  void query(std::string_view action) {
    call_.version = parameter("Version").value_or(std::string_view());
    call_.service = query_service(action, call_.operation);
    call_.protocol = call_.service && call_.service->speaks(Protocol::ec2) ? Protocol::ec2
                                                                           : Protocol::query;
    if (!call_.service) refuse_unknown_service();
    if (!call_.operation)
      throw AwsError{"InvalidAction",
                     cat("The action ", action, " is not valid for this web service.")};
  }

  /// Services may share a signing name: the version tells them apart, else the action does. Whoever
  /// has the action scores, so that the operation is that of the service which is returned.
  const Service* query_service(std::string_view action, model::Operation& operation) {
    const Service* named = find(speaks_query);
    const Service* best = named;
    int best_score = named ? 0 : -1;
    const bool anonymous = !named && names_nothing();
    const std::string_view name = named ? named->signing_name() : std::string_view();
    for (const Service& s : services_) {
      const bool eligible = anonymous || (named && signs_as(s, name));
      if (!eligible || !speaks_query(s)) continue;
      const int same_version = s.api_version() == call_.version;
      const model::Operation found = s.find_operation(action);
      const int has_action = static_cast<bool>(found);
      // Without a name, only both together say enough.
      if (anonymous && !(same_version && has_action)) continue;
      if (2 * same_version + has_action > best_score) {
        best_score = 2 * same_version + has_action;
        best = &s;
        operation = found;
      }
    }
    return best;
  }

  [[noreturn]] void missing_action() {
    call_.service = find(speaks_query);
    const bool ec2 = call_.service->speaks(Protocol::ec2);
    call_.protocol = ec2 ? Protocol::ec2 : Protocol::query;
    if (ec2)
      throw AwsError{"MissingParameter", "The request must contain the parameter Action"};
    throw AwsError{"MissingAction", "The request is missing an action or a required parameter."};
  }

  void rest(const Service& service) {
    call_.service = &service;
    call_.protocol = service.speaks(Protocol::rest_xml) ? Protocol::rest_xml : Protocol::rest_json;
    std::string path{request_.path};
    if (!virtual_label_.empty() && service.tables().wire.virtual_hosts)
      path = cat("/", percent_encode(virtual_label_), path.starts_with('/') ? "" : "/", path);
    call_.operation = match_rest(service, request_, path, call_.uri_labels);
    if (call_.operation) return;
    if (service.tables().wire.bare_errors)
      throw AwsError{"MethodNotAllowed",
                     "The specified method is not allowed against this resource.", 405};
    unknown_operation(404);
  }

  void cbor() {
    call_.protocol = Protocol::rpc_v2_cbor;
    const std::string_view path = request_.path;
    constexpr std::string_view service_part = "/service/", operation_part = "/operation/";
    const size_t service_at = path.rfind(service_part);
    const size_t operation_at = path.rfind(operation_part);
    call_.service = find([](const Service& s) { return s.speaks(Protocol::rpc_v2_cbor); });
    if (service_at == path.npos || operation_at == path.npos || operation_at < service_at)
      unknown_operation(404);
    const size_t name_at = service_at + service_part.size();
    const std::string_view name =
        operation_at > name_at ? path.substr(name_at, operation_at - name_at) : std::string_view();
    if (!call_.service)
      for (const Service& s : services_)
        if (s.speaks(Protocol::rpc_v2_cbor) && s.target_prefix() == name) call_.service = &s;
    if (call_.service && request_.method == "POST")
      call_.operation =
          call_.service->find_operation(path.substr(operation_at + operation_part.size()));
    if (!call_.operation) unknown_operation(404);
  }

  std::span<const Service> services_;
  const Request& request_;
  Call& call_;
  SigningScope scope_;
  HostParts host_;
  std::string_view virtual_label_;
};

}  // namespace

void route(std::span<const model::Service> services, const Request& request,
           const RouteOptions& options, Call& call) {
  Router(services, request, options, call).route();
}

}  // namespace squall::protocol
