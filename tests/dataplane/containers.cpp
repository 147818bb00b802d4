#include "tests/dataplane/containers.h"

#include "emulator/core/text.h"
#include "services/ec2/ec2.h"
#include "services/elbv2/elbv2.h"

namespace squall::dataplane_test {

std::string task_arn(int number) {
  return cat("arn:aws:ecs:us-east-1:000000000000:task/shop/", number);
}

std::string service_arn(const std::string& name) {
  return cat("arn:aws:ecs:us-east-1:000000000000:service/shop/", name);
}

std::string add_service(sim::Scope& s, const std::string& name) {
  ecs::Service service;
  service.id = service_arn(name);
  service.name = name;
  service.cluster = "shop";
  s.add(service);
  return service.id;
}

namespace {

void add_interface(sim::Scope& s, ecs::Task& task, const TaskSpec& spec) {
  ec2::NetworkInterface i;
  i.id = cat("eni-task-", spec.number);
  i.vpc_id = "vpc-1";
  i.subnet_id = cat("subnet-app-", spec.zone);
  i.zone = task.zone;
  i.private_ip = cat("10.0.1", spec.zone, '.', 100 + spec.number);
  i.group_ids = {spec.group};
  s.add(i);
  task.interface_id = i.id;
  task.private_ip = i.private_ip;
  task.subnet_id = i.subnet_id;
}

void add_target(sim::Scope& s, const ecs::Task& task, const TaskSpec& spec) {
  elbv2::Target target;
  target.id = spec.instance.empty() ? task.private_ip : spec.instance;
  target.port = spec.instance.empty() ? spec.port : spec.host_port;
  target.zone = task.zone;
  target.registered = s.now();
  s.edit<elbv2::TargetGroup>(spec.target_group).targets.push_back(target);
}

}  // namespace

std::string add_task(sim::Scope& s, const TaskSpec& spec) {
  ecs::Task task;
  task.id = task_arn(spec.number);
  task.cluster = "shop";
  task.definition = cat(spec.service, ":1");
  task.group = cat("service:", spec.service);
  task.service = service_arn(spec.service);
  task.launch_type = spec.instance.empty() ? "FARGATE" : "EC2";
  task.zone = spec.zone == 1 ? "us-east-1a" : "us-east-1b";
  task.cpu = spec.cpu;
  task.memory = spec.memory;
  ecs::Container container;
  container.name = spec.service;
  container.image = spec.image;
  if (!spec.instance.empty()) {
    task.container_instance = cat("arn:ci/", spec.instance);
    container.bindings = {{"0.0.0.0", "tcp", spec.port, spec.host_port}};
  } else {
    add_interface(s, task, spec);
  }
  task.containers = {container};
  task.last_status = spec.status;
  if (spec.status == "RUNNING") task.started = s.now();
  if (!spec.target_group.empty()) {
    add_target(s, task, spec);
    const std::string id = spec.instance.empty() ? task.private_ip : spec.instance;
    task.targets = {cat(spec.target_group, ' ', id, ' ',
                        spec.instance.empty() ? spec.port : spec.host_port)};
  }
  const std::string arn = task.id;
  s.add(std::move(task));
  return arn;
}

void set_task_status(sim::Scope& s, const std::string& arn, const std::string& status) {
  ecs::Task& task = s.edit<ecs::Task>(arn);
  task.last_status = status;
  if (status == "RUNNING") task.started = s.now();
  if (status == "STOPPED") task.execution_stopped = task.stopped = s.now();
}

void add_container_instance(sim::Scope& s, const std::string& instance) {
  ecs::ContainerInstance i;
  i.id = cat("arn:ci/", instance);
  i.cluster = "shop";
  i.instance_id = instance;
  i.zone = s.view<ec2::Instance>(instance)->zone;
  s.add(i);
}

void clear_targets(sim::Scope& s) { s.edit<elbv2::TargetGroup>(Stack::tg).targets.clear(); }

}  // namespace squall::dataplane_test
