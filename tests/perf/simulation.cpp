// Simulated requests a second of the traffic engine, and the wall time of an hour's drill.
#include <benchmark/benchmark.h>

#include "services/dataplane/engine.h"
#include "tests/dataplane/stack.h"

namespace squall::perf {
namespace {

using dataplane_test::Stack;

dataplane::Workload with_stores(double rate) {
  dataplane::Workload w = dataplane_test::simple_workload(rate, 5, 8);
  w.classes[0].database = "main";
  w.classes[0].write_share = 0.2;
  w.databases.push_back({});
  w.databases[0].name = "main";
  w.databases[0].vcpus = 16;
  w.databases[0].pool_size = 40;
  return w;
}

uint64_t simulate(Stack& stack, const dataplane::Workload& workload, Duration length) {
  const Time start = stack.world().now();
  dataplane::TrafficEngine engine(stack.world(), "us-east-1", workload, start, start + length);
  stack.world().set_engine(&engine);
  stack.advance(length + 90s);
  engine.finish(stack.world().now());
  stack.world().set_engine(nullptr);
  return engine.results().totals(start, start + length).intended;
}

void requests_web_only(benchmark::State& state) {
  uint64_t requests = 0;
  for (auto _ : state) {
    Stack stack(8);
    const double rate = static_cast<double>(state.range(0));
    requests += simulate(stack, dataplane_test::simple_workload(rate, 5, 8), 60s);
  }
  state.counters["simulated/s"] =
      benchmark::Counter(static_cast<double>(requests), benchmark::Counter::kIsRate);
}
BENCHMARK(requests_web_only)->Arg(1000)->Arg(5000)->Unit(benchmark::kMillisecond);

void requests_with_database(benchmark::State& state) {
  uint64_t requests = 0;
  for (auto _ : state) {
    Stack stack(8);
    requests += simulate(stack, with_stores(static_cast<double>(state.range(0))), 60s);
  }
  state.counters["simulated/s"] =
      benchmark::Counter(static_cast<double>(requests), benchmark::Counter::kIsRate);
}
BENCHMARK(requests_with_database)->Arg(1000)->Unit(benchmark::kMillisecond);

// 60 instances with an interface each and what they stand on: some 200 resources.
void hour_with_zone_loss(benchmark::State& state) {
  uint64_t requests = 0;
  for (auto _ : state) {
    Stack stack(60);
    stack.advance(60s);
    stack.start_fault("az-power-loss", {{"zone", "us-east-1a"}}, 900s);
    requests += simulate(stack, with_stores(1000), 3600s);
  }
  state.counters["simulated/s"] =
      benchmark::Counter(static_cast<double>(requests), benchmark::Counter::kIsRate);
}
BENCHMARK(hour_with_zone_loss)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace squall::perf

BENCHMARK_MAIN();
