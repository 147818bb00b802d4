// Instances: launches, lifecycles, faults, what refuses a launch.
#include "emulator/sim/impairment.h"
#include "services/ec2/ec2.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

constexpr const char* image = "ami-12c6146b";

class InstanceTest : public ServiceTest {
 protected:
  Value run(Value extra = Value::map()) {
    Value input{{"ImageId", image}, {"InstanceType", "t3.micro"}, {"MinCount", 1}, {"MaxCount", 1}};
    for (const Member& m : extra.members()) input.set(m.key, m.value);
    return call("ec2", "RunInstances", input);
  }
  std::string launch(Value extra = Value::map()) {
    return std::string(run(extra).at("Instances")[0].at("InstanceId").text());
  }
  Value describe(const std::string& id) {
    return call("ec2", "DescribeInstances", {{"InstanceIds", std::vector<Value>{id}}})
        .at("Reservations")[0]
        .at("Instances")[0];
  }
  std::string state(const std::string& id) {
    return std::string(describe(id).at("State").at("Name").text());
  }
  Value ids(const std::string& id) { return {{"InstanceIds", std::vector<Value>{id}}}; }
  void darken(std::string zone) {
    sim::Transaction transaction(world());
    sim::Impairment blackout;
    blackout.id = "blackout";
    blackout.what = "power";
    blackout.zone = std::move(zone);
    scope().add(blackout);
    transaction.commit();
    world().drain();
  }
  void lighten() {
    sim::Transaction transaction(world());
    scope().erase<sim::Impairment>("blackout");
    transaction.commit();
    world().drain();
  }
  const ec2::Instance& record(const std::string& id) { return *scope().view<ec2::Instance>(id); }
};

TEST_F(InstanceTest, RunsInTheDefaultVpcAndAnswersPending) {
  const Value reservation = run();
  const Value instance = reservation.at("Instances")[0];
  EXPECT_EQ(instance.at("State").at("Name").text(), "pending");
  EXPECT_EQ(instance.at("NetworkInterfaces").size(), 1u);
  EXPECT_EQ(instance.at("BlockDeviceMappings").size(), 1u);
  const std::string id{instance.at("InstanceId").text()};
  const Value shown = describe(id);
  EXPECT_EQ(shown.at("State").at("Name").text(), "running");
  EXPECT_EQ(shown.at("State").at("Code").integer(), 16);
  EXPECT_FALSE(shown.at("PublicIpAddress").is_absent()) << to_json(shown);
  EXPECT_EQ(shown.at("SecurityGroups")[0].at("GroupName").text(), "default");
  EXPECT_TRUE(record(id).booted.has_value());
  EXPECT_EQ(record(id).instance_status, "ok");
}

TEST_F(InstanceTest, LifecycleTakesTimeUnderTheMeasuredProfile) {
  use_latency(sim::LatencyProfile::measured);
  const std::string id = launch();
  EXPECT_EQ(state(id), "pending");
  advance(18s);
  EXPECT_EQ(state(id), "running");
  EXPECT_EQ(record(id).instance_status, "initializing");
  advance(23s);
  EXPECT_TRUE(record(id).booted.has_value());
  advance(120s);
  EXPECT_EQ(record(id).instance_status, "ok");
  call("ec2", "StopInstances", ids(id));
  EXPECT_EQ(state(id), "stopping");
  EXPECT_FALSE(record(id).booted.has_value());
  advance(60s);
  EXPECT_EQ(state(id), "stopped");
}

TEST_F(InstanceTest, StopsStartsAndTerminates) {
  const std::string id = launch();
  const Value stopping = call("ec2", "StopInstances", ids(id)).at("StoppingInstances")[0];
  EXPECT_EQ(stopping.at("PreviousState").at("Name").text(), "running");
  EXPECT_EQ(stopping.at("CurrentState").at("Name").text(), "stopping");
  Value shown = describe(id);
  EXPECT_EQ(shown.at("State").at("Name").text(), "stopped");
  EXPECT_TRUE(shown.at("PublicIpAddress").is_absent());
  EXPECT_EQ(shown.at("StateReason").at("Code").text(), "Client.UserInitiatedShutdown");
  EXPECT_THAT(std::string(shown.at("StateTransitionReason").text()),
              testing::MatchesRegex("User initiated \\([0-9-]+ [0-9:]+ GMT\\)"));
  call("ec2", "StartInstances", ids(id));
  EXPECT_EQ(state(id), "running");
  EXPECT_FALSE(describe(id).at("PublicIpAddress").is_absent());
  call("ec2", "TerminateInstances", ids(id));
  shown = describe(id);
  EXPECT_EQ(shown.at("State").at("Name").text(), "terminated");
  EXPECT_TRUE(shown.at("VpcId").is_absent());
  EXPECT_EQ(call("ec2", "DescribeVolumes").at("Volumes").size(), 0u);
  EXPECT_EQ(call("ec2", "DescribeNetworkInterfaces").at("NetworkInterfaces").size(), 0u);
  advance(61min);
  EXPECT_EQ(error("ec2", "DescribeInstances", ids(id)).code, "InvalidInstanceID.NotFound");
}

