// What users, load balancers and targets do when things break.
#include <gtest/gtest.h>

#include "emulator/core/text.h"
#include "services/dataplane/engine.h"
#include "services/ec2/ec2.h"
#include "services/elbv2/elbv2.h"
#include "services/rds/rds.h"
#include "tests/dataplane/stack.h"

namespace squall::dataplane_test {
namespace {

using dataplane::Outcome;
using dataplane::TrafficEngine;
using dataplane::Workload;

/// A stack under 100 requests a second.
class Storm : public testing::Test {
 protected:
  void begin(int instances, Workload w, Duration length = 1h, uint64_t seed = 1) {
    stack = std::make_unique<Stack>(instances, seed);
    start = stack->world().now();
    engine = std::make_unique<TrafficEngine>(stack->world(), "us-east-1", std::move(w), start,
                                             start + length);
    stack->world().set_engine(engine.get());
  }
  static Workload workload(double timeout_ms = 5000) {
    Workload w = simple_workload(100, 5, 2);
    w.client.timeout_ms = timeout_ms;
    return w;
  }
  static Workload with_database() {
    Workload w = workload();
    w.classes[0].database = "main";
    w.classes[0].write_share = 0.2;
    w.databases.push_back({});
    w.databases[0].name = "main";
    return w;
  }
  uint64_t outcomes(Outcome outcome, Duration from, Duration to) {
    return engine->results().totals(start + from, start + to)
        .by_outcome[static_cast<size_t>(outcome)];
  }
  double availability(Duration from, Duration to) {
    return engine->results().totals(start + from, start + to).availability();
  }
  std::unique_ptr<Stack> stack;
  std::unique_ptr<TrafficEngine> engine;
  Time start{};
};

TEST_F(Storm, BlackHoledTargetIsOutAfter35To65Seconds) {
  double sum = 0;
  const int runs = 12;
  for (int seed = 1; seed <= runs; ++seed) {
    begin(2, workload(), 1h, static_cast<uint64_t>(seed));
    stack->advance(61s);
    stack->start_fault("instance-host-failure", {{"instance", "i-1"}});
    int seconds = 0;
    while (stack->target_state("i-1") == "healthy" && seconds < 100) {
      stack->advance(1s);
      ++seconds;
    }
    EXPECT_GE(seconds, 34) << seed;
    EXPECT_LE(seconds, 66) << seed;
    EXPECT_EQ(stack->target_reason("i-1"), "Target.Timeout");
    EXPECT_EQ(stack->target_state("i-2"), "healthy");
    sum += seconds;
    stack->world().set_engine(nullptr);
  }
  EXPECT_NEAR(sum / runs, 50, 9);
}

TEST_F(Storm, RefusingTargetIsOutAfter30To60Seconds) {
  begin(2, workload());
  stack->advance(61s);
  stack->change([](sim::Scope& s) { s.edit<ec2::Instance>("i-1").booted.reset(); });
  stack->advance(29s);
  EXPECT_EQ(stack->target_state("i-1"), "healthy");
  stack->advance(32s);
  EXPECT_EQ(stack->target_state("i-1"), "unhealthy");
  EXPECT_GT(outcomes(Outcome::elb_502, 61s, 90s), 0u);
  stack->change([](sim::Scope& s) { s.edit<ec2::Instance>("i-1").booted = s.now(); });
  stack->advance(110s);
  EXPECT_EQ(stack->target_state("i-1"), "unhealthy") << "four passes are not five";
  stack->advance(45s);
  EXPECT_EQ(stack->target_state("i-1"), "healthy");
}

TEST_F(Storm, NewTargetNeedsOnePass) {
  begin(2, workload());
  stack->set_target("i-2", "initial");
  stack->advance(31s);
  EXPECT_EQ(stack->target_state("i-2"), "healthy");
}

TEST_F(Storm, ServeDecidesAtOnce) {
  Stack calm(2, 1, sim::LatencyProfile::zero);
  calm.set_target("i-2", "initial");
  calm.advance(0s);
  EXPECT_EQ(calm.target_state("i-2"), "healthy");
  EXPECT_TRUE(calm.world().scheduler().empty()) << "nothing periodic while nothing can change";
}

TEST_F(Storm, ConnectTimeoutsGive504ToPatientClients) {
  begin(2, workload(15'000));
  stack->advance(10s);
  stack->start_fault("instance-host-failure", {{"instance", "i-1"}});
  stack->advance(30s);
  const uint64_t late = outcomes(Outcome::elb_504, 10s, 20s);
  EXPECT_NEAR(static_cast<double>(late), 500, 80) << "half of them went to the dark target";
  EXPECT_NEAR(engine->results().totals(start + 10s, start + 20s).latency.percentile_ms(0.99),
              10'000, 350);
}

TEST_F(Storm, ImpatientClientsSeeTimeouts) {
  begin(2, workload(5'000));
  stack->advance(10s);
  stack->start_fault("instance-host-failure", {{"instance", "i-1"}});
  stack->advance(30s);
  EXPECT_NEAR(static_cast<double>(outcomes(Outcome::client_timeout, 10s, 20s)), 500, 80);
  EXPECT_EQ(outcomes(Outcome::elb_504, 10s, 20s), 0u);
}

TEST_F(Storm, FailsOpenWhenNobodyIsHealthy) {
  begin(2, workload());
  stack->change([](sim::Scope& s) {
    auto& group = s.edit<elbv2::TargetGroup>(Stack::tg);
    group.health_check_enabled = false;
    for (auto& t : group.targets) t.state = "unhealthy";
  });
  stack->change([](sim::Scope& s) {  // what the checks made of it, undone
    for (auto& t : s.edit<elbv2::TargetGroup>(Stack::tg).targets) t.state = "unhealthy";
  });
  stack->advance(20s);
  EXPECT_GT(availability(1s, 15s), 0.999);
}

TEST_F(Storm, NoTargetsGive503) {
  begin(2, workload());
  stack->change([](sim::Scope& s) { s.edit<elbv2::TargetGroup>(Stack::tg).targets.clear(); });
  stack->advance(20s);
  EXPECT_EQ(outcomes(Outcome::elb_503, 0s, 15s),
            engine->results().totals(start, start + 15s).intended);
}

TEST_F(Storm, ZonePowerLossIsSurvivedByDnsAndHealthChecks) {
  begin(4, workload());
  stack->advance(60s);
  stack->start_fault("az-power-loss", {{"zone", "us-east-1a"}}, 300s);
  stack->advance(180s);
  EXPECT_GT(availability(20s, 60s), 0.999);
  EXPECT_LT(availability(60s, 90s), 0.9);
  EXPECT_GT(availability(190s, 235s), 0.999) << "the address and the targets are out";
  EXPECT_EQ(stack->target_state("i-1"), "unhealthy");
  const auto rto = engine->results().rto_s(start + 60s, start + 235s);
  EXPECT_TRUE(!rto || *rto > 30);
  stack->advance(400s);
  EXPECT_EQ(stack->target_state("i-1"), "healthy");
  const auto healed = engine->results().rto_s(start + 60s, start + 600s);
  ASSERT_TRUE(healed);
  EXPECT_GT(*healed, 30);
  EXPECT_LT(*healed, 140) << "checks 65 s, DNS 40 s + TTL 60 s";
}

TEST_F(Storm, DatabaseFailoverLosesNothingThatWasAcknowledged) {
  begin(2, with_database());
  stack->advance(60s);
  stack->start_fault("db-host-failure", {{"db", "main"}});
  stack->advance(30s);
  EXPECT_GT(outcomes(Outcome::target_5xx, 60s, 85s) + outcomes(Outcome::client_timeout, 60s, 85s),
            2000u);
  stack->change([](sim::Scope& s) {
    auto& db = s.edit<rds::DbInstance>("main");
    std::swap(db.primary_interface_id, db.secondary_interface_id);
    std::swap(db.primary_zone, db.secondary_zone);
    std::swap(db.primary_subnet, db.secondary_subnet);
    db.private_ip = "10.0.22.10";
    db.standby_in_sync = false;
    db.serving_since = s.now();
  });
  stack->advance(120s);
  EXPECT_GT(availability(110s, 200s), 0.999);
  const auto rto = engine->results().rto_s(start + 60s, start + 200s, "database");
  ASSERT_TRUE(rto);
  EXPECT_GE(*rto, 29);
  EXPECT_LE(*rto, 41) << "30 s to the promotion, 5 s of DNS, a few time-outs";
  EXPECT_EQ(engine->results().rpo("main", start + 60s).lost, 0u);
  EXPECT_GT(engine->results().ledgers.at("main").acknowledged, 1000u);
}

TEST_F(Storm, StandbyOutOfSyncLosesCommits) {
  begin(2, with_database());
  stack->advance(60s);
  stack->change([](sim::Scope& s) { s.edit<rds::DbInstance>("main").standby_in_sync = false; });
  stack->advance(20s);
  stack->change([](sim::Scope& s) {
    s.edit<rds::DbInstance>("main").primary_interface_id = "eni-db-2";
  });
  stack->advance(1s);
  const auto rpo = engine->results().rpo("main", start + 80s);
  EXPECT_NEAR(static_cast<double>(rpo.lost), 400, 70);
  EXPECT_NEAR(rpo.oldest_age_s, 20, 1.1);
}

TEST_F(Storm, CommitsHangUntilThePrimaryGivesUpOnItsStandby) {
  Workload w = with_database();
  w.classes[0].write_share = 1;
  begin(2, w);
  stack->advance(60s);
  stack->change([](sim::Scope& s) {
    auto& db = s.edit<rds::DbInstance>("main");
    db.standby_in_sync = false;
    db.writes_stalled_until = s.now() + 3s;
  });
  const auto acknowledged = [&] { return engine->results().ledgers.at("main").acknowledged; };
  const auto before = acknowledged();
  stack->advance(2900ms);
  EXPECT_EQ(acknowledged(), before) << "nobody was told that a commit is safe";
  // Twenty connections a host all wait; whoever comes after them waits two seconds for one.
  EXPECT_GT(outcomes(Outcome::target_5xx, 60s, 61s), 20u);
  stack->advance(10s);
  EXPECT_GE(acknowledged(), before + 40 + 900) << "the held ones, and ten seconds' own";
  EXPECT_GT(availability(64s, 72s), 0.999);
}

TEST_F(Storm, RetriesAmplifyAndABudgetBoundsThem) {
  Workload w = simple_workload(100, 5, 2);
  w.client.timeout_ms = 500;
  w.client.attempts_max = 3;
  begin(2, w);
  stack->change([](sim::Scope& s) { s.edit<elbv2::TargetGroup>(Stack::tg).targets.clear(); });
  stack->advance(60s);
  auto totals = engine->results().totals(start, start + 50s);
  EXPECT_NEAR(static_cast<double>(totals.attempts) / static_cast<double>(totals.intended), 3, 0.01);
  stack->world().set_engine(nullptr);
  w.client.retry_budget = 0.1;
  begin(2, w);
  stack->change([](sim::Scope& s) { s.edit<elbv2::TargetGroup>(Stack::tg).targets.clear(); });
  stack->advance(60s);
  totals = engine->results().totals(start, start + 50s);
  EXPECT_NEAR(static_cast<double>(totals.attempts) / static_cast<double>(totals.intended), 1.1,
              0.02);
}

TEST_F(Storm, RetriesKeepAnOverloadAliveThatABudgetLetsHeal) {
  const auto after_the_trigger = [this](int attempts, double budget) {
    Workload w = simple_workload(300, 10, 2);  // 3 of 4 CPUs
    w.profile.kind = dataplane::Profile::Kind::points;
    w.profile.points = {{0, 300}, {60, 300}, {60, 900}, {90, 900}, {90, 300}, {600, 300}};
    w.client.timeout_ms = 1000;
    w.client.attempts_max = attempts;
    w.client.retry_budget = budget;
    w.servers[0].workers = 4000;
    begin(2, w, 600s);
    stack->change([](sim::Scope& s) {  // health checks are another story
      s.edit<elbv2::TargetGroup>(Stack::tg).unhealthy_threshold = 1'000'000;
    });
    stack->advance(500s);
    return availability(300s, 450s);
  };
  EXPECT_LT(after_the_trigger(5, 0), 0.5);
  EXPECT_GT(after_the_trigger(5, 0.1), 0.99);
}

TEST_F(Storm, EmitsMetricsThatMatchTheTraffic) {
  begin(4, with_database(), 120s);
  stack->change([](sim::Scope& s) { s.edit<ec2::Instance>("i-1").monitoring = true; });
  stack->advance(300s);
  if (metrics().empty()) GTEST_SKIP() << "the real CloudWatch is linked";
  const auto intended = static_cast<double>(
      engine->results().totals(start, start + 120s).intended);
  const auto& count =
      metrics().at("AWS/ApplicationELB RequestCount LoadBalancer=app/web/50dc6c495c0c9188");
  EXPECT_EQ(count.sum, intended);
  const auto& time = metrics().at(
      "AWS/ApplicationELB TargetResponseTime LoadBalancer=app/web/50dc6c495c0c9188 "
      "TargetGroup=targetgroup/web/73e2d6bc24d8a067");
  EXPECT_EQ(time.sample_count, intended);
  EXPECT_GT(time.sum / time.sample_count, 0.005);
  // 25 requests a second of 5 ms on two CPUs: 6.25 %, and 2 % of its own.
  EXPECT_NEAR(metrics().at("AWS/EC2 CPUUtilization InstanceId=i-1").maximum, 8.25, 1);
  EXPECT_TRUE(metrics().contains("AWS/RDS DatabaseConnections DBInstanceIdentifier=main"));
  EXPECT_TRUE(metrics().contains("AWS/NATGateway ActiveConnectionCount NatGatewayId=nat-1"));
}

TEST_F(Storm, FlowLogsShowWhatPassedAndWhatWasRefused) {
  begin(2, with_database(), 60s);
  stack->change([](sim::Scope& s) {
    ec2::FlowLog log;
    log.id = "fl-1";
    log.resource_id = "vpc-1";
    log.log_group = "flows";
    s.add(log);
  });
  stack->advance(70s);
  if (log_lines().empty()) GTEST_SKIP() << "the real CloudWatch Logs is linked";
  int accepted = 0, refused = 0, web = 0, database = 0;
  for (const std::string& line : log_lines()) {
    EXPECT_EQ(split(line, ' ').size(), 14u) << line;
    accepted += line.find(" ACCEPT OK") != std::string::npos;
    refused += line.find(" REJECT OK") != std::string::npos;
    web += line.find("10.0.11.11") != std::string::npos;
    database += line.find(" 5432 ") != std::string::npos;
  }
  EXPECT_GT(accepted, 10);
  EXPECT_GT(refused, 0);
  EXPECT_GT(web, 2);
  EXPECT_GT(database, 2);
}

}  // namespace
}  // namespace squall::dataplane_test
