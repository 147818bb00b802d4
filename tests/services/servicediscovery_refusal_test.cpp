// Cloud Map's documented refusals that the other tests have no reason to provoke.
#include "tests/services/servicediscovery_fixture.h"

namespace squall {
namespace {

TEST_F(CloudMapTest, InputThatBreaksTheModelIsRefused) {
  const model::Service model(model::generated::servicediscovery);
  for (size_t i = 0; i < model.operation_count(); ++i) {
    const std::string name{model.operation(i).name()};
    const bool lists = name == "ListNamespaces" || name == "ListServices" ||
                       name == "ListOperations";
    EXPECT_EQ(refusal(name, lists ? Value{{"MaxResults", 0}} : Value::map()), "InvalidInput")
        << name;
  }
}

TEST_F(CloudMapTest, WhatIsNotThereIsRefused) {
  const Value service{{"ServiceId", "srv-none"}}, instance{{"ServiceId", "srv-none"},
                                                          {"InstanceId", "i"}};
  auto with = [](const Value& base, Key key, Value value) {
    Value input = Value::map();
    for (const Member& m : base.members()) input.add(m.key, m.value);
    input.add(key, value);
    return input;
  };
  const Value attributes{{"AWS_INSTANCE_IPV4", "10.0.0.1"}};
  EXPECT_EQ(refusal("RegisterInstance", with(instance, "Attributes", attributes)),
            "ServiceNotFound");
  EXPECT_EQ(refusal("DeregisterInstance", instance), "ServiceNotFound");
  EXPECT_EQ(refusal("GetInstance", instance), "ServiceNotFound");
  EXPECT_EQ(refusal("GetInstancesHealthStatus", service), "ServiceNotFound");
  EXPECT_EQ(refusal("UpdateInstanceCustomHealthStatus", with(instance, "Status", "HEALTHY")),
            "ServiceNotFound");
  EXPECT_EQ(refusal("UpdateServiceAttributes", with(service, "Attributes", attributes)),
            "ServiceNotFound");
  EXPECT_EQ(refusal("DeleteServiceAttributes",
                    with(service, "Attributes", std::vector<Value>{"a"})),
            "ServiceNotFound");
  EXPECT_EQ(refusal("DeleteService", {{"Id", "srv-none"}}), "ServiceNotFound");
  EXPECT_EQ(refusal("UpdateService", {{"Id", "srv-none"}, {"Service", Value::map()}}),
            "ServiceNotFound");
  EXPECT_EQ(refusal("DeleteNamespace", {{"Id", "ns-none"}}), "NamespaceNotFound");
  const Value description{{"Description", "d"}};
  for (const char* operation :
       {"UpdateHttpNamespace", "UpdatePrivateDnsNamespace", "UpdatePublicDnsNamespace"})
    EXPECT_EQ(refusal(operation, {{"Id", "ns-none"}, {"Namespace", description}}),
              "NamespaceNotFound");
  const Value found{{"NamespaceName", "none"}, {"ServiceName", "s"}};
  EXPECT_EQ(refusal("DiscoverInstancesRevision", found), "NamespaceNotFound");
  private_namespace();
  EXPECT_EQ(refusal("DiscoverInstancesRevision",
                    {{"NamespaceName", "orders.local"}, {"ServiceName", "s"}}),
            "ServiceNotFound");
  const Value arn{{"ResourceARN", "arn:aws:servicediscovery:us-east-1:000000000000:service/x"}};
  EXPECT_EQ(refusal("TagResource", with(arn, "Tags", std::vector<Value>{
                                                         Value{{"Key", "k"}, {"Value", "v"}}})),
            "ResourceNotFoundException");
  EXPECT_EQ(refusal("UntagResource", with(arn, "TagKeys", std::vector<Value>{"k"})),
            "ResourceNotFoundException");
}

TEST_F(CloudMapTest, TwiceIsRefusedWhileTheFirstGoesOn) {
  vpc();
  struct Kind {
    const char *create, *update, *name;
    bool has_vpc;
  };
  const Kind kinds[] = {{"CreateHttpNamespace", "UpdateHttpNamespace", "http", false},
                        {"CreatePublicDnsNamespace", "UpdatePublicDnsNamespace", "a.com", false},
                        {"CreatePrivateDnsNamespace", "UpdatePrivateDnsNamespace", "b.local",
                         true}};
  for (const Kind& kind : kinds) {
    auto create = [&](const char* name, const char* token) {
      Value input{{"Name", name}, {"CreatorRequestId", token}};
      if (kind.has_vpc) input.add("Vpc", vpc());
      return input;
    };
    const std::string one = made_namespace(ask(kind.create, create(kind.name, kind.name)));
    EXPECT_EQ(refusal(kind.create, create("other.com", kind.name)), "DuplicateRequest");
    const std::string two = made_namespace(ask(kind.create, create("two.com", kind.update)));
    auto update = [&](const std::string& id) {
      return Value{{"Id", id},
                   {"UpdaterRequestId", kind.name},
                   {"Namespace", Value{{"Description", "d"}}}};
    };
    ask(kind.update, update(one));
    EXPECT_EQ(refusal(kind.update, update(two)), "DuplicateRequest");
    use_latency(sim::LatencyProfile::documented);
    ask("DeleteNamespace", {{"Id", two}});
    EXPECT_EQ(refusal(kind.update, {{"Id", two}, {"Namespace", Value{{"Description", "d"}}}}),
              "ResourceInUse");
    use_latency(sim::LatencyProfile::zero);
    advance(5min);
  }
}

TEST_F(CloudMapTest, QuotasHold) {
  vpc();
  std::vector<Value> many;
  for (int i = 0; i < 51; ++i) many.push_back(Value{{"Key", cat("k", i)}, {"Value", "v"}});
  const Value named{{"Name", "x.com"}, {"Tags", many}};
  EXPECT_EQ(refusal("CreateHttpNamespace", named), "TooManyTagsException");
  EXPECT_EQ(refusal("CreatePublicDnsNamespace", named), "TooManyTagsException");
  EXPECT_EQ(refusal("CreatePrivateDnsNamespace",
                    {{"Name", "x.com"}, {"Tags", many}, {"Vpc", vpc()}}),
            "TooManyTagsException");
  EXPECT_EQ(refusal("CreateService",
                    {{"Name", "s"}, {"NamespaceId", http_namespace("http")}, {"Tags", many}}),
            "TooManyTagsException");
  for (int i = 1; i < 50; ++i) http_namespace(cat("n", i).c_str());
  EXPECT_EQ(refusal("CreatePublicDnsNamespace", {{"Name", "x.com"}}), "ResourceLimitExceeded");
  EXPECT_EQ(refusal("CreatePrivateDnsNamespace", {{"Name", "x.com"}, {"Vpc", vpc()}}),
            "ResourceLimitExceeded");
}

}  // namespace
}  // namespace squall
