// What lower rooms need of the data plane and the faults; main registers the implementations.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/sim/scope.h"

namespace squall::sim {

/// Ends are resource ids (instance, ENI, load balancer ARN, DB identifier as `db:NAME`, cache as
/// `cache:NAME`, ECS task as `task:ARN`, a service's tasks as `service:CLUSTER/NAME`), a service of
/// AWS's (`dynamodb`, `s3`, `aws:ecr.api`), `internet`, `internet:HOST`, or an IP address.
struct ReachabilityQuery {
  std::string from;
  std::string to;
  std::string protocol = "tcp";
  int port = 0;
};

struct Hop {
  std::string component;  // resource id
  std::string kind;       // "security-group", "network-acl", "route-table", "nat-gateway"...
  bool allowed = true;
  std::string rule;       // the rule or route that decided, readable
};

struct ReachabilityAnswer {
  bool reachable = false;
  bool timed_out = true;   // when unreachable: silence (true) or a refusal (false)
  std::string reason;      // one sentence naming the deciding hop
  std::vector<Hop> forward;
  std::vector<Hop> back;   // the answer's way (stateless ACLs)
};

class Reachability {
 public:
  virtual ~Reachability() = default;
  virtual ReachabilityAnswer explain(const Scope& scope, const ReachabilityQuery& query) const = 0;
};

struct FaultParameter {
  std::string_view name;
  std::string_view description;
  bool required = false;
  std::string_view default_value = {};
};

using FaultArguments = std::map<std::string, std::string, std::less<>>;

/// One kind of fault; all kinds are listed in services/faults/faults.cpp.
struct FaultKind {
  std::string_view name;         // "az-power-loss"
  std::string_view fis_action;   // "aws:ec2:stop-instances", or empty where FIS has none
  std::string_view description;
  std::vector<FaultParameter> parameters;
  /// Throws AwsError when arguments are wrong. `id` names this run of the fault.
  void (*start)(Scope& scope, const std::string& id, const FaultArguments& arguments) = nullptr;
  void (*stop)(Scope& scope, const std::string& id, const FaultArguments& arguments) = nullptr;
};

/// A fault in force or past, as the World remembers it.
struct FaultRecord {
  static constexpr std::string_view kind = "sim:fault";
  std::string id;
  std::string fault;  // FaultKind::name
  std::map<std::string, std::string> arguments;
  Time started{};
  std::optional<Time> stopped;
  SQUALL_FIELDS(id, fault, arguments, started, stopped)
};

class Faults {
 public:
  virtual ~Faults() = default;
  virtual const std::vector<FaultKind>& kinds() const = 0;
  /// Starts a fault now (inside the caller's transaction) and returns its id; with `duration` > 0
  /// it stops by itself.
  virtual std::string start(Scope& scope, std::string_view fault, const FaultArguments& arguments,
                            Duration duration) const = 0;
  virtual void stop(Scope& scope, std::string_view id) const = 0;
};

/// The records that the simulation itself keeps.
RecordTypes own_records();
/// Documents of a service that programs inside the simulation read over plain HTTP (metadata
/// endpoints), served as GET /_squall/PREFIX/... by the control API.
struct DocumentSource {
  std::string_view prefix;  // "ecs/v4"
  /// JSON of what follows "PREFIX/"; empty if this region has no such thing.
  std::string (*find)(const Scope& scope, std::string_view path) = nullptr;
};

/// Registered once by main (or a test's fixture).
struct Plane {
  const Reachability* reachability = nullptr;
  const Faults* faults = nullptr;
  std::vector<DocumentSource> documents = {};
  /// World::set_enforces_throughput and whatever has to begin with it.
  void (*enforce_throughput)(World& world, bool on) = nullptr;
};
Plane& plane();

}  // namespace squall::sim
