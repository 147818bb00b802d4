#include "tests/dataplane/stack.h"

#include "emulator/core/text.h"
#include "emulator/sim/plane.h"
#include "emulator/sim/record_type.h"
#include "services/autoscaling/autoscaling.h"
#include "services/dataplane/dataplane.h"
#include "services/dynamodb/dynamodb.h"
#include "services/ec2/ec2.h"
#include "services/ec2/endpoint_state.h"
#include "services/ecs/ecs.h"
#include "services/elasticache/elasticache.h"
#include "services/elbv2/elbv2.h"
#include "services/faults/faults.h"
#include "services/rds/rds.h"
#include "services/servicediscovery/servicediscovery.h"

namespace squall::dataplane_test {
namespace {

sim::Laws make_laws() {
  sim::Laws laws;
  laws.add_records(sim::own_records());
  laws.add_records(
      sim::records<autoscaling::Group, dynamodb::Table, ec2::FlowLog, ec2::Instance,
                   ec2::InternetGateway, ec2::NatGateway, ec2::NetworkAcl, ec2::NetworkInterface,
                   ec2::RouteTable, ec2::SecurityGroup, ec2::Subnet, ec2::Vpc, ec2::VpcEndpoint,
                   ecs::Cluster, ecs::ContainerInstance, ecs::Service, ecs::Task,
                   ecs::TaskDefinition, elasticache::ReplicationGroup, elbv2::Listener,
                   elbv2::LoadBalancer, elbv2::Rule, elbv2::TargetGroup, rds::DbInstance,
                   servicediscovery::Instance, servicediscovery::Namespace,
                   servicediscovery::Service>());
  for (const auto* d : {&dataplane::contribution(), &faults::contribution()}) {
    for (const auto& rows : d->events)
      for (const auto& row : rows) laws.events.emplace(row.kind, row.run);
    for (const auto& rows : d->watches)
      for (const auto& row : rows) laws.watches.emplace(row.record_kind, row);
    for (const sim::RecordTypes types : d->records) laws.add_records(types);
    for (const auto& rows : d->latencies)
      for (const auto& row : rows) laws.latencies.emplace(row.name, row);
  }
  return laws;
}

const char* zone_name(int z) { return z == 1 ? "us-east-1a" : "us-east-1b"; }

ec2::Route route(const char* block, const char* kind, std::string target) {
  ec2::Route r;
  r.destination = *Cidr::parse(block);
  r.target_kind = kind;
  r.target = std::move(target);
  return r;
}

ec2::AclEntry entry(int number, bool egress, bool allow, const char* protocol, const char* block,
                    std::optional<int64_t> from = {}, std::optional<int64_t> to = {}) {
  ec2::AclEntry e;
  e.number = number;
  e.egress = egress;
  e.allow = allow;
  e.protocol = protocol;
  e.cidr = *Cidr::parse(block);
  e.from_port = from;
  e.to_port = to;
  return e;
}

ec2::GroupRule rule(std::string id, bool egress, const char* protocol, int64_t port,
                    std::string cidr, std::string group = {}) {
  ec2::GroupRule r;
  r.id = std::move(id);
  r.egress = egress;
  r.protocol = protocol;
  r.from_port = r.to_port = port;
  r.cidr_ipv4 = std::move(cidr);
  r.group_id = std::move(group);
  return r;
}

}  // namespace

Stack::Stack(int instances, uint64_t seed, sim::LatencyProfile profile) {
  static const sim::Laws laws = make_laws();
  metrics().clear();
  log_lines().clear();
  sim::WorldOptions options;
  options.pace = sim::Pace::virtual_;
  options.seed = seed;
  options.latency = profile;
  options.journal_entries_max = 0;
  world_ = std::make_unique<sim::World>(laws, options);
  change([&](sim::Scope& s) {
    add_network(s);
    add_acls_and_groups(s);
    add_data_stores(s);
    add_load_balancer(s, instances);
  });
}

std::string Stack::add_interface(sim::Scope& s, const std::string& id, const std::string& subnet,
                                 const std::string& ip, const std::string& group,
                                 const std::string& public_ip, const std::string& instance) {
  ec2::NetworkInterface i;
  i.id = id;
  i.vpc_id = "vpc-1";
  i.subnet_id = subnet;
  i.zone = s.view<ec2::Subnet>(subnet)->zone;
  i.private_ip = ip;
  i.public_ip = public_ip;
  i.instance_id = instance;
  if (!group.empty()) i.group_ids = {group};
  s.add(i);
  return id;
}

void Stack::add_network(sim::Scope& s) {
  ec2::Vpc vpc;
  vpc.id = "vpc-1";
  vpc.cidr = *Cidr::parse("10.0.0.0/16");
  vpc.main_route_table_id = "rtb-main";
  s.add(vpc);
  ec2::InternetGateway igw;
  igw.id = "igw-1";
  igw.vpc_id = "vpc-1";
  s.add(igw);
  ec2::RouteTable main;
  main.id = "rtb-main";
  main.vpc_id = "vpc-1";
  main.routes = {route("10.0.0.0/16", "local", "local")};
  s.add(main);
  ec2::RouteTable open = main;
  open.id = "rtb-public";
  open.routes.push_back(route("0.0.0.0/0", "gateway", "igw-1"));
  s.add(open);
  for (int z = 1; z <= 2; ++z) {
    ec2::RouteTable hidden = main;
    hidden.id = cat("rtb-private-", z);
    hidden.routes.push_back(route("0.0.0.0/0", "nat", cat("nat-", z)));
    s.add(hidden);
    const char* tiers[] = {"public", "app", "data"};
    for (int t = 0; t < 3; ++t) {
      ec2::Subnet subnet;
      subnet.id = cat("subnet-", tiers[t], '-', z);
      subnet.vpc_id = "vpc-1";
      subnet.cidr = *Cidr::parse(cat("10.0.", t * 10 + z, ".0/24"));
      subnet.zone = zone_name(z);
      subnet.acl_id = t == 2 ? "acl-data" : "acl-open";
      subnet.route_table_id = t == 0 ? "rtb-public" : t == 1 ? hidden.id : "";
      s.add(subnet);
    }
    ec2::NatGateway nat;
    nat.id = cat("nat-", z);
    nat.vpc_id = "vpc-1";
    nat.subnet_id = cat("subnet-public-", z);
    nat.state = "available";
    nat.private_ip = cat("10.0.", z, ".9");
    nat.public_ip = cat("192.0.2.", z);
    nat.interface_id = add_interface(s, cat("eni-nat-", z), nat.subnet_id, nat.private_ip, "",
                                     nat.public_ip);
    s.add(nat);
  }
}

void Stack::add_acls_and_groups(sim::Scope& s) {
  ec2::NetworkAcl open;
  open.id = "acl-open";
  open.vpc_id = "vpc-1";
  open.entries = {entry(100, false, true, "-1", "0.0.0.0/0"),
                  entry(32767, false, false, "-1", "0.0.0.0/0"),
                  entry(100, true, true, "-1", "0.0.0.0/0"),
                  entry(32767, true, false, "-1", "0.0.0.0/0")};
  s.add(open);
  ec2::NetworkAcl data = open;
  data.id = "acl-data";
  data.entries = {entry(100, false, true, "6", "10.0.0.0/16", 5432, 5432),
                  entry(110, false, true, "6", "10.0.0.0/16", 6379, 6379),
                  entry(32767, false, false, "-1", "0.0.0.0/0"),
                  entry(100, true, true, "6", "10.0.0.0/16", 1024, 65535),
                  entry(32767, true, false, "-1", "0.0.0.0/0")};
  s.add(data);
  const auto group = [&](const char* id, std::vector<ec2::GroupRule> rules) {
    ec2::SecurityGroup g;
    g.id = g.name = id;
    g.vpc_id = "vpc-1";
    g.rules = std::move(rules);
    g.rules.push_back(rule(cat("sgr-", id, "-out"), true, "-1", -1, "0.0.0.0/0"));
    s.add(g);
  };
  group("sg-alb", {rule("sgr-80", false, "tcp", 80, "0.0.0.0/0"),
                   rule("sgr-443", false, "tcp", 443, "0.0.0.0/0")});
  group("sg-web", {rule("sgr-web", false, "tcp", 80, "", "sg-alb"),
                   rule("sgr-ssh", false, "tcp", 22, "10.0.0.0/16")});
  group("sg-data", {rule("sgr-pg", false, "tcp", 5432, "", "sg-web"),
                    rule("sgr-redis", false, "tcp", 6379, "", "sg-web")});
}

void Stack::add_data_stores(sim::Scope& s) {
  rds::DbInstance db;
  db.id = "main";
  db.status = "available";
  db.instance_class = "db.m5.large";
  db.multi_az = db.standby_in_sync = true;
  db.group_ids = {"sg-data"};
  db.primary_zone = zone_name(1);
  db.secondary_zone = zone_name(2);
  db.primary_subnet = "subnet-data-1";
  db.secondary_subnet = "subnet-data-2";
  db.private_ip = "10.0.21.10";
  db.primary_interface_id = add_interface(s, "eni-db-1", "subnet-data-1", "10.0.21.10", "sg-data");
  db.secondary_interface_id =
      add_interface(s, "eni-db-2", "subnet-data-2", "10.0.22.10", "sg-data");
  db.serving_since = s.now();
  s.add(db);
  elasticache::ReplicationGroup cache;
  cache.id = "sessions";
  cache.group_ids = {"sg-data"};
  elasticache::CacheNode node;
  node.cluster_id = "sessions-001";
  node.zone = zone_name(1);
  node.subnet_id = "subnet-data-1";
  node.private_ip = "10.0.21.20";
  node.interface_id = add_interface(s, "eni-cache-1", "subnet-data-1", "10.0.21.20", "sg-data");
  node.role = "primary";
  node.serving_since = s.now();
  elasticache::NodeGroup shard;
  shard.id = "0001";
  shard.nodes = {node};
  cache.node_groups.push_back(shard);
  s.add(cache);
}

void Stack::add_load_balancer(sim::Scope& s, int instances) {
  elbv2::LoadBalancer balancer;
  balancer.id = lb;
  balancer.name = "web";
  balancer.state = "active";
  balancer.dns_name = "web-1.us-east-1.elb.amazonaws.com";
  balancer.vpc_id = "vpc-1";
  balancer.group_ids = {"sg-alb"};
  for (int z = 1; z <= 2; ++z) {
    const std::string ip = cat("10.0.", z, ".20"), open = cat("192.0.2.1", z);
    const std::string subnet = cat("subnet-public-", z);
    const std::string id = add_interface(s, cat("eni-lb-", z), subnet, ip, "sg-alb", open);
    elbv2::LoadBalancerZone zone;
    zone.zone = zone_name(z);
    zone.subnet_id = subnet;
    zone.interface_id = id;
    zone.private_ip = ip;
    zone.public_ip = open;
    balancer.zones.push_back(zone);
  }
  s.add(balancer);
  elbv2::TargetGroup group;
  group.id = tg;
  group.name = "web";
  group.protocol = "HTTP";
  group.port = 80;
  for (int i = 1; i <= instances; ++i) {
    const int z = i % 2 ? 1 : 2;
    ec2::Instance instance;
    instance.id = cat("i-", i);
    instance.instance_type = "m5.large";
    instance.zone = zone_name(z);
    instance.subnet_id = cat("subnet-app-", z);
    instance.state = "running";
    instance.private_ip = cat("10.0.1", z, '.', 10 + i);
    instance.booted = s.now();
    instance.group_ids = {"sg-web"};
    instance.primary_interface_id =
        add_interface(s, cat("eni-i-", i), instance.subnet_id, instance.private_ip, "sg-web", "",
                      instance.id);
    s.add(instance);
    elbv2::Target target;
    target.id = instance.id;
    target.port = 80;
    target.zone = instance.zone;
    target.state = "healthy";
    target.registered = s.now();
    group.targets.push_back(target);
  }
  s.add(group);
  elbv2::Action forward;
  forward.type = "forward";
  forward.forward = {{tg, 1}};
  elbv2::Listener listener;
  listener.id = cat(lb, "/80");
  listener.load_balancer_arn = lb;
  listener.protocol = "HTTP";
  listener.port = 80;
  listener.default_actions = {forward};
  s.add(listener);
}

std::string Stack::target_state(const std::string& id) {
  for (const auto& t : scope().view<elbv2::TargetGroup>(tg)->targets)
    if (t.id == id) return t.state;
  return "absent";
}

std::string Stack::target_reason(const std::string& id) {
  for (const auto& t : scope().view<elbv2::TargetGroup>(tg)->targets)
    if (t.id == id) return t.reason;
  return "absent";
}

void Stack::set_target(const std::string& id, const std::string& state) {
  change([&](sim::Scope& s) {
    for (auto& t : s.edit<elbv2::TargetGroup>(tg).targets)
      if (t.id == id) t.state = state;
  });
}

std::string Stack::start_fault(const std::string& fault,
                               std::map<std::string, std::string> arguments, Duration duration) {
  std::string id;
  change([&](sim::Scope& s) {
    id = faults::faults().start(s, fault,
                                sim::FaultArguments(arguments.begin(), arguments.end()), duration);
  });
  return id;
}

dataplane::Workload simple_workload(double rate, double cpu_ms, int vcpus) {
  dataplane::Workload w;
  w.load_balancer = "web";
  w.profile.rate = rate;
  dataplane::RequestClass c;
  c.name = "page";
  c.cpu = {cpu_ms};
  w.classes.push_back(c);
  dataplane::ServerModel server;
  server.vcpus = vcpus;
  server.workers = 100000;
  w.servers.push_back(server);
  w.client.timeout_ms = 60000;
  w.client.connect_timeout_ms = 3000;
  w.in_zone_ms = w.cross_zone_ms = 0;
  return w;
}

}  // namespace squall::dataplane_test
