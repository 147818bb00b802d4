// The verdict that a person reads in ten seconds.
#include <algorithm>
#include <array>

#include "emulator/core/text.h"
#include "harness/report/format.h"

namespace squall::harness {
namespace {

constexpr size_t width = 118;
constexpr size_t marks_max = 18;

class Page {
 public:
  explicit Page(bool color) : color_(color) {}
  void line(const std::string& text = "") { out_ += text + '\n'; }
  std::string paint(const char* code, const std::string& text) const {
    return color_ ? cat("\033[", code, "m", text, "\033[0m") : text;
  }
  std::string bold(const std::string& text) const { return paint("1", text); }
  std::string dim(const std::string& text) const { return paint("2", text); }
  std::string good(const std::string& text) const { return paint("32", text); }
  std::string bad(const std::string& text) const { return paint("1;31", text); }
  std::string take() { return std::move(out_); }

 private:
  bool color_;
  std::string out_;
};

std::string padded(const std::string& text, size_t to) {
  const size_t used = columns(text);
  return text + std::string(to > used ? to - used : 0, ' ');
}

std::string right(const std::string& text, size_t to) {
  const size_t used = columns(text);
  return std::string(to > used ? to - used : 0, ' ') + text;
}

void head(Page& page, const Report& report) {
  page.line(page.bold(report.title.empty() ? report.drill : report.title));
  std::string run = cat(report.drill, "  ", report.region, "  seed ", report.seed, "  ",
                        report.latency_profile, " latencies  ", clock_text(report.duration_s),
                        " simulated in ", figure(report.wall_storm_s), " s");
  if (report.wall_deploy_s > 0) run += cat(" (deployed in ", figure(report.wall_deploy_s), " s)");
  page.line(page.dim(run));
}

void failure(Page& page, const Report& report, const Check& check) {
  const std::string indent(6, ' ');
  if (!check.exercised)
    page.line(indent + "nothing happened that could have broken it: it proves nothing");
  if (is_expected_failure(report, check.id) && check.exercised)
    page.line(indent + page.dim("this fragile twin must fail here"));
  constexpr size_t details_max = 8;
  for (size_t i = 0; i < std::min(check.details.size(), details_max); ++i)
    page.line(indent + shortened(check.details[i], width - indent.size()));
  if (check.details.size() > details_max)
    page.line(indent + page.dim(cat("and ", check.details.size() - details_max, " more lines")));
}

void checks(Page& page, const Report& report) {
  if (report.checks.empty()) return;
  size_t id = 0, measured = 0, bound = 0;
  for (const Check& c : report.checks) {
    id = std::max(id, columns(c.id));
    measured = std::max(measured, std::min<size_t>(columns(c.measured), 34));
    bound = std::max(bound, std::min<size_t>(columns(c.bound), 24));
  }
  page.line();
  for (const Check& c : report.checks) {
    const std::string sign = c.passed ? page.good("✓") : page.bad("✗");
    std::string text = cat(padded(c.id, id), "  ", padded(shortened(c.measured, 34), measured),
                           "  ", padded(shortened(c.bound, 24), bound));
    const size_t used = columns(text) + 6;
    const std::string why = c.because.empty() ? c.title : c.because;
    text = c.passed ? text : page.bold(text);
    if (used + 10 < width) text += "  " + page.dim(shortened(why, width - used));
    page.line(cat("  ", sign, " ", text));
    if (!c.passed) failure(page, report, c);
  }
}

void timeline(Page& page, const Report& report) {
  size_t omitted = 0;
  const auto groups = noteworthy(report.marks, marks_max, omitted);
  if (groups.empty()) return;
  page.line();
  for (const MarkGroup& g : groups) {
    std::string text = g.text;
    if (g.count > 1) {
      const std::string last = clock_text(g.to_s);
      const std::string until = last == clock_text(g.from_s) ? "" : cat(" until ", last);
      const std::string more = cat("  (+", g.count - 1, " alike", until, ")");
      text = shortened(text, width - 20 - columns(more)) + page.dim(more);
    } else {
      text = shortened(text, width - 20);
    }
    const std::string category = padded(g.category, 8);
    page.line(cat("  ", right(clock_text(g.from_s), 7), "  ",
                  g.category == "fault" ? page.bad(category) : page.dim(category), " ", text));
  }
  if (omitted > 0)
    page.line(page.dim(cat("           and ", omitted, " lesser events, in the report")));
}

// Cut, not rounded: one lost request in ten thousand is not none.
std::string share_text(uint64_t good, uint64_t intended) {
  const uint64_t hundredths = good * 10'000 / intended;
  std::string fraction = std::to_string(hundredths % 100);
  if (fraction.size() < 2) fraction.insert(0, "0");
  return good == intended ? "100 %" : cat(hundredths / 100, '.', fraction, " %");
}

void phases(Page& page, const Report& report) {
  if (report.phases.empty()) return;
  page.line();
  const std::array<size_t, 8> w = {8, 16, 10, 10, 9, 9, 9, 9};
  auto row = [&](const std::array<std::string, 8>& cells) {
    std::string text = "  " + padded(cells[0], w[0]);
    for (size_t i = 1; i < cells.size(); ++i) text += right(cells[i], w[i]);
    return text;
  };
  page.line(page.dim(row({"phase", "from-to", "requests", "good", "p50 ms", "p95 ms", "p99 ms",
                          "max ms"}) + "  most frequent failure"));
  for (const PhaseRow& p : report.phases) {
    const std::string good = p.intended ? share_text(p.good, p.intended) : "-";
    page.line(row({p.name, cat(clock_text(p.from_s), "-", clock_text(p.to_s)),
                   grouped(p.intended), good, figure(p.p50_ms), figure(p.p95_ms),
                   figure(p.p99_ms), figure(p.max_ms)}) + (p.worst.empty() ? "" : "  " + p.worst));
  }
}

void facts(Page& page, const Report& report) {
  if (report.facts.empty()) return;
  size_t name = 0;
  for (const auto& [key, value] : report.facts) name = std::max(name, columns(key));
  page.line();
  for (const auto& [key, value] : report.facts)
    page.line(cat("  ", page.dim(padded(key, name)), "  ", with_groups(value)));
}

}  // namespace

std::string terminal_text(const Report& report, bool color) {
  Page page(color);
  head(page, report);
  checks(page, report);
  timeline(page, report);
  phases(page, report);
  facts(page, report);
  page.line();
  if (!report.reproduce.empty()) page.line(page.dim("  repeat: ") + report.reproduce);
  const Verdict verdict = verdict_of(report);
  const std::string word = verdict.ok ? page.paint("1;32", verdict.word) : page.bad(verdict.word);
  page.line(cat("VERDICT: ", word, verdict.ok && !report.must_fail ? " (" : ", ", verdict.reason,
                verdict.ok && !report.must_fail ? ")" : ""));
  return page.take();
}

}  // namespace squall::harness
