// The states of a task and the time each takes, on Fargate and on a container instance.
#include "services/elbv2/elbv2.h"
#include "services/logs/logs.h"
#include "services/servicediscovery/servicediscovery.h"
#include "tests/services/ecs_task_fixture.h"

namespace squall::ecs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class EcsTaskLifecycleTest : public TaskTest {
 protected:
  static std::string short_id_of(const std::string& arn) {
    return arn.substr(arn.rfind('/') + 1);
  }
};

TEST_F(EcsTaskLifecycleTest, FargateTaskGoesThroughEveryState) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  const std::string arn = run(request("app:1"));
  EXPECT_EQ(task(arn).platform_version, "1.4.0");
  EXPECT_THAT(states_until(arn, "RUNNING"), ElementsAre("PROVISIONING", "PENDING", "RUNNING"));
  EXPECT_EQ(task(arn).containers[0].status, "RUNNING");
  EXPECT_THAT(task(arn).containers[0].image_digest, testing::StartsWith("sha256:"));
  EXPECT_GE(*task(arn).started - task(arn).created, 12s);
  EXPECT_LE(*task(arn).started - task(arn).created, 40s);
  stop(arn);
  EXPECT_THAT(states_until(arn, "STOPPED"),
              ElementsAre("RUNNING", "STOPPING", "DEPROVISIONING", "STOPPED"));
  EXPECT_EQ(task(arn).stop_code, "UserInitiated");
  EXPECT_EQ(task(arn).containers[0].exit_code, 0);
  EXPECT_EQ(task(arn).containers[0].status, "STOPPED");
}

TEST_F(EcsTaskLifecycleTest, BridgeTaskHasNoInterfaceToWaitFor) {
  use_latency(sim::LatencyProfile::measured);
  const std::string host_arn = add_host("a");
  put(bridge());
  const std::string arn = run(on_host("bridge:1"));
  EXPECT_THAT(states_until(arn, "RUNNING"), ElementsAre("PENDING", "RUNNING"));
  EXPECT_EQ(task(arn).container_instance, host_arn);
  EXPECT_EQ(task(arn).containers[0].bindings.at(0).host_port, 32768);
  EXPECT_EQ(host(host_arn).cpu_left, 2048 - 256);
  stop(arn);
  EXPECT_THAT(states_until(arn, "STOPPED"), ElementsAre("RUNNING", "STOPPING", "STOPPED"));
  EXPECT_EQ(host(host_arn).cpu_left, 2048);
  EXPECT_EQ(host(host_arn).memory_left, 3904);
  EXPECT_THAT(host(host_arn).used_ports, SizeIs(0));
}

TEST_F(EcsTaskLifecycleTest, ProfileZeroRunsAtOnce) {
  put(definition());
  const std::string arn = run(request("app:1"));
  EXPECT_EQ(task(arn).last_status, "PROVISIONING");
  world().drain();
  EXPECT_EQ(task(arn).last_status, "RUNNING");
  stop(arn);
  EXPECT_EQ(task(arn).last_status, "RUNNING");
  EXPECT_EQ(task(arn).desired_status, "STOPPED");
  world().drain();
  EXPECT_EQ(task(arn).last_status, "STOPPED");
}

TEST_F(EcsTaskLifecycleTest, StoppedTasksAreForgottenAfterAnHour) {
  put(definition());
  const std::string arn = run(request("app:1"));
  world().drain();
  stop(arn);
  advance(59min);
  EXPECT_TRUE(scope().has<Task>(arn));
  advance(2min);
  EXPECT_FALSE(scope().has<Task>(arn));
}

