// IAM's definition: its rows collected.
#include "models/generated.h"
#include "emulator/sim/record_type.h"
#include "services/iam/internal.h"

namespace squall::iam {

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition = [] {
    api::ServiceDefinition d;
    d.model = model::Service(model::generated::iam);
    d.handlers = {role_rows(),   role_policy_rows(), service_linked_role_rows(),
                  instance_profile_rows(), policy_rows(),      user_rows(), access_key_rows()};
    d.records = {sim::records<AccessKey, InstanceProfile, Policy, Role, User>()};
    d.identify = identify;
    return d;
  }();
  return definition;
}

}  // namespace squall::iam
