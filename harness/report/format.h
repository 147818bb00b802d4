// Words and figures that more than one form of the report shows, so that they all say the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report.h"

namespace squall::harness {

/// `07:05`, `1:02:03`, `-00:12`.
std::string clock_text(double seconds);
/// `540,123`.
std::string grouped(uint64_t number);
/// Whole numbers grouped, everything else as it is.
std::string with_groups(const std::string& text);
/// Three significant digits or the whole number: `0.512`, `12.3`, `4512`.
std::string figure(double value);
/// Columns that the text takes on a terminal (one a code point).
size_t columns(std::string_view text);
/// Cut to `most` columns, the last of them an ellipsis if something was cut.
std::string shortened(std::string_view text, size_t most);

bool is_expected_failure(const Report& report, const std::string& check_id);
std::vector<std::string> failed_checks(const Report& report);

/// What the whole run amounts to.
struct Verdict {
  bool ok = false;      // ended as it must
  std::string word;     // "HELD", "FAILED"
  std::string reason;   // "12 of 12 checks", "as it must: rto-db"
};
Verdict verdict_of(const Report& report);

/// Several marks of one sort that followed each other closely.
struct MarkGroup {
  double from_s = 0, to_s = 0;
  size_t count = 0;
  std::string category, text;  // of the first
};
/// At most `most` groups in order of time; what matters least is left out and counted in `omitted`.
std::vector<MarkGroup> noteworthy(const std::vector<Mark>& marks, size_t most, size_t& omitted);

}  // namespace squall::harness
