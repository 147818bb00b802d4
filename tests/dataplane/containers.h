// ECS records put straight into a Stack's World: tasks with their interfaces, hosts, target groups.
#pragma once

#include <string>

#include "services/ecs/ecs.h"
#include "tests/dataplane/stack.h"

namespace squall::dataplane_test {

struct TaskSpec {
  int number = 1;
  std::string service = "api", image = "api:1";
  int zone = 1;             // 1: us-east-1a, 2: us-east-1b
  int64_t cpu = 1024, memory = 2048;
  std::string group = "sg-web";
  std::string instance;     // EC2 with bridge networking; empty: Fargate
  int64_t host_port = 0, port = 80;
  std::string target_group; // registered there, if given
  std::string status = "RUNNING";
};
std::string task_arn(int number);
/// Adds the task (and its interface on Fargate, "eni-task-N", 10.0.1z.100+N); its ARN.
std::string add_task(sim::Scope& s, const TaskSpec& spec);
void set_task_status(sim::Scope& s, const std::string& arn, const std::string& status);
/// The instance i-N of the Stack joins cluster "shop".
void add_container_instance(sim::Scope& s, const std::string& instance);
/// Takes the Stack's instances out of its target group.
void clear_targets(sim::Scope& s);
/// The service "shop/NAME".
std::string add_service(sim::Scope& s, const std::string& name);

}  // namespace squall::dataplane_test
