// Elastic Load Balancing v2 through its API: load balancers, target groups, listeners, rules.
#include "services/elbv2/elbv2.h"

#include "services/acm/acm.h"
#include "services/ec2/ec2.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

class Elbv2Test : public ServiceTest {
 protected:
  Elbv2Test() {
    vpc_ = text(call("ec2", "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}), "Vpc", "VpcId");
    a_ = subnet("10.0.1.0/24", "us-east-1a");
    b_ = subnet("10.0.2.0/24", "us-east-1b");
    const std::string gateway =
        text(call("ec2", "CreateInternetGateway"), "InternetGateway", "InternetGatewayId");
    call("ec2", "AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc_}});
  }

  static std::string text(const Value& v, std::string_view a, std::string_view b) {
    return std::string(v.at(a).at(b).text());
  }
  std::string subnet(const char* cidr, const char* zone) {
    return text(call("ec2", "CreateSubnet",
                     {{"VpcId", vpc_}, {"CidrBlock", cidr}, {"AvailabilityZone", zone}}),
                "Subnet", "SubnetId");
  }
  Value make_balancer(const char* name = "web") {
    return call("elbv2", "CreateLoadBalancer",
                {{"Name", name}, {"Subnets", std::vector<std::string>{a_, b_}}})
        .at("LoadBalancers")[0];
  }
  std::string make_group(const char* name = "web") {
    const Value group = call("elbv2", "CreateTargetGroup", {{"Name", name},
                                                            {"Protocol", "HTTP"},
                                                            {"Port", 80},
                                                            {"VpcId", vpc_},
                                                            {"HealthCheckPath", "/health"}})
                            .at("TargetGroups")[0];
    return std::string(group.at("TargetGroupArn").text());
  }
  Value forward(const std::string& group) {
    Value actions = Value::list();
    actions.push({{"Type", "forward"}, {"TargetGroupArn", group}});
    return actions;
  }
  std::string listen(const std::string& balancer, const std::string& group, int port = 80) {
    const Value made = call("elbv2", "CreateListener", {{"LoadBalancerArn", balancer},
                                                        {"Protocol", "HTTP"},
                                                        {"Port", port},
                                                        {"DefaultActions", forward(group)}});
    return std::string(made.at("Listeners")[0].at("ListenerArn").text());
  }
  std::string run_instance() {
    sim::Transaction transaction(world());
    sim::Scope here = scope();
    ec2::LaunchSpec spec;
    spec.image_id = ec2::image_id_of("us-east-1", "al2023-ami-kernel-default-x86_64");
    spec.instance_type = "m5.large";
    spec.subnet_id = a_;
    const std::string id = ec2::launch_instances(here, spec, 1).at(0);
    transaction.commit();
    world().drain();
    return id;
  }
  Value target_list(const std::string& id) {
    Value list = Value::list();
    list.push({{"Id", id}});
    return list;
  }
  Value health(const std::string& group) {
    return call("elbv2", "DescribeTargetHealth", {{"TargetGroupArn", group}})
        .at("TargetHealthDescriptions");
  }

  std::string vpc_, a_, b_;
};

TEST_F(Elbv2Test, LoadBalancerHasNodesInItsZones) {
  const Value made = make_balancer();
  EXPECT_EQ(made.at("State").at("Code").text(), "provisioning");
  EXPECT_EQ(made.at("Scheme").text(), "internet-facing");
  EXPECT_EQ(made.at("CanonicalHostedZoneId").text(), "Z35SXDOTRQ7X7K");
  EXPECT_EQ(made.at("AvailabilityZones").size(), 2u);
  EXPECT_EQ(made.at("SecurityGroups").size(), 1u);
  const Value shown =
      call("elbv2", "DescribeLoadBalancers", {{"Names", std::vector<std::string>{"web"}}})
          .at("LoadBalancers")[0];
  EXPECT_EQ(shown.at("State").at("Code").text(), "active");
  size_t nodes = 0;
  for (const ec2::NetworkInterface* i : scope().by<ec2::NetworkInterface>("vpc:" + vpc_)) {
    EXPECT_TRUE(i->description.starts_with("ELB app/web/"));
    EXPECT_FALSE(i->public_ip.empty());
    ++nodes;
  }
  EXPECT_EQ(nodes, 2u);
  EXPECT_EQ(make_balancer().at("LoadBalancerArn").text(), made.at("LoadBalancerArn").text());
}

TEST_F(Elbv2Test, RefusesOneSubnetAndUnknownNames) {
  AwsError e = error("elbv2", "CreateLoadBalancer",
                     {{"Name", "one"}, {"Subnets", std::vector<std::string>{a_}}});
  EXPECT_EQ(e.code, "InvalidConfigurationRequest");
  EXPECT_EQ(e.message,
            "At least two subnets in two different Availability Zones must be specified");
  e = error("elbv2", "DescribeLoadBalancers", {{"Names", std::vector<std::string>{"none"}}});
  EXPECT_EQ(e.code, "LoadBalancerNotFound");
}

TEST_F(Elbv2Test, DeletionProtectionAndDeletion) {
  const std::string arn{make_balancer().at("LoadBalancerArn").text()};
  listen(arn, make_group());
  Value attributes = Value::list();
  attributes.push({{"Key", "deletion_protection.enabled"}, {"Value", "true"}});
  call("elbv2", "ModifyLoadBalancerAttributes",
       {{"LoadBalancerArn", arn}, {"Attributes", attributes}});
  EXPECT_EQ(error("elbv2", "DeleteLoadBalancer", {{"LoadBalancerArn", arn}}).code,
            "OperationNotPermitted");
  attributes = Value::list();
  attributes.push({{"Key", "deletion_protection.enabled"}, {"Value", "false"}});
  call("elbv2", "ModifyLoadBalancerAttributes",
       {{"LoadBalancerArn", arn}, {"Attributes", attributes}});
  call("elbv2", "DeleteLoadBalancer", {{"LoadBalancerArn", arn}});
  EXPECT_TRUE(scope().all<elbv2::Listener>().empty());
  EXPECT_TRUE(scope().by<ec2::NetworkInterface>("vpc:" + vpc_).empty());
}

TEST_F(Elbv2Test, CapacityIsReservedEvenlyAndLoweredTwiceADay) {
  const std::string arn{make_balancer().at("LoadBalancerArn").text()};
  const auto ask = [&] {
    return call("elbv2", "DescribeCapacityReservation", {{"LoadBalancerArn", arn}});
  };
  const auto reserve = [&](int64_t units) {
    return Value{{"LoadBalancerArn", arn},
                 {"MinimumLoadBalancerCapacity", {{"CapacityUnits", units}}}};
  };
  EXPECT_EQ(ask().at("CapacityReservationState").size(), 0u);
  EXPECT_EQ(error("elbv2", "ModifyCapacityReservation", reserve(99)).code,
            "InvalidConfigurationRequest");
  EXPECT_EQ(error("elbv2", "ModifyCapacityReservation", {{"LoadBalancerArn", arn}}).code,
            "InvalidConfigurationRequest");
  call("elbv2", "ModifyCapacityReservation", reserve(400));
  const Value states = ask().at("CapacityReservationState");
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].at("State").at("Code").text(), "provisioned");
  EXPECT_EQ(states[0].at("EffectiveCapacityUnits").real(), 200);
  call("elbv2", "ModifyCapacityReservation", reserve(300));
  call("elbv2", "ModifyCapacityReservation", reserve(200));
  EXPECT_EQ(error("elbv2", "ModifyCapacityReservation", reserve(100)).code,
            "CapacityDecreaseRequestLimitExceeded");
  advance(24h);
  call("elbv2", "ModifyCapacityReservation",
       {{"LoadBalancerArn", arn}, {"ResetCapacityReservation", true}});
  EXPECT_EQ(ask().at("CapacityReservationState").size(), 0u);
  EXPECT_EQ(ask().at("DecreaseRequestsRemaining").integer(), 1);
}

TEST_F(Elbv2Test, TargetGroupDefaultsAndUse) {
  const std::string group = make_group();
  const Value shown = call("elbv2", "DescribeTargetGroups",
                           {{"TargetGroupArns", std::vector<std::string>{group}}})
                          .at("TargetGroups")[0];
  EXPECT_EQ(shown.at("HealthCheckIntervalSeconds").integer(), 30);
  EXPECT_EQ(shown.at("Matcher").at("HttpCode").text(), "200");
  EXPECT_EQ(shown.at("ProtocolVersion").text(), "HTTP1");
  listen(std::string(make_balancer().at("LoadBalancerArn").text()), group);
  EXPECT_EQ(error("elbv2", "DeleteTargetGroup", {{"TargetGroupArn", group}}).message,
            "Target group '" + group + "' is currently in use by a listener or a rule");
}

TEST_F(Elbv2Test, TargetsComeAndGo) {
  const std::string group = make_group(), id = run_instance();
  EXPECT_EQ(error("elbv2", "RegisterTargets",
                  {{"TargetGroupArn", group}, {"Targets", target_list("i-00000000000000000")}})
                .code,
            "InvalidTarget");
  call("elbv2", "RegisterTargets", {{"TargetGroupArn", group}, {"Targets", target_list(id)}});
  EXPECT_EQ(health(group)[0].at("TargetHealth").at("Reason").text(), "Target.NotInUse");
  listen(std::string(make_balancer().at("LoadBalancerArn").text()), group);
  EXPECT_EQ(health(group)[0].at("TargetHealth").at("State").text(), "initial");
  {
    sim::Transaction transaction(world());
    sim::Scope here = scope();
    elbv2::set_target_health(here, group, id, 80, "healthy", "");
    transaction.commit();
  }
  EXPECT_EQ(health(group)[0].at("TargetHealth").at("State").text(), "healthy");
  call("elbv2", "DeregisterTargets", {{"TargetGroupArn", group}, {"Targets", target_list(id)}});
  EXPECT_EQ(health(group).size(), 0u);  // profile zero: draining is over at once
}

TEST_F(Elbv2Test, DrainingTakesTheDelay) {
  use_latency(sim::LatencyProfile::measured);
  const std::string group = make_group(), id = run_instance();
  advance(120s);
  listen(std::string(make_balancer().at("LoadBalancerArn").text()), group);
  call("elbv2", "RegisterTargets", {{"TargetGroupArn", group}, {"Targets", target_list(id)}});
  call("elbv2", "DeregisterTargets", {{"TargetGroupArn", group}, {"Targets", target_list(id)}});
  advance(299s);
  EXPECT_EQ(health(group)[0].at("TargetHealth").at("Reason").text(),
            "Target.DeregistrationInProgress");
  advance(2s);
  EXPECT_EQ(health(group).size(), 0u);
}

TEST_F(Elbv2Test, SecureListenersNeedCertificates) {
  const std::string arn{make_balancer().at("LoadBalancerArn").text()};
  const std::string group = make_group();
  Value certificates = Value::list();
  certificates.push({{"CertificateArn", "arn:aws:acm:us-east-1:000000000000:certificate/none"}});
  Value input{{"LoadBalancerArn", arn},
              {"Protocol", "HTTPS"},
              {"Port", 443},
              {"Certificates", certificates},
              {"DefaultActions", forward(group)}};
  EXPECT_EQ(error("elbv2", "CreateListener", input).code, "CertificateNotFound");
  {
    sim::Transaction transaction(world());
    acm::Certificate certificate;
    certificate.id = "arn:aws:acm:us-east-1:000000000000:certificate/none";
    certificate.status = "ISSUED";
    scope().add(certificate);
    transaction.commit();
  }
  const Value made = call("elbv2", "CreateListener", input).at("Listeners")[0];
  EXPECT_EQ(made.at("SslPolicy").text(), "ELBSecurityPolicy-2016-08");
  EXPECT_EQ(made.at("DefaultActions")[0].at("ForwardConfig").at("TargetGroups")[0]
                .at("Weight").integer(),
            1);
  EXPECT_EQ(error("elbv2", "CreateListener", input).code, "DuplicateListener");
}

TEST_F(Elbv2Test, RulesHavePrioritiesAndADefault) {
  const std::string group = make_group();
  const std::string listener =
      listen(std::string(make_balancer().at("LoadBalancerArn").text()), group);
  Value conditions = Value::list();
  conditions.push({{"Field", "path-pattern"}, {"Values", std::vector<std::string>{"/api/*"}}});
  const Value input{{"ListenerArn", listener},
                    {"Priority", 10},
                    {"Conditions", conditions},
                    {"Actions", forward(group)}};
  const Value rule = call("elbv2", "CreateRule", input).at("Rules")[0];
  EXPECT_EQ(rule.at("Conditions")[0].at("PathPatternConfig").at("Values")[0].text(), "/api/*");
  EXPECT_EQ(error("elbv2", "CreateRule", input).code, "PriorityInUse");
  const Value rules = call("elbv2", "DescribeRules", {{"ListenerArn", listener}}).at("Rules");
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_TRUE(rules[1].at("IsDefault").boolean());
  const std::string default_arn{rules[1].at("RuleArn").text()};
  EXPECT_EQ(error("elbv2", "DeleteRule", {{"RuleArn", default_arn}}).code,
            "OperationNotPermitted");
  call("elbv2", "DeleteRule", {{"RuleArn", rule.at("RuleArn")}});
}

TEST_F(Elbv2Test, Tags) {
  const std::string group = make_group();
  Value tags = Value::list();
  tags.push({{"Key", "env"}, {"Value", "prod"}});
  call("elbv2", "AddTags", {{"ResourceArns", std::vector<std::string>{group}}, {"Tags", tags}});
  const Value shown =
      call("elbv2", "DescribeTags", {{"ResourceArns", std::vector<std::string>{group}}});
  EXPECT_EQ(shown.at("TagDescriptions")[0].at("Tags")[0].at("Value").text(), "prod");
}

}  // namespace
}  // namespace squall