TEST_F(InstanceTest, ProtectionRefusesTermination) {
  const std::string id = launch({{"DisableApiTermination", true}});
  EXPECT_EQ(error("ec2", "TerminateInstances", ids(id)).code, "OperationNotPermitted");
  call("ec2", "ModifyInstanceAttribute",
       {{"InstanceId", id}, {"DisableApiTermination", {{"Value", false}}}});
  call("ec2", "TerminateInstances", ids(id));
}

TEST_F(InstanceTest, RefusesWhatCannotBeLaunched) {
  auto refused = [&](Value extra) {
    Value input{{"ImageId", image}, {"MinCount", 1}, {"MaxCount", 1}};
    for (const Member& m : extra.members()) input.set(m.key, m.value);
    return error("ec2", "RunInstances", input);
  };
  EXPECT_EQ(refused({{"ImageId", "ami-0badbadbadbadbad1"}}).message,
            "The image id '[ami-0badbadbadbadbad1]' does not exist");
  EXPECT_EQ(refused({{"ImageId", "nonsense"}}).message,
            "Invalid id: \"nonsense\" (expecting \"ami-...\")");
  EXPECT_EQ(refused({{"InstanceType", "z9.huge"}}).code, "InvalidParameterValue");
  EXPECT_EQ(refused({{"InstanceType", "m6g.large"}}).code, "InvalidParameterValue");
  EXPECT_EQ(refused({{"KeyName", "none"}}).code, "InvalidKeyPair.NotFound");
  EXPECT_EQ(refused({{"SubnetId", "subnet-0123456789abcdef0"}}).code, "InvalidSubnetID.NotFound");
  EXPECT_EQ(refused({{"SecurityGroupIds", std::vector<Value>{"sg-0123456789abcdef0"}}}).message,
            "The security group 'sg-0123456789abcdef0' does not exist");
  EXPECT_EQ(refused({{"IamInstanceProfile", {{"Name", "none"}}}}).code, "InvalidParameterValue");
  EXPECT_EQ(refused({{"MinCount", 3}, {"MaxCount", 2}}).code, "InvalidParameterCombination");
  EXPECT_EQ(call("ec2", "DescribeInstances").at("Reservations").size(), 0u);
}

TEST_F(InstanceTest, GroupAndSubnetMustShareANetwork) {
  const std::string vpc{
      call("ec2", "CreateVpc", {{"CidrBlock", "10.9.0.0/16"}}).at("Vpc").at("VpcId").text()};
  const Value group = call("ec2", "CreateSecurityGroup",
                           {{"GroupName", "web"}, {"Description", "web"}, {"VpcId", vpc}});
  const AwsError e =
      error("ec2", "RunInstances",
            {{"ImageId", image},
             {"MinCount", 1},
             {"MaxCount", 1},
             {"SecurityGroupIds", std::vector<Value>{group.at("GroupId")}}});
  EXPECT_EQ(e.code, "InvalidParameter");
  EXPECT_THAT(e.message, testing::HasSubstr("belong to different networks."));
}

TEST_F(InstanceTest, ClientTokensMakeLaunchesIdempotent) {
  const std::string first = launch({{"ClientToken", "one"}});
  EXPECT_EQ(launch({{"ClientToken", "one"}}), first);
  EXPECT_EQ(error("ec2", "RunInstances",
                  {{"ImageId", image},
                   {"MinCount", 2},
                   {"MaxCount", 2},
                   {"ClientToken", "one"}})
                .code,
            "IdempotentParameterMismatch");
}

