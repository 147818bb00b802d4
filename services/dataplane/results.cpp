#include "services/dataplane/results.h"

#include <algorithm>
#include <bit>

#include "emulator/core/text.h"

namespace squall::dataplane {

std::string_view to_string(Outcome outcome) {
  static constexpr std::string_view names[] = {
      "ok",      "slow",    "client-timeout", "no-connection", "unresolved",
      "elb-502", "elb-503", "elb-504",        "target-5xx"};
  return names[static_cast<size_t>(outcome)];
}

int Histogram::bucket_of(int64_t us) {
  if (us < 16) return us < 0 ? 0 : static_cast<int>(us);
  const int shift = std::bit_width(static_cast<uint64_t>(us)) - 5;
  const int bucket = (shift + 1) * 16 + static_cast<int>((us >> shift) & 15);
  return std::min(bucket, buckets - 1);
}

double Histogram::value_ms(int bucket) {
  if (bucket < 16) return bucket * 1e-3;
  const int shift = bucket / 16 - 1;
  const double low = static_cast<double>(int64_t{16 + bucket % 16} << shift);
  return (low + 0.5 * static_cast<double>(int64_t{1} << shift)) * 1e-3;
}

void Histogram::add(const Histogram& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

uint64_t Histogram::count() const {
  uint64_t n = 0;
  for (const uint32_t c : counts_) n += c;
  return n;
}

double Histogram::percentile_ms(double q) const {
  const uint64_t total = count();
  if (!total) return 0;
  const double wanted = q * static_cast<double>(total);
  uint64_t seen = 0;
  for (int i = 0; i < buckets; ++i) {
    seen += counts_[static_cast<size_t>(i)];
    if (static_cast<double>(seen) >= wanted) return value_ms(i);
  }
  return value_ms(buckets - 1);
}

double Histogram::mean_ms() const {
  double sum = 0;
  uint64_t n = 0;
  for (int i = 0; i < buckets; ++i) {
    sum += value_ms(i) * counts_[static_cast<size_t>(i)];
    n += counts_[static_cast<size_t>(i)];
  }
  return n ? sum / static_cast<double>(n) : 0;
}

bool Results::matches(const ClassResults& c, std::string_view tier) const {
  if (tier.empty() || c.name == tier || c.tier == tier) return true;
  return (tier == "database" && c.needs_database) || (tier == "cache" && c.needs_cache);
}

Totals Results::totals(Time from, Time to, std::string_view tier) const {
  Totals sum;
  const auto second = [&](Time t) {
    return std::max<int64_t>(0, std::chrono::floor<std::chrono::seconds>(t - start).count());
  };
  const auto first = static_cast<size_t>(second(from)), last = static_cast<size_t>(second(to));
  for (const ClassResults& c : classes) {
    if (!matches(c, tier)) continue;
    for (size_t s = first; s < std::min(last, c.seconds.size()); ++s) {
      sum.intended += c.seconds[s].intended;
      sum.attempts += c.seconds[s].attempts;
      for (size_t o = 0; o < outcome_count; ++o) sum.by_outcome[o] += c.seconds[s].by_outcome[o];
    }
    for (size_t t = first / 10; t < std::min((last + 9) / 10, c.tens.size()); ++t)
      sum.latency.add(c.tens[t]);
  }
  return sum;
}

std::optional<double> Results::rto_s(Time fault, Time end, std::string_view tier) const {
  constexpr int64_t window_s = 60;
  const auto begin = std::chrono::floor<std::chrono::seconds>(fault - start).count();
  const auto last = std::chrono::floor<std::chrono::seconds>(end - start).count();
  int64_t steady_since = -1;  // first second of the present run of seconds at 99 % or better
  bool failed = false;
  std::optional<int64_t> recovered;
  for (int64_t s = std::max<int64_t>(begin, 0); s < last; ++s) {
    uint64_t intended = 0, good = 0;
    for (const ClassResults& c : classes) {
      if (!matches(c, tier) || s >= static_cast<int64_t>(c.seconds.size())) continue;
      intended += c.seconds[static_cast<size_t>(s)].intended;
      good += c.seconds[static_cast<size_t>(s)].good();
    }
    if (intended && good * 100 < intended * 99) {
      failed = true;
      steady_since = -1;
      continue;
    }
    if (steady_since < 0) steady_since = s;
    if (failed && !recovered && s - steady_since + 1 >= window_s) recovered = steady_since;
  }
  if (!failed) return 0.0;
  if (!recovered) return std::nullopt;
  return to_seconds(start + std::chrono::seconds{*recovered} - fault);
}

CallTotals Results::call_totals(Time from, Time to, std::string_view name) const {
  CallTotals sum;
  const auto second = [&](Time t) {
    return static_cast<size_t>(
        std::max<int64_t>(0, std::chrono::floor<std::chrono::seconds>(t - start).count()));
  };
  for (const auto& [key, call] : calls) {
    if (name != "*" && name != key) continue;
    for (size_t s = second(from); s < std::min(second(to), call.seconds.size()); ++s) {
      sum.calls += call.seconds[s].calls;
      sum.attempts += call.seconds[s].attempts;
      sum.good += call.seconds[s].good;
      sum.failed += call.seconds[s].failed;
      sum.degraded += call.seconds[s].degraded;
      sum.timeouts += call.seconds[s].timeouts;
      sum.throttled += call.seconds[s].throttled;
    }
  }
  return sum;
}

Rpo Results::rpo(std::string_view database, Time fault) const {
  const auto at = ledgers.find(std::string(database));
  if (at == ledgers.end() || !at->second.lost) return {};
  const double age = at->second.oldest_lost ? to_seconds(fault - *at->second.oldest_lost) : 0;
  return {at->second.lost, std::max(0.0, age)};
}

uint64_t Results::fingerprint() const {
  uint64_t hash = stable_hash("results");
  const auto mix = [&](uint64_t v) {
    hash = (hash ^ v) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 29;
  };
  for (const ClassResults& c : classes) {
    for (const SecondOfClass& s : c.seconds) {
      mix(s.intended);
      mix(s.attempts);
      for (const uint32_t n : s.by_outcome) mix(n);
    }
    for (const Histogram& h : c.tens)
      for (const uint32_t n : h.counts()) mix(n);
  }
  for (const TargetResults& t : targets)
    for (const TargetMinute& m : t.minutes) mix(m.requests + std::bit_cast<uint64_t>(m.cpu_busy_s));
  for (const auto& [name, call] : calls) {
    for (const SecondOfCall& s : call.seconds) {
      mix(s.calls * 31 + s.attempts);
      mix(s.good * 31 + s.failed);
      mix((s.degraded * 31 + s.timeouts) * 31 + s.throttled);
    }
    for (const uint32_t n : call.latency.counts()) mix(n);
  }
  for (const auto& [name, ledger] : ledgers) mix(ledger.acknowledged * 31 + ledger.lost);
  return hash;
}

}  // namespace squall::dataplane
