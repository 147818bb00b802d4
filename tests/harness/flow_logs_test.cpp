// The flow-logs step must be able to fail: every kind of lie in a record is found.
#include "harness/steps/flow_logs.h"

#include <gtest/gtest.h>

#include "emulator/core/text.h"

namespace squall::harness {
namespace {

using dataplane::Conversation;
using dataplane::FlowEnd;
using Fate = Conversation::Fate;

constexpr int64_t begin_s = 1'700'000'040;  // a whole minute

FlowEnd at(const std::string& interface, const std::string& ip) {
  return {interface, "subnet-1", "vpc-1", "", ip};
}

/// A web server asks its database; a scanner is refused; a server goes out by a NAT gateway.
std::vector<dataplane::FlowMinute> account() {
  dataplane::FlowMinute minute;
  minute.begin = from_unix_seconds(begin_s);
  const FlowEnd web = at("eni-web", "10.0.11.5"), db = at("eni-db", "10.0.21.9");
  minute.conversations.push_back({web, db, {}, 5432, 6, Fate::answered, true, 40});
  minute.conversations.push_back(
      {{"", "", "", "", "203.0.113.4"}, web, {}, 22, 6, Fate::rejected, true, 1});
  minute.conversations.push_back({web, {"", "", "", "", "198.51.100.7"}, at("eni-nat", "10.0.1.3"),
                                  443, 6, Fate::answered, true, 2});
  return {minute};
}

std::string line(const char* interface, const char* from, const char* to, int source,
                 int destination, int64_t packets, int64_t bytes, const char* action = "ACCEPT") {
  return cat("2 000000000000 ", interface, ' ', from, ' ', to, ' ', source, ' ', destination, " 6 ",
             packets, ' ', bytes, ' ', begin_s, ' ', begin_s + 60, ' ', action, " OK");
}

std::vector<std::string> records() {
  const char *web = "10.0.11.5", *db = "10.0.21.9", *nat = "10.0.1.3", *out = "198.51.100.7";
  return {line("eni-web", web, db, 40000, 5432, 200, 28000),
          line("eni-web", db, web, 5432, 40000, 320, 248000),
          line("eni-db", web, db, 40000, 5432, 200, 28000),
          line("eni-db", db, web, 5432, 40000, 320, 248000),
          line("eni-web", "203.0.113.4", web, 50000, 22, 1, 44, "REJECT"),
          line("eni-web", web, out, 41000, 443, 10, 1400),
          line("eni-web", out, web, 443, 41000, 16, 12400),
          line("eni-nat", web, nat, 41000, 443, 10, 1400),
          line("eni-nat", nat, out, 1024, 443, 10, 1400),
          line("eni-nat", out, nat, 443, 1024, 16, 12400),
          line("eni-nat", nat, web, 443, 41000, 16, 12400)};
}

FlowAudit audit(const std::vector<std::string>& lines) {
  return audit_flows(account(), lines, "000000000000");
}

TEST(FlowLogsStep, TrueRecordsHold) {
  const FlowAudit found = audit(records());
  EXPECT_TRUE(found.holds());
  EXPECT_EQ(found.flows, 3u);
  EXPECT_EQ(found.matched, records().size());
  EXPECT_EQ(found.rejected, 1u);
}

TEST(FlowLogsStep, EveryMissingRecordIsFound) {
  for (size_t i = 0; i < records().size(); ++i) {
    auto lines = records();
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(audit(lines).missing.size(), 1u) << records()[i];
  }
}

TEST(FlowLogsStep, ARecordTooManyIsFound) {
  for (const std::string& one : records()) {
    auto lines = records();
    lines.push_back(one);
    EXPECT_EQ(audit(lines).unexpected.size(), 1u) << one;
  }
}

TEST(FlowLogsStep, EveryWrongFieldIsFound) {
  // Account, interface, addresses, ports (a client's own aside), protocol, sizes, times, verdict.
  const std::pair<size_t, const char*> lies[] = {
      {0, "3"},       {1, "111111111111"}, {2, "eni-other"},  {3, "10.0.11.6"}, {4, "10.0.21.8"},
      {5, "80"},      {6, "5433"},         {7, "17"},         {8, "0"},         {8, "39"},
      {9, "999"},     {9, "9999999"},      {10, "1"},         {11, "1700009999"},
      {12, "REJECT"}, {13, "NODATA"},      {6, "many"},
  };
  for (const auto& [field, lie] : lies) {
    auto lines = records();
    std::string changed;
    const auto parts = split(lines[0], ' ');
    for (size_t i = 0; i < parts.size(); ++i)
      changed += cat(i ? " " : "", i == field ? std::string_view(lie) : parts[i]);
    lines[0] = changed;
    EXPECT_FALSE(audit(lines).holds()) << changed;
  }
}

TEST(FlowLogsStep, SilenceProvesNothing) {
  EXPECT_FALSE(audit({}).holds());
  EXPECT_EQ(audit_flows({}, records(), "000000000000").unexpected.size(), records().size());
}

}  // namespace
}  // namespace squall::harness