TEST_F(EcsTaskLifecycleTest, InterfaceLivesAsLongAsTheTask) {
  put(definition());
  const std::string arn = run(request("app:1"));
  world().drain();
  const std::string interface = task(arn).interface_id;
  const auto* eni = scope().view<ec2::NetworkInterface>(interface);
  ASSERT_TRUE(eni);
  EXPECT_EQ(eni->subnet_id, subnet_);
  EXPECT_EQ(eni->requester_id, "amazon-ecs");
  EXPECT_EQ(eni->private_ip, task(arn).private_ip);
  EXPECT_EQ(error("ec2", "DeleteSubnet", {{"SubnetId", subnet_}}).code, "DependencyViolation");
  stop(arn);
  world().drain();
  EXPECT_FALSE(scope().has<ec2::NetworkInterface>(interface));
  call("ec2", "DeleteSubnet", {{"SubnetId", subnet_}});
}

TEST_F(EcsTaskLifecycleTest, SubnetWithoutAddressesFailsTheTask) {
  const Value vpc = call("ec2", "CreateVpc", {{"CidrBlock", "10.9.0.0/24"}}).at("Vpc");
  const Value subnet = call("ec2", "CreateSubnet",
                            {{"VpcId", vpc.at("VpcId")}, {"CidrBlock", "10.9.0.0/28"}})
                           .at("Subnet");
  put(definition());
  TaskRequest r = request("app:1");
  r.network.subnets = {std::string(subnet.at("SubnetId").text())};
  std::string last;
  for (int i = 0; i < 12; ++i) last = run(r);
  world().drain();
  EXPECT_EQ(task(last).last_status, "STOPPED");
  EXPECT_EQ(task(last).stop_code, "TaskFailedToStart");
  EXPECT_EQ(task(last).stopped_reason,
            "Unexpected EC2 error while attempting to Create Network Interface with public IP "
            "assignment disabled in subnet '" +
                r.network.subnets[0] + "': InsufficientFreeAddressesInSubnet");
  EXPECT_FALSE(task(last).started);
}

TEST_F(EcsTaskLifecycleTest, StopDuringProvisioningNeverRuns) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  const std::string arn = run(request("app:1"));
  stop(arn);
  advance(2min);
  EXPECT_EQ(task(arn).last_status, "STOPPED");
  EXPECT_FALSE(task(arn).started);
}

TEST_F(EcsTaskLifecycleTest, ProgramThatIgnoresSigtermIsKilled) {
  use_latency(sim::LatencyProfile::documented);
  TaskDefinition d = definition();
  d.containers[0].stop_timeout_s = 0;
  put(d);
  const std::string arn = run(request("app:1"));
  advance(2min);
  stop(arn);
  advance(2min);
  EXPECT_EQ(task(arn).containers[0].exit_code, 137);
}

TEST_F(EcsTaskLifecycleTest, EssentialContainerTakesTheTaskWithIt) {
  TaskDefinition d = definition();
  d.containers.push_back(container("sidecar"));
  d.containers[1].essential = false;
  put(d);
  const std::string arn = run(request("app:1"));
  world().drain();
  change([&](sim::Scope& s) { container_exited(s, arn, "sidecar", 1, ""); });
  world().drain();
  EXPECT_EQ(task(arn).last_status, "RUNNING");
  change([&](sim::Scope& s) {
    container_exited(s, arn, "app", 137, "OutOfMemoryError: Container killed due to memory usage");
  });
  world().drain();
  EXPECT_EQ(task(arn).last_status, "STOPPED");
  EXPECT_EQ(task(arn).stop_code, "EssentialContainerExited");
  EXPECT_EQ(task(arn).stopped_reason, "Essential container in task exited");
  EXPECT_EQ(task(arn).containers[0].exit_code, 137);
  EXPECT_THAT(task(arn).containers[0].reason, HasSubstr("OutOfMemoryError"));
}

