// Who can reach whom: the walk of one packet and of its answer through what is deployed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/sim/plane.h"
#include "services/ec2/ec2.h"

namespace squall::dataplane {

/// One end of a connection: a network interface, or the internet (one address of it).
struct Endpoint {
  std::string label;                   // as it was asked for
  std::string id;                      // the interface, else the resource
  std::vector<std::string> resources;  // ids whose impairments make this end go dark
  std::string service;                 // the ECS service whose task it is
  bool internet = false;
  std::string down;                    // why nothing answers here ("is stopped"), or empty
  std::string vpc_id, subnet_id, zone;
  uint32_t ip = 0;
  uint32_t public_ip = 0;              // 0: none
  std::vector<std::string> group_ids;
};

/// The interfaces behind a name (ReachabilityQuery tells the forms; also `name:TAG`): several for a
/// load balancer. Empty if there is no such thing.
std::vector<Endpoint> resolve(const sim::Scope& scope, std::string_view end);
/// The same as a sender sees it: names of AWS's services ("dynamodb", "s3", "aws:ecr.api") lead to
/// an interface endpoint of its VPC or to the service's public addresses.
std::vector<Endpoint> resolve_from(const sim::Scope& scope, const Endpoint& from,
                                   std::string_view end);
Endpoint endpoint_of(const sim::Scope& scope, const ec2::NetworkInterface& interface);

/// One packet each way between two given ends.
sim::ReachabilityAnswer walk(const sim::Scope& scope, const Endpoint& from, const Endpoint& to,
                             std::string_view protocol, int port);

/// Rises with every change that may alter a walk.
uint64_t network_version(const sim::Scope& scope);

/// Answers remembered until the network changes: what health checks and traffic ask.
class Connectivity {
 public:
  struct Verdict {
    bool reachable = false;
    bool silent = true;  // no answer at all, rather than a refusal
  };
  Verdict check(const sim::Scope& scope, std::string_view from, std::string_view to, int port,
                std::string_view protocol = "tcp");

 private:
  uint64_t version_ = ~uint64_t{0};
  std::map<std::string, Verdict, std::less<>> known_;
};

// --- how one component decides (reachability_rules.cpp) ----------------------------------------
struct Decision {
  bool allowed = false;
  std::string component;
  std::string rule;
};

/// Security groups allow if any rule of any group does.
Decision decide_groups(const sim::Scope& scope, const Endpoint& own, const Endpoint& peer,
                       uint32_t peer_ip, bool egress, std::string_view protocol, int port);
/// The first entry by number decides. A range must be allowed as a whole.
Decision decide_acl(const sim::Scope& scope, const ec2::Subnet& subnet, bool egress,
                    std::string_view protocol, int from_port, int to_port, uint32_t peer_ip);

struct RouteChoice {
  std::string table_id;
  const ec2::Route* route = nullptr;  // nullptr: no route to that address
};
RouteChoice choose_route(const sim::Scope& scope, const ec2::Subnet& subnet, uint32_t address);
std::string route_text(const ec2::Route& route);

}  // namespace squall::dataplane
