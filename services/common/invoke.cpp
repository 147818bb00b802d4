#include "services/common/invoke.h"

#include <cstdio>
#include <cstdlib>

#include "emulator/model/validate.h"

namespace squall {

Value invoke(api::Context& ctx, const api::ServiceDefinition& service, std::string_view operation,
             const Value& input) {
  protocol::Call call;
  call.service = &service.model;
  call.operation = service.model.find_operation(operation);
  call.protocol = service.model.protocols().front();
  call.region = ctx.call().region;
  call.access_key = ctx.call().access_key;
  model::validate(service.model, call.operation, call.protocol, input);
  for (const auto& rows : service.handlers)
    for (const api::HandlerRow& row : rows) {
      if (row.operation != operation) continue;
      api::Context inner(ctx.world(), ctx.region(), call);
      inner.caller_arn = ctx.caller_arn;
      inner.caller_id = ctx.caller_id;
      inner.advertised_host = ctx.advertised_host;
      inner.request_id = ctx.request_id;
      return row.run(inner, api::Input(input, call.operation.input()));
    }
  std::fprintf(stderr, "invoke: no handler for %.*s\n", static_cast<int>(operation.size()),
               operation.data());
  std::abort();
}

}  // namespace squall
