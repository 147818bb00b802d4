// The report as the JSON that its page draws from.
#pragma once

#include <string>
#include <vector>

#include "harness/report.h"

namespace squall::harness {

struct Sampled {
  std::vector<double> at_s, values;
};
/// At most `most` points: of each stretch the least and the greatest, so that no spike is lost.
Sampled downsampled(const Series& series, size_t most);

/// Safe inside <script>: holds no `<`.
std::string page_data(const Report& report);

}  // namespace squall::harness
