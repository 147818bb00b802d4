// Step scaling's arithmetic: of EC2 Auto Scaling and of Application Auto Scaling.
#include "services/common/step_scaling.h"

#include <algorithm>

namespace squall {
namespace {

/// AWS's rounding of percentages: away from zero below one, towards zero above.
int64_t percent_of(int64_t capacity, int64_t percent, int64_t min_magnitude) {
  const double change = static_cast<double>(capacity) * static_cast<double>(percent) / 100;
  int64_t n = static_cast<int64_t>(change);
  if (change > 0 && change < 1) n = 1;
  if (change < 0 && change > -1) n = -1;
  if (n > 0) n = std::max(n, min_magnitude);
  if (n < 0) n = std::min(n, -min_magnitude);
  return n;
}

}  // namespace

int64_t adjusted_capacity(std::string_view type, int64_t capacity, int64_t adjustment,
                          int64_t min_magnitude) {
  if (type == "ExactCapacity") return adjustment;
  if (type == "PercentChangeInCapacity")
    return capacity + percent_of(capacity, adjustment, min_magnitude);
  return capacity + adjustment;
}

const StepAdjustment* step_for(const std::vector<StepAdjustment>& steps, double breach) {
  for (const StepAdjustment& s : steps) {
    const bool above = !s.lower || (breach >= 0 ? breach >= *s.lower : breach > *s.lower);
    const bool below = !s.upper || (breach >= 0 ? breach < *s.upper : breach <= *s.upper);
    if (above && below) return &s;
  }
  return nullptr;
}

}  // namespace squall
