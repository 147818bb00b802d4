// The workload section of drill files: what servers are, what they call, what versions do.
#include <gtest/gtest.h>

#include "harness/workload_yaml.h"

namespace squall::harness {
namespace {

dataplane::Workload parse(const std::string& workload) {
  YamlMap traffic(YAML::Load("{load_balancer: web, rate: 10}"), "drill.yaml", "traffic");
  return parse_workload(traffic, YamlMap(YAML::Load(workload), "drill.yaml", "workload"));
}

std::string refusal(const std::string& workload) {
  try {
    parse(workload);
  } catch (const DrillError& error) {
    return error.message;
  }
  return "accepted";
}

constexpr const char* orders = R"(
classes:
  - name: place-order
    scheme: http
    method: POST
    path: /orders
    cpu_ms: {mean: 6, shape: lognormal, sigma: 0.4}
    calls:
      - service: order-processor.orders.local
        record: SRV
        operation: process
        timeout_ms: 400
        attempts: 3
        backoff_ms: {base: 50, cap: 1000}
      - table: orders-table
        reads: 1
        timeout_ms: 500
        on_failure: degrade
operations:
  - name: process
    cpu_ms: 12
    calls:
      - {table: orders-table, writes: 2, timeout_ms: 500, name: put-order}
servers:
  - service: orders-order-api
    workers: 50
    boot: 5s
behaviours:
  - {image: "*:bad", health: fail}
  - {definition: "orders-order-api:9", exit_code: 1, exit_after: 10s}
tables:
  - {name: orders-table, read_ms: 3, write_ms: 5}
)";

TEST(WorkloadYaml, CallsAndWhatIsCalled) {
  const dataplane::Workload w = parse(orders);
  ASSERT_EQ(w.classes.size(), 1u);
  ASSERT_EQ(w.classes[0].calls.size(), 2u);
  const dataplane::Call& call = w.classes[0].calls[0];
  EXPECT_EQ(call.kind, dataplane::Call::Kind::service);
  EXPECT_EQ(call.target, "order-processor.orders.local");
  EXPECT_TRUE(call.srv);
  EXPECT_TRUE(call.required);
  EXPECT_EQ(call.operation, "process");
  EXPECT_EQ(call.timeout_ms, 400);
  EXPECT_EQ(call.backoff_cap_ms, 1000);
  EXPECT_FALSE(w.classes[0].calls[1].required);
  ASSERT_EQ(w.operations.size(), 1u);
  EXPECT_EQ(w.operations[0].calls[0].writes, 2);
  EXPECT_EQ(w.servers[0].service, "orders-order-api");
  EXPECT_EQ(w.servers[0].boot_s, 5);
  ASSERT_EQ(w.behaviours.size(), 2u);
  EXPECT_TRUE(w.behaviours[0].fails_health);
  EXPECT_EQ(w.behaviours[1].exit_code, 1);
  EXPECT_EQ(w.behaviours[1].exit_after_s, 10);
  EXPECT_EQ(w.tables[0].write_ms, 5);
}

TEST(WorkloadYaml, RefusesWhatMakesNoSense) {
  const auto with_call = [](const std::string& call) {
    return refusal("classes: [{name: a, calls: [" + call + "]}]");
  };
  EXPECT_NE(with_call("{timeout_ms: 1}").find("names one of"), std::string::npos);
  EXPECT_NE(with_call("{service: a.b, table: t}").find("names one of"), std::string::npos);
  EXPECT_NE(with_call("{service: a.b, record: MX}").find("A or SRV"), std::string::npos);
  EXPECT_NE(with_call("{service: a.b, on_failure: cry}").find("fail or degrade"),
            std::string::npos);
  EXPECT_NE(with_call("{service: a.b, operation: x}").find("unknown operation"),
            std::string::npos);
  EXPECT_NE(with_call("{table: t}").find("reads and writes nothing"), std::string::npos);
  EXPECT_NE(refusal("behaviours: [{health: fail}]").find("names an image"), std::string::npos);
}

TEST(WorkloadYaml, ClassesWithTrafficOfTheirOwnAndKeysThatAreHot) {
  const dataplane::Workload w = parse(R"(
classes:
  - {name: usual, calls: [{table: orders, reads: 1}]}
  - name: sale
    profile: {points: [[0s, 0], [5m, 60]]}
    calls:
      - {table: orders, writes: 10, keys: {count: 500, hot: 2, hot_share: 80 %}}
)");
  EXPECT_FALSE(w.classes[0].has_own_profile);
  ASSERT_TRUE(w.classes[1].has_own_profile);
  EXPECT_DOUBLE_EQ(w.classes[1].profile.rate_at(150), 30);
  const dataplane::KeyModel& keys = w.classes[1].calls[0].keys;
  EXPECT_EQ(keys.count, 500);
  EXPECT_EQ(keys.hot, 2);
  EXPECT_DOUBLE_EQ(keys.hot_share, 0.8);
  EXPECT_NE(refusal("classes: [{name: a, calls: [{table: t, reads: 1, keys: {hot: 0}}]}]")
                .find("at least one key"),
            std::string::npos);
}

}  // namespace
}  // namespace squall::harness
