// One emission of metrics, split by name space over two files.
#pragma once

#include <string_view>

#include "emulator/sim/math.h"
#include "emulator/sim/scope.h"
#include "services/cloudwatch/cloudwatch.h"

namespace squall::dataplane {

class TrafficEngine;

struct Emitter {
  sim::Scope& scope;
  std::string_view name_space;
  Time time;
  void put(std::string_view name, const cloudwatch::Dimensions& dimensions,
           const cloudwatch::StatisticSet& data, std::string_view unit) const;
  void sum(std::string_view name, const cloudwatch::Dimensions& dimensions, double value,
           std::string_view unit) const;
};

void put_instances(sim::Scope& scope, TrafficEngine& engine, Time minute);
/// Services, clusters; before the instances that carry their tasks.
void put_tasks(sim::Scope& scope, TrafficEngine& engine, Time minute);
void put_databases(sim::Scope& scope, TrafficEngine& engine, Time minute);
void put_caches(sim::Scope& scope, TrafficEngine& engine, Time minute);
void put_nat_gateways(sim::Scope& scope, TrafficEngine& engine, Time minute);

}  // namespace squall::dataplane
