// A two-zone web stack put together by hand, record by record: what the data plane's tests run on.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emulator/sim/scope.h"
#include "services/cloudwatch/cloudwatch.h"
#include "services/dataplane/workload.h"

namespace squall::dataplane_test {

/// What the doubles of CloudWatch and Logs were given (empty where the real services are linked).
std::map<std::string, cloudwatch::StatisticSet>& metrics();
std::vector<std::string>& log_lines();

/// VPC 10.0.0.0/16 in us-east-1: in zone a (1) and b (2) public 10.0.z.0/24, app 10.0.1z.0/24, data
/// 10.0.2z.0/24; NAT gateways; ALB "web"; instances i-1.. alternating between the zones; database
/// "main" (primary in a, standby in b); cache "sessions" (primary in a).
class Stack {
 public:
  explicit Stack(int instances = 2, uint64_t seed = 1,
                 sim::LatencyProfile profile = sim::LatencyProfile::measured);

  sim::World& world() { return *world_; }
  sim::Scope scope() { return {*world_, "us-east-1"}; }
  template <class F>
  void change(F f) {
    sim::Transaction transaction(*world_);
    sim::Scope s = scope();
    f(s);
    transaction.commit();
  }
  void advance(Duration d) { world_->advance_to(world_->now() + d); }
  std::string target_state(const std::string& id);
  std::string target_reason(const std::string& id);
  void set_target(const std::string& id, const std::string& state);
  std::string start_fault(const std::string& fault, std::map<std::string, std::string> arguments,
                          Duration duration = {});

  static constexpr const char* lb = "arn:aws:elasticloadbalancing:us-east-1:000000000000:"
                                    "loadbalancer/app/web/50dc6c495c0c9188";
  static constexpr const char* tg = "arn:aws:elasticloadbalancing:us-east-1:000000000000:"
                                    "targetgroup/web/73e2d6bc24d8a067";

 private:
  void add_network(sim::Scope& s);
  void add_acls_and_groups(sim::Scope& s);
  void add_load_balancer(sim::Scope& s, int instances);
  void add_data_stores(sim::Scope& s);
  std::string add_interface(sim::Scope& s, const std::string& id, const std::string& subnet,
                            const std::string& ip, const std::string& group,
                            const std::string& public_ip = {},
                            const std::string& instance = {});

  std::unique_ptr<sim::World> world_;
};

/// One class at `rate` with CPU demand only.
dataplane::Workload simple_workload(double rate, double cpu_ms, int vcpus);

}  // namespace squall::dataplane_test