TEST_F(EcsTaskLifecycleTest, ImageThatItsRepositoryLacksCannotBePulled) {
  TaskDefinition d = definition();
  d.containers[0].image = "000000000000.dkr.ecr.us-east-1.amazonaws.com/shop:1";
  put(d);
  const std::string arn = run(request("app:1"));
  world().drain();
  EXPECT_EQ(task(arn).last_status, "STOPPED");
  EXPECT_EQ(task(arn).stop_code, "TaskFailedToStart");
  EXPECT_THAT(task(arn).stopped_reason, testing::StartsWith("CannotPullContainerError: "));
  EXPECT_EQ(task(arn).containers[0].reason, task(arn).stopped_reason);
}

TEST_F(EcsTaskLifecycleTest, NamesAreRegisteredWhileItRuns) {
  const std::string vpc = scope().view<ec2::Subnet>(subnet_)->vpc_id;
  call("servicediscovery", "CreatePrivateDnsNamespace", {{"Name", "shop.local"}, {"Vpc", vpc}});
  const std::string space = scope().all<servicediscovery::Namespace>().begin()->id;
  Value records = Value::list();
  records.push({{"Type", "A"}, {"TTL", 10}});
  const Value made = call("servicediscovery", "CreateService",
                          {{"Name", "api"},
                           {"NamespaceId", space},
                           {"DnsConfig", {{"DnsRecords", records}}}})
                         .at("Service");
  put(definition());
  TaskRequest r = request("app:1");
  r.registries = {{std::string(made.at("Arn").text()), "app", 0, 80}};
  const std::string arn = run(r);
  world().drain();
  EXPECT_EQ(task(arn).last_status, "RUNNING");
  const auto& all = scope().all<servicediscovery::Instance>();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all.begin()->attributes.at("AWS_INSTANCE_IPV4"), task(arn).private_ip);
  EXPECT_EQ(all.begin()->instance_id, short_id_of(arn));
  stop(arn);
  world().drain();
  EXPECT_EQ(scope().all<servicediscovery::Instance>().size(), 0u);
}

TEST_F(EcsTaskLifecycleTest, LinesOfItsContainersArriveInTheirGroup) {
  call("logs", "CreateLogGroup", {{"logGroupName", "/ecs/app"}});
  TaskDefinition d = definition();
  d.containers[0].log_driver = "awslogs";
  d.containers[0].log_options = {{"awslogs-group", "/ecs/app"},
                                 {"awslogs-region", "us-east-1"},
                                 {"awslogs-stream-prefix", "web"}};
  put(d);
  const std::string arn = run(request("app:1"));
  world().drain();
  stop(arn);
  world().drain();
  const auto lines = logs::events(scope(), "/ecs/app");
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0].message, "Container app started");
  EXPECT_EQ(lines[1].message, "Container app exited with code 0");
  const Value streams =
      call("logs", "DescribeLogStreams", {{"logGroupName", "/ecs/app"}}).at("logStreams");
  EXPECT_EQ(streams[0].at("logStreamName").text(), "web/app/" + arn.substr(arn.rfind('/') + 1));
}

TEST_F(EcsTaskLifecycleTest, MissingLogGroupFailsTheTaskUnlessItMayBeMade) {
  TaskDefinition d = definition();
  d.containers[0].log_driver = "awslogs";
  d.containers[0].log_options = {{"awslogs-group", "/ecs/none"}, {"awslogs-region", "us-east-1"}};
  put(d);
  const std::string arn = run(request("app:1"));
  world().drain();
  EXPECT_EQ(task(arn).stop_code, "TaskFailedToStart");
  EXPECT_THAT(task(arn).stopped_reason, HasSubstr("ResourceInitializationError"));
  EXPECT_THAT(task(arn).stopped_reason, HasSubstr("The specified log group does not exist."));
  d.containers[0].log_options["awslogs-create-group"] = "true";
  put(d);
  const std::string second = run(request("app:1"));
  world().drain();
  EXPECT_EQ(task(second).last_status, "RUNNING");
  EXPECT_TRUE(scope().has<logs::LogGroup>("/ecs/none"));
}

}  // namespace
}  // namespace squall::ecs
