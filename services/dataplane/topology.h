// What requests run through, compiled to indices: no text, no look-up while requests flow.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "emulator/sim/random.h"
#include "services/dataplane/flows.h"
#include "services/dataplane/reachability.h"
#include "services/dataplane/results.h"
#include "services/dataplane/workload.h"

namespace squall::dataplane {

inline constexpr int zones_max = 8;   // index 0: outside
inline constexpr int nodes_max = 6;   // of a load balancer: one a zone

/// unknown: not asked since the network last changed.
enum class Link : uint8_t { open, refused, silent, unknown };

/// First in, first out, in a ring that grows by doubling.
template <class T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  T& front() { return items_[head_]; }
  const T& front() const { return items_[head_]; }
  void push(const T& item) {
    if (size_ == items_.size()) grow();
    items_[(head_ + size_++) & (items_.size() - 1)] = item;
  }
  T pop() {
    T item = items_[head_];
    head_ = (head_ + 1) & (items_.size() - 1);
    --size_;
    return item;
  }

 private:
  void grow() {
    std::vector<T> bigger(items_.empty() ? 16 : items_.size() * 2);
    for (size_t i = 0; i < size_; ++i) bigger[i] = items_[(head_ + i) & (items_.size() - 1)];
    items_ = std::move(bigger);
    head_ = 0;
  }
  std::vector<T> items_;
  size_t head_ = 0, size_ = 0;
};

/// c servers, first come first served (Kiefer and Wolfowitz): when each will be free.
class Station {
 public:
  void resize(int servers, int64_t now);
  int servers() const { return static_cast<int>(free_.size()); }
  /// Takes a job that arrives now; when it will be done.
  int64_t serve(int64_t now, int64_t demand) {
    size_t first = 0;
    for (size_t i = 1; i < free_.size(); ++i)
      if (free_[i] < free_[first]) first = i;
    const int64_t begin = free_[first] > now ? free_[first] : now;
    assigned_ += demand;
    return free_[first] = begin + demand;
  }
  /// How long a job that came now would wait.
  int64_t wait(int64_t now) const;
  /// Busy time of all servers until now, in ns.
  int64_t busy(int64_t now) const;
  /// Everything in progress is lost.
  void clear(int64_t now);

 private:
  std::vector<int64_t> free_;
  int64_t assigned_ = 0;
};

struct Ticket {  // a request's slot and generation: stale ones are told apart
  uint32_t slot = 0, generation = 0;
};

/// A host's connections to one database.
struct ConnectionPool {
  int in_use = 0;
  Ring<Ticket> waiting;
};

/// Delay, jitter and loss that faults put on a path.
struct PathFault {
  int64_t delay_ns = 0, jitter_ns = 0;
  double loss = 0;
  bool any() const { return delay_ns || jitter_ns || loss > 0; }
};

/// Where a name led, as a caller remembers it.
struct Destination {
  int host = -1;               // -1: an address that nobody has
  int port = 0;
};
struct Resolution {
  int64_t expires = 0;
  std::vector<Destination> ends;
  uint32_t nodes = 0;          // of a load balancer
};

/// A way out of the VPC.
struct Exit {
  Link link = Link::unknown;
  int nat = -1;                // the NAT gateway on the way
};

/// An instance, an address, or a task.
struct Host {
  std::string id;              // instance id, address or task ARN
  std::string end;             // the same for reachability
  FlowEnd at;
  int port = 80;               // that load balancers talk to
  std::string type, group;     // Auto Scaling group
  const ServerModel* model = nullptr;
  // Tasks only.
  bool is_task = false, fails_health = false;
  std::string vpc_id;
  std::string cluster, service, service_arn, instance;  // instance: that carries it (EC2)
  double reserved_vcpus = 0, memory_mib = 0, error_share = 0;
  double wanted_s = 0;         // CPU asked for since shares were last settled (EC2)
  int64_t ready_at = 0;        // when its program answers
  int zone = 0;
  bool up = false, dark = false;
  bool accepts = false;        // takes new requests
  bool shares = false;         // is among the tasks of a SharedHost
  uint32_t epoch = 0;          // rises whenever what was in progress is lost
  uint64_t compilation = 0;    // the last that looked at it
  int balancer = 0;            // whose target it is
  int workers = 0, queue_max = 0;
  double base_cpu = 0, speed = 1;  // speed: what stress leaves
  double share = 1, share_max = 1;  // of a vCPU, that one of its CPU's servers is
  double dns_phase = 0;        // where in its resolver's TTL it stands
  Station cpu;
  int in_flight = 0;
  Ring<Ticket> queue;
  std::vector<ConnectionPool> pools;  // by database
  std::vector<Link> databases, caches;
  Exit internet;
  std::vector<Exit> exits;                // by callee: third parties and tables
  std::vector<Resolution> names;          // by callee: services and load balancers
  PathFault fault;
  sim::Stream stream;
  // Counters that metrics and results take and reset.
  int64_t busy_taken_ns = 0;
  double used_vcpus = 0;       // tasks: mean of the last minute
  uint32_t requests = 0, errors = 0;
  std::vector<uint32_t> database_requests, cache_requests, requests_by_node;
  uint32_t internet_requests = 0;
};

