// Truth tables of reachability: groups, ACLs both ways, routes, NAT, faults.
#include <gtest/gtest.h>

#include "services/dataplane/dataplane.h"
#include "services/ec2/ec2.h"
#include "tests/dataplane/stack.h"

namespace squall::dataplane_test {
namespace {

class Reachability : public testing::Test {
 protected:
  sim::ReachabilityAnswer ask(const std::string& from, const std::string& to, int port) {
    return dataplane::reachability().explain(stack.scope(), {from, to, "tcp", port});
  }
  bool can(const std::string& from, const std::string& to, int port) {
    return ask(from, to, port).reachable;
  }
  Stack stack{4};
};

TEST_F(Reachability, FollowsTheDesignOfTheStack) {
  EXPECT_TRUE(can("internet", Stack::lb, 443));
  EXPECT_TRUE(can(Stack::lb, "i-1", 80));
  EXPECT_TRUE(can("i-1", "db:main", 5432));
  EXPECT_TRUE(can("i-2", "db:main", 5432));
  EXPECT_TRUE(can("i-2", "cache:sessions", 6379));
  EXPECT_TRUE(can("i-1", "internet", 443));
  EXPECT_TRUE(can("i-1", "i-2", 22));
  EXPECT_FALSE(can("i-1", "i-2", 80));
  EXPECT_FALSE(can("internet", "i-1", 80));
  EXPECT_FALSE(can("internet", "db:main", 5432));
  EXPECT_FALSE(can(Stack::lb, "db:main", 5432));
  EXPECT_FALSE(can("db:main", "internet", 443));
  EXPECT_FALSE(can("internet", Stack::lb, 22));
}

TEST_F(Reachability, NamesTheRuleThatDecided) {
  const auto refused = ask(Stack::lb, "db:main", 5432);
  EXPECT_EQ(refused.forward.back().kind, "security-group");
  EXPECT_NE(refused.reason.find("no ingress rule of sg-data allows tcp 5432"), std::string::npos)
      << refused.reason;
  EXPECT_TRUE(refused.timed_out);
  const auto open = ask("i-1", "db:main", 5432);
  bool group = false, acl = false, route = false;
  for (const auto& hop : open.forward) {
    group |= hop.rule.find("sgr-pg") != std::string::npos;
    acl |= hop.component == "acl-data" && hop.rule.starts_with("rule 100 allows tcp 5432");
    route |= hop.rule == "10.0.0.0/16 -> local";
  }
  EXPECT_TRUE(group && acl && route);
  EXPECT_FALSE(open.back.empty());
  const auto hidden = ask("internet", "i-1", 80);
  EXPECT_NE(hidden.reason.find("no public address"), std::string::npos) << hidden.reason;
  EXPECT_FALSE(ask("nobody", "i-1", 80).reachable);
}

TEST_F(Reachability, AclsAreStatelessBothWays) {
  stack.change([](sim::Scope& s) {  // the answers' way is shut
    auto& entries = s.edit<ec2::NetworkAcl>("acl-data").entries;
    std::erase_if(entries, [](const auto& e) { return e.egress && e.number == 100; });
  });
  const auto answer = ask("i-1", "db:main", 5432);
  EXPECT_FALSE(answer.reachable);
  EXPECT_NE(answer.reason.find("drops the answer"), std::string::npos) << answer.reason;
  EXPECT_EQ(answer.back.back().component, "acl-data");
}

TEST_F(Reachability, LowestAclNumberDecidesAndPartsOfARangeDoNotDo) {
  stack.change([](sim::Scope& s) {
    auto& entries = s.edit<ec2::NetworkAcl>("acl-data").entries;
    ec2::AclEntry deny = entries.front();
    deny.number = 90;
    deny.allow = false;
    entries.insert(entries.begin(), deny);
  });
  EXPECT_NE(ask("i-1", "db:main", 5432).reason.find("rule 90 denies"), std::string::npos);
  EXPECT_TRUE(can("i-1", "cache:sessions", 6379));
  stack.change([](sim::Scope& s) {
    for (auto& e : s.edit<ec2::NetworkAcl>("acl-data").entries)
      if (e.egress && e.number == 100) e.from_port = 32768;
  });
  EXPECT_NE(ask("i-1", "cache:sessions", 6379).reason.find("1024-32767"), std::string::npos);
}

TEST_F(Reachability, NatNeedsItsZoneItsStateAndARoute) {
  stack.change([](sim::Scope& s) { s.edit<ec2::NatGateway>("nat-1").state = "deleted"; });
  EXPECT_FALSE(can("i-1", "internet", 443));
  EXPECT_TRUE(can("i-2", "internet", 443));
  stack.change([](sim::Scope& s) { s.edit<ec2::NatGateway>("nat-1").state = "available"; });
  EXPECT_TRUE(can("i-1", "internet", 443));
  const std::string fault = stack.start_fault("az-power-loss", {{"zone", "us-east-1a"}});
  EXPECT_FALSE(can("i-1", "internet", 443));
  EXPECT_FALSE(can("i-2", "db:main", 5432));
  EXPECT_TRUE(can("i-2", "internet", 443));
  EXPECT_TRUE(can("internet", Stack::lb, 443)) << "by its other node";
  stack.change([](sim::Scope& s) {
    s.edit<ec2::RouteTable>("rtb-private-2").routes.back().blackhole = true;
  });
  EXPECT_NE(ask("i-2", "internet", 443).reason.find("blackhole"), std::string::npos);
}

TEST_F(Reachability, PartitionsCutBothWays) {
  stack.start_fault("zone-network-partition",
                    {{"zone", "us-east-1a"}, {"peer_zone", "us-east-1b"}}, 60s);
  EXPECT_FALSE(can("i-1", "i-2", 22));
  EXPECT_FALSE(can("i-2", "i-1", 22));
  EXPECT_TRUE(can("i-1", "i-3", 22));
  EXPECT_TRUE(can("i-1", "internet", 443));
  stack.advance(61s);
  EXPECT_TRUE(can("i-1", "i-2", 22)) << "the fault stopped by itself";
}

TEST_F(Reachability, LongestPrefixWins) {
  stack.change([](sim::Scope& s) {
    ec2::Route narrow;
    narrow.destination = *Cidr::parse("203.0.0.0/16");
    narrow.target_kind = "nat";
    narrow.target = "nat-gone";
    s.edit<ec2::RouteTable>("rtb-private-1").routes.push_back(narrow);
  });
  EXPECT_FALSE(can("i-1", "internet", 443)) << "the internet's sample address is in that block";
  EXPECT_TRUE(can("i-1", "8.8.8.8", 443));
}

TEST_F(Reachability, NatPortsRunOut) {
  stack.change([](sim::Scope& s) {
    EXPECT_EQ(dataplane::nat_connect(s, "nat-1", "203.0.113.9:443", 54'000).refused, 0);
    const auto last = dataplane::nat_connect(s, "nat-1", "203.0.113.9:443", 2'000);
    EXPECT_EQ(last.accepted, 1'000);
    EXPECT_EQ(last.refused, 1'000);
    EXPECT_EQ(dataplane::nat_connect(s, "nat-1", "203.0.113.10:443", 10).refused, 0);
  });
  stack.advance(351s);
  stack.change([](sim::Scope& s) {
    EXPECT_EQ(dataplane::nat_connect(s, "nat-1", "203.0.113.9:443", 55'000).refused, 0);
  });
}

}  // namespace
}  // namespace squall::dataplane_test
