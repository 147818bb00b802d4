// squall_oracle: the codecs behind a pipe, so that test_oracle.py can hold them against botocore.
//
// Frames of a 32-bit big-endian length and that many bytes, in and out. A frame is one line of JSON
// and then raw bytes: an HTTP body. {"mode": "decode", method, path, query, headers} answers the
// document; {"mode": "encode", service, operation, protocol, document | error} answers an HTTP
// response. Kinds that JSON lacks are {"$time": microseconds}, {"$blob": base64}, {"$real": text}.
#include <array>
#include <iostream>
#include <iterator>

#include "emulator/core/text.h"
#include "emulator/protocol/codec.h"
#include "emulator/protocol/json.h"
#include "emulator/protocol/route.h"

namespace squall::protocol {
namespace {

using model::Protocol;

constexpr std::array<std::string_view, 7> protocol_names{
    "query", "ec2", "json1.0", "json1.1", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"};

void write_typed(std::string& out, const Value& v) {
  using Kind = Value::Kind;
  switch (v.kind()) {
    case Kind::timestamp: out += cat("{\"$time\":", to_ns(v.time()) / 1000, "}"); return;
    case Kind::blob: out += cat("{\"$blob\":\"", base64_encode(v.text()), "\"}"); return;
    case Kind::real:
      out += "{\"$real\":\"";
      append_double(out, v.real());
      out += "\"}";
      return;
    case Kind::list: {
      out += '[';
      for (size_t i = 0; i < v.size(); ++i) {
        if (i) out += ',';
        write_typed(out, v[i]);
      }
      out += ']';
      return;
    }
    case Kind::map: {
      out += '{';
      const char* comma = "";
      for (const Member& m : v.members()) {
        out += comma;
        append_json_string(out, m.key.text);
        out += ':';
        write_typed(out, m.value);
        comma = ",";
      }
      out += '}';
      return;
    }
    default: out += to_json(v);
  }
}

Value from_typed(const Value& v) {
  if (v.is_list()) return list_of(v.items(), from_typed);
  if (!v.is_map()) return v;
  if (v.size() == 1) {
    const Member& only = v.members()[0];
    if (only.key.text == "$time")
      return Value(Time{std::chrono::microseconds{only.value.integer()}});
    if (only.key.text == "$blob") return Value::blob(*base64_decode(only.value.text()));
    if (only.key.text == "$real") return Value(*parse_double(only.value.text()));
  }
  Value out = Value::map();
  for (const Member& m : v.members()) out.add(m.key, from_typed(m.value));
  return out;
}

std::string error_line(const AwsError& e) {
  std::string out = "{\"error\":";
  append_json_string(out, e.code);
  out += ",\"message\":";
  append_json_string(out, e.message);
  return out + cat(",\"status\":", e.status, "}\n");
}

std::string decode_frame(const Value& head, std::string_view body) {
  std::vector<Header> headers;
  for (const Value& h : head.at("headers").items())
    headers.push_back({h[0].text(), h[1].text()});
  const Request request{head.at("method").text(), head.at("path").text(), head.at("query").text(),
                        headers, body};
  Call call;
  try {
    route(model::all_services(), request, {}, call);
    std::string out = cat("{\"service\":\"", call.service->name(), "\",\"operation\":\"",
                          call.operation.name(), "\",\"protocol\":\"",
                          protocol_names[static_cast<size_t>(call.protocol)], "\",\"region\":\"",
                          call.region, "\",\"access_key\":\"", call.access_key,
                          "\",\"document\":");
    write_typed(out, decode(call, request));
    return out + "}\n";
  } catch (const AwsError& e) {
    return error_line(e);
  }
}

std::string encode_frame(const Value& head) {
  Call call;
  call.service = model::find_service(head.at("service").text());
  call.operation = call.service->find_operation(head.at("operation").text());
  for (size_t i = 0; i < protocol_names.size(); ++i)
    if (protocol_names[i] == head.at("protocol").text()) call.protocol = static_cast<Protocol>(i);
  Response response;
  constexpr std::string_view request_id = "11111111-2222-3333-4444-555555555555";
  if (const Value error = head.at("error"); error.is_map()) {
    AwsError e{std::string(error.at("code").text()), std::string(error.at("message").text())};
    for (const Member& m : error.at("members").members())
      e.members.emplace_back(m.key.text, m.value.text());
    encode_error(call, e, request_id, response);
  } else {
    encode(call, from_typed(head.at("document")), request_id, response);
  }
  std::string out = cat("{\"status\":", response.status, ",\"content_type\":");
  append_json_string(out, response.content_type);
  out += ",\"headers\":[";
  for (const auto& [name, value] : response.headers) {
    if (&name != &response.headers[0].first) out += ',';
    out += '[';
    append_json_string(out, name);
    out += ',';
    append_json_string(out, value);
    out += ']';
  }
  return out + "]}\n" + response.body;
}

std::string answer(std::string_view frame) {
  const size_t newline = frame.find('\n');
  Value head;
  if (newline == frame.npos || !parse_json(frame.substr(0, newline), head)) return "{}\n";
  if (head.at("mode").text() == "decode") return decode_frame(head, frame.substr(newline + 1));
  return encode_frame(head);
}

uint32_t length_at(std::string_view bytes) {
  uint32_t length = 0;
  for (size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
  return length;
}

void run(std::string_view input) {
  Arena arena;
  while (input.size() >= 4) {
    const uint32_t length = length_at(input);
    const Arena::Use use(arena);
    const std::string out = answer(input.substr(4, length));
    for (int shift = 24; shift >= 0; shift -= 8)
      std::cout.put(static_cast<char>(out.size() >> shift & 255));
    std::cout << out;
    arena.reset();
    input.remove_prefix(4 + length);
  }
}

}  // namespace
}  // namespace squall::protocol

int main() {
  std::ios::sync_with_stdio(false);
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  squall::protocol::run(input);
}