struct Node {
  std::string interface_id, zone_name, private_ip, public_ip;
  int zone = 0;
  bool dark = false, in_dns = true;
  uint32_t connections = 0;  // for flow logs
  FlowEnd at;
};

/// Figures of a minute for CloudWatch.
struct Counters {
  uint32_t requests = 0, target_2xx = 0, target_5xx = 0, elb_4xx = 0, elb_502 = 0, elb_503 = 0,
           elb_504 = 0, redirects = 0, connection_errors = 0;
  double response_sum_s = 0, response_min_s = 0, response_max_s = 0;
  uint32_t responses = 0;
};

/// A load balancer: the workload's own (the first), and those that calls go through.
struct Balancer {
  std::string wanted;          // name, ARN or DNS name
  std::string arn, vpc_id;     // arn empty: there is none
  std::vector<Node> nodes;
  uint32_t dns_mask = 0;       // nodes that its name resolves to
  int64_t idle_timeout_ns = 60'000'000'000;
  Counters front;
};

struct Target {
  int host = 0, zone = 0;
  int64_t port = 0;
  std::array<Link, nodes_max> from{};
};

/// A target group.
struct Pool {
  std::string arn, name;
  int balancer = 0;
  std::vector<Target> targets;
  std::vector<int> usable;     // healthy ones, or all that may be tried (fail open)
  std::array<std::vector<int>, zones_max> usable_in;  // where cross-zone is off
  bool cross_zone = true, least_outstanding = false, failing_open = false;
  int healthy = 0, unhealthy = 0;
  std::array<uint32_t, nodes_max> turn{};
  std::array<Counters, zones_max> counters;
  Histogram latency;           // of targets' answers, this minute
};

/// What a request costs, with its names compiled: a class of requests, or an operation.
struct WorkPlan {
  const Work* model = nullptr;
  int database = -1, cache = -1;
  std::vector<int> calls;
};

/// The tasks of one EC2 host share its CPU by their reservations.
struct SharedHost {
  int vcpus = 0;
  std::vector<int> tasks;      // hosts
};

/// Where a class of requests, or a call through a load balancer, goes; decided once a compilation.
struct Path {
  enum class Kind : uint8_t { no_listener, fixed, redirected_away, forward };
  Kind kind = Kind::no_listener;
  int status = 0;              // fixed
  int redirects = 0;           // followed on the same load balancer
  std::vector<std::pair<int, int64_t>> pools;  // index, weight
  int64_t weight = 0;
  std::array<Link, nodes_max> entry{};  // client -> node
};

/// One call of the workload, with its names compiled, and what became of it.
struct Callee {
  const Call* model = nullptr;
  int index = 0;
  int work = 0;                // what the called service does for it
  int balancer = -1, table = -1;
  int64_t timeout_ns = 0;
  Path path;                   // through a load balancer
  int port() const {
    return model->port ? model->port : model->scheme == "https" ? 443 : 80;
  }
  CallResults* results = nullptr;
};

/// A DynamoDB table.
struct TableEnd {
  std::string name;
  const TableModel* model = nullptr;
  bool exists = false;
  sim::Stream stream, keys;
};

/// What passed a NAT gateway this minute.
struct NatFlow {
  std::string id;
  uint32_t attempts = 0, established = 0;
};

struct Database {
  std::string id, primary;     // primary: interface, which changes with a failover
  FlowEnd at;
  bool exists = false, serving = false, in_sync = false, multi_az = false;
  int64_t serving_from = 0;
  int64_t commits_held_until = 0;  // a dark standby still counts as in sync until then
  int zone = 0, standby_zone = 0, port = 0;
  uint32_t epoch = 0;          // rises when connections break
  int64_t switched_at = 0;     // when the name began to point elsewhere
  int max_connections = 0, connections = 0;
  Station cpu;
  CommitLedger* ledger = nullptr;
  sim::Stream stream;
  // A minute's figures.
  int64_t busy_taken_ns = 0;
  uint32_t reads = 0, writes = 0, failures = 0;
  double read_s = 0, write_s = 0, commit_s = 0;
};

struct Cache {
  std::string id, primary;
  FlowEnd at;
  bool exists = false, serving = false;
  int zone = 0, port = 0;
  int64_t switched_at = 0;
  double lag_s = 0;
  sim::Stream stream;
  uint32_t hits = 0, misses = 0, failures = 0;
};

}  // namespace squall::dataplane
