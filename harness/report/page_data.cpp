#include "harness/report/page_data.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "emulator/core/text.h"
#include "harness/report/format.h"

namespace squall::harness {
namespace {

constexpr size_t points_max = 2000;

/// A JSON text written member by member.
class Json {
 public:
  Json& key(std::string_view name) {
    comma();
    append_json_string(out_, name);
    out_ += ':';
    fresh_ = true;
    return *this;
  }
  Json& text(std::string_view value) {
    comma();
    append_json_string(out_, value);
    return *this;
  }
  Json& number(double value) {
    comma();
    if (!std::isfinite(value)) {
      out_ += "null";
      return *this;
    }
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.7g", value);
    out_ += digits;
    return *this;
  }
  Json& flag(bool value) {
    comma();
    out_ += value ? "true" : "false";
    return *this;
  }
  Json& open(char bracket) {
    comma();
    out_ += bracket;
    fresh_ = true;
    return *this;
  }
  Json& close(char bracket) {
    out_ += bracket;
    fresh_ = false;
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  void comma() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  std::string out_;
  bool fresh_ = true;
};

void put_head(Json& j, const Report& r) {
  const Verdict verdict = verdict_of(r);
  j.key("title").text(r.title.empty() ? r.drill : r.title).key("drill").text(r.drill);
  j.key("description").text(r.description).key("region").text(r.region);
  j.key("seed").text(std::to_string(r.seed)).key("latency").text(r.latency_profile);
  j.key("start").text(format_iso8601(r.start)).key("startUnix");
  j.number(static_cast<double>(unix_seconds(r.start)));
  j.key("duration").number(r.duration_s).key("mustFail").flag(r.must_fail);
  j.key("ok").flag(verdict.ok).key("verdict").text(verdict.word);
  j.key("reason").text(verdict.reason).key("reproduce").text(r.reproduce);
  j.key("hash").text(hex16(r.journal_hash));
  j.key("deploySeconds").number(r.wall_deploy_s).key("stormSeconds").number(r.wall_storm_s);
}

void put_checks(Json& j, const Report& r) {
  j.key("checks").open('[');
  for (const Check& c : r.checks) {
    j.open('{').key("id").text(c.id).key("kind").text(c.kind).key("title").text(c.title);
    j.key("measured").text(c.measured).key("bound").text(c.bound);
    j.key("because").text(c.because).key("passed").flag(c.passed);
    j.key("exercised").flag(c.exercised).key("mustFail").flag(is_expected_failure(r, c.id));
    j.key("details").open('[');
    for (const std::string& detail : c.details) j.text(detail);
    j.close(']').close('}');
  }
  j.close(']');
}

void put_series(Json& j, const Report& r) {
  j.key("series").open('[');
  for (const Series& s : r.series) {
    j.open('{').key("panel").text(s.panel).key("name").text(s.name).key("unit").text(s.unit);
    const bool is_long = s.values.size() > points_max;
    const Sampled less = is_long ? downsampled(s, points_max) : Sampled{};
    if (is_long) {
      j.key("t").open('[');
      for (const double t : less.at_s) j.number(t);
      j.close(']');
    } else {
      j.key("step").number(s.step_s);
    }
    j.key("v").open('[');
    for (const double v : is_long ? less.values : s.values) j.number(v);
    j.close(']').close('}');
  }
  j.close(']');
}

void put_rest(Json& j, const Report& r) {
  j.key("marks").open('[');
  for (const Mark& m : r.marks) {
    j.open('{').key("at").number(m.at_s).key("category").text(m.category);
    j.key("subject").text(m.subject).key("text").text(m.text).close('}');
  }
  j.close(']').key("phases").open('[');
  for (const PhaseRow& p : r.phases) {
    j.open('{').key("name").text(p.name).key("from").number(p.from_s).key("to").number(p.to_s);
    j.key("intended").number(static_cast<double>(p.intended));
    j.key("good").number(static_cast<double>(p.good)).key("p50").number(p.p50_ms);
    j.key("p95").number(p.p95_ms).key("p99").number(p.p99_ms).key("max").number(p.max_ms);
    j.key("worst").text(p.worst).close('}');
  }
  j.close(']').key("facts").open('[');
  for (const auto& [name, value] : r.facts) j.open('[').text(name).text(value).close(']');
  j.close(']');
}

}  // namespace

Sampled downsampled(const Series& series, size_t most) {
  Sampled out;
  const size_t n = series.values.size(), stretches = std::max<size_t>(1, most / 2);
  for (size_t k = 0; k < stretches; ++k) {
    const size_t from = k * n / stretches, to = (k + 1) * n / stretches;
    size_t least = n, greatest = n;
    for (size_t i = from; i < to; ++i) {
      if (std::isnan(series.values[i])) continue;
      if (least == n || series.values[i] < series.values[least]) least = i;
      if (greatest == n || series.values[i] > series.values[greatest]) greatest = i;
    }
    auto add = [&](size_t i) {
      out.at_s.push_back(static_cast<double>(i) * series.step_s);
      out.values.push_back(series.values[i]);
    };
    if (least == n) {
      if (from < to) add(from);  // a gap stays a gap
      continue;
    }
    add(std::min(least, greatest));
    if (least != greatest) add(std::max(least, greatest));
  }
  return out;
}

std::string page_data(const Report& report) {
  Json j;
  j.open('{');
  put_head(j, report);
  put_checks(j, report);
  put_series(j, report);
  put_rest(j, report);
  j.close('}');
  // `<` occurs in texts only, where JSON lets it be written so that no `</script>` can be seen.
  std::string safe;
  for (const char c : j.take()) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  return safe;
}

}  // namespace squall::harness
