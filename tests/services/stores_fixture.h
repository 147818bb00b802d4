// A VPC with private subnets in two zones, for the tests of RDS and ElastiCache.
#pragma once

#include <string>
#include <vector>

#include "emulator/sim/impairment.h"
#include "tests/services/fixture.h"

namespace squall {

class StoresTest : public ServiceTest {
 protected:
  StoresTest() {
    vpc = text(call("ec2", "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}), "Vpc", "VpcId");
    subnet_a = make_subnet("10.0.21.0/24", "us-east-1a");
    subnet_b = make_subnet("10.0.22.0/24", "us-east-1b");
    group = std::string(call("ec2", "CreateSecurityGroup",
                             {{"GroupName", "data"}, {"Description", "data"}, {"VpcId", vpc}})
                            .at("GroupId")
                            .text());
  }
  static std::string text(const Value& answer, std::string_view a, std::string_view b) {
    return std::string(answer.at(a).at(b).text());
  }
  std::string make_subnet(const std::string& cidr, const std::string& zone) {
    return text(call("ec2", "CreateSubnet",
                     {{"VpcId", vpc}, {"CidrBlock", cidr}, {"AvailabilityZone", zone}}),
                "Subnet", "SubnetId");
  }
  /// The zone's power fails, silently.
  void cut_power(const std::string& zone) { impair("power", zone, ""); }
  void lose_host(const std::string& zone, const std::string& interface) {
    impair("host", zone, interface);
  }
  void restore(const std::string& zone) {
    sim::Transaction transaction(world());
    scope().erase<sim::Impairment>(cat("cut-", zone));
    transaction.commit();
    advance(Duration{});
  }
  bool announced(std::string_view words) {
    for (const auto& entry : world().journal().entries())
      if (entry.category == "event" && entry.message.find(words) != std::string::npos) return true;
    return false;
  }

  std::string vpc, subnet_a, subnet_b, group;

 private:
  void impair(const std::string& what, const std::string& zone, const std::string& resource) {
    sim::Transaction transaction(world());
    sim::Impairment i;
    i.id = cat("cut-", zone);
    i.what = what;
    i.zone = zone;
    i.resource = resource;
    i.since = world().now();
    scope().add(std::move(i));
    transaction.commit();
    advance(Duration{});
  }
};

}  // namespace squall
