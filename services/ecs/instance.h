// What the files of container instances share.
#pragma once

#include "services/ec2/ec2.h"
#include "services/ecs/registry.h"

namespace squall::ecs {

/// The container agent of an EC2 instance: which boot it registered in.
struct Agent {
  static constexpr std::string_view kind = "ecs:agent";
  std::string id;  // the EC2 instance
  std::string container_instance;
  Time booted{};
  SQUALL_FIELDS(id, container_instance, booted)
};

/// What /etc/ecs/ecs.config would hold after the user data has run.
struct AgentConfig {
  std::string cluster;  // empty: the instance is none of ECS's
  std::vector<Attribute> attributes;
  Tags tags;
  int64_t reserved_memory = 0;
  bool is_optimized = false;  // the image has the agent from the start
};
AgentConfig agent_config(const sim::Scope& scope, const ec2::Instance& instance);

/// The record of an instance that registers: resources, attributes, interface limit.
ContainerInstance new_container_instance(sim::Scope& scope, const Cluster& cluster,
                                         const ec2::Instance& instance,
                                         const AgentConfig& config);
/// What Docker reports: the kernel and its tables keep the rest (measured: t3.medium 3,8xx of
/// 4,096, m5.large 7,6xx of 8,192).
int64_t usable_memory(int64_t memory_mib);
/// Every capability of a current agent, and where the instance is.
std::vector<Attribute> attributes_of(const sim::Scope& scope, const ec2::Instance& instance,
                                     const ec2::InstanceType& type, bool is_optimized);
/// awsvpc tasks that an instance of the type takes besides its own interface.
int64_t task_interfaces_of(const sim::Scope& scope, const ec2::InstanceType& type);
void set_attribute(std::vector<Attribute>& attributes, std::string_view name,
                   std::string_view value);

Value describe(const sim::Scope& scope, const ContainerInstance& instance, bool with_tags,
               bool with_health);
void set_instance_status(sim::Scope& scope, const std::string& arn, std::string_view status);
/// Takes it out of its cluster: INACTIVE, visible for a while.
void deregister_instance(sim::Scope& scope, const std::string& arn, std::string_view why);

constexpr std::string_view current_agent = "1.100.1";

}  // namespace squall::ecs
