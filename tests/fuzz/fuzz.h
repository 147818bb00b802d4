// What the codecs' fuzz targets share: the first two bytes choose an operation among those that
// speak the protocol, the rest is the request. Nothing but an AwsError may come out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "emulator/protocol/codec.h"
#include "emulator/protocol/route.h"

namespace squall::protocol {

struct Target {
  const model::Service* service;
  model::Operation operation;
};

inline std::vector<Target> targets_of(model::Protocol protocol) {
  std::vector<Target> targets;
  for (const model::Service& service : model::all_services())
    for (size_t i = 0; service.speaks(protocol) && i < service.operation_count(); ++i)
      targets.push_back({&service, service.operation(i)});
  return targets;
}

inline void fuzz_decode(const Call& call, const Request& request) {
  try {
    decode(call, request);
  } catch (const AwsError& error) {
    Response response;
    encode_error(call, error, "ID", response);
  }
}

/// The operation by the first two bytes; the rest of `data` stays.
inline Call chosen_call(model::Protocol protocol, std::string_view& data) {
  static const std::vector<Target> targets = targets_of(protocol);
  const auto number =
      static_cast<size_t>(static_cast<uint8_t>(data[0]) << 8 | static_cast<uint8_t>(data[1]));
  data.remove_prefix(2);
  const Target& target = targets[number % targets.size()];
  Call call;
  call.service = target.service;
  call.operation = target.operation;
  call.protocol = protocol;
  return call;
}

/// For protocols whose whole request is the body.
inline int fuzz_body(model::Protocol protocol, const uint8_t* bytes, size_t size) {
  if (size < 2) return 0;
  Arena arena;
  const Arena::Use use(arena);
  std::string_view data{reinterpret_cast<const char*>(bytes), size};
  const Call call = chosen_call(protocol, data);
  Request request;
  request.method = "POST";
  request.path = "/";
  request.body = data;
  fuzz_decode(call, request);
  return 0;
}

/// Cuts a line off the front.
inline std::string_view take_line(std::string_view& data) {
  const size_t end = data.find('\n');
  const std::string_view line = data.substr(0, end);
  data.remove_prefix(end == data.npos ? data.size() : end + 1);
  return line;
}

/// For REST: a line of query string, a line that is every header and label, then the body.
inline int fuzz_rest(model::Protocol protocol, const uint8_t* bytes, size_t size) {
  if (size < 2) return 0;
  Arena arena;
  const Arena::Use use(arena);
  std::string_view data{reinterpret_cast<const char*>(bytes), size};
  Call call = chosen_call(protocol, data);
  Request request;
  request.method = call.operation.method();
  request.path = "/";
  request.query = take_line(data);
  const std::string_view text = take_line(data);
  request.body = data;
  std::vector<Header> headers;
  call.uri_labels = Value::map();
  const model::Shape input = call.operation.input();
  for (size_t i = 0; input && i < input.member_count(); ++i) {
    const model::ShapeMember member = input.member(i);
    if (member.location() == model::Location::uri)
      call.uri_labels.add(Key::stable(member.location_name()), Value(text));
    else if (member.location() != model::Location::body)
      headers.push_back({member.location_name(), text});
  }
  request.headers = headers;
  fuzz_decode(call, request);
  return 0;
}

}  // namespace squall::protocol
