// A request as bytes in, what the wire rooms make of it out: shared by the tests of this folder.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/text.h"
#include "emulator/protocol/codec.h"
#include "emulator/protocol/route.h"

namespace squall::protocol {

struct Sent {
  std::string method = "POST";
  std::string path = "/";
  std::string query = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct Seen {
  std::string service, operation, region, access_key, document;
  model::Protocol protocol = model::Protocol::query;
  Response response;  // of an error
};

inline std::string signed_for(std::string_view service, std::string_view region = "us-east-1") {
  return cat("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/", region, "/", service,
             "/aws4_request, SignedHeaders=host, Signature=0");
}

inline Seen exchange(const Sent& sent) {
  std::vector<Header> headers;
  for (const auto& [name, value] : sent.headers) headers.push_back({name, value});
  const Request request{sent.method, sent.path, sent.query, headers, sent.body};
  Seen seen;
  Call call;
  try {
    route(model::all_services(), request, {}, call);
    seen.document = to_json(decode(call, request));
  } catch (const AwsError& error) {
    encode_error(call, error, "REQUEST-ID", seen.response);
  }
  if (call.service) seen.service = call.service->name();
  if (call.operation) seen.operation = call.operation.name();
  seen.region = call.region;
  seen.access_key = call.access_key;
  seen.protocol = call.protocol;
  return seen;
}

inline Sent json_request(std::string_view service, std::string_view target, std::string body,
                         std::string_view version = "1.0") {
  Sent sent;
  sent.headers = {{"Authorization", signed_for(service)},
                  {"X-Amz-Target", std::string(target)},
                  {"Content-Type", cat("application/x-amz-json-", version)}};
  sent.body = std::move(body);
  return sent;
}

inline Sent form_request(std::string_view service, std::string body) {
  Sent sent;
  sent.headers = {{"Authorization", signed_for(service)},
                  {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  sent.body = std::move(body);
  return sent;
}

inline Sent cbor_request(std::string_view operation, std::string body) {
  Sent sent;
  sent.path = cat("/service/GraniteServiceVersion20100801/operation/", operation);
  sent.headers = {{"Authorization", signed_for("monitoring")},
                  {"smithy-protocol", "rpc-v2-cbor"},
                  {"Content-Type", "application/cbor"}};
  sent.body = std::move(body);
  return sent;
}

inline Sent rest_request(std::string_view service, std::string method, std::string path,
                         std::string body = {}) {
  Sent sent;
  sent.method = std::move(method);
  sent.path = std::move(path);
  sent.headers = {{"Authorization", signed_for(service)}};
  sent.body = std::move(body);
  return sent;
}

}  // namespace squall::protocol
