// A cluster, a network and task definitions, put straight into the World.
#pragma once

#include "services/ec2/ec2.h"
#include "services/ecs/internal.h"
#include "tests/services/fixture.h"

namespace squall::ecs {

class TaskTest : public ServiceTest {
 protected:
  TaskTest() {
    subnet_ = default_subnets().at(0);
    sim::Scope s = scope();
    sim::Transaction t(world());
    Cluster cluster;
    cluster.id = "web";
    cluster.arn = s.arn("ecs", "cluster/web");
    s.add(cluster);
    t.commit();
  }

  std::vector<std::string> default_subnets() {
    std::vector<std::string> ids;
    const Value out = call("ec2", "DescribeSubnets");
    for (const Value& v : out.at("Subnets").items())
      ids.emplace_back(v.at("SubnetId").text());
    return ids;
  }

  static ContainerDefinition container(std::string name, std::string image = "nginx") {
    ContainerDefinition c;
    c.name = std::move(name);
    c.image = std::move(image);
    c.cpu = 256;
    c.memory = 512;
    return c;
  }
  /// Fargate's kind unless changed.
  static TaskDefinition definition(std::string family = "app") {
    TaskDefinition d;
    d.family = family;
    d.revision = 1;
    d.id = family + ":1";
    d.arn = "arn:aws:ecs:us-east-1:000000000000:task-definition/" + d.id;
    d.network_mode = "awsvpc";
    d.cpu = 256;
    d.memory = 512;
    d.compatibilities = {"EC2", "FARGATE"};
    d.containers = {container("app")};
    return d;
  }
  static TaskDefinition bridge(std::string family = "bridge") {
    TaskDefinition d = definition(std::move(family));
    d.network_mode = "bridge";
    d.cpu = d.memory = 0;
    d.compatibilities = {"EC2"};
    PortMapping port;
    port.container_port = 80;
    d.containers[0].ports = {port};
    return d;
  }
  template <class T>
  void put(T record) {
    sim::Scope s = scope();
    sim::Transaction t(world());
    s.add(std::move(record));
    t.commit();
  }
  std::string add_host(const std::string& name, const std::string& zone = "us-east-1a") {
    ContainerInstance host;
    host.id = scope().arn("ecs", "container-instance/web/" + name);
    host.cluster = "web";
    host.instance_id = "i-" + name;
    host.zone = zone;
    host.cpu = host.cpu_left = 2048;
    host.memory = host.memory_left = 3904;
    host.interfaces_left = 2;
    host.reserved_ports = {{22, "tcp"}};
    ec2::Instance instance;
    instance.id = host.instance_id;
    instance.zone = zone;
    instance.state = "running";
    instance.booted = scope().now();
    put(instance);
    put(host);
    return host.id;
  }

  TaskRequest request(const std::string& definition) {
    TaskRequest r;
    r.cluster = "web";
    r.definition = definition;
    r.launch_type = "FARGATE";
    r.network.subnets = {subnet_};
    return r;
  }
  TaskRequest on_host(const std::string& definition) {
    TaskRequest r = request(definition);
    r.launch_type = "EC2";
    return r;
  }
  std::variant<std::string, PlacementFailure> start(const TaskRequest& request) {
    sim::Scope s = scope();
    sim::Transaction t(world());
    auto started = start_task(s, request);
    t.commit();
    return started;
  }
  std::string run(const TaskRequest& request) {
    auto started = start(request);
    if (auto* failure = std::get_if<PlacementFailure>(&started)) {
      ADD_FAILURE() << failure->reason << ' ' << failure->detail;
      return {};
    }
    return std::get<std::string>(started);
  }
  std::string refusal(const TaskRequest& request) {
    auto started = start(request);
    const auto* failure = std::get_if<PlacementFailure>(&started);
    return failure ? failure->reason : "";
  }
  void stop(const std::string& arn, std::string_view code = "UserInitiated",
            std::string_view reason = "Task stopped by user") {
    sim::Scope s = scope();
    sim::Transaction t(world());
    stop_task(s, arn, code, reason);
    t.commit();
  }
  template <class F>
  void change(F f) {
    sim::Scope s = scope();
    sim::Transaction t(world());
    f(s);
    t.commit();
  }
  const Task& task(const std::string& arn) {
    const Task* found = scope().view<Task>(arn);
    if (!found) throw std::runtime_error("no task " + arn);
    return *found;
  }
  const ContainerInstance& host(const std::string& arn) {
    return *scope().view<ContainerInstance>(arn);
  }
  /// Every state the task passes until it rests in `last`, an instant at a time.
  std::vector<std::string> states_until(const std::string& arn, std::string_view last) {
    std::vector<std::string> states{task(arn).last_status};
    for (int step = 0; step < 40'000 && states.back() != last; ++step) {
      advance(100ms);
      if (task(arn).last_status != states.back()) states.push_back(task(arn).last_status);
    }
    return states;
  }

  std::string subnet_;
};

}  // namespace squall::ecs
