// Service Connect: names offered in a namespace, their instances, and what is refused.
#include <algorithm>

#include "services/servicediscovery/servicediscovery.h"
#include "tests/services/ecs_service_fixture.h"

namespace squall::ecs {
namespace {

using testing::SizeIs;

class EcsServiceConnectTest : public EcsServiceTest {
 protected:
  EcsServiceConnectTest() {
    TaskDefinition d = with_port(definition());
    d.containers[0].ports[0].name = "http";
    put(d);
    call("servicediscovery", "CreateHttpNamespace", {{"Name", "orders.local"}});
  }
  Value connected(const Value& more = Value::map()) {
    return fargate({{"serviceConnectConfiguration",
                     with({{"enabled", true},
                           {"namespace", "orders.local"},
                           {"services",
                            std::vector<Value>{
                                {{"portName", "http"},
                                 {"discoveryName", "api"},
                                 {"clientAliases", std::vector<Value>{{{"port", 80}}}}}}}},
                          more)}});
  }
};

TEST_F(EcsServiceConnectTest, TasksAreFoundUnderTheDiscoveryName) {
  create(connected());
  const Value deployment = describe().at("deployments")[0];
  const Value resource = deployment.at("serviceConnectResources")[0];
  EXPECT_EQ(resource.at("discoveryName").text(), "api");
  EXPECT_TRUE(deployment.at("serviceConnectConfiguration").at("enabled").boolean());
  const auto* found =
      servicediscovery::find_service(scope(), resource.at("discoveryArn").text());
  ASSERT_TRUE(found);
  EXPECT_THAT(scope().by<servicediscovery::Instance>("service:" + found->id), SizeIs(2));
  const Value listed = call("ecs", "ListServicesByNamespace", {{"namespace", "orders.local"}});
  ASSERT_EQ(listed.at("serviceArns").size(), 1u);
  EXPECT_EQ(listed.at("serviceArns")[0].text(), service().id);
  call("ecs", "DeleteService", {{"cluster", "web"}, {"service", "api"}, {"force", true}});
  EXPECT_EQ(service().status, "INACTIVE");
  EXPECT_THAT(scope().all<servicediscovery::Service>(), SizeIs(0));
}

TEST_F(EcsServiceConnectTest, AnAliasLeadsThoseWithAProxyToTheTasks) {
  create(connected());
  const std::string api = service().id;
  const auto ends = connect_ends(scope(), api, "api.orders.local", 80);
  ASSERT_TRUE(ends);
  ASSERT_THAT(*ends, SizeIs(2));
  const auto* task = scope().by<Task>("service:" + api).front();
  EXPECT_TRUE(std::ranges::any_of(*ends, [&](const auto& e) { return e.ip == task->private_ip; }));
  EXPECT_EQ(ends->front().port, 80);
  EXPECT_FALSE(connect_ends(scope(), api, "api.orders.local", 8080)) << "the alias has a port";
  EXPECT_FALSE(connect_ends(scope(), api, "web.orders.local", 80));
  create(fargate({{"serviceName", "outside"}}));
  EXPECT_FALSE(connect_ends(scope(), service("outside").id, "api.orders.local", 80));
  call("ecs", "UpdateService", {{"cluster", "web"}, {"service", "api"}, {"desiredCount", 0}});
  advance(5min);
  EXPECT_THAT(*connect_ends(scope(), api, "api.orders.local", 80), SizeIs(0));
}

TEST_F(EcsServiceConnectTest, NamespacesAndPortsMustExist) {
  EXPECT_EQ(error("ecs", "CreateService", connected({{"namespace", "none"}})).code,
            "NamespaceNotFoundException");
  EXPECT_EQ(error("ecs", "CreateService",
                  connected({{"services", std::vector<Value>{{{"portName", "grpc"}}}}}))
                .code,
            "InvalidParameterException");
}

}  // namespace
}  // namespace squall::ecs
