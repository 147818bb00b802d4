// REST operations by method, path and the query literals in their URIs.
#pragma once

#include "emulator/protocol/codec.h"

namespace squall::protocol {

/// Finds the operation of a REST service and decodes the path's labels. Empty if there is none.
/// `path` is still percent-encoded. Tables are built once a thread and service.
model::Operation match_rest(const model::Service& service, const Request& request,
                            std::string_view path, Value& labels);

}  // namespace squall::protocol
