// What requests call while they are served, and what becomes of them when that fails.
#include <gtest/gtest.h>

#include "emulator/core/text.h"
#include "services/dataplane/dataplane.h"
#include "services/dataplane/engine.h"
#include "services/dynamodb/dynamodb.h"
#include "services/ec2/ec2.h"
#include "services/elbv2/elbv2.h"
#include "services/servicediscovery/servicediscovery.h"
#include "tests/dataplane/calls.h"

namespace squall::dataplane_test {
namespace {

using dataplane::Outcome;

TEST_F(Calls, UnreachableServiceTimesOutAndFailsTheRequest) {
  begin(workload(to_processor()));
  stack->start_fault("service-unreachable", {{"service", "shop/processor"}}, 60s);
  stack->advance(120s);
  const auto during = calls(62s, 115s);
  EXPECT_EQ(during.good, 0u);
  EXPECT_NEAR(static_cast<double>(during.attempts) / static_cast<double>(during.calls), 3, 0.1);
  EXPECT_LT(availability(62s, 115s), 0.01);
  EXPECT_GT(engine->results().totals(start + 62s, start + 115s).latency.percentile_ms(0.5), 1190);
  EXPECT_GT(availability(125s, 175s), 0.999);
}

TEST_F(Calls, ARequestMayGoOnWithoutACall) {
  Call call = to_processor();
  call.required = false;
  call.attempts_max = 1;
  begin(workload(std::move(call)));
  stack->start_fault("service-unreachable", {{"service", "shop/processor"}});
  stack->advance(60s);
  EXPECT_GT(availability(62s, 115s), 0.999);
  EXPECT_EQ(calls(62s, 115s).degraded, calls(62s, 115s).calls);
}

TEST_F(Calls, AnUnknownNameFailsAtOnce) {
  Call call = to_processor();
  call.target = "nobody.shop.local";
  begin(workload(std::move(call)));
  EXPECT_EQ(calls(35s, 55s).good, 0u);
  EXPECT_LT(engine->results().totals(start + 35s, start + 55s).latency.percentile_ms(0.5), 300);
}

Call to_table(double timeout_ms = 500) {
  Call call;
  call.kind = Call::Kind::table;
  call.target = "orders";
  call.reads = 1;
  call.writes = 1;
  call.timeout_ms = timeout_ms;
  call.attempts_max = 2;
  return call;
}

void add_table(sim::Scope& s) {
  dynamodb::Table table;
  table.id = "orders";
  table.status = "ACTIVE";
  table.billing_mode = "PAY_PER_REQUEST";
  s.add(table);
}

/// The private subnets' only way out is a gateway endpoint for DynamoDB.
void add_gateway_endpoint(sim::Scope& s) {
  ec2::VpcEndpoint endpoint;
  endpoint.id = "vpce-ddb";
  endpoint.vpc_id = "vpc-1";
  endpoint.service_name = "com.amazonaws.us-east-1.dynamodb";
  s.add(endpoint);
  for (int z = 1; z <= 2; ++z) {
    auto& table = s.edit<ec2::RouteTable>(cat("rtb-private-", z));
    std::erase_if(table.routes, [](const ec2::Route& r) { return r.target_kind == "nat"; });
    ec2::Route route;
    route.prefix_list_id = "pl-ddb";
    route.target_kind = "endpoint";
    route.target = endpoint.id;
    table.routes.push_back(route);
  }
}

TEST_F(Calls, ATableIsReachedThroughItsGatewayEndpoint) {
  stack->change([](sim::Scope& s) {
    add_table(s);
    add_gateway_endpoint(s);
  });
  begin(workload(to_table()));
  EXPECT_GT(availability(35s, 55s), 0.999);
  const std::string task = cat("task:", task_arn(1));
  auto answer = dataplane::reachability().explain(stack->scope(), {task, "dynamodb", "tcp", 443});
  ASSERT_TRUE(answer.reachable) << answer.reason;
  EXPECT_EQ(answer.forward.back().component, "vpce-ddb");
  EXPECT_FALSE(
      dataplane::reachability().explain(stack->scope(), {task, "internet", "tcp", 443}).reachable);
  stack->start_fault("vpc-endpoint-failure", {{"endpoint", "vpce-ddb"}}, 60s);
  stack->advance(5s);
  answer = dataplane::reachability().explain(stack->scope(), {task, "dynamodb", "tcp", 443});
  EXPECT_NE(answer.reason.find("vpce-ddb"), std::string::npos) << answer.reason;
  stack->advance(115s);
  EXPECT_LT(availability(62s, 115s), 0.01);
  EXPECT_GT(availability(125s, 175s), 0.999);
}

TEST_F(Calls, ATableIsReachedByPrefixListInAGroupWithoutOpenEgress) {
  stack->change([](sim::Scope& s) {
    add_table(s);
    add_gateway_endpoint(s);
    auto& rules = s.edit<ec2::SecurityGroup>("sg-web").rules;
    std::erase_if(rules, [](const ec2::GroupRule& r) { return r.egress; });
  });
  const sim::ReachabilityQuery ask{cat("task:", task_arn(1)), "dynamodb", "tcp", 443};
  const auto closed = dataplane::reachability().explain(stack->scope(), ask);
  EXPECT_FALSE(closed.reachable);
  EXPECT_NE(closed.reason.find("egress"), std::string::npos) << closed.reason;
  stack->change([](sim::Scope& s) {
    ec2::GroupRule r;
    r.id = "sgr-ddb";
    r.egress = true;
    r.protocol = "tcp";
    r.from_port = r.to_port = 443;
    r.prefix_list_id = "pl-ddb";
    s.edit<ec2::SecurityGroup>("sg-web").rules.push_back(r);
  });
  EXPECT_TRUE(dataplane::reachability().explain(stack->scope(), ask).reachable);
}

TEST_F(Calls, AnInterfaceEndpointTakesItsServicesName) {
  stack->change([](sim::Scope& s) {
    ec2::VpcEndpoint endpoint;
    endpoint.id = "vpce-ecr";
    endpoint.vpc_id = "vpc-1";
    endpoint.type = "Interface";
    endpoint.private_dns = true;
    endpoint.service_name = "com.amazonaws.us-east-1.ecr.api";
    endpoint.interface_ids = {"eni-vpce"};
    s.add(endpoint);
    ec2::NetworkInterface i;
    i.id = "eni-vpce";
    i.vpc_id = "vpc-1";
    i.subnet_id = "subnet-app-1";
    i.zone = "us-east-1a";
    i.private_ip = "10.0.11.200";
    i.group_ids = {"sg-alb"};  // lets 443 in
    s.add(i);
  });
  const std::string task = cat("task:", task_arn(2));
  const auto answer =
      dataplane::reachability().explain(stack->scope(), {task, "aws:ecr.api", "tcp", 443});
  EXPECT_TRUE(answer.reachable) << answer.reason;
  stack->start_fault("vpc-endpoint-failure", {{"endpoint", "vpce-ecr"}});
  const auto cut =
      dataplane::reachability().explain(stack->scope(), {task, "aws:ecr.api", "tcp", 443});
  EXPECT_FALSE(cut.reachable);
  EXPECT_NE(cut.reason.find("vpce-ecr"), std::string::npos) << cut.reason;
}

TEST_F(Calls, AThirdPartyIsReachedThroughTheZonesOwnNatGateway) {
  Call call;
  call.kind = Call::Kind::external;
  call.target = "pay.example.com";
  call.latency = {30};
  call.timeout_ms = 1000;
  call.attempts_max = 1;
  begin(workload(std::move(call)));
  EXPECT_GT(availability(35s, 55s), 0.999);
  stack->start_fault("nat-gateway-failure", {{"nat_gateway", "nat-1"}}, 60s);
  stack->advance(120s);
  EXPECT_NEAR(availability(62s, 115s), 0.5, 0.06) << "the other zone has its own";
  EXPECT_GT(availability(125s, 175s), 0.999);
}

TEST_F(Calls, AnInternalLoadBalancerIsCalledByItsName) {
  const std::string group = cat(Stack::tg, "2"), balancer = cat(Stack::lb, "2");
  stack->change([&](sim::Scope& s) {
    elbv2::TargetGroup g = *s.view<elbv2::TargetGroup>(Stack::tg);
    g.id = group;
    g.name = "inner";
    g.targets.clear();
    s.add(g);
    elbv2::LoadBalancer lb = *s.view<elbv2::LoadBalancer>(Stack::lb);
    lb.id = balancer;
    lb.name = "inner";
    lb.scheme = "internal";
    lb.dns_name = "internal-inner-1.us-east-1.elb.amazonaws.com";
    s.add(lb);
    elbv2::Listener l = *s.view<elbv2::Listener>(cat(Stack::lb, "/80"));
    l.id = cat(balancer, "/80");
    l.load_balancer_arn = balancer;
    l.default_actions[0].forward = {{group, 1}};
    s.add(l);
    for (int n = 5; n <= 6; ++n) {
      TaskSpec spec = api(n);
      spec.service = "inner";
      spec.target_group = group;
      add_task(s, spec);
    }
  });
  Call call;
  call.kind = Call::Kind::load_balancer;
  call.target = "internal-inner-1.us-east-1.elb.amazonaws.com";
  call.name = "inner";
  begin(workload(std::move(call)));
  EXPECT_GT(availability(35s, 55s), 0.999);
  EXPECT_EQ(calls(35s, 55s, "inner").good, calls(35s, 55s, "inner").calls);
  stack->advance(5s);
  EXPECT_GT(engine->find_host(task_arn(5))->requests, 0u);
}

TEST_F(Calls, CpuOfServicesArrivesInCloudWatch) {
  begin(workload(to_processor(), 100));
  stack->advance(70s);
  if (metrics().empty()) GTEST_SKIP() << "the real CloudWatch is linked";
  // 50 requests a second of 2 ms on one vCPU each: 10 %, and 2 % of its own.
  const auto& cpu = metrics().at("AWS/ECS CPUUtilization ClusterName=shop ServiceName=api");
  EXPECT_NEAR(cpu.sum / cpu.sample_count, 12, 1.5);
  EXPECT_TRUE(metrics().contains("AWS/ECS MemoryUtilization ClusterName=shop ServiceName=api"));
}

TEST_F(Calls, CpuStressAndLatencyStrikeTheTasksOfAService) {
  begin(workload(to_processor()));
  const double calm = engine->results().totals(start + 35s, start + 55s).latency.mean_ms();
  stack->start_fault("network-latency", {{"service", "shop/processor"}, {"delay_ms", "100"}}, 30s);
  stack->advance(40s);
  const double late = engine->results().totals(start + 62s, start + 88s).latency.mean_ms();
  EXPECT_NEAR(late, calm + 100, 25);
  stack->start_fault("task-cpu-stress", {{"service", "shop/api"}, {"percent", "80"}}, 30s);
  stack->advance(40s);
  EXPECT_GT(engine->results().totals(start + 102s, start + 128s).latency.mean_ms(), calm + 7);
}

TEST_F(Calls, TheSameSeedGivesTheSameStorm) {
  uint64_t prints[2];
  for (uint64_t& print : prints) {
    stack->world().set_engine(nullptr);
    SetUp();
    begin(workload(to_processor()));
    stack->start_fault("az-power-loss", {{"zone", "us-east-1a"}}, 60s);
    stack->advance(180s);
    engine->finish(stack->world().now());
    print = engine->results().fingerprint();
  }
  EXPECT_EQ(prints[0], prints[1]);
}

TEST(Workloads, WithCallsThatMakeNoSenseAreRefused) {
  const auto code = [](auto change) {
    Workload w = simple_workload(1, 1, 1);
    w.classes[0].calls.push_back({});
    w.classes[0].calls[0].target = "a.b";
    change(w);
    try {
      dataplane::check(w);
      return std::string("accepted");
    } catch (const AwsError& error) {
      return error.code;
    }
  };
  EXPECT_EQ(code([](Workload&) {}), "accepted");
  EXPECT_EQ(code([](Workload& w) { w.classes[0].calls[0].operation = "x"; }), "InvalidWorkload");
  EXPECT_EQ(code([](Workload& w) { w.classes[0].calls[0].timeout_ms = 0; }), "InvalidWorkload");
  EXPECT_EQ(code([](Workload& w) {
              dataplane::Operation o;
              o.name = "loop";
              o.calls = w.classes[0].calls;
              o.calls[0].operation = "loop";
              w.operations.push_back(o);
            }),
            "InvalidWorkload");
}

}  // namespace
}  // namespace squall::dataplane_test
