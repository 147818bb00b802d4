// Express Gateway services: a Fargate service with its load balancer, domain and scaling, made from
// an image.
#pragma once

#include "services/ecs/registry.h"

namespace squall::ecs {

struct ExpressService {
  static constexpr std::string_view kind = "ecs:express-service";
  std::string id;  // the service's ARN
  std::string name, cluster, infrastructure_role, execution_role, task_role;
  std::string cpu = "256", memory = "512", health_path = "/ping", container_json;
  int64_t port = 80;
  std::vector<std::string> subnets, groups;
  int64_t min_tasks = 1, max_tasks = 20, target_value = 60;
  std::string metric = "AVERAGE_CPU";
  std::string host;  // SERVICE.ecs.REGION.on.aws
  std::string vpc, load_balancer, balancer_dns, listener, rule, target_group;
  std::string balancer_group;  // the security group of the load balancer's making
  Time created{}, updated{};
  Tags tags;
  std::vector<std::string> index_keys() const { return {"vpc:" + vpc, "listener:" + listener}; }
  SQUALL_FIELDS(id, name, cluster, infrastructure_role, execution_role, task_role, cpu, memory,
                health_path, container_json, port, subnets, groups, min_tasks, max_tasks,
                target_value, metric, host, vpc, load_balancer, balancer_dns, listener, rule,
                target_group, balancer_group, created, updated, tags)
};

/// The default VPC's subnets if none are given; sets the VPC.
void choose_network(Context& ctx, ExpressService& express);
/// The VPC's shared load balancer (made with the first service), target group, rule.
void make_gateway(Context& ctx, ExpressService& express);
void drop_gateway(Context& ctx, const ExpressService& express);
/// Registers the task definition; returns its ARN.
std::string make_definition(Context& ctx, const ExpressService& express);
void set_scaling(Context& ctx, const ExpressService& express);
void drop_scaling(Context& ctx, const ExpressService& express);

}  // namespace squall::ecs