TEST_F(InstanceTest, FiltersAndPages) {
  for (int i = 0; i < 7; ++i)
    launch({{"TagSpecifications",
             std::vector<Value>{{{"ResourceType", "instance"},
                                 {"Tags", std::vector<Value>{{{"Key", "Name"},
                                                              {"Value", cat("web-", i)}}}}}}}});
  auto count = [&](Value filter) {
    return call("ec2", "DescribeInstances", {{"Filters", std::vector<Value>{filter}}})
        .at("Reservations")
        .size();
  };
  EXPECT_EQ(count({{"Name", "tag:Name"}, {"Values", std::vector<Value>{"web-3"}}}), 1u);
  EXPECT_EQ(count({{"Name", "tag:Name"}, {"Values", std::vector<Value>{"web-*"}}}), 7u);
  EXPECT_EQ(count({{"Name", "instance-state-name"}, {"Values", std::vector<Value>{"stopped"}}}),
            0u);
  const Value page = call("ec2", "DescribeInstances", {{"MaxResults", 5}});
  EXPECT_EQ(page.at("Reservations").size(), 5u);
  const Value rest = call("ec2", "DescribeInstances",
                          {{"MaxResults", 5}, {"NextToken", page.at("NextToken")}});
  EXPECT_EQ(rest.at("Reservations").size(), 2u);
  EXPECT_TRUE(rest.at("NextToken").is_absent());
}

TEST_F(InstanceTest, ManyInstancesShareAReservation) {
  const Value reservation = run({{"MinCount", 3}, {"MaxCount", 3}});
  EXPECT_EQ(reservation.at("Instances").size(), 3u);
  const Value shown = call("ec2", "DescribeInstances").at("Reservations");
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].at("Instances").size(), 3u);
}

TEST_F(InstanceTest, ABlackoutImpairsLaterAndHealsByItself) {
  use_latency(sim::LatencyProfile::measured);
  const std::string id = launch({{"Placement", {{"AvailabilityZone", "us-east-1a"}}}});
  advance(3min);
  ASSERT_EQ(record(id).instance_status, "ok");
  darken("us-east-1a");
  EXPECT_EQ(state(id), "running");
  EXPECT_FALSE(record(id).booted.has_value()) << "its operating system is down at once";
  EXPECT_EQ(record(id).instance_status, "ok") << "nobody has noticed yet";
  advance(120s);
  EXPECT_EQ(record(id).instance_status, "impaired");
  const Value status = call("ec2", "DescribeInstanceStatus").at("InstanceStatuses")[0];
  EXPECT_EQ(status.at("SystemStatus").at("Status").text(), "impaired");
  EXPECT_EQ(status.at("SystemStatus").at("Details")[0].at("Status").text(), "failed");
  lighten();
  EXPECT_FALSE(record(id).booted.has_value());
  advance(23s);
  EXPECT_TRUE(record(id).booted.has_value());
  advance(120s);
  EXPECT_EQ(record(id).instance_status, "ok");
}

TEST_F(InstanceTest, ADarkZoneHasNoCapacity) {
  launch();
  darken("us-east-1a");
  const AwsError e = error("ec2", "RunInstances",
                           {{"ImageId", image},
                            {"InstanceType", "m5.large"},
                            {"MinCount", 1},
                            {"MaxCount", 1},
                            {"Placement", {{"AvailabilityZone", "us-east-1a"}}}});
  EXPECT_EQ(e.code, "InsufficientInstanceCapacity");
  EXPECT_THAT(e.message,
              testing::StartsWith("We currently do not have sufficient m5.large capacity "
                                  "in the Availability Zone you requested (us-east-1a)."));
  EXPECT_NE(describe(launch()).at("Placement").at("AvailabilityZone").text(), "us-east-1a");
}

TEST_F(InstanceTest, AttributesAndOptions) {
  const std::string id = launch({{"UserData", "aGVsbG8="}});
  EXPECT_EQ(
      call("ec2", "DescribeInstanceAttribute", {{"InstanceId", id}, {"Attribute", "userData"}})
          .at("UserData")
          .at("Value")
          .text(),
      "aGVsbG8=");
  EXPECT_EQ(error("ec2", "ModifyInstanceAttribute",
                  {{"InstanceId", id}, {"InstanceType", {{"Value", "t3.small"}}}}).code,
            "IncorrectInstanceState");
  call("ec2", "StopInstances", ids(id));
  call("ec2", "ModifyInstanceAttribute",
       {{"InstanceId", id}, {"InstanceType", {{"Value", "t3.small"}}}});
  EXPECT_EQ(describe(id).at("InstanceType").text(), "t3.small");
  call("ec2", "ModifyInstanceMetadataOptions", {{"InstanceId", id}, {"HttpTokens", "required"}});
  EXPECT_EQ(describe(id).at("MetadataOptions").at("HttpTokens").text(), "required");
  EXPECT_EQ(call("ec2", "DescribeInstanceCreditSpecifications", ids(id))
                .at("InstanceCreditSpecifications")[0].at("CpuCredits").text(), "unlimited");
  EXPECT_EQ(call("ec2", "MonitorInstances", ids(id)).at("InstanceMonitorings")[0]
                .at("Monitoring").at("State").text(), "pending");
}

}  // namespace
}  // namespace squall
