// Services in the cluster of the tasks' tests: created by the API, watched by their events.
#pragma once

#include <algorithm>

#include "services/ecs/deployment.h"
#include "services/elbv2/elbv2.h"
#include "tests/services/ecs_task_fixture.h"

namespace squall::ecs {

class EcsServiceTest : public TaskTest {
 protected:
  static Value with(Value base, const Value& more) {
    for (const Member& m : more.members()) base.set(m.key, m.value);
    return base;
  }
  /// Fargate, two tasks of "app:1" in one subnet; `more` adds and replaces members.
  Value fargate(const Value& more = Value::map()) {
    return with({{"cluster", "web"},
                 {"serviceName", "api"},
                 {"taskDefinition", "app:1"},
                 {"launchType", "FARGATE"},
                 {"desiredCount", 2},
                 {"networkConfiguration", network()}},
                more);
  }
  Value bridged(const Value& more = Value::map()) {
    return with({{"cluster", "web"},
                 {"serviceName", "api"},
                 {"taskDefinition", "bridge:1"},
                 {"launchType", "EC2"},
                 {"desiredCount", 2}},
                more);
  }
  Value network() {
    return {{"awsvpcConfiguration", {{"subnets", std::vector<std::string>{subnet_}}}}};
  }
  Value create(const Value& input) { return call("ecs", "CreateService", input).at("service"); }
  Value update(const Value& more) {
    return call("ecs", "UpdateService", with({{"cluster", "web"}, {"service", "api"}}, more))
        .at("service");
  }
  Value describe(std::string name = "api") {
    return call("ecs", "DescribeServices",
                {{"cluster", "web"}, {"services", std::vector<std::string>{name}}})
        .at("services")[0];
  }
  const Service& service(std::string name = "api") {
    return *scope().view<Service>(scope().arn("ecs", "service/web/" + name));
  }
  /// Not stopped, and not on their way there.
  std::vector<const Task*> live(std::string name = "api") {
    std::vector<const Task*> found;
    for (const Task* task : scope().by<Task>("live:" + service(name).id))
      if (task->desired_status == "RUNNING") found.push_back(task);
    return found;
  }
  int64_t count(const std::string& definition, std::string name = "api") {
    return std::ranges::count(live(name), definition, &Task::definition);
  }
  std::vector<std::string> events(std::string name = "api") {
    std::vector<std::string> messages;
    for (const ServiceEvent* event : scope().by<ServiceEvent>("service:" + service(name).id))
      messages.push_back(event->message);
    return messages;
  }
  /// A second revision of "app".
  TaskDefinition second() {
    TaskDefinition d = definition();
    d.revision = 2;
    d.id = "app:2";
    d.arn = "arn:aws:ecs:us-east-1:000000000000:task-definition/" + d.id;
    return d;
  }
  /// The same, but its tasks never start: their log group is not there.
  TaskDefinition broken() {
    TaskDefinition d = second();
    d.containers[0].log_driver = "awslogs";
    d.containers[0].log_options = {{"awslogs-group", "/none"},
                                   {"awslogs-region", "us-east-1"},
                                   {"awslogs-stream-prefix", "app"}};
    return d;
  }
  template <class Done>
  bool eventually(Done done, Duration limit = 20min, Duration step = 1s) {
    for (Duration waited{}; waited < limit; waited += step) {
      if (done()) return true;
      advance(step);
      pass_first_checks();
    }
    return done();
  }

  /// The data plane's part, which is not here: new targets pass their first health check.
  void pass_first_checks() {
    std::vector<std::tuple<std::string, std::string, int64_t>> fresh;
    for (const auto& group : scope().all<elbv2::TargetGroup>())
      for (const auto& target : group.targets)
        if (target.state == "initial") fresh.emplace_back(group.id, target.id, target.port);
    if (fresh.empty()) return;
    change([&](sim::Scope& s) {
      for (const auto& [group, id, port] : fresh)
        elbv2::set_target_health(s, group, id, port, "healthy", "");
    });
  }

  // --- behind a load balancer ---------------------------------------------------------------
  std::string add_target_group(const std::string& name, const std::string& type = "ip") {
    const auto& vpc = scope().view<ec2::Subnet>(subnet_)->vpc_id;
    return std::string(call("elbv2", "CreateTargetGroup",
                            {{"Name", name},
                             {"Protocol", "HTTP"},
                             {"Port", 80},
                             {"VpcId", vpc},
                             {"TargetType", type}})
                           .at("TargetGroups")[0]
                           .at("TargetGroupArn")
                           .text());
  }
  std::string add_load_balancer(const std::vector<std::string>& groups) {
    const auto subnets = default_subnets();
    const std::string arn{
        call("elbv2", "CreateLoadBalancer",
             {{"Name", "front"}, {"Subnets", std::vector<std::string>{subnets[0], subnets[1]}}})
            .at("LoadBalancers")[0]
            .at("LoadBalancerArn")
            .text()};
    Value forward = Value::list();
    for (size_t n = 0; n < groups.size(); ++n)
      forward.push({{"TargetGroupArn", groups[n]}, {"Weight", n == 0 ? 100 : 0}});
    return std::string(
        call("elbv2", "CreateListener",
             {{"LoadBalancerArn", arn},
              {"Protocol", "HTTP"},
              {"Port", 80},
              {"DefaultActions",
               std::vector<Value>{
                   {{"Type", "forward"}, {"ForwardConfig", {{"TargetGroups", forward}}}}}}})
            .at("Listeners")[0]
            .at("ListenerArn")
            .text());
  }
  static Value behind(const std::string& group, const Value& more = Value::map()) {
    return {{"loadBalancers",
             std::vector<Value>{with({{"targetGroupArn", group},
                                      {"containerName", "app"},
                                      {"containerPort", 80}},
                                     more)}}};
  }
  static TaskDefinition with_port(TaskDefinition d) {
    PortMapping port;
    port.container_port = 80;
    for (ContainerDefinition& c : d.containers) c.ports = {port};
    return d;
  }
};

}  // namespace squall::ecs
