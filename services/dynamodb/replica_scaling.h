// Auto scaling of a table's or an index's units, as DynamoDB's own operations show and set it.
#pragma once

#include <optional>
#include <string>

#include "services/dynamodb/replica.h"

namespace squall::dynamodb {

/// A table or an index of it, and which of its units.
struct Scalable {
  std::string table, index;  // index empty: the table
  bool write = false;
  // In Application Auto Scaling's words.
  std::string resource_id() const;
  std::string dimension() const;
  std::string metric() const;
  std::string target() const;
};

/// AutoScalingSettingsUpdate.
struct ScalingUpdate {
  explicit ScalingUpdate(const Input& in);
  std::optional<int64_t> least, most;
  bool disabled;
  std::string role, policy_name;
  std::optional<double> target;
  std::optional<int64_t> in_cooldown, out_cooldown;
  std::optional<bool> disable_scale_in;
};

/// AutoScalingSettingsDescription.
Value describe_scaling_of(const sim::Scope& scope, const Scalable& what);
/// Throws what the update must not be.
void set_scaling(sim::Scope there, const Scalable& what, const ScalingUpdate& wanted);

}  // namespace squall::dynamodb
