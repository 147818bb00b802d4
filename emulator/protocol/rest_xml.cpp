// rest-xml: HTTP bindings around an XML body.
#include "emulator/core/text.h"
#include "emulator/protocol/rest.h"
#include "emulator/protocol/xml_read.h"
#include "emulator/protocol/xml_write.h"

namespace squall::protocol {
namespace {

using model::Shape;
using model::ShapeMember;
using model::ShapeType;

/// Bare errors are the mark of the service whose answers always show milliseconds.
bool is_bare(const Call& call) { return call.service && call.service->tables().wire.bare_errors; }

AwsError malformed_body(const Call& call) {
  if (is_bare(call))
    return AwsError{"MalformedXML",
                    "The XML you provided was not well-formed or did not validate against our "
                    "published schema"};
  return AwsError{"MalformedInput", "The request body is not well-formed or has a wrong type"};
}

void open_root(const Call& call, std::string_view tag, std::string_view own_space,
               const Value& value, Shape shape, XmlSink& sink) {
  const std::string_view space = !own_space.empty()   ? own_space
                                 : call.service       ? call.service->xml_namespace()
                                                      : std::string_view();
  sink.raw("<");
  sink.raw(tag);
  if (!space.empty()) sink.attribute("xmlns", space);
  if (shape) write_xml_attributes(sink, value, shape);
  sink.raw(">");
}

void write_body(const Call& call, const Value& output, Shape shape, Response& response) {
  const ShapeMember payload = shape.payload();
  const Value document = payload ? output.at(payload.name()) : output;
  if (!document.is_map() && payload) return;
  XmlSink sink(response.body);
  sink.raw(xml_declaration);
  const std::string_view wrapper = call.operation.result_wrapper();
  const std::string_view tag = !wrapper.empty() ? wrapper
                               : payload        ? payload.location_name()
                                                : shape.name();
  const Shape root_shape = payload ? payload.shape() : shape;
  open_root(call, tag, payload ? payload.xml_namespace() : shape.xml_namespace(), document,
            root_shape, sink);
  write_xml_members(sink, document, root_shape,
                    {.always_fraction = is_bare(call), .attributes = true});
  sink.close(tag);
}

}  // namespace

Value decode_rest_xml(const Call& call, const Request& request) {
  Value out = decode_rest_bindings(call, request, "InvalidArgument");
  ShapeMember payload;
  const Shape shape = body_shape(call.operation.input(), payload);
  if (!shape || trim(request.body).empty()) return out;
  if (!payload && !has_body_members(shape)) return out;
  Value document;
  if (!read_xml(request.body, shape, document)) throw malformed_body(call);
  if (payload)
    out.add(Key::stable(payload.name()), document);
  else
    for (const Member& m : document.members()) out.add(m.key, m.value);
  return out;
}

void encode_rest_xml(const Call& call, const Value& output, std::string_view request_id,
                     Response& response) {
  response.status = call.operation.http_status();
  add_request_id(call, request_id, response);
  const Shape shape = call.operation.output();
  if (!shape) return;
  encode_rest_headers(output, shape, response);
  if (encode_raw_payload(output, shape, response)) return;
  if (!has_body_members(shape) || response.status == 204) return;
  if (response.content_type.empty())
    response.content_type = is_bare(call) ? "application/xml" : "text/xml";
  write_body(call, output, shape, response);
}

void encode_rest_xml_error(const Call& call, const AwsError& error, std::string_view request_id,
                           Response& response) {
  const ModelledError modelled = model_error(call, error);
  response.status = modelled.status;
  add_request_id(call, request_id, response);
  if (call.operation && call.operation.method() == "HEAD") return;
  const bool bare = is_bare(call);
  response.content_type = bare ? "application/xml" : "text/xml";
  XmlSink sink(response.body);
  sink.raw(xml_declaration);
  if (!bare) open_root(call, "ErrorResponse", {}, {}, {}, sink);
  sink.open("Error");
  if (!bare) sink.element("Type", modelled.status >= 500 ? "Receiver" : "Sender");
  sink.element("Code", modelled.query_code);
  sink.element("Message", error.message);
  if (modelled.members.is_map())
    write_xml_members(sink, modelled.members, modelled.shape, {.always_fraction = bare});
  else if (bare)
    for (const auto& [name, text] : error.members) sink.element(name, text);
  if (bare) sink.element("RequestId", request_id);
  sink.close("Error");
  if (bare) return;
  sink.element("RequestId", request_id);
  sink.close("ErrorResponse");
}

}  // namespace squall::protocol
