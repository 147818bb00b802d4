#include "emulator/api/local.h"

#include <cstdio>
#include <cstdlib>

#include "emulator/core/text.h"
#include "emulator/model/validate.h"
#include "emulator/protocol/conform.h"
#include "emulator/protocol/json.h"

namespace squall::api {
namespace {

/// Aborts where encode would: a member that the output shape lacks is a programmer's error.
void check_output(const Value& value, const model::Shape& shape, const std::string& path) {
  if (!shape) return;
  switch (shape.type()) {
    case model::ShapeType::structure:
      if (shape.has(model::shape_document)) return;
      for (const Member& m : value.members()) {
        const model::ShapeMember member = shape.find(m.key.text);
        if (!member) {
          std::fprintf(stderr, "answer: %s.%s is not in the output shape %s\n", path.c_str(),
                       std::string(m.key.text).c_str(), std::string(shape.name()).c_str());
          std::abort();
        }
        check_output(m.value, member.shape(), cat(path, '.', m.key.text));
      }
      return;
    case model::ShapeType::list:
      for (const Value& item : value.items())
        check_output(item, shape.element().shape(), cat(path, "[]"));
      return;
    case model::ShapeType::map:
      for (const Member& m : value.members())
        check_output(m.value, shape.map_value().shape(), cat(path, '.', m.key.text));
      return;
    default: return;
  }
}

}  // namespace

Value Local::call(std::string_view service, std::string_view operation, Value input) {
  protocol::Call call;
  for (const model::Service& model : registry_.models())
    if (model.name() == service) call.service = &model;
  if (!call.service) throw AwsError{"UnknownService", cat("no model named ", service), 404};
  call.operation = call.service->find_operation(operation);
  if (!call.operation)
    throw AwsError{"InvalidAction", cat(service, " has no operation ", operation)};
  call.protocol = call.service->protocols().front();
  call.region = region_;
  const Registry::Entry* entry = registry_.find(*call.service, call.operation);
  if (!entry || entry->run)
    model::validate(*call.service, call.operation, call.protocol, input);
  if (!entry) throw not_served(call);
  unread_.clear();
  if (entry->direct) return call_direct(call, *entry, input);
  DispatchOptions options;
  options.on_unread = [this](const protocol::Call&, const std::vector<std::string>& paths) {
    unread_ = paths;
  };
  const Value output = run_call(world_, call, *entry, input, "local", options);
  check_output(output, call.operation.output(), std::string(operation));
  return output;
}

/// Through the text of both bodies, as a client would come.
Value Local::call_direct(const protocol::Call& call, const Registry::Entry& entry,
                         const Value& input) {
  const std::string body = to_json(input);
  protocol::Request request;
  request.method = "POST";
  request.path = "/";
  request.body = body;
  std::string answer;
  run_direct(world_, registry_, call, entry, request, answer);
  Value output;
  if (!protocol::parse_json(answer, output)) std::abort();
  output = protocol::conform(output, call.operation.output());
  check_output(output, call.operation.output(), std::string(call.operation.name()));
  return output;
}

}  // namespace squall::api
