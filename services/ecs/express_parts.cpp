// The parts of an Express Gateway service, made through the services they belong to.
#include <algorithm>
#include <set>

#include "services/acm/acm.h"
#include "services/application_autoscaling/application_autoscaling.h"
#include "services/common/invoke.h"
#include "services/common/value_json.h"
#include "services/ec2/ec2.h"
#include "services/ecs/express.h"
#include "services/elbv2/elbv2.h"
#include "services/logs/logs.h"

namespace squall::ecs {
namespace {

using Texts = std::vector<std::string>;
using Values = std::vector<Value>;

std::string short_hash(const std::string& text) { return hex16(stable_hash(text)).substr(0, 12); }

std::string make_balancer_group(Context& ctx, const std::string& vpc) {
  const std::string id{
      invoke(ctx, ec2::service(), "CreateSecurityGroup",
             {{"GroupName", cat("ecs-express-gateway-alb-", short_hash(vpc))},
              {"Description", "Load balancer of ECS Express Gateway services"},
              {"VpcId", vpc}})
          .at("GroupId")
          .text()};
  invoke(ctx, ec2::service(), "AuthorizeSecurityGroupIngress",
         {{"GroupId", id},
          {"IpPermissions", Values{{{"IpProtocol", "tcp"},
                                    {"FromPort", 443},
                                    {"ToPort", 443},
                                    {"IpRanges", Values{{{"CidrIp", "0.0.0.0/0"}}}}}}}});
  return id;
}

std::string make_service_group(Context& ctx, const ExpressService& e) {
  const std::string id{invoke(ctx, ec2::service(), "CreateSecurityGroup",
                              {{"GroupName", cat("ecs-express-", e.cluster, '-', e.name)},
                               {"Description", "Tasks of an ECS Express Gateway service"},
                               {"VpcId", e.vpc}})
                           .at("GroupId")
                           .text()};
  invoke(ctx, ec2::service(), "AuthorizeSecurityGroupIngress",
         {{"GroupId", id},
          {"IpPermissions",
           Values{{{"IpProtocol", "tcp"},
                   {"FromPort", e.port},
                   {"ToPort", e.port},
                   {"UserIdGroupPairs", Values{{{"GroupId", e.balancer_group}}}}}}}});
  return id;
}

std::string issue_certificate(Context& ctx, const std::string& host) {
  const std::string arn{invoke(ctx, acm::service(), "RequestCertificate",
                               {{"DomainName", host}, {"ValidationMethod", "DNS"}})
                            .at("CertificateArn")
                            .text()};
  acm::Certificate& certificate = ctx.edit<acm::Certificate>(arn);
  certificate.status = "ISSUED";  // AWS owns the domain
  certificate.issued = ctx.now();
  return arn;
}

/// The load balancer that the VPC's services share, up to 25 of them.
const ExpressService* neighbour(const sim::Scope& scope, const std::string& vpc) {
  for (const ExpressService* other : scope.by<ExpressService>("vpc:" + vpc))
    if (scope.by<ExpressService>("listener:" + other->listener).size() < 25) return other;
  return nullptr;
}

void make_balancer(Context& ctx, ExpressService& e) {
  e.balancer_group = make_balancer_group(ctx, e.vpc);
  const Value made = invoke(ctx, elbv2::service(), "CreateLoadBalancer",
                            {{"Name", cat("ecs-express-gateway-", short_hash(e.id))},
                             {"Subnets", e.subnets},
                             {"SecurityGroups", Texts{e.balancer_group}},
                             {"Scheme", "internet-facing"}})
                         .at("LoadBalancers")[0];
  e.load_balancer = made.at("LoadBalancerArn").text();
  e.balancer_dns = made.at("DNSName").text();
  e.listener =
      invoke(ctx, elbv2::service(), "CreateListener",
             {{"LoadBalancerArn", e.load_balancer},
              {"Protocol", "HTTPS"},
              {"Port", 443},
              {"Certificates", Values{{{"CertificateArn", issue_certificate(ctx, e.host)}}}},
              {"DefaultActions", Values{{{"Type", "fixed-response"},
                                         {"FixedResponseConfig", {{"StatusCode", "404"}}}}}}})
          .at("Listeners")[0]
          .at("ListenerArn")
          .text();
}

void share_balancer(Context& ctx, ExpressService& e, const ExpressService& other) {
  e.balancer_group = other.balancer_group;
  e.load_balancer = other.load_balancer;
  e.balancer_dns = other.balancer_dns;
  e.listener = other.listener;
  invoke(ctx, elbv2::service(), "AddListenerCertificates",
         {{"ListenerArn", e.listener},
          {"Certificates", Values{{{"CertificateArn", issue_certificate(ctx, e.host)}}}}});
}

int64_t free_priority(Context& ctx, const std::string& listener) {
  std::set<std::string> taken;
  const Value rules =
      invoke(ctx, elbv2::service(), "DescribeRules", {{"ListenerArn", listener}}).at("Rules");
  for (const Value& rule : rules.items()) taken.emplace(rule.at("Priority").text());
  int64_t priority = 1;
  while (taken.contains(std::to_string(priority))) ++priority;
  return priority;
}

std::string resource_of(const ExpressService& e) { return cat("service/", e.cluster, '/', e.name); }

}  // namespace

void choose_network(Context& ctx, ExpressService& e) {
  if (e.subnets.empty()) {
    std::set<std::string> zones;
    for (const ec2::Subnet& subnet : ctx.all<ec2::Subnet>())
      if (subnet.is_default && zones.insert(subnet.zone).second)
        e.subnets.push_back(subnet.id);
    if (e.subnets.size() < 2)
      throw invalid_parameter("No default subnets are available. Specify subnets in "
                              "networkConfiguration and try again.");
  }
  for (const std::string& id : e.subnets) {
    const ec2::Subnet* subnet = ctx.view<ec2::Subnet>(id);
    if (!subnet) throw invalid_parameter(cat("The subnet ID '", id, "' does not exist"));
    if (!e.vpc.empty() && e.vpc != subnet->vpc_id)
      throw invalid_parameter("All subnets must belong to the same VPC.");
    e.vpc = subnet->vpc_id;
  }
}

void make_gateway(Context& ctx, ExpressService& e) {
  e.host = cat(e.name, '-', short_hash(e.id), ".ecs.", ctx.region(), ".on.aws");
  if (const ExpressService* other = neighbour(ctx, e.vpc))
    share_balancer(ctx, e, ExpressService(*other));
  else
    make_balancer(ctx, e);
  e.target_group = invoke(ctx, elbv2::service(), "CreateTargetGroup",
                          {{"Name", cat("ecs-gateway-tg-", short_hash(e.id))},
                           {"Protocol", "HTTP"},
                           {"Port", e.port},
                           {"VpcId", e.vpc},
                           {"TargetType", "ip"},
                           {"HealthCheckPath", e.health_path}})
                       .at("TargetGroups")[0]
                       .at("TargetGroupArn")
                       .text();
  e.rule = invoke(ctx, elbv2::service(), "CreateRule",
                  {{"ListenerArn", e.listener},
                   {"Priority", free_priority(ctx, e.listener)},
                   {"Conditions", Values{{{"Field", "host-header"},
                                          {"HostHeaderConfig", {{"Values", Texts{e.host}}}}}}},
                   {"Actions",
                    Values{{{"Type", "forward"}, {"TargetGroupArn", e.target_group}}}}})
               .at("Rules")[0]
               .at("RuleArn")
               .text();
  if (e.groups.empty()) e.groups.push_back(make_service_group(ctx, e));
}

void drop_gateway(Context& ctx, const ExpressService& e) {
  invoke(ctx, elbv2::service(), "DeleteRule", {{"RuleArn", e.rule}});
  invoke(ctx, elbv2::service(), "DeleteTargetGroup", {{"TargetGroupArn", e.target_group}});
  if (ctx.by<ExpressService>("listener:" + e.listener).size() > 1) return;
  invoke(ctx, elbv2::service(), "DeleteLoadBalancer", {{"LoadBalancerArn", e.load_balancer}});
}

std::string make_definition(Context& ctx, const ExpressService& e) {
  const Value given = value_from_json(e.container_json);
  Value log = given.at("awsLogsConfiguration");
  const std::string group{log.is_map() ? std::string(log.at("logGroup").text())
                                       : cat("/aws/ecs/", e.cluster, '/', e.name)};
  const std::string prefix{log.is_map() ? log.at("logStreamPrefix").text() : "ecs"};
  if (!ctx.has<logs::LogGroup>(group))
    invoke(ctx, logs::service(), "CreateLogGroup", {{"logGroupName", group}});
  Value container{{"name", "Main"},
                  {"image", given.at("image")},
                  {"essential", true},
                  {"portMappings", Values{{{"containerPort", e.port}}}},
                  {"logConfiguration",
                   {{"logDriver", "awslogs"},
                    {"options", {{"awslogs-group", group},
                                 {"awslogs-region", ctx.region()},
                                 {"awslogs-stream-prefix", prefix}}}}}};
  for (const std::string_view member : {"command", "environment", "secrets",
                                        "repositoryCredentials"})
    if (!given.at(member).is_absent()) container.add(Key::stable(member), given.at(member));
  Value input{{"family", cat(e.cluster, '-', e.name)},
              {"networkMode", "awsvpc"},
              {"requiresCompatibilities", Texts{"FARGATE"}},
              {"cpu", e.cpu},
              {"memory", e.memory},
              {"executionRoleArn", e.execution_role},
              {"containerDefinitions", Values{container}}};
  if (!e.task_role.empty()) input.add("taskRoleArn", e.task_role);
  return std::string(invoke(ctx, service(), "RegisterTaskDefinition", input)
                         .at("taskDefinition")
                         .at("taskDefinitionArn")
                         .text());
}

void set_scaling(Context& ctx, const ExpressService& e) {
  const Value target{{"ServiceNamespace", "ecs"},
                     {"ResourceId", resource_of(e)},
                     {"ScalableDimension", "ecs:service:DesiredCount"}};
  auto with = [&](const Value& more) {
    Value input = Value::map();
    for (const Member& m : target.members()) input.add(m.key, m.value);
    for (const Member& m : more.members()) input.add(m.key, m.value);
    return input;
  };
  invoke(ctx, application_autoscaling::service(), "RegisterScalableTarget",
         with({{"MinCapacity", e.min_tasks}, {"MaxCapacity", e.max_tasks}}));
  Value metric{{"PredefinedMetricType", e.metric == "AVERAGE_CPU"
                                            ? "ECSServiceAverageCPUUtilization"
                                        : e.metric == "AVERAGE_MEMORY"
                                            ? "ECSServiceAverageMemoryUtilization"
                                            : "ALBRequestCountPerTarget"}};
  if (e.metric == "REQUEST_COUNT_PER_TARGET") {
    auto path = [](const std::string& arn, std::string_view from) {
      return arn.substr(arn.find(from));
    };
    metric.add("ResourceLabel", cat(path(e.load_balancer, "app/"), '/',
                                    path(e.target_group, "targetgroup/")));
  }
  invoke(ctx, application_autoscaling::service(), "PutScalingPolicy",
         with({{"PolicyName", cat("ecs-express-", e.name)},
               {"PolicyType", "TargetTrackingScaling"},
               {"TargetTrackingScalingPolicyConfiguration",
                {{"TargetValue", static_cast<double>(e.target_value)},
                 {"PredefinedMetricSpecification", metric}}}}));
}

void drop_scaling(Context& ctx, const ExpressService& e) {
  invoke(ctx, application_autoscaling::service(), "DeregisterScalableTarget",
         {{"ServiceNamespace", "ecs"},
          {"ResourceId", resource_of(e)},
          {"ScalableDimension", "ecs:service:DesiredCount"}});
}

}  // namespace squall::ecs
