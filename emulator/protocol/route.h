// Which service, operation, protocol, region and principal a request names.
#pragma once

#include <span>
#include <string_view>

#include "emulator/protocol/codec.h"

namespace squall::protocol {

struct RouteOptions {
  std::string_view default_region = "us-east-1";
};

/// Finds the call: service and region from the SigV4 scope (header or presigned query), else from
/// the Host header (`ec2.ap-south-1.amazonaws.com`, `dynamodb.localhost`), else from X-Amz-Target
/// or Action+Version; the protocol from the request itself (smithy-protocol header, X-Amz-Target
/// and content type, form body, path); the operation by the model. Throws AwsError where AWS would
/// (UnknownOperationException, InvalidAction...), after filling in `call` as far as known, so that
/// the error can be answered in the caller's protocol.
void route(std::span<const model::Service> services, const Request& request,
           const RouteOptions& options, Call& call);

}  // namespace squall::protocol
