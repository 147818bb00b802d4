#include "services/cloudwatch/expression.h"

#include <algorithm>
#include <cctype>
#include <functional>

#include "emulator/core/text.h"
#include "emulator/sim/math.h"
#include "services/cloudwatch/errors.h"

namespace squall::cloudwatch {
namespace {

/// A scalar (no series), one series, or several (METRICS()).
struct Operand {
  bool is_scalar = false;
  double scalar = 0;
  std::vector<Series> series;
  int64_t period_s = 60;
};

using Binary = double (*)(double, double);

Operand combine(const Operand& a, const Operand& b, Binary f) {
  if (a.is_scalar && b.is_scalar) return {true, f(a.scalar, b.scalar), {}, a.period_s};
  Operand out;
  out.period_s = a.is_scalar ? b.period_s : a.period_s;
  const size_t n = std::max(a.series.size(), b.series.size());
  for (size_t i = 0; i < n; ++i) {
    const Series* x = a.is_scalar ? nullptr : &a.series[std::min(i, a.series.size() - 1)];
    const Series* y = b.is_scalar ? nullptr : &b.series[std::min(i, b.series.size() - 1)];
    Series result;
    for (const auto& [at, value] : x ? *x : *y) {
      if (x && y && !y->contains(at)) continue;
      result[at] = f(x ? value : a.scalar, y ? y->at(at) : b.scalar);
    }
    out.series.push_back(std::move(result));
  }
  return out;
}

Operand map_each(Operand in, double (*f)(double)) {
  if (in.is_scalar) in.scalar = f(in.scalar);
  for (Series& s : in.series)
    for (auto& [at, value] : s) value = f(value);
  return in;
}

double deviation(const std::vector<double>& values) {
  double mean = 0, square = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  for (const double v : values) square += (v - mean) * (v - mean);
  return sim::sqrt(square / static_cast<double>(values.size()));
}

double aggregate(std::string_view name, const std::vector<double>& values) {
  if (name == "STDDEV") return deviation(values);
  if (name == "MIN") return *std::ranges::min_element(values);
  if (name == "MAX") return *std::ranges::max_element(values);
  double sum = 0;
  for (const double v : values) sum += v;
  return name == "AVG" ? sum / static_cast<double>(values.size()) : sum;
}

/// Over one series: a scalar. Over several: a series, point by point.
Operand aggregate(std::string_view name, const Operand& in) {
  Operand out;
  out.period_s = in.period_s;
  if (in.series.size() == 1) {
    std::vector<double> values;
    for (const auto& [at, value] : in.series[0]) values.push_back(value);
    out.is_scalar = true;
    out.scalar = values.empty() ? 0 : aggregate(name, values);
    return out;
  }
  std::map<int64_t, std::vector<double>> by_time;
  for (const Series& s : in.series)
    for (const auto& [at, value] : s) by_time[at].push_back(value);
  Series result;
  for (const auto& [at, values] : by_time) result[at] = aggregate(name, values);
  out.series.push_back(std::move(result));
  return out;
}

Operand differences(std::string_view name, Operand in) {
  for (Series& s : in.series) {
    Series result;
    double sum = 0;
    for (auto at = s.begin(); at != s.end(); ++at) {
      sum += at->second;
      if (name == "RUNNING_SUM") result[at->first] = sum;
      if (name == "RUNNING_SUM" || at == s.begin()) continue;
      const auto before = std::prev(at);
      const double change = at->second - before->second;
      result[at->first] =
          name == "RATE" ? change / static_cast<double>(at->first - before->first) : change;
    }
    s = std::move(result);
  }
  return in;
}

class Parser {
 public:
  using Lookup = std::function<Operand(const std::string& id)>;
  using All = std::function<Operand()>;
  Parser(std::string_view text, Lookup lookup, All all, int64_t from_s, int64_t to_s)
      : text_(text), lookup_(std::move(lookup)), all_(std::move(all)), from_s_(from_s),
        to_s_(to_s) {}

  Operand parse() {
    Operand value = logical();
    skip();
    if (at_ != text_.size()) fail();
    return value;
  }

