// The parts of a drill's `workload:` section, one function a list.
//
//   classes:      what users ask for (name, path, weight, cpu_ms, cache, database, calls...); one
//                 with a profile: (rate, points or diurnal) has traffic of its own, and no share
//                 of the workload's
//   operations:   what a called service does for a call: as a class, without what concerns users
//     calls:      of a class or an operation, one after the other, when its own CPU, cache and
//                 database are done. Each names one of
//                   service: order-processor.orders.local   a Cloud Map name; record: A (with port)
//                                                           or SRV; operation: what it does there
//                   load_balancer: internal-1.elb...        with method, scheme, port, path,
//                                                           operation
//                   table: orders                           DynamoDB; reads, writes: its units;
//                                                           keys: {count, hot, hot_share}, the
//                                                           partition keys asked for
//                   third_party: pay.example.com            latency_ms; through the zone's way out
//                 and timeout_ms (an attempt), attempts, backoff_ms, share (of the requests),
//                 on_failure: fail or degrade (go on without), name (in results)
//   servers:      by target_group, or by service (an ECS service's name, or CLUSTER/NAME)
//   behaviours:   what certain versions of a task do: image "*:bad" (or definition, tag) with
//                 health: fail, errors: 20 %, or exit_code and exit_after; the first match counts
//   databases, caches, tables: how fast the data stores are
#pragma once

#include "harness/yaml.h"
#include "services/dataplane/workload.h"

namespace squall::harness {

dataplane::Profile parse_profile(YamlMap& map);
dataplane::RequestClass parse_class(YamlMap map);
dataplane::Operation parse_operation(YamlMap map);
dataplane::ServerModel parse_server(YamlMap map);
dataplane::Behaviour parse_behaviour(YamlMap map);
dataplane::TableModel parse_table(YamlMap map);
dataplane::DatabaseModel parse_database(YamlMap map);
dataplane::CacheModel parse_cache(YamlMap map);

}  // namespace squall::harness
