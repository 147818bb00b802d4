// The kinds of steps; one file each, one row each in steps.cpp.
#pragma once

#include "harness/step.h"

namespace squall::harness {

// Actions.
std::shared_ptr<Step> parse_fault(YamlMap& arguments);
std::shared_ptr<Step> parse_call(YamlMap& arguments);
std::shared_ptr<Step> parse_nat_connect(YamlMap& arguments);
std::shared_ptr<Step> parse_probe(YamlMap& arguments);
// Checks.
std::shared_ptr<Step> parse_availability(YamlMap& arguments);
std::shared_ptr<Step> parse_error_budget(YamlMap& arguments);
std::shared_ptr<Step> parse_latency(YamlMap& arguments);
std::shared_ptr<Step> parse_rto(YamlMap& arguments);
std::shared_ptr<Step> parse_rpo(YamlMap& arguments);
std::shared_ptr<Step> parse_event(YamlMap& arguments);
std::shared_ptr<Step> parse_alarm(YamlMap& arguments);
std::shared_ptr<Step> parse_reachable(YamlMap& arguments);
std::shared_ptr<Step> parse_unreachable(YamlMap& arguments);
std::shared_ptr<Step> parse_metric(YamlMap& arguments);
std::shared_ptr<Step> parse_answer(YamlMap& arguments);
std::shared_ptr<Step> parse_dashboard(YamlMap& arguments);
std::shared_ptr<Step> parse_logs(YamlMap& arguments);
std::shared_ptr<Step> parse_flow_logs(YamlMap& arguments);
std::shared_ptr<Step> parse_capacity(YamlMap& arguments);
std::shared_ptr<Step> parse_tasks(YamlMap& arguments);
std::shared_ptr<Step> parse_service_event(YamlMap& arguments);
std::shared_ptr<Step> parse_deployment(YamlMap& arguments);
std::shared_ptr<Step> parse_calls(YamlMap& arguments);
std::shared_ptr<Step> parse_sql(YamlMap& arguments);
std::shared_ptr<Step> parse_nat(YamlMap& arguments);

}  // namespace squall::harness
