// A World with Cloud Map's helpers: what its tests start from.
#pragma once

#include <string>
#include <vector>

#include "services/servicediscovery/servicediscovery.h"
#include "tests/services/fixture.h"

namespace squall {

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

}  // namespace squall
