// The report in all its forms: what it says, that it escapes, that a fragile twin is read rightly.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/report/format.h"
#include "harness/report/page_data.h"
#include "tests/harness/sample_report.h"

namespace squall::harness {
namespace {

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

Report twin(std::vector<std::string> expected) {
  Report r = sample_report();
  r.must_fail = true;
  r.expected_failures = std::move(expected);
  return r;
}

TEST(Verdict, HoldsOnlyIfEveryCheckDoes) {
  Report r = sample_report();
  EXPECT_FALSE(r.held());
  EXPECT_FALSE(r.as_it_must());
  for (Check& c : r.checks) c.passed = true;
  EXPECT_TRUE(r.held());
  EXPECT_TRUE(r.as_it_must());
}

TEST(Verdict, TwinMustFailInExactlyTheExpectedChecks) {
  EXPECT_TRUE(twin({"rto-web"}).as_it_must());
  EXPECT_FALSE(twin({"rpo"}).as_it_must());
  EXPECT_FALSE(twin({"rto-web", "rpo"}).as_it_must());
  EXPECT_FALSE(twin({"rto-web", "no-such-check"}).as_it_must());
  Report idle = twin({"rto-web"});
  idle.checks[1].exercised = false;  // failed, but because nothing happened
  EXPECT_FALSE(idle.as_it_must());
  EXPECT_TRUE(holds(verdict_of(idle).reason, "rto-web was never exercised"));
}

TEST(Terminal, SaysItInTenSeconds) {
  const std::string text = terminal_text(sample_report(), false);
  EXPECT_TRUE(holds(text, "MyLearning loses an Availability Zone"));
  EXPECT_TRUE(holds(text, "✓ availability-web"));
  EXPECT_TRUE(holds(text, "✗ rto-web"));
  EXPECT_TRUE(holds(text, "VERDICT: FAILED, 1 of 5 checks: rto-web\n"));
  EXPECT_TRUE(holds(text, "99.98 %")) << "a share is cut, never rounded up";
  EXPECT_TRUE(holds(text, "(+5 alike until 07:42)")) << text;
  EXPECT_FALSE(holds(text, "\033"));
  EXPECT_TRUE(holds(terminal_text(sample_report(), true), "\033[1;31m✗\033[0m"));
  EXPECT_TRUE(holds(terminal_text(twin({"rto-web"}), false),
                    "VERDICT: FAILED, as it must, in rto-web\n"));
  EXPECT_TRUE(holds(terminal_text(twin({"rpo"}), false), "not as it must: rto-web failed"));
}

TEST(Terminal, KeepsFaultsWhenRoomIsShort) {
  std::vector<Mark> marks;
  for (int i = 0; i < 100; ++i) marks.push_back({100.0 * i, "other", "x", "something"});
  marks.push_back({10'001, "fault", "z", "az-power-loss started"});
  size_t omitted = 0;
  const auto groups = noteworthy(marks, 10, omitted);
  ASSERT_EQ(groups.size(), 10u);
  EXPECT_EQ(groups.back().category, "fault");
  EXPECT_EQ(omitted, 91u);
}

TEST(Junit, OneTestCaseACheck) {
  const std::string xml = junit_xml(sample_report());
  EXPECT_EQ(count(xml, "<testcase "), 5u);
  EXPECT_EQ(count(xml, "<failure "), 1u);
  EXPECT_TRUE(holds(xml, "tests=\"5\" failures=\"1\""));
  EXPECT_TRUE(holds(xml, "measured 90 s, bound &lt;= 60 s"));
}

TEST(Junit, TwinIsGreenWhenItFailsAsItMust) {
  EXPECT_EQ(count(junit_xml(twin({"rto-web"})), "<failure "), 0u);
  const std::string held = junit_xml(twin({"rto-web", "rpo"}));
  EXPECT_EQ(count(held, "<failure "), 1u);
  EXPECT_TRUE(holds(held, "must fail in this fragile twin, but held"));
  EXPECT_EQ(count(junit_xml(twin({"rpo"})), "<failure "), 2u);
  EXPECT_EQ(count(junit_xml(twin({})), "<failure "), 0u);
  EXPECT_TRUE(holds(junit_xml(twin({"rto-web", "lost"})), "but is no check of it"));
}

TEST(Escaping, NothingOfTheDrillIsMarkup) {
  Report r = sample_report();
  r.title = "</script><script>alert(\"1\")</script> & {{data}} \x01";
  r.checks[0].details = {"</script><!--"};
  const std::string page = report_html(r), xml = junit_xml(r);
  EXPECT_EQ(count(page, "</script>"), 2u);  // the page's own
  EXPECT_FALSE(holds(page, "<script>alert"));
  EXPECT_EQ(count(page, "id=\"data\""), 1u);
  EXPECT_FALSE(holds(xml, "<script>"));
  EXPECT_FALSE(holds(xml, "\x01"));
}

TEST(Page, DataIsTheWholeReport) {
  Report r = sample_report();
  r.title = "a < b";
  const auto json = nlohmann::json::parse(page_data(r));
  EXPECT_EQ(json["title"], "a < b");
  EXPECT_EQ(json["checks"].size(), r.checks.size());
  EXPECT_EQ(json["series"].size(), r.series.size());
  EXPECT_EQ(json["marks"].size(), r.marks.size());
  EXPECT_EQ(json["verdict"], "FAILED");
}

TEST(Page, NeedsNothingFromOutside) {
  const std::string page = report_html(sample_report());
  for (const char* outward : {"src=", "@import", "url(http", "fetch(", "<link rel=\"style"})
    EXPECT_FALSE(holds(page, outward)) << outward;
  EXPECT_LT(page.size(), 400'000u);
  const std::string path = testing::TempDir() + "squall-sample-report.html";
  std::ofstream(path, std::ios::binary) << page;
  std::printf("a report to look at: %s\n", path.c_str());
}

TEST(Page, DownsamplingLosesNoSpikeAndNoGap) {
  Series s{"latency", "p99", "ms", 1, std::vector<double>(100'000, 10)};
  s.values[54'321] = 9999;
  s.values[77'777] = -5;
  for (size_t i = 20'000; i < 21'000; ++i) s.values[i] = std::nan("");
  const Sampled less = downsampled(s, 2000);
  EXPECT_LE(less.values.size(), 2000u);
  EXPECT_EQ(less.values.size(), less.at_s.size());
  EXPECT_EQ(std::ranges::count(less.values, 9999), 1);
  EXPECT_EQ(std::ranges::count(less.values, -5), 1);
  EXPECT_TRUE(std::ranges::any_of(less.values, [](double v) { return std::isnan(v); }));
  EXPECT_TRUE(std::ranges::is_sorted(less.at_s));
}

int64_t ask(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(db, sql, -1, &statement, nullptr), SQLITE_OK) << sql;
  EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW) << sql;
  const int64_t answer = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return answer;
}

TEST(Sqlite, HoldsJournalChecksSeriesAndMarks) {
  const std::string path = testing::TempDir() + "squall-report-test.sqlite";
  std::remove(path.c_str());
  const Report r = sample_report();
  write_sqlite(path, r, sample_journal(20'000));
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(ask(db, "SELECT count(*) FROM journal WHERE message LIKE 'it''s%'"), 20'000);
  EXPECT_EQ(ask(db, "SELECT at_s * 1000 FROM journal WHERE seq = 1001"), 1000);
  EXPECT_EQ(ask(db, "SELECT count(*) FROM checks WHERE NOT passed"), 1);
  EXPECT_EQ(ask(db, "SELECT count(*) FROM series WHERE name = 'p99'"), 180);
  EXPECT_EQ(ask(db, "SELECT count(*) FROM marks"), static_cast<int64_t>(r.marks.size()));
  EXPECT_EQ(ask(db, "SELECT count(*) FROM facts"), 6);
  sqlite3_close(db);
  EXPECT_ANY_THROW(write_sqlite("/no/such/folder/x.sqlite", r, sample_journal(1)));
}

}  // namespace
}  // namespace squall::harness
