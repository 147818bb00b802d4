// What the deployed system is asked to do and what a request costs it: filled from a drill file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "emulator/core/error.h"

namespace squall::dataplane {

/// A time or CPU demand; its mean and how it scatters.
struct Demand {
  enum class Shape : uint8_t { constant, exponential, lognormal };
  double mean_ms = 0;
  Shape shape = Shape::exponential;
  double sigma = 0.5;  // of the underlying normal, lognormal only
};

/// Requests a second over time since the traffic began.
struct Profile {
  enum class Kind : uint8_t {
    constant,  // rate
    points,    // piecewise linear; two points at one time make a step
    diurnal,   // rate * (1 + amplitude * sine of the period), lowest at the start
    replay,    // the very moments
  };
  struct Point {
    double at_s = 0, rate = 0;
  };
  Kind kind = Kind::constant;
  double rate = 0;
  std::vector<Point> points;
  double amplitude = 0.5, period_s = 86400;
  std::vector<double> replay_s;
  bool is_poisson = true;  // false: evenly spaced

  double rate_at(double t_s) const;
  double rate_max() const;
};

/// Which items of a table calls are about: partition keys, a few of which may be hot.
struct KeyModel {
  int64_t count = 1'000'000;
  int64_t hot = 1;         // this many keys of their own
  double hot_share = 0;    // of the calls are about them
};

/// A call that a request makes while it is served.
struct Call {
  enum class Kind : uint8_t {
    service,        // a Service Connect alias or a Cloud Map name, resolved at call time
    load_balancer,  // an internal load balancer's DNS name
    table,          // a DynamoDB table
    external,       // a third party on the internet
  };
  Kind kind = Kind::service;
  std::string target;      // "order-processor.orders.local", a DNS name, a table, a host
  std::string name;        // in results; empty: the target
  bool srv = false;        // the name's SRV records give the port, else its A records and `port`
  int port = 0;            // 0: 80, with https and to third parties 443
  std::string method = "GET", scheme = "http", path = "/";  // through a load balancer
  std::string operation;   // Operation::name, what the called service does; empty: next to nothing
  double reads = 0, writes = 0;  // capacity units of a table
  KeyModel keys;
  Demand latency{100};     // of a third party
  double share = 1;        // of the requests that make the call
  double timeout_ms = 1000;      // an attempt
  int attempts_max = 3;
  double backoff_base_ms = 50, backoff_cap_ms = 20000;  // full jitter, doubling, as SDKs do
  bool required = true;    // false: the request goes on without it (degrades)
};

/// What a request costs the server that takes it: CPU, cache, database, calls, waiting, in order.
struct Work {
  Demand cpu{5};           // on the target's CPU
  Demand io{0};            // waiting, no CPU
  std::string cache;       // replication group asked first, or empty
  double cache_hit_ratio = 0.9;
  bool cache_required = false;  // else an unreachable cache means: ask the database
  std::string database;    // DB instance identifier, or empty
  double queries = 1;      // a request
  double write_share = 0;  // of requests that commit
  bool calls_internet = false;  // needs a way out (NAT)
  std::vector<Call> calls;      // one after the other
};

/// A class of requests: the same path, the same work.
struct RequestClass : Work {
  std::string name = "default";
  std::string method = "GET", scheme = "http", host, path = "/";
  int port = 0;            // 0: the scheme's
  double weight = 1;       // share of the workload's profile
  bool has_own_profile = false;
  Profile profile;         // where has_own_profile
  double objective_ms = 0; // slower is not good; 0: the client's time-out
  std::string tier;        // name under which RTO is reported; empty: the class's name
};

/// What a called service does for a call.
struct Operation : Work {
  std::string name;
};

/// What runs behind a target group or as an ECS service.
struct ServerModel {
  std::string target_group;    // name or ARN; empty: any
  std::string service;         // an ECS service's name, or CLUSTER/NAME, instead
  int workers = 200;           // requests in progress at once on one target
  int queue_max = 1000;        // waiting beyond that; then connections are refused
  int vcpus = 0;               // 0: by instance type; of tasks: by their CPU units
  double boot_s = 0;           // a task's program answers this long after its start
  double base_memory = 0.3;    // share of a task's memory used when idle
  double request_memory_mib = 0.5;  // and by each request in progress
  double base_cpu = 0.02;      // share used when idle
  std::string health_needs_database;  // the health endpoint asks it, or empty
  double health_cpu_ms = 1;
};

/// What certain versions of a task's program do; the first that matches counts.
struct Behaviour {
  std::string image, definition, tag;  // wildcards: an image, "family:revision", "key=value"
  bool fails_health = false;   // answers health checks with 503
  double error_share = 0;      // of requests answered with 500
  int exit_code = -1;          // the first essential container ends with it, `exit_after_s` later
  double exit_after_s = 0;
};

struct TableModel {
  std::string name;
  double read_ms = 3, write_ms = 5;  // median at the endpoint
};

struct DatabaseModel {
  std::string name;
  int vcpus = 0;               // 0: by instance class
  double query_cpu_ms = 0.5, query_io_ms = 0.5;
  double commit_ms = 2;        // storage; Multi-AZ adds the way to the standby and back
  int max_connections = 0;     // 0: by memory
  int pool_size = 20;          // connections a target opens
  double connect_timeout_ms = 2000, query_timeout_ms = 4000;
  double dns_ttl_s = 5;
};

struct CacheModel {
  std::string name;
  double operation_ms = 0.3, timeout_ms = 500;
  double dns_ttl_s = 5;
};

struct ClientModel {
  int groups = 16;             // resolvers and their caches
  double dns_ttl_s = 60;       // of an ALB's name
  double timeout_ms = 5000;    // an attempt
  double connect_timeout_ms = 3000;  // then the next address is tried
  double rtt_ms = 0;           // to the load balancer
  int attempts_max = 1;
  double backoff_base_ms = 100, backoff_cap_ms = 20000;
  double retry_budget = 0;     // retries allowed a request (0.1: ten percent); 0: no budget
};

struct Workload {
  std::string load_balancer;   // name, ARN or DNS name
  Profile profile;
  std::vector<RequestClass> classes;
  std::vector<Operation> operations;
  std::vector<ServerModel> servers;
  std::vector<Behaviour> behaviours;
  std::vector<TableModel> tables;
  std::vector<DatabaseModel> databases;
  std::vector<CacheModel> caches;
  ClientModel client;
  double in_zone_ms = 0.1, cross_zone_ms = 0.4;  // one way

  const ServerModel& server_of(const std::string& arn, const std::string& name) const;
  /// nullptr: nothing is said about that ECS service.
  const ServerModel* server_of_service(const std::string& cluster, const std::string& name) const;
};

/// Rates beyond this need the fluid mode, which is not built: saying so beats melting.
inline constexpr double request_mode_rate_max = 50'000;
/// Throws AwsError (code InvalidWorkload) where the description makes no sense.
void check(const Workload& workload);

/// vCPUs of "m5.large", "db.t3.micro", "cache.r6g.xlarge"; memory in GiB.
int vcpus_of(const std::string& instance_type);
double memory_gib_of(const std::string& instance_type);

}  // namespace squall::dataplane
