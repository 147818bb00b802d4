// The query and EC2 protocols' answers: XML inside each one's envelope.
#include "emulator/core/text.h"
#include "emulator/protocol/codecs.h"
#include "emulator/protocol/xml_write.h"

namespace squall::protocol {
namespace {

using model::Protocol;

std::string_view namespace_of(const Call& call) {
  return call.service ? call.service->xml_namespace() : std::string_view();
}

void open_root(XmlSink& sink, std::string_view tag, std::string_view space) {
  sink.raw("<");
  sink.raw(tag);
  if (!space.empty()) sink.attribute("xmlns", space);
  sink.raw(">");
}

XmlStyle style_of(const Call& call) {
  return {.always_fraction = call.protocol == Protocol::ec2};
}

void encode_ec2(const Call& call, const Value& output, std::string_view request_id,
                XmlSink& sink) {
  const std::string tag = cat(call.operation.name(), "Response");
  sink.raw(xml_declaration);
  open_root(sink, tag, namespace_of(call));
  sink.element("requestId", request_id);
  if (const model::Shape shape = call.operation.output(); shape && output.is_map())
    write_xml_members(sink, output, shape, style_of(call));
  sink.close(tag);
}

void encode_plain_query(const Call& call, const Value& output, std::string_view request_id,
                        XmlSink& sink) {
  const std::string tag = cat(call.operation.name(), "Response");
  open_root(sink, tag, namespace_of(call));
  const std::string_view wrapper = call.operation.result_wrapper();
  if (const model::Shape shape = call.operation.output()) {
    if (!wrapper.empty()) sink.open(wrapper);
    if (output.is_map()) write_xml_members(sink, output, shape, style_of(call));
    if (!wrapper.empty()) sink.close(wrapper);
  }
  sink.open("ResponseMetadata");
  sink.element("RequestId", request_id);
  sink.close("ResponseMetadata");
  sink.close(tag);
}

void write_error_members(XmlSink& sink, const ModelledError& error) {
  if (error.members.is_map()) write_xml_members(sink, error.members, error.shape, {});
}

}  // namespace

bool renders_items(const Call& call) {
  return call.protocol == Protocol::ec2 || call.protocol == Protocol::query;
}

std::string_view render_item(const Call& call, model::ShapeMember list, const Value& item,
                             RenderRoom& room) {
  XmlSink sink(room);
  write_xml_item(sink, item, list, style_of(call));
  sink.finish();
  return sink.written();
}

void encode_query(const Call& call, const Value& output, std::string_view request_id,
                  Response& response) {
  const bool ec2 = call.protocol == Protocol::ec2;
  response.status = 200;
  response.content_type = ec2 ? "text/xml;charset=UTF-8" : "text/xml";
  add_request_id(call, request_id, response);
  XmlSink sink(response.body);
  if (ec2)
    encode_ec2(call, output, request_id, sink);
  else
    encode_plain_query(call, output, request_id, sink);
}

void encode_query_error(const Call& call, const AwsError& error, std::string_view request_id,
                        Response& response) {
  const ModelledError modelled = model_error(call, error);
  const bool ec2 = call.protocol == Protocol::ec2;
  response.status = modelled.status;
  response.content_type = ec2 ? "text/xml;charset=UTF-8" : "text/xml";
  add_request_id(call, request_id, response);
  XmlSink sink(response.body);
  if (ec2) {
    sink.raw(xml_declaration);
    sink.raw("<Response><Errors><Error>");
    sink.element("Code", modelled.query_code);
    sink.element("Message", error.message);
    write_error_members(sink, modelled);
    sink.raw("</Error></Errors>");
    sink.element("RequestID", request_id);
    sink.raw("</Response>");
    return;
  }
  open_root(sink, "ErrorResponse", namespace_of(call));
  sink.open("Error");
  sink.element("Type", modelled.status >= 500 ? "Receiver" : "Sender");
  sink.element("Code", modelled.query_code);
  sink.element("Message", error.message);
  write_error_members(sink, modelled);
  sink.close("Error");
  sink.element("RequestId", request_id);
  sink.close("ErrorResponse");
}

}  // namespace squall::protocol
