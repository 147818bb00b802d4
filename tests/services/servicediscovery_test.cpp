// Cloud Map: namespaces, services, operations, and every documented refusal of theirs.
#include "tests/services/servicediscovery_fixture.h"

namespace squall {
namespace {

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
  EXPECT_EQ(
      refusal("UpdateService",
              {{"Id", id}, {"Service", Value{{"HealthCheckConfig", Value{{"Type", "TCP"}}}}}}),
      "InvalidInput");
  use_latency(sim::LatencyProfile::documented);
  ask("UpdateService", {{"Id", id}, {"Service", Value{{"Description", "e"}}}});
  EXPECT_EQ(refusal("UpdateService", {{"Id", id}, {"Service", Value{{"Description", "f"}}}}),
            "DuplicateRequest");
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
