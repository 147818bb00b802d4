// Cloud Map: instances, their health, the names they answer to, and the refusals.
#include "tests/services/servicediscovery_fixture.h"

namespace squall {
namespace {

TEST_F(CloudMapTest, InstancesRegisterAndLeave) {
  const std::string id = service(private_namespace(), "api");
  add(id, "one", "10.0.0.5", {{"version", "v1"}});
  add(id, "two", "10.0.0.6", {{"version", "v2"}});
  EXPECT_THAT(names("api.orders.local"), testing::ElementsAre("10.0.0.5:0", "10.0.0.6:0"));
  EXPECT_THAT(names("API.orders.local."), testing::SizeIs(2));
  EXPECT_THAT(names("none.orders.local"), testing::IsEmpty());
  add(id, "one", "10.0.0.9");  // the same instance with new attributes
  EXPECT_THAT(names("api.orders.local"), testing::ElementsAre("10.0.0.9:0", "10.0.0.6:0"));
  EXPECT_EQ(ask("GetInstance", {{"ServiceId", id}, {"InstanceId", "one"}})
                .at("Instance").at("Attributes").at("AWS_INSTANCE_IPV4").text(), "10.0.0.9");
  EXPECT_EQ(refusal("DeleteService", {{"Id", id}}), "ResourceInUse");
  const Value page = ask("ListInstances", {{"ServiceId", id}, {"MaxResults", 1}});
  EXPECT_EQ(page.at("Instances")[0].at("Id").text(), "one");
  EXPECT_EQ(ask("ListInstances", {{"ServiceId", id}, {"NextToken", page.at("NextToken")}})
                .at("Instances")[0].at("Id").text(), "two");
  ask("DeregisterInstance", {{"ServiceId", id}, {"InstanceId", "one"}});
  EXPECT_EQ(refusal("GetInstance", {{"ServiceId", id}, {"InstanceId", "one"}}),
            "InstanceNotFound");
  EXPECT_EQ(refusal("DeregisterInstance", {{"ServiceId", id}, {"InstanceId", "one"}}),
            "InstanceNotFound");
  EXPECT_EQ(refusal("ListInstances", {{"ServiceId", "srv-none"}}), "ServiceNotFound");
  EXPECT_THAT(names("api.orders.local"), testing::ElementsAre("10.0.0.6:0"));
}

TEST_F(CloudMapTest, AttributesMustFitTheService) {
  const std::string space = private_namespace(), http = http_namespace();
  const std::string a = service(space, "a"), srv = service(space, "srv", "SRV"),
                    weighted = service(space, "w", "A", false, "WEIGHTED");
  auto code = [&](const std::string& id, Value attributes) {
    return refusal("RegisterInstance",
                   {{"ServiceId", id}, {"InstanceId", "i"}, {"Attributes", attributes}});
  };
  EXPECT_EQ(code(a, {{"x", "y"}}), "InvalidInput");
  EXPECT_EQ(code(a, {{"AWS_INSTANCE_IPV4", "10.0.0"}}), "InvalidInput");
  EXPECT_EQ(code(srv, {{"AWS_INSTANCE_IPV4", "10.0.0.1"}}), "InvalidInput");
  EXPECT_EQ(code(srv, {{"AWS_INSTANCE_PORT", "80"}}), "InvalidInput");
  EXPECT_EQ(code(srv, {{"AWS_INSTANCE_IPV4", "10.0.0.1"}, {"AWS_INSTANCE_PORT", "99999"}}),
            "InvalidInput");
  EXPECT_EQ(code(a, {{"AWS_INSTANCE_IPV4", "10.0.0.1"}, {"AWS_INIT_HEALTH_STATUS", "HEALTHY"}}),
            "InvalidInput");
  EXPECT_EQ(code(a, {{"AWS_ALIAS_DNS_NAME", "x.elb.amazonaws.com"}}), "InvalidInput");
  EXPECT_EQ(code(weighted, {{"AWS_ALIAS_DNS_NAME", "x.elb.amazonaws.com"},
                            {"AWS_INSTANCE_IPV4", "10.0.0.1"}}), "InvalidInput");
  EXPECT_EQ(code(a, {{"AWS_INSTANCE_IPV4", "10.0.0.1"}, {"AWS_OTHER", "x"}}), "InvalidInput");
  EXPECT_EQ(code(a, {{"AWS_EC2_INSTANCE_ID", "i-1"}}), "InvalidInput");
  Value many{{"AWS_INSTANCE_IPV4", "10.0.0.1"}};
  for (int i = 0; i < 31; ++i) many.add(Key::copy(cat("k", i)), "v");
  EXPECT_EQ(code(a, many), "InvalidInput");
  ask("RegisterInstance", {{"ServiceId", weighted},
                           {"InstanceId", "lb"},
                           {"Attributes", Value{{"AWS_ALIAS_DNS_NAME", "x.elb.amazonaws.com"}}}});
  EXPECT_EQ(servicediscovery::eligible(scope(), vpc(), "w.orders.local", "A")[0].alias,
            "x.elb.amazonaws.com");
}

TEST_F(CloudMapTest, SrvRecordsNameTargets) {
  const std::string id = service(private_namespace(), "processor", "SRV");
  add(id, "task-1", "10.0.1.7", {{"AWS_INSTANCE_PORT", "32768"}});
  EXPECT_THAT(names("processor.orders.local", "SRV"), testing::ElementsAre("10.0.1.7:32768"));
  EXPECT_THAT(names("processor.orders.local"), testing::IsEmpty());
  EXPECT_THAT(names("task-1.processor.orders.local"), testing::ElementsAre("10.0.1.7:32768"));
  sim::Scope here = scope();
  EXPECT_TRUE(servicediscovery::resolve_srv(here, "vpc-other", "processor.orders.local").empty());
  EXPECT_FALSE(servicediscovery::owns_name(here, "vpc-other", "processor.orders.local"));
  EXPECT_TRUE(servicediscovery::owns_name(here, vpc(), "processor.orders.local"));
}

TEST_F(CloudMapTest, AtMostEightAnswersAndWeightedOne) {
  const std::string space = private_namespace();
  const std::string many = service(space, "many"),
                    one = service(space, "one", "A", false, "WEIGHTED");
  for (int i = 10; i < 20; ++i) {
    add(many, cat("i", i).c_str(), cat("10.0.0.", i).c_str());
    add(one, cat("i", i).c_str(), cat("10.0.0.", i).c_str());
  }
  sim::Scope here = scope();
  std::set<std::string> seen;
  for (const auto& r : servicediscovery::resolve_a(here, vpc(), "many.orders.local"))
    seen.insert(r.ip);
  EXPECT_EQ(seen.size(), 8u);
  EXPECT_EQ(servicediscovery::resolve_a(here, vpc(), "one.orders.local").size(), 1u);
}

TEST_F(CloudMapTest, CustomHealthIsBelievedAfterHalfAMinute) {
  const std::string space = private_namespace(), id = service(space, "api", "A", true);
  add(id, "one", "10.0.0.5");
  add(id, "two", "10.0.0.6", {{"AWS_INIT_HEALTH_STATUS", "UNHEALTHY"}});
  EXPECT_THAT(names("api.orders.local"), testing::ElementsAre("10.0.0.5:0"));
  use_latency(sim::LatencyProfile::documented);
  auto report = [&](const char* status) {
    ask("UpdateInstanceCustomHealthStatus",
        {{"ServiceId", id}, {"InstanceId", "two"}, {"Status", status}});
  };
  report("HEALTHY");
  advance(29s);
  EXPECT_THAT(names("api.orders.local"), testing::SizeIs(1));
  report("UNHEALTHY");  // taken back in time
  advance(5s);
  EXPECT_THAT(names("api.orders.local"), testing::SizeIs(1));
  report("HEALTHY");
  advance(31s);
  EXPECT_THAT(names("api.orders.local"), testing::SizeIs(2));
  const Value status =
      ask("GetInstancesHealthStatus",
          {{"ServiceId", id}, {"Instances", std::vector<Value>{"two"}}}).at("Status");
  EXPECT_EQ(status.at("two").text(), "HEALTHY");
  EXPECT_EQ(refusal("GetInstancesHealthStatus",
                    {{"ServiceId", id}, {"Instances", std::vector<Value>{"none"}}}),
            "InstanceNotFound");
  EXPECT_EQ(refusal("UpdateInstanceCustomHealthStatus",
                    {{"ServiceId", service(space, "plain")}, {"InstanceId", "x"},
                     {"Status", "HEALTHY"}}), "InstanceNotFound");
}

TEST_F(CloudMapTest, NobodyHealthyMeansEverybody) {
  const std::string id = service(private_namespace(), "api", "A", true);
  add(id, "one", "10.0.0.5", {{"AWS_INIT_HEALTH_STATUS", "UNHEALTHY"}});
  add(id, "two", "10.0.0.6", {{"AWS_INIT_HEALTH_STATUS", "UNHEALTHY"}});
  EXPECT_THAT(names("api.orders.local"), testing::SizeIs(2));
  const std::string plain = service(private_namespace("b.local"), "plain");
  add(plain, "x", "10.0.0.7");
  EXPECT_EQ(refusal("UpdateInstanceCustomHealthStatus",
                    {{"ServiceId", plain}, {"InstanceId", "x"}, {"Status", "HEALTHY"}}),
            "CustomHealthNotFound");
}

TEST_F(CloudMapTest, DiscoveryByHealthAndAttributes) {
  const std::string id = service(private_namespace(), "api", "A", true);
  add(id, "one", "10.0.0.5", {{"stage", "blue"}});
  add(id, "two", "10.0.0.6", {{"stage", "green"}, {"AWS_INIT_HEALTH_STATUS", "UNHEALTHY"}});
  auto found = [&](Value more) {
    more.add("NamespaceName", "orders.local");
    more.add("ServiceName", "api");
    return ask("DiscoverInstances", more);
  };
  EXPECT_EQ(found(Value::map()).at("Instances").size(), 1u);
  EXPECT_EQ(found({{"HealthStatus", "ALL"}}).at("Instances").size(), 2u);
  EXPECT_EQ(found({{"HealthStatus", "ALL"}, {"MaxResults", 1}}).at("Instances").size(), 1u);
  EXPECT_EQ(found({{"HealthStatus", "UNHEALTHY"}}).at("Instances")[0].at("InstanceId").text(),
            "two");
  const Value green{{"stage", "green"}}, red{{"stage", "red"}};
  EXPECT_EQ(found({{"HealthStatus", "ALL"}, {"QueryParameters", green}}).at("Instances").size(),
            1u);
  EXPECT_EQ(found({{"HealthStatus", "ALL"}, {"OptionalParameters", green}}).at("Instances").size(),
            1u);
  EXPECT_EQ(found({{"HealthStatus", "ALL"}, {"OptionalParameters", red}}).at("Instances").size(),
            2u);
  const int64_t before = found(Value::map()).at("InstancesRevision").integer();
  ask("DeregisterInstance", {{"ServiceId", id}, {"InstanceId", "one"}});
  EXPECT_EQ(found(Value::map()).at("Instances").size(), 0u);
  EXPECT_EQ(found({{"HealthStatus", "HEALTHY_OR_ELSE_ALL"}}).at("Instances").size(), 1u);
  EXPECT_GT(ask("DiscoverInstancesRevision",
                {{"NamespaceName", "orders.local"}, {"ServiceName", "api"}})
                .at("InstancesRevision").integer(), before);
  EXPECT_EQ(refusal("DiscoverInstances", {{"NamespaceName", "x"}, {"ServiceName", "api"}}),
            "NamespaceNotFound");
  EXPECT_EQ(refusal("DiscoverInstances",
                    {{"NamespaceName", "orders.local"}, {"ServiceName", "x"}}), "ServiceNotFound");
}

TEST_F(CloudMapTest, OneThingAtATimeForAnInstance) {
  const std::string id = service(private_namespace(), "api");
  add(id, "one", "10.0.0.5");
  use_latency(sim::LatencyProfile::documented);
  const Value ip{{"AWS_INSTANCE_IPV4", "10.0.0.6"}};
  const Value token{{"ServiceId", id}, {"InstanceId", "two"}, {"Attributes", ip},
                    {"CreatorRequestId", "t"}};
  EXPECT_EQ(ask("RegisterInstance", token).at("OperationId").text(),
            ask("RegisterInstance", token).at("OperationId").text());
  EXPECT_EQ(refusal("RegisterInstance", {{"ServiceId", id}, {"InstanceId", "three"},
                                         {"Attributes", ip}, {"CreatorRequestId", "t"}}),
            "DuplicateRequest");
  EXPECT_THAT(names("api.orders.local"), testing::SizeIs(1));
  ask("DeregisterInstance", {{"ServiceId", id}, {"InstanceId", "one"}});
  EXPECT_EQ(refusal("DeregisterInstance", {{"ServiceId", id}, {"InstanceId", "one"}}),
            "DuplicateRequest");
  EXPECT_EQ(refusal("RegisterInstance",
                    {{"ServiceId", id}, {"InstanceId", "one"}, {"Attributes", ip}}),
            "ResourceInUse");
  advance(12s);
  EXPECT_THAT(names("api.orders.local"), testing::ElementsAre("10.0.0.6:0"));
}

TEST_F(CloudMapTest, AnInstanceLimitHolds) {
  const std::string id =
      std::string(ask("CreateService", {{"Name", "s"}, {"NamespaceId", http_namespace()}})
                      .at("Service").at("Id").text());
  sim::Scope here = scope();
  sim::Transaction change(world());
  for (int i = 0; i < 1000; ++i)
    servicediscovery::register_instance(here, id, cat("i", i), {{"n", "1"}});
  change.commit();
  world().drain();
  EXPECT_EQ(refusal("RegisterInstance", {{"ServiceId", id}, {"InstanceId", "more"},
                                         {"Attributes", Value{{"n", "1"}}}}),
            "ResourceLimitExceeded");
  EXPECT_EQ(ask("GetService", {{"Id", id}}).at("Service").at("InstanceCount").integer(), 1000);
}

}  // namespace
}  // namespace squall
