// EC2 instances that join clusters, alone or through a capacity provider's group.
#pragma once

#include <string>
#include <vector>

#include "services/autoscaling/autoscaling.h"
#include "services/ec2/ec2.h"
#include "services/ecs/ecs.h"
#include "tests/services/fixture.h"

namespace squall::ecs {

using Texts = std::vector<std::string>;
using Values = std::vector<Value>;

class EcsInstanceTest : public ServiceTest {
 protected:
  EcsInstanceTest() {
    call("iam", "CreateRole",
         {{"RoleName", "ecs"},
          {"AssumeRolePolicyDocument", R"({"Version":"2012-10-17","Statement":[]})"}});
    call("iam", "CreateInstanceProfile", {{"InstanceProfileName", "ecs"}});
    call("iam", "AddRoleToInstanceProfile",
         {{"InstanceProfileName", "ecs"}, {"RoleName", "ecs"}});
  }
  std::string image() {
    return ec2::image_id_of("us-east-1", "ecs-al2023-recommended-x86_64");
  }
  static std::string data(const std::string& cluster, const std::string& more = "") {
    return base64_encode(
        cat("#!/bin/bash\necho ECS_CLUSTER=", cluster, " >> /etc/ecs/ecs.config\n", more));
  }
  std::string launch(const std::string& user_data, const std::string& profile = "ecs") {
    ec2::LaunchSpec spec;
    spec.image_id = image();
    spec.instance_type = "t3.medium";
    spec.instance_profile_arn = profile;
    spec.user_data = user_data;
    sim::Scope s = scope();
    sim::Transaction transaction(world());
    const std::string id = ec2::launch_instances(s, spec, 1)[0];
    transaction.commit();
    world().drain();
    return id;
  }
  void cluster(const std::string& name = "web") {
    call("ecs", "CreateCluster", {{"clusterName", name}});
  }
  Texts arns(const std::string& name = "web", const std::string& filter = "") {
    Value input{{"cluster", name}};
    if (!filter.empty()) input.add("filter", filter);
    Texts list;
    for (const Value& arn :
         call("ecs", "ListContainerInstances", input).at("containerInstanceArns").items())
      list.emplace_back(arn.text());
    return list;
  }
  Value describe(const std::string& arn) {
    return call("ecs", "DescribeContainerInstances",
                {{"cluster", "web"}, {"containerInstances", Texts{arn}}})
        .at("containerInstances")[0];
  }
  std::string attribute(const Value& instance, std::string_view name) {
    for (const Value& a : instance.at("attributes").items())
      if (a.at("name").text() == name) return std::string(a.at("value").text());
    return "(none)";
  }
  void terminate(const std::string& id) {
    call("ec2", "TerminateInstances", {{"InstanceIds", Texts{id}}});
  }
};

class EcsProviderTest : public EcsInstanceTest {
 protected:
  EcsProviderTest() {
    const Value vpc = call("ec2", "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}).at("Vpc");
    subnet_ = call("ec2", "CreateSubnet",
                   {{"VpcId", vpc.at("VpcId")},
                    {"CidrBlock", "10.0.1.0/24"},
                    {"AvailabilityZone", "us-east-1a"}})
                  .at("Subnet")
                  .at("SubnetId")
                  .text();
    call("ec2", "CreateLaunchTemplate",
         {{"LaunchTemplateName", "hosts"},
          {"LaunchTemplateData",
           {{"ImageId", image()},
            {"InstanceType", "t3.medium"},
            {"IamInstanceProfile", {{"Name", "ecs"}}},
            {"UserData", data("web")}}}});
    cluster();
  }
  void group(int64_t min, int64_t max, int64_t desired, bool is_protected) {
    call("autoscaling", "CreateAutoScalingGroup",
         {{"AutoScalingGroupName", "asg"},
          {"LaunchTemplate", {{"LaunchTemplateName", "hosts"}, {"Version", "$Latest"}}},
          {"MinSize", min},
          {"MaxSize", max},
          {"DesiredCapacity", desired},
          {"NewInstancesProtectedFromScaleIn", is_protected},
          {"VPCZoneIdentifier", subnet_}});
  }
  std::string group_arn() { return scope().view<autoscaling::Group>("asg")->arn; }
  Value provider(const Value& settings) {
    Value group{{"autoScalingGroupArn", group_arn()}};
    for (const Member& m : settings.members()) group.add(m.key, m.value);
    return {{"name", "cp"}, {"autoScalingGroupProvider", group}};
  }
  void associate() {
    call("ecs", "PutClusterCapacityProviders",
         {{"cluster", "web"},
          {"capacityProviders", Texts{"cp"}},
          {"defaultCapacityProviderStrategy",
           Values{{{"capacityProvider", "cp"}, {"weight", 1}}}}});
  }
  std::string subnet_;
};

}  // namespace squall::ecs
