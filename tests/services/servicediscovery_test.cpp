// Cloud Map: namespaces, services, instances, their health, names and every documented refusal.
#include "services/servicediscovery/servicediscovery.h"

#include "tests/services/fixture.h"

namespace squall {
namespace {

class CloudMapTest : public ServiceTest {
 protected:
  static constexpr std::string_view sd = "servicediscovery";

  Value ask(std::string_view operation, Value input = Value::map()) {
    return call(sd, operation, input);
  }
  std::string refusal(std::string_view operation, Value input) {
    return error(sd, operation, input).code;
  }
  std::string vpc() {
    if (vpc_.empty())
      vpc_ = call("ec2", "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}).at("Vpc").at("VpcId").text();
    return vpc_;
  }
  Value operation(const Value& answer) {
    return ask("GetOperation", {{"OperationId", answer.at("OperationId")}}).at("Operation");
  }
  std::string made_namespace(const Value& answer) {
    return std::string(operation(answer).at("Targets").at("NAMESPACE").text());
  }
  std::string private_namespace(const char* name = "orders.local") {
    return made_namespace(ask("CreatePrivateDnsNamespace", {{"Name", name}, {"Vpc", vpc()}}));
  }
  std::string http_namespace(const char* name = "http") {
    return made_namespace(ask("CreateHttpNamespace", {{"Name", name}}));
  }
  std::string service(const std::string& space, const char* name, const char* type = "A",
                      bool custom_health = false, const char* routing = "MULTIVALUE") {
    Value input{{"Name", name},
                {"NamespaceId", space},
                {"DnsConfig", Value{{"RoutingPolicy", routing},
                                    {"DnsRecords", std::vector<Value>{record(type)}}}}};
    if (custom_health) input.add("HealthCheckCustomConfig", Value{{"FailureThreshold", 1}});
    return std::string(ask("CreateService", input).at("Service").at("Id").text());
  }
  static Value record(const char* type) { return {{"Type", type}, {"TTL", 10}}; }
  void add(const std::string& service, const char* id, const char* ip, Value more = Value::map()) {
    more.add("AWS_INSTANCE_IPV4", ip);
    ask("RegisterInstance", {{"ServiceId", service}, {"InstanceId", id}, {"Attributes", more}});
  }
  std::vector<std::string> names(const char* host, std::string_view type = "A") {
    std::vector<std::string> out;
    for (const auto& r : servicediscovery::eligible(scope(), vpc(), host, type))
      out.push_back(cat(r.ip, ":", r.port));
    return out;
  }

 private:
  std::string vpc_;
};

TEST_F(CloudMapTest, NamespacesComeByOperations) {
  const Value begun = ask("CreatePrivateDnsNamespace", {{"Name", "orders.local"}, {"Vpc", vpc()},
                                                        {"CreatorRequestId", "one"}});
  const Value op = operation(begun);
  EXPECT_EQ(op.at("Status").text(), "SUCCESS");
  EXPECT_EQ(op.at("Type").text(), "CREATE_NAMESPACE");
  const std::string id{op.at("Targets").at("NAMESPACE").text()};
  const Value shown = ask("GetNamespace", {{"Id", id}}).at("Namespace");
  EXPECT_EQ(shown.at("Type").text(), "DNS_PRIVATE");
  EXPECT_TRUE(
      shown.at("Properties").at("DnsProperties").at("HostedZoneId").text().starts_with("Z"));
  EXPECT_EQ(shown.at("Properties").at("HttpProperties").at("HttpName").text(), "orders.local");
  EXPECT_EQ(ask("GetNamespace", {{"Id", shown.at("Arn")}}).at("Namespace").at("Id").text(), id);
  // The same token: the same operation. Another name under it: a duplicate.
  EXPECT_EQ(ask("CreatePrivateDnsNamespace",
                {{"Name", "orders.local"}, {"Vpc", vpc()}, {"CreatorRequestId", "one"}})
                .at("OperationId").text(),
            begun.at("OperationId").text());
  EXPECT_EQ(refusal("CreatePrivateDnsNamespace",
                    {{"Name", "other"}, {"Vpc", vpc()}, {"CreatorRequestId", "one"}}),
            "DuplicateRequest");
  const AwsError again =
      error(sd, "CreatePrivateDnsNamespace", {{"Name", "orders.local"}, {"Vpc", vpc()}});
  EXPECT_EQ(again.code, "NamespaceAlreadyExists");
  EXPECT_THAT(again.members, testing::Contains(std::pair<std::string, std::string>(
                                 "NamespaceId", id)));
  const Value deleted = ask("DeleteNamespace", {{"Id", id}});
  EXPECT_EQ(operation(deleted).at("Type").text(), "DELETE_NAMESPACE");
  EXPECT_EQ(refusal("GetNamespace", {{"Id", id}}), "NamespaceNotFound");
}

TEST_F(CloudMapTest, OperationsTakeTheirTime) {
  vpc();
  use_latency(sim::LatencyProfile::documented);
  const Value begun = ask("CreatePrivateDnsNamespace", {{"Name", "a.local"}, {"Vpc", vpc()}});
  EXPECT_EQ(operation(begun).at("Status").text(), "SUBMITTED");
  const std::string id = made_namespace(begun);
  advance(5s);
  EXPECT_EQ(operation(begun).at("Status").text(), "PENDING");
  EXPECT_EQ(refusal("CreateService", {{"Name", "s"}, {"NamespaceId", id}, {"Type", "HTTP"}}),
            "NamespaceNotFound");
  advance(60s);
  EXPECT_EQ(operation(begun).at("Status").text(), "SUCCESS");
  const Value deletion = ask("DeleteNamespace", {{"Id", id}});
  const AwsError twice = error(sd, "DeleteNamespace", {{"Id", id}});
  EXPECT_EQ(twice.code, "DuplicateRequest");
  EXPECT_EQ(twice.members[0].second, deletion.at("OperationId").text());
  EXPECT_EQ(refusal("UpdatePrivateDnsNamespace",
                    {{"Id", id}, {"Namespace", Value{{"Description", "x"}}}}),
            "ResourceInUse");
  advance(61s);
  EXPECT_EQ(refusal("GetNamespace", {{"Id", id}}), "NamespaceNotFound");
  advance(31 * 24h);
  EXPECT_EQ(refusal("GetOperation", {{"OperationId", begun.at("OperationId")}}),
            "OperationNotFound");
}

TEST_F(CloudMapTest, AVpcThatIsNotThereFailsTheOperation) {
  const Value op =
      operation(ask("CreatePrivateDnsNamespace", {{"Name", "a.local"}, {"Vpc", "vpc-none"}}));
  EXPECT_EQ(op.at("Status").text(), "FAIL");
  EXPECT_EQ(op.at("ErrorCode").text(), "CANNOT_CREATE_HOSTED_ZONE");
  EXPECT_TRUE(ask("ListNamespaces").at("Namespaces").empty());
}

TEST_F(CloudMapTest, NamespacesAreUpdatedAndListed) {
  const std::string space = private_namespace(), http = http_namespace();
  ask("UpdatePrivateDnsNamespace",
      {{"Id", space},
       {"Namespace",
        Value{{"Description", "new"},
              {"Properties", Value{{"DnsProperties", Value{{"SOA", Value{{"TTL", 77}}}}}}}}}});
  const Value shown = ask("GetNamespace", {{"Id", space}}).at("Namespace");
  EXPECT_EQ(shown.at("Description").text(), "new");
  EXPECT_EQ(shown.at("Properties").at("DnsProperties").at("SOA").at("TTL").integer(), 77);
  ask("UpdateHttpNamespace", {{"Id", http}, {"Namespace", Value{{"Description", "h"}}}});
  EXPECT_EQ(refusal("UpdatePublicDnsNamespace",
                    {{"Id", http}, {"Namespace", Value{{"Description", "h"}}}}),
            "InvalidInput");
  auto listed = [&](const char* name, const char* condition, const char* value) {
    return ask("ListNamespaces",
               {{"Filters", std::vector<Value>{Value{{"Name", name},
                                                     {"Condition", condition},
                                                     {"Values", std::vector<Value>{value}}}}}})
        .at("Namespaces").size();
  };
  EXPECT_EQ(listed("TYPE", "EQ", "HTTP"), 1u);
  EXPECT_EQ(listed("NAME", "BEGINS_WITH", "orders"), 1u);
  EXPECT_EQ(listed("HTTP_NAME", "EQ", "http"), 1u);
  EXPECT_EQ(listed("RESOURCE_OWNER", "EQ", "OTHER_ACCOUNTS"), 0u);
  EXPECT_EQ(refusal("ListNamespaces",
                    {{"Filters", std::vector<Value>{Value{
                                     {"Name", "TYPE"},
                                     {"Condition", "BETWEEN"},
                                     {"Values", std::vector<Value>{"a", "b"}}}}}}),
            "InvalidInput");
  const Value page = ask("ListNamespaces", {{"MaxResults", 1}});
  EXPECT_EQ(page.at("Namespaces").size(), 1u);
  EXPECT_EQ(ask("ListNamespaces", {{"MaxResults", 1}, {"NextToken", page.at("NextToken")}})
                .at("Namespaces").size(), 1u);
  EXPECT_EQ(refusal("ListNamespaces", {{"NextToken", "%"}}), "InvalidInput");
}

TEST_F(CloudMapTest, OperationsAreListed) {
  const std::string space = private_namespace();
  add(service(space, "api"), "i", "10.0.0.5");
  auto listed = [&](Value filter) {
    return ask("ListOperations", {{"Filters", std::vector<Value>{filter}}})
        .at("Operations").size();
  };
  EXPECT_EQ(listed({{"Name", "NAMESPACE_ID"}, {"Values", std::vector<Value>{space}}}), 1u);
  EXPECT_EQ(listed({{"Name", "TYPE"}, {"Values", std::vector<Value>{"REGISTER_INSTANCE"}}}), 1u);
  EXPECT_EQ(listed({{"Name", "STATUS"},
                    {"Condition", "IN"},
                    {"Values", std::vector<Value>{"SUCCESS", "FAIL"}}}), 2u);
  EXPECT_EQ(listed({{"Name", "UPDATE_DATE"},
                    {"Condition", "BETWEEN"},
                    {"Values", std::vector<Value>{"0", "1000"}}}), 0u);
}

TEST_F(CloudMapTest, PublicNamespacesAndLimits) {
  const std::string id =
      made_namespace(ask("CreatePublicDnsNamespace", {{"Name", "example.com"}}));
  EXPECT_EQ(refusal("CreatePublicDnsNamespace", {{"Name", "example.com"}}),
            "NamespaceAlreadyExists");
  ask("UpdatePublicDnsNamespace", {{"Id", id}, {"Namespace", Value{{"Description", "d"}}}});
  http_namespace("one");
  EXPECT_EQ(refusal("CreateHttpNamespace", {{"Name", "one"}}), "NamespaceAlreadyExists");
  for (int i = 2; i < 50; ++i) http_namespace(cat("n", i).c_str());
  EXPECT_EQ(refusal("CreateHttpNamespace", {{"Name", "more"}}), "ResourceLimitExceeded");
  EXPECT_EQ(refusal("CreateHttpNamespace", {{"Name", "a b"}}), "InvalidInput");
}

TEST_F(CloudMapTest, ServicesAreCreatedOnce) {
  const std::string space = private_namespace();
  const Value input{{"Name", "api"},
                    {"NamespaceId", space},
                    {"CreatorRequestId", "t"},
                    {"DnsConfig", Value{{"DnsRecords", std::vector<Value>{record("A")}}}}};
  const Value made = ask("CreateService", input).at("Service");
  EXPECT_EQ(made.at("Type").text(), "DNS_HTTP");
  EXPECT_EQ(made.at("DnsConfig").at("RoutingPolicy").text(), "MULTIVALUE");
  EXPECT_EQ(ask("CreateService", input).at("Service").at("Id").text(), made.at("Id").text());
  Value other{{"Name", "API"},
              {"NamespaceId", space},
              {"DnsConfig", Value{{"DnsRecords", std::vector<Value>{record("A")}}}}};
  EXPECT_EQ(refusal("CreateService", other), "ServiceAlreadyExists");
  EXPECT_EQ(refusal("CreateService", {{"Name", "x"}, {"NamespaceId", "ns-none"},
                                      {"Type", "HTTP"}}), "NamespaceNotFound");
  EXPECT_EQ(refusal("DeleteNamespace", {{"Id", space}}), "ResourceInUse");
  EXPECT_EQ(ask("ListServices").at("Services").size(), 1u);
  EXPECT_EQ(ask("GetNamespace", {{"Id", space}}).at("Namespace").at("ServiceCount").integer(), 1);
  ask("DeleteService", {{"Id", made.at("Arn")}});
  EXPECT_EQ(refusal("GetService", {{"Id", made.at("Id")}}), "ServiceNotFound");
}

TEST_F(CloudMapTest, ServicesThatContradictThemselvesAreRefused) {
  const std::string space = private_namespace(), http = http_namespace();
  auto code = [&](const std::string& in, Value more) {
    more.add("Name", "s");
    more.add("NamespaceId", in);
    return refusal("CreateService", more);
  };
  auto dns = [](std::vector<Value> records, const char* routing = "MULTIVALUE") {
    return Value{{"DnsRecords", records}, {"RoutingPolicy", routing}};
  };
  const Value check{{"Type", "TCP"}}, a = dns({record("A")});
  EXPECT_EQ(code(http, {{"DnsConfig", a}}), "InvalidInput");
  EXPECT_EQ(code(space, Value::map()), "InvalidInput");
  EXPECT_EQ(code(space, {{"DnsConfig", a}, {"Type", "HTTP"}}), "InvalidInput");
  EXPECT_EQ(code(space, {{"DnsConfig", a}, {"HealthCheckConfig", check}}), "InvalidInput");
  EXPECT_EQ(code(http, {{"HealthCheckConfig", check}, {"HealthCheckCustomConfig", Value::map()}}),
            "InvalidInput");
  EXPECT_EQ(code(http, {{"HealthCheckConfig", Value{{"Type", "TCP"}, {"ResourcePath", "/"}}}}),
            "InvalidInput");
  EXPECT_EQ(code(space, {{"DnsConfig", dns({record("A"), record("A")})}}), "InvalidInput");
  EXPECT_EQ(code(space, {{"DnsConfig", dns({record("A"), record("CNAME")}, "WEIGHTED")}}),
            "InvalidInput");
  EXPECT_EQ(code(space, {{"DnsConfig", dns({record("CNAME")})}}), "InvalidInput");
  EXPECT_EQ(refusal("CreateService", {{"Name", "s"}, {"DnsConfig", a}}), "InvalidInput");
}

TEST_F(CloudMapTest, UpdatesReplaceRecords) {
  const std::string id = service(private_namespace(), "api");
  ask("UpdateService",
      {{"Id", id},
       {"Service", Value{{"Description", "d"},
                         {"DnsConfig", Value{{"DnsRecords", std::vector<Value>{Value{
                                                                {"Type", "A"}, {"TTL", 33}}}}}}}}});
  const Value shown = ask("GetService", {{"Id", id}}).at("Service");
  EXPECT_EQ(shown.at("Description").text(), "d");
  EXPECT_EQ(shown.at("DnsConfig").at("DnsRecords")[0].at("TTL").integer(), 33);
  EXPECT_EQ(refusal("UpdateService",
                    {{"Id", id}, {"Service", Value{{"HealthCheckConfig", Value{{"Type", "TCP"}}}}}}),
            "InvalidInput");
  use_latency(sim::LatencyProfile::documented);
  ask("UpdateService", {{"Id", id}, {"Service", Value{{"Description", "e"}}}});
  EXPECT_EQ(refusal("UpdateService", {{"Id", id}, {"Service", Value{{"Description", "f"}}}}),
            "DuplicateRequest");
}

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

TEST_F(CloudMapTest, TagsAndServiceAttributes) {
  const std::string id = service(private_namespace(), "api");
  const Value arn = ask("GetService", {{"Id", id}}).at("Service").at("Arn");
  ask("TagResource",
      {{"ResourceARN", arn}, {"Tags", std::vector<Value>{Value{{"Key", "k"}, {"Value", "v"}}}}});
  EXPECT_EQ(ask("ListTagsForResource", {{"ResourceARN", arn}}).at("Tags").size(), 1u);
  ask("UntagResource", {{"ResourceARN", arn}, {"TagKeys", std::vector<Value>{"k"}}});
  EXPECT_TRUE(ask("ListTagsForResource", {{"ResourceARN", arn}}).at("Tags").empty());
  const Value none{{"ResourceARN", "arn:aws:servicediscovery:us-east-1:000000000000:service/x"}};
  EXPECT_EQ(refusal("ListTagsForResource", none), "ResourceNotFoundException");
  std::vector<Value> many;
  for (int i = 0; i < 51; ++i) many.push_back(Value{{"Key", cat("k", i)}, {"Value", "v"}});
  EXPECT_THAT(refusal("TagResource", {{"ResourceARN", arn}, {"Tags", many}}),
              testing::AnyOf("TooManyTagsException", "InvalidInput"));
  ask("UpdateServiceAttributes", {{"ServiceId", id}, {"Attributes", Value{{"port", "80"}}}});
  EXPECT_EQ(ask("GetServiceAttributes", {{"ServiceId", arn}})
                .at("ServiceAttributes").at("Attributes").at("port").text(), "80");
  Value attributes = Value::map();
  for (int i = 0; i < 30; ++i) attributes.add(Key::copy(cat("a", i)), "v");
  EXPECT_EQ(refusal("UpdateServiceAttributes", {{"ServiceId", id}, {"Attributes", attributes}}),
            "ServiceAttributesLimitExceededException");
  ask("DeleteServiceAttributes", {{"ServiceId", id}, {"Attributes", std::vector<Value>{"port"}}});
  EXPECT_EQ(refusal("GetServiceAttributes", {{"ServiceId", "srv-x"}}), "ServiceNotFound");
}

}  // namespace
}  // namespace squall
