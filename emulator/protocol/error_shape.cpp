// An AwsError seen through the caller's model: names, status and further members, for every codec.
#include <array>

#include "emulator/core/text.h"
#include "emulator/protocol/codecs.h"
#include "emulator/protocol/conform.h"
#include "emulator/protocol/json.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

using model::Shape;
using model::ShapeMember;

constexpr std::string_view service_space = "com.amazon.coral.service#";
constexpr std::string_view validate_space = "com.amazon.coral.validate#";

/// Errors that the front end gives before the service is asked: they keep its own namespace where
/// a service shows namespaces at all.
struct FrontEndError {
  std::string_view name;
  std::string_view space;
};
constexpr std::array front_end_errors{
    FrontEndError{"ValidationException", validate_space},
    FrontEndError{"SerializationException", service_space},
    FrontEndError{"UnknownOperationException", service_space},
    FrontEndError{"AccessDeniedException", service_space},
    FrontEndError{"UnrecognizedClientException", service_space},
    FrontEndError{"MissingAuthenticationTokenException", service_space},
    FrontEndError{"MissingAuthenticationToken", service_space},
    FrontEndError{"IncompleteSignatureException", service_space},
    FrontEndError{"InvalidSignatureException", service_space},
    FrontEndError{"ExpiredTokenException", service_space},
    FrontEndError{"InternalFailure", service_space},
    FrontEndError{"ServiceUnavailableException", service_space},
};

bool is_message(ShapeMember member) { return equals_ignore_case(member.name(), "message"); }

/// AwsError keeps members as text: containers as JSON, scalars as they are.
Value member_from_text(ShapeMember member, const std::string& text) {
  Value value;
  if (is_container(member.shape())) {
    if (!parse_json(text, value)) abort_on_wrong_kind(member.shape());
    return conform(value, member.shape());
  }
  if (!scalar_from_text(member.shape(), text, value)) abort_on_wrong_kind(member.shape());
  return value;
}

Shape find_error(const Call& call, std::string_view code) {
  if (!call.service) return {};
  // The operation's own errors first: two shapes of a service may share a code.
  if (call.operation)
    for (size_t i = 0; i < call.operation.error_count(); ++i) {
      const Shape shape = call.operation.error(i);
      if (shape.name() == code || shape.error_code() == code) return shape;
    }
  return call.service->find_error(code);
}

}  // namespace

ModelledError model_error(const Call& call, const AwsError& error) {
  ModelledError out;
  out.name = out.query_code = error.code;
  out.status = error.status;
  out.shape = find_error(call, error.code);
  if (!out.shape) return out;
  out.query_code = out.shape.error_code();
  out.name = call.service->query_compatible() ? out.shape.name() : out.shape.error_code();
  constexpr int unspecified = 400;
  if (error.status == unspecified && out.shape.row()->http_status)
    out.status = out.shape.row()->http_status;
  for (size_t i = 0; i < out.shape.member_count(); ++i)
    if (is_message(out.shape.member(i))) out.message_name = out.shape.member(i).location_name();
  for (const auto& [name, text] : error.members) {
    const ShapeMember member = out.shape.find(name);
    if (!member || is_message(member)) continue;
    if (out.members.is_absent()) out.members = Value::map();
    out.members.add(Key::stable(member.name()), member_from_text(member, text));
  }
  return out;
}

std::string_view error_namespace(const Call& call, std::string_view name) {
  if (!call.service) return {};
  const model::Tables& tables = call.service->tables();
  const std::string_view own = tables.strings + tables.wire.error_namespace;
  if (own.empty()) return {};
  for (const FrontEndError& e : front_end_errors)
    if (e.name == name) return e.space;
  return own;
}

void add_request_id(const Call& call, std::string_view request_id, Response& response) {
  std::string_view name;
  if (call.service) {
    const model::Tables& tables = call.service->tables();
    name = tables.strings + tables.wire.request_id_header;
  }
  response.headers.emplace_back(name.empty() ? "x-amzn-RequestId" : name, request_id);
}

void add_query_error(const Call& call, const ModelledError& error, Response& response) {
  if (!call.service || !call.service->query_compatible()) return;
  response.headers.emplace_back(
      "x-amzn-query-error", cat(error.query_code, error.status >= 500 ? ";Receiver" : ";Sender"));
}

}  // namespace squall::protocol
