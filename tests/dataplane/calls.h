// Two services that call each other: what the tests of calls start from.
#pragma once

#include <gtest/gtest.h>

#include "emulator/core/text.h"
#include "services/dataplane/dataplane.h"
#include "services/dataplane/engine.h"
#include "services/ec2/ec2.h"
#include "services/servicediscovery/servicediscovery.h"
#include "tests/dataplane/containers.h"

namespace squall::dataplane_test {

using dataplane::Call;
using dataplane::Workload;

inline constexpr const char* processor = "processor.shop.local";

/// Two Fargate tasks of `api` behind the load balancer; what they call is each test's own.
class Calls : public testing::Test {
 protected:
  void SetUp() override {
    stack = std::make_unique<Stack>(2);
    stack->change([](sim::Scope& s) {
      clear_targets(s);
      add_service(s, "api");
      add_service(s, "processor");
      for (int n = 1; n <= 2; ++n) add_task(s, api(n));
      for (int n = 3; n <= 4; ++n) add_processor(s, n);
      s.edit<ec2::SecurityGroup>("sg-web").rules.push_back(from_own_group());
    });
  }
  void TearDown() override { stack->world().set_engine(nullptr); }

  static TaskSpec api(int n) {
    TaskSpec spec;
    spec.number = n;
    spec.zone = n % 2 ? 1 : 2;
    spec.target_group = Stack::tg;
    return spec;
  }
  static void add_processor(sim::Scope& s, int n) {
    TaskSpec spec;
    spec.number = n;
    spec.service = "processor";
    spec.zone = n % 2 ? 1 : 2;
    const std::string arn = add_task(s, spec);
    servicediscovery::Instance instance;
    instance.instance_id = cat(n);
    instance.service_id = processor;
    instance.id = cat(processor, '/', n);
    instance.active = true;
    instance.health = "HEALTHY";
    instance.attributes = {{"AWS_INSTANCE_IPV4", s.view<ecs::Task>(arn)->private_ip},
                           {"AWS_INSTANCE_PORT", "80"}};
    s.add(instance);
  }
  static ec2::GroupRule from_own_group() {
    ec2::GroupRule r;
    r.id = "sgr-own";
    r.protocol = "tcp";
    r.from_port = r.to_port = 80;
    r.group_id = "sg-web";
    return r;
  }
  static Workload workload(Call call, double rate = 50) {
    Workload w = simple_workload(rate, 2, 0);
    w.client.timeout_ms = 10'000;
    w.classes[0].calls.push_back(std::move(call));
    return w;
  }
  static Call to_processor() {
    Call call;
    call.target = processor;
    call.name = "processor";
    call.srv = true;
    call.timeout_ms = 400;
    return call;
  }
  void begin(Workload w, Duration length = 10min) {
    start = stack->world().now();
    engine = std::make_unique<dataplane::TrafficEngine>(stack->world(), "us-east-1", std::move(w),
                                                        start, start + length);
    stack->world().set_engine(engine.get());
    stack->advance(60s);
  }
  double availability(Duration from, Duration to) {
    return engine->results().totals(start + from, start + to).availability();
  }
  dataplane::CallTotals calls(Duration from, Duration to, const char* name = "processor") {
    return engine->results().call_totals(start + from, start + to, name);
  }
  std::unique_ptr<Stack> stack;
  std::unique_ptr<dataplane::TrafficEngine> engine;
  Time start{};
};

}  // namespace squall::dataplane_test
