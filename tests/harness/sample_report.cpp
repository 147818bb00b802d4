#include "tests/harness/sample_report.h"

#include <algorithm>

#include "emulator/core/text.h"

namespace squall::harness {
namespace {

constexpr double from_s = 300, to_s = 1200, end_s = 1800;

/// A repeatable scatter in [-1, 1].
double noise(size_t i, size_t salt) {
  const uint64_t bits = stable_hash(cat(i, '/', salt));
  return static_cast<double>(bits >> 11) / 4503599627370496.0 - 1;
}

Series line(const char* panel, const char* name, const char* unit, double step_s,
            double (*value)(double at_s)) {
  Series s{panel, name, unit, step_s, {}};
  for (size_t i = 0; static_cast<double>(i) * step_s < end_s; ++i) {
    const double at = static_cast<double>(i) * step_s, v = value(at);
    s.values.push_back(unit[0] == '\0' ? v : v * (1 + 0.04 * noise(i, s.name.size())));
  }
  return s;
}

bool hit(double at, double until) { return at >= from_s && at < until; }
double bad_share(double at) {
  return hit(at, from_s + 25) ? 0.32 : hit(at, from_s + 90) ? 0.09 : 0.0004;
}

void add_traffic(Report& r) {
  Series availability = line("availability", "availability", "", 1,
                             [](double t) { return 100 * (1 - bad_share(t)); });
  availability.unit = "%";
  r.series.push_back(availability);
  r.series.push_back(line("requests", "intended", "1/s", 1, [](double) { return 300.0; }));
  r.series.push_back(
      line("requests", "good", "1/s", 1, [](double t) { return 300 * (1 - bad_share(t)); }));
  r.series.push_back(line("errors", "connect time-out", "1/s", 1,
                          [](double t) { return hit(t, from_s + 25) ? 60.0 : 0.0; }));
  r.series.push_back(line("errors", "504", "1/s", 1,
                          [](double t) { return hit(t, from_s + 90) ? 27.0 : 0.0; }));
  r.series.push_back(line("errors", "503", "1/s", 1,
                          [](double t) { return hit(t, from_s + 40) ? 9.0 : 0.0; }));
  r.series.push_back(line("latency", "p50", "ms", 10, [](double) { return 8.0; }));
  r.series.push_back(line("latency", "p95", "ms", 10,
                          [](double t) { return hit(t, from_s + 300) ? 180.0 : 22.0; }));
  r.series.push_back(line("latency", "p99", "ms", 10,
                          [](double t) { return hit(t, from_s + 60) ? 5000.0 : 41.0; }));
  r.series.push_back(line("cpu", "web servers, mean", "%", 60,
                          [](double t) { return hit(t, from_s + 360) ? 78.0 : 41.0; }));
}

void add_capacity(Report& r) {
  r.series.push_back(line("targets", "web healthy", "", 5, [](double t) {
    return hit(t, from_s + 45) ? 2.0 : hit(t, from_s + 260) ? 2.0 : 4.0;
  }));
  r.series.push_back(line("targets", "web registered", "", 5, [](double) { return 4.0; }));
  r.series.push_back(line("capacity", "web in service", "", 5,
                          [](double t) { return hit(t, from_s + 240) ? 2.0 : 4.0; }));
  r.series.push_back(line("capacity", "web desired", "", 5,
                          [](double t) { return t > from_s + 180 && t < 1500 ? 6.0 : 4.0; }));
  r.series.push_back(line("data stores", "mylearning-db serving", "", 5,
                          [](double t) { return hit(t, from_s + 65) ? 0.0 : 1.0; }));
  r.series.push_back(line("data stores", "sessions primaries serving", "", 5,
                          [](double t) { return hit(t, from_s + 30) ? 0.0 : 1.0; }));
}

void add_checks(Report& r) {
  r.checks.push_back({"availability-web", "availability", "availability of web at least 98 %",
                      "98.73 %", ">= 98 %", "two of four servers and one DNS answer in two go dark "
                      "for about 30 s: 300 x 30 x 0.5 of 540,000 requests",
                      {}, true, true});
  r.checks.push_back({"rto-web", "rto", "RTO of the web tier at most 60 s", "90 s", "<= 60 s",
                      "health checks: 2 failures 15 s apart, then DNS with a TTL of 60 s",
                      {"05:00 az-power-loss began in ap-south-1a",
                       "05:31 i-0a1b2c3d4e5f60718 unhealthy in web: Target.Timeout",
                       "06:30 from here on 99 % of the requests succeeded for 60 s"},
                      false, true});
  r.checks.push_back({"rpo", "rpo", "no acknowledged commit is lost", "0 commits", "<= 0",
                      "Multi-AZ replication is synchronous", {}, true, true});
  r.checks.push_back({"db-private", "unreachable", "internet cannot reach the database",
                      "unreachable: no route", "unreachable", "the database tier has no route out",
                      {"internet -> igw-0123: no public address of eni-0456",
                       "rtb-0789: 10.0.0.0/16 local, nothing else"}, true, true});
  r.checks.push_back({"alarm-5xx", "alarm", "the 5xx alarm goes to ALARM and back",
                      "ALARM 06:00, OK 09:00", "ALARM within 3m", "3 of 3 periods of 60 s", {},
                      true, true});
}

void add_marks(Report& r) {
  auto add = [&r](double at, const char* category, std::string subject, std::string text) {
    r.marks.push_back({at, category, std::move(subject), std::move(text)});
  };
  add(300, "fault", "ap-south-1a", "az-power-loss started in ap-south-1a");
  for (int i = 1; i <= 2; ++i)
    add(330 + i, "targets", cat("i-0a1b2c3d4e5f6071", i),
        cat("i-0a1b2c3d4e5f6071", i, " in web is unhealthy: Target.Timeout"));
  add(312, "cache", "sessions", "Failover from sessions-001 to sessions-002 started");
  add(330, "cache", "sessions", "Failover from sessions-001 to sessions-002 completed");
  add(305, "rds", "mylearning-db", "Multi-AZ instance failover started.");
  add(365, "rds", "mylearning-db", "Multi-AZ instance failover completed");
  add(360, "alarm", "web-5xx", "web-5xx went from OK to ALARM");
  for (int i = 1; i <= 6; ++i)
    add(390 + 12 * i, "scaling", "web", cat("Launching a new EC2 instance: i-0fedcba98765432", i));
  add(540, "alarm", "web-5xx", "web-5xx went from ALARM to OK");
  add(1200, "fault", "ap-south-1a", "az-power-loss ended in ap-south-1a");
  add(1320, "rds", "mylearning-db", "The standby is in synchronisation again");
  std::ranges::stable_sort(r.marks, {}, &Mark::at_s);
}

}  // namespace

Report sample_report() {
  Report r;
  r.drill = "az-loss";
  r.title = "MyLearning loses an Availability Zone";
  r.description = "ap-south-1a loses power from minute 5 to minute 20 while 300 requests a second "
                  "arrive. Hosts vanish without a word; everybody has to find out.";
  r.region = "ap-south-1";
  r.seed = 7;
  r.latency_profile = "measured";
  r.start = from_unix_seconds(1'767'603'600);
  r.duration_s = end_s;
  r.reproduce = "squall drill scenarios/mylearning/az-loss.yaml --seed 7";
  r.journal_hash = 0x1234abcd5678ef90;
  r.wall_deploy_s = 3.21;
  r.wall_storm_s = 1.84;
  add_checks(r);
  add_traffic(r);
  add_capacity(r);
  add_marks(r);
  r.phases = {{"before", 0, from_s, 90'000, 89'990, 8, 22, 41, 130, "503 (10)"},
              {"during", from_s, to_s, 270'000, 263'900, 9, 180, 5000, 5000, "504 (4212)"},
              {"after", to_s, end_s, 180'000, 179'990, 8, 22, 42, 160, ""}};
  r.facts = {{"requests intended", "540000"}, {"availability", "98.73 %"},
             {"RTO of web", "90 s"},          {"RTO of database", "1m5s"},
             {"lost commits", "0"},           {"scaling activities", "6"}};
  return r;
}

sim::Journal sample_journal(size_t entries) {
  sim::Journal journal;
  journal.set_limit(0);
  for (size_t i = 0; i < entries; ++i) {
    sim::JournalEntry e;
    e.time = from_unix_seconds(1'767'603'600) + std::chrono::milliseconds{i};
    e.category = "event";
    e.name = "elbv2.target-health";
    e.region = "ap-south-1";
    e.subject = cat("i-", hex16(i));
    e.message = "it's healthy; DROP TABLE journal";
    journal.append(std::move(e));
  }
  return journal;
}

}  // namespace squall::harness
