// Cloud Map's definition: its rows.
#include "services/servicediscovery/servicediscovery.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::servicediscovery),
      .handlers = {namespace_rows(), namespace_update_rows(), service_rows(),
                   service_attribute_rows(), instance_rows(), discover_rows(), operation_rows(),
                   tag_rows()},
      .events = {operation_events(), health_events()},
      .watches = {},
      .latencies = {latencies()},
      .records = {sim::records<Instance, Namespace, Operation, Service>()},
  };
  return definition;
}

}  // namespace squall::servicediscovery
