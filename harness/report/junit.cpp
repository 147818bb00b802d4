// The verdict for CI: one test case a check. In a fragile twin a check that must fail passes by
// failing, so the run is green exactly when the drill ended as it must.
#include <algorithm>
#include <cstdio>

#include "emulator/core/text.h"
#include "harness/report/format.h"

namespace squall::harness {
namespace {

/// XML 1.0 knows no control characters but tab and line ends, and no broken UTF-8.
std::string escaped(std::string_view text, bool in_attribute = true) {
  const bool is_utf8 = is_valid_utf8(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if (c == '\n' && in_attribute) out += "&#10;";
    else if (byte == 0x7F || (byte < 0x20 && c != '\t' && c != '\n') ||
             (byte >= 0x80 && !is_utf8))
      out += '?';
    else out += c;
  }
  return out;
}

struct Case {
  std::string name, classname, failure, body, note;
};

std::string body_of(const Check& check) {
  std::string text = cat("measured: ", check.measured, "\nbound:    ", check.bound);
  if (!check.because.empty()) text += cat("\nbecause:  ", check.because);
  for (const std::string& detail : check.details) text += cat("\n  ", detail);
  return text;
}

std::string failure_of(const Report& report, const Check& check) {
  const std::string measured =
      cat(check.title.empty() ? check.id : check.title, ": measured ", check.measured,
          check.bound.empty() ? "" : ", bound ", check.bound);
  const std::string idle = "never exercised: nothing happened that could have broken it";
  if (is_expected_failure(report, check.id)) {
    if (!check.exercised) return cat("must fail in this fragile twin, but was ", idle);
    return check.passed ? cat("must fail in this fragile twin, but held: ", measured) : "";
  }
  if (check.passed) return "";
  return check.exercised ? measured : idle;
}

std::vector<Case> cases_of(const Report& report) {
  std::vector<Case> cases;
  const std::string suite = cat("squall.", report.drill);
  const bool any_failure_will_do = report.must_fail && report.expected_failures.empty();
  for (const Check& check : report.checks) {
    Case c{check.id, suite, failure_of(report, check), body_of(check), check.title};
    if (any_failure_will_do) c.failure.clear();
    if (is_expected_failure(report, check.id) && c.failure.empty())
      c.note = cat(check.title, "\nfailed, as it must in this fragile twin\n", c.body);
    cases.push_back(std::move(c));
  }
  for (const std::string& id : report.expected_failures) {
    if (std::ranges::find(report.checks, id, &Check::id) != report.checks.end()) continue;
    cases.push_back({id, suite, "must fail in this fragile twin, but is no check of it", "", ""});
  }
  if (any_failure_will_do) {
    const std::string failure = report.as_it_must() ? "" : "no check failed in this fragile twin";
    cases.push_back({"fails-as-it-must", suite, failure, "", ""});
  }
  return cases;
}

}  // namespace

std::string junit_xml(const Report& report) {
  const std::vector<Case> cases = cases_of(report);
  const auto failures =
      std::ranges::count_if(cases, [](const Case& c) { return !c.failure.empty(); });
  char seconds[40];
  std::snprintf(seconds, sizeof seconds, "%.3f", report.wall_deploy_s + report.wall_storm_s);
  const std::string counts =
      cat(" tests=\"", cases.size(), "\" failures=\"", failures, "\" errors=\"0\" time=\"",
          std::string_view(seconds), "\"");
  const std::string name = escaped(report.title.empty() ? report.drill : report.title);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += cat("<testsuites", counts, ">\n <testsuite name=\"", name, "\"", counts, ">\n");
  out += "  <properties>\n";
  for (const auto& [key, value] :
       {std::pair<std::string, std::string>{"drill", report.drill},
        {"seed", std::to_string(report.seed)}, {"region", report.region},
        {"latency", report.latency_profile}, {"journal", hex16(report.journal_hash)},
        {"reproduce", report.reproduce}, {"verdict", verdict_of(report).word}}) {
    out += cat("   <property name=\"", key, "\" value=\"", escaped(value), "\"/>\n");
  }
  out += "  </properties>\n";
  for (const Case& c : cases) {
    out += cat("  <testcase name=\"", escaped(c.name), "\" classname=\"", escaped(c.classname),
               "\">\n");
    if (!c.failure.empty()) {
      out += cat("   <failure message=\"", escaped(c.failure), "\">", escaped(c.body, false),
                 "</failure>\n");
    } else if (!c.note.empty()) {
      out += cat("   <system-out>", escaped(c.note, false), "</system-out>\n");
    }
    out += "  </testcase>\n";
  }
  return out + " </testsuite>\n</testsuites>\n";
}

}  // namespace squall::harness
