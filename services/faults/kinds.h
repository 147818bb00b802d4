// What one fault's file gives to the list, and what several of them share.
#pragma once

#include <span>
#include <string>

#include "emulator/core/error.h"
#include "emulator/sim/impairment.h"
#include "emulator/sim/plane.h"

namespace squall::faults {

sim::FaultKind az_power_loss();
sim::FaultKind db_host_failure();
sim::FaultKind instance_host_failure();
sim::FaultKind zone_network_partition();
sim::FaultKind network_latency();
sim::FaultKind packet_loss();
sim::FaultKind cpu_stress();
sim::FaultKind nat_gateway_failure();
sim::FaultKind vpc_endpoint_failure();
sim::FaultKind service_unreachable();
sim::FaultKind task_cpu_stress();
sim::FaultKind ecs_task_kill();
sim::FaultKind ecs_container_exit();
sim::FaultKind dynamodb_pause_replication();
/// The events of kinds that go on by themselves.
std::span<const sim::EventRow> ecs_task_kill_events();

AwsError invalid_argument(std::string message);
/// The argument, or its default; throws if it is required and missing.
std::string argument(const sim::FaultArguments& arguments, std::string_view name,
                     std::string_view fallback = {});
double number(const sim::FaultArguments& arguments, std::string_view name, double fallback);
/// Throws if the region has no such zone.
std::string zone_argument(const sim::Scope& scope, const sim::FaultArguments& arguments,
                          std::string_view name = "zone");
/// The argument `task` (an ARN) or `service` (CLUSTER/NAME or an ARN) as the id of its record;
/// empty if neither is given. Throws if there is no such thing.
std::string task_argument(const sim::Scope& scope, const sim::FaultArguments& arguments);
/// Where a fault of packets or CPU strikes: `instance`, `task`, `service` or else `zone`.
void strike(const sim::Scope& scope, const sim::FaultArguments& arguments,
            sim::Impairment& impairment);
/// Puts one impairment of fault `id` in force; `part` tells several of one fault apart.
void impair(sim::Scope& scope, const std::string& id, sim::Impairment impairment,
            std::string_view part = {});
/// Takes away every impairment of the fault: the `stop` of most kinds.
void repair(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments);

}  // namespace squall::faults
