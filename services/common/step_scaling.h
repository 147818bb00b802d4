// Step scaling's arithmetic: of EC2 Auto Scaling and of Application Auto Scaling.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "emulator/core/fields.h"

namespace squall {

/// Bounds are relative to the alarm's threshold.
struct StepAdjustment {
  std::optional<double> lower, upper;
  int64_t adjustment = 0;
  SQUALL_FIELDS(lower, upper, adjustment)
};

/// The capacity after an adjustment of `type` ChangeInCapacity, ExactCapacity or
/// PercentChangeInCapacity, with AWS's rounding and at least `min_magnitude` by percentage.
int64_t adjusted_capacity(std::string_view type, int64_t capacity, int64_t adjustment,
                          int64_t min_magnitude);
/// The step for a metric that lies `breach` above (below, if negative) the threshold, or nullptr.
const StepAdjustment* step_for(const std::vector<StepAdjustment>& steps, double breach);

}  // namespace squall