 private:
  [[noreturn]] void fail() const {
    throw validation_error(cat("Error in expression '", text_, "': Invalid syntax"));
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(std::string_view token) {
    skip();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  std::string word() {
    skip();
    std::string out;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_'))
      out += text_[at_++];
    return out;
  }

  Operand logical() {
    Operand left = comparison();
    for (;;) {
      if (take("AND") || take("&&"))
        left = combine(left, comparison(), [](double a, double b) { return a && b ? 1. : 0.; });
      else if (take("OR") || take("||"))
        left = combine(left, comparison(), [](double a, double b) { return a || b ? 1. : 0.; });
      else
        return left;
    }
  }
  Operand comparison() {
    static constexpr std::pair<std::string_view, Binary> operators[] = {
        {">=", [](double a, double b) { return a >= b ? 1. : 0.; }},
        {"<=", [](double a, double b) { return a <= b ? 1. : 0.; }},
        {"==", [](double a, double b) { return a == b ? 1. : 0.; }},
        {"!=", [](double a, double b) { return a != b ? 1. : 0.; }},
        {">", [](double a, double b) { return a > b ? 1. : 0.; }},
        {"<", [](double a, double b) { return a < b ? 1. : 0.; }},
    };
    Operand left = sum();
    for (const auto& [token, f] : operators)
      if (take(token)) return combine(left, sum(), f);
    return left;
  }
  Operand sum() {
    Operand left = product();
    for (;;) {
      if (take("+"))
        left = combine(left, product(), [](double a, double b) { return a + b; });
      else if (take("-"))
        left = combine(left, product(), [](double a, double b) { return a - b; });
      else
        return left;
    }
  }
  Operand product() {
    Operand left = power();
    for (;;) {
      if (take("*"))
        left = combine(left, power(), [](double a, double b) { return a * b; });
      else if (take("/"))
        left = combine(left, power(), [](double a, double b) { return b == 0 ? 0 : a / b; });
      else
        return left;
    }
  }
  Operand power() {
    Operand left = unary();
    if (take("^")) return combine(left, power(), [](double a, double b) { return sim::pow(a, b); });
    return left;
  }
  Operand unary() {
    if (++depth_ > 64) fail();
    Operand value = take("-") ? map_each(unary(), [](double v) { return -v; }) : primary();
    --depth_;
    return value;
  }
  Operand primary() {
    if (take("(")) {
      Operand value = logical();
      if (!take(")")) fail();
      return value;
    }
    skip();
    if (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      const size_t from = at_;
      while (at_ < text_.size() &&
             (std::isdigit(static_cast<unsigned char>(text_[at_])) || text_[at_] == '.'))
        ++at_;
      const auto number = parse_double(text_.substr(from, at_ - from));
      if (!number) fail();
      return {true, *number, {}, 60};
    }
    const std::string name = word();
    if (name.empty()) fail();
    return take("(") ? function(name) : lookup_(name);
  }
  Operand function(const std::string& name) {
    if (name == "METRICS") {
      if (!take(")")) fail();
      return all_();
    }
    if (name == "FILL") return fill();
    std::vector<Operand> arguments{logical()};
    while (take(",")) arguments.push_back(logical());
    if (!take(")")) fail();
    return apply(name, std::move(arguments));
  }
  Operand fill() {
    Operand in = logical();
    if (!take(",")) fail();
    const bool repeat = take("REPEAT");
    const Operand with = repeat ? Operand{true, 0, {}, 60} : logical();
    if (!take(")")) fail();
    const int64_t step = in.period_s;
    for (Series& s : in.series) {
      double last = with.scalar;
      for (int64_t at = from_s_ / step * step; at < to_s_; at += step) {
        const auto [slot, added] = s.try_emplace(at, last);
        if (repeat) last = slot->second;
      }
    }
    return in;
  }
  Operand apply(const std::string& name, std::vector<Operand> arguments) {
    static const std::vector<std::string> aggregates{"SUM", "AVG", "MIN", "MAX", "STDDEV"};
    if (name == "IF" && arguments.size() == 3) {
      const Operand chosen = combine(arguments[0], arguments[1],
                                     [](double c, double v) { return c ? v : 0; });
      const Operand other = combine(arguments[0], arguments[2],
                                    [](double c, double v) { return c ? 0 : v; });
      return combine(chosen, other, [](double a, double b) { return a + b; });
    }
    Operand merged = std::move(arguments[0]);
    for (size_t i = 1; i < arguments.size(); ++i)
      for (Series& s : arguments[i].series) merged.series.push_back(std::move(s));
    if (std::ranges::find(aggregates, name) != aggregates.end()) return aggregate(name, merged);
    if (name == "ABS") return map_each(merged, [](double v) { return v < 0 ? -v : v; });
    if (name == "CEIL") return map_each(merged, sim::ceil);
    if (name == "FLOOR") return map_each(merged, sim::floor);
    if (name == "RATE" || name == "DIFF" || name == "RUNNING_SUM") return differences(name, merged);
    if (name == "PERIOD") return {true, static_cast<double>(merged.period_s), {}, merged.period_s};
    throw validation_error(cat("Error in expression '", text_, "': Unknown function ", name));
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  Lookup lookup_;
  All all_;
  int64_t from_s_, to_s_;
};

class Evaluation {
 public:
  Evaluation(const sim::Scope& scope, const std::vector<MetricQuery>& queries, int64_t from_s,
             int64_t to_s)
      : scope_(scope), queries_(queries), from_s_(from_s), to_s_(to_s) {}

  const Operand& of(const std::string& id) {
    const auto done = done_.find(id);
    if (done != done_.end()) return done->second;
    const auto query = std::ranges::find(queries_, id, &MetricQuery::id);
    if (query == queries_.end())
      throw validation_error(cat("Error in expression: Unknown id '", id, "'"));
    if (std::ranges::find(open_, id) != open_.end())
      throw validation_error(cat("The expression '", id, "' refers to itself"));
    open_.push_back(id);
    Operand value = query->expression.empty() ? metric(*query) : expression(*query);
    open_.pop_back();
    return done_[id] = std::move(value);
  }

 private:
  Operand metric(const MetricQuery& q) const {
    Operand out;
    out.period_s = q.period_s;
    Series series;
    const std::string id = metric_id(q.name_space, q.name, q.dimensions);
    for (const auto& [at, data] : periods(scope_, id, from_s_, to_s_, q.period_s))
      if (const auto value = statistic_of(data, q.statistic)) series[at] = *value;
    out.series.push_back(std::move(series));
    return out;
  }
  Operand expression(const MetricQuery& q) {
    Parser parser(
        q.expression, [this](const std::string& id) { return of(id); }, [this] { return all(); },
        from_s_, to_s_);
    return parser.parse();
  }
  Operand all() {
    Operand out;
    for (const MetricQuery& q : queries_) {
      if (!q.expression.empty()) continue;
      const Operand& one = of(q.id);
      out.period_s = one.period_s;
      out.series.push_back(one.series.front());
    }
    return out;
  }

  const sim::Scope& scope_;
  const std::vector<MetricQuery>& queries_;
  int64_t from_s_, to_s_;
  std::map<std::string, Operand> done_;
  std::vector<std::string> open_;
};

}  // namespace

std::vector<std::pair<const MetricQuery*, Series>> evaluate_queries(
    const sim::Scope& scope, const std::vector<MetricQuery>& queries, int64_t from_s,
    int64_t to_s) {
  Evaluation evaluation(scope, queries, from_s, to_s);
  std::vector<std::pair<const MetricQuery*, Series>> out;
  for (const MetricQuery& q : queries) {
    const Operand& value = evaluation.of(q.id);
    Series series = value.series.empty() ? Series{} : value.series.front();
    if (value.is_scalar) {  // a scalar is shown at every period
      for (int64_t at = from_s / value.period_s * value.period_s; at < to_s; at += value.period_s)
        series[at] = value.scalar;
    }
    out.emplace_back(&q, std::move(series));
  }
  return out;
}

}  // namespace squall::cloudwatch
