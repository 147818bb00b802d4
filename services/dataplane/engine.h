// The traffic engine: every request of a workload, from the client's intended start to its end.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "emulator/sim/world.h"
#include "services/dataplane/results.h"
#include "services/dataplane/topology.h"
#include "services/dataplane/workload.h"

namespace squall::ecs {
struct Task;
}  // namespace squall::ecs
namespace squall::elbv2 {
struct Action;
struct Listener;
struct LoadBalancer;
struct TargetGroup;
}  // namespace squall::elbv2

namespace squall::dataplane {

/// Set with World::set_engine; runs between two control events. Draws only from its own streams, so
/// the same seed gives the same figures. Not copied with the World: one engine a storm.
class TrafficEngine final : public sim::Engine {
 public:
  /// Traffic flows in [start, end). Throws AwsError where the workload makes no sense. Schedules
  /// health checks and metrics; call it in no transaction.
  TrafficEngine(sim::World& world, std::string region, Workload workload, Time start, Time end);
  ~TrafficEngine() override;

  void run_until(sim::World& world, Time until) override;

  const std::string& region() const { return region_; }
  const Workload& workload() const { return workload_; }
  /// Requests still under way count as pending in their second.
  const Results& results() const { return results_; }
  /// Settles what is still under way as time-outs (the storm is over).
  void finish(Time now);
  uint64_t requests_simulated() const { return simulated_; }
  Connectivity& connectivity() { return connectivity_; }
  bool is_active(Time now) const { return to_ns(now) <= end_ns_ + settle_ns; }
  /// Why the application on a host would fail a health check now; empty if it would not.
  std::string health_complaint(const sim::Scope& scope, const std::string& target_group,
                               const std::string& instance_id, Duration timeout);

  /// Who talked to whom: what flow logs are written from.
  FlowBook& flows() { return flows_; }
  void note_flows(const sim::Scope& scope);
  // What metrics read, and reset.
  std::vector<Host>& hosts() { return hosts_; }
  std::vector<Balancer>& balancers() { return balancers_; }
  std::vector<Pool>& pools() { return pools_; }
  std::vector<Database>& databases() { return databases_; }
  std::vector<Cache>& caches() { return caches_; }
  std::vector<NatFlow>& nats() { return nats_; }
  const std::string& zone_name(int zone) const { return zones_[static_cast<size_t>(zone)]; }
  int zone_count() const { return static_cast<int>(zones_.size()); }
  Host* find_host(std::string_view id);
  /// Told by watches; looked at before the next request.
  void note_task(const std::string& arn) { changed_tasks_.insert(arn); }
  void note_group(const std::string& arn) { changed_groups_.insert(arn); }
  /// Keeps a host's minute in the results.
  void note_minute(const Host& host, double busy_s, Time minute);

  static constexpr int64_t settle_ns = 60'000'000'000;  // metrics run on that long after the end

 private:
  enum class Phase : uint8_t {
    connecting, hung, queued, cpu, waiting, query, calling, io, backoff,
  };
  struct Request {
    int64_t intended = 0, began = 0, sent = 0;
    int64_t network = 0;       // round trips, added to the answer's time
    int64_t query_began = 0;
    uint32_t generation = 0, host_epoch = 0, database_epoch = 0;
    int32_t host = -1, pool = -1;
    int16_t cls = 0, work = 0;
    uint8_t attempt = 1, node = 0, tried = 0, zone = 0, balancer = 0;
    Phase phase = Phase::connecting;
    bool live = false, abandoned = false, write = false, holds_connection = false;
    bool nested = false;     // a call of another request's: that one waits for the answer
  };
  /// A request's part in calls, as their caller and as somebody's call; beside Request, so that
  /// those that call nobody stay small.
  struct CallState {
    int64_t began = 0, deadline = -1;  // of the call, of the attempt (-1: answered)
    uint32_t serial = 0;               // of attempts: late answers are told apart
    uint16_t next = 0;                 // in its plan's calls
    uint8_t attempt = 0;
    Ticket parent;                     // who waits, for which attempt, at which callee
    uint32_t parent_serial = 0;
    int callee = -1;
  };
  enum class Kind : uint8_t {
    retry, try_next_node, alb_timeout, cpu_done, cache_done, cache_passed, given_up,
    query_done, query_failed, io_done, call_timeout, call_good, call_bad, call_again,
  };
  struct Step {
    int64_t time;
    uint32_t slot;
    uint32_t tag;  // generation << 8 | kind
    bool operator>(const Step& o) const {
      return time != o.time ? time > o.time : slot != o.slot ? slot > o.slot : tag > o.tag;
    }
  };
  struct Expiry {
    int64_t time;
    Ticket ticket;
  };
  struct ClientGroup {
    uint32_t mask = 0;
    int64_t expires = 0;
  };
  struct ClassState {
    sim::Stream arrivals, client;
    double share = 0;
    const Profile* profile = nullptr;
    int64_t next = 0;
    size_t replay_at = 0;
    double retry_tokens = 0;
    Path path;
  };

  // arrivals.cpp
  void start_arrivals();
  int64_t next_arrival(ClassState& c, int64_t from);
  void pick_next_class();
  // engine.cpp: the client's side
  void arrive();
  void run_step(const Step& step);
  void begin_attempt(uint32_t slot);
  void resolve_and_connect(uint32_t slot);
  int pick_node(Request& r);
  void through_node(uint32_t slot);
  int pick_target(Pool& pool, const Request& r);
  void expire(const Expiry& expiry);
  void settle(uint32_t slot, Outcome outcome, int64_t at);
  bool may_retry(ClassState& c, const Request& r, Outcome outcome) const;
  void record(const Request& r, Outcome outcome, int64_t at);
  // engine_target.cpp: the target's side
  void offer(uint32_t slot);
  void enter(uint32_t slot);
  void start_cpu(uint32_t slot);
  void after_cpu(uint32_t slot);
  void ask_cache(uint32_t slot);
  void ask_database(uint32_t slot);
  void give_up_after(uint32_t slot, double ms);
  int64_t query_time(Database& db, const DatabaseModel& model, const Request& r);
  void start_query(uint32_t slot);
  void query_done(uint32_t slot);
  void release_connection(Request& r);
  void after_database(uint32_t slot);
  void wait_io(uint32_t slot);
  // calls.cpp: what a request calls while it is served
  void begin_calls(uint32_t slot);
  void next_call(uint32_t slot);
  void attempt_call(uint32_t slot);
  void conclude(uint32_t slot, int64_t at, bool good);
  void await_answer(uint32_t slot);
  void call_timed_out(uint32_t slot, int64_t at);
  void attempt_over(uint32_t slot, bool good);
  void answer_caller(uint32_t slot, bool good, int64_t at);
  uint32_t spawn(uint32_t caller, const Callee& callee);
  SecondOfCall& second_of(const Callee& callee, const CallState& state);
  Callee& callee_of(uint32_t slot) {
    const auto& calls = plan(requests_[slot]).calls;
    return callees_[static_cast<size_t>(calls[states_[slot].next])];
  }
  // call_kinds.cpp
  void call_service(uint32_t slot);
  void call_balancer(uint32_t slot);
  void call_table(uint32_t slot);
  void call_third_party(uint32_t slot);
  void resolve_name(size_t caller, const Callee& callee);
  bool resolve_connect(const sim::Scope& scope, size_t caller, const Callee& callee);
  Destination destination_of(const sim::Scope& scope, const std::string& ip, int64_t port);
  void respond(uint32_t slot, bool good);
  void answer_elb(uint32_t slot, Outcome outcome);
  void hang(uint32_t slot);
  void lost_host(uint32_t slot);
  void hold_commit(uint32_t slot);
  void acknowledge(Database& db);
  void release_worker(Host& host);
  const WorkPlan& plan(const Request& r) const { return works_[static_cast<size_t>(r.work)]; }
  Host& host_of(const Request& r) { return hosts_[static_cast<size_t>(r.host)]; }
  Balancer& balancer_of(const Request& r) { return balancers_[r.balancer]; }
  const Path& path_of(uint32_t slot) const {
    const Request& r = requests_[slot];
    return r.nested ? callees_[static_cast<size_t>(states_[slot].callee)].path
                    : classes_[static_cast<size_t>(r.cls)].path;
  }
  /// Called by its address, not through a load balancer.
  bool is_direct(const Request& r) const { return r.nested && r.balancer == no_balancer; }
  bool is_lost(const Request& r) const {
    return hosts_[static_cast<size_t>(r.host)].epoch != r.host_epoch;
  }
  int64_t draw(sim::Stream& stream, const Demand& demand);
  int64_t round_trip(int from_zone, int to_zone, const Host& host, sim::Stream& stream);
  int64_t round_trip(const Host& from, const Host& to);
  int64_t faulty_delay(const PathFault& fault, sim::Stream& stream);
  // topology.cpp
  void refresh(sim::World& world);
  void compile(const sim::Scope& scope);
  void compile_changes(const sim::Scope& scope);
  // topology_pools.cpp
  void compile_balancers(const sim::Scope& scope);
  void compile_nodes(const sim::Scope& scope, const elbv2::LoadBalancer* lb, Balancer& balancer);
  void compile_pools(const sim::Scope& scope);
  void compile_group(const sim::Scope& scope, const std::string& arn);
  int balancer_of(const sim::Scope& scope, const std::string& group) const;
  void compile_pool(const sim::Scope& scope, const elbv2::TargetGroup& group, Pool& pool);
  void compile_host(const sim::Scope& scope, int host, const std::string& id,
                    const ServerModel& model);
  // topology_tasks.cpp
  const ServerModel& model_of(const sim::Scope& scope, const ecs::Task& task) const;
  void introduce(const sim::Scope& scope, const ecs::Task& task, Host& host);
  void compile_task(const sim::Scope& scope, const ecs::Task& task);
  void compile_lost_task(Host& host);
  void compile_tasks(const sim::Scope& scope);
  int target_host(const sim::Scope& scope, const std::string& id, int64_t port,
                  const ServerModel& model);
  void share_host(const sim::Scope& scope, int index);
  void settle_shares();
  // topology_paths.cpp, topology_data.cpp
  void plan_works();
  void plan_call(const Call& call, WorkPlan& plan);
  bool needs(const Work& work, bool cache, int depth = 0) const;
  void compile_tables(const sim::Scope& scope);
  void compile_paths(const sim::Scope& scope);
  void compile_path(const sim::Scope& scope, const std::vector<elbv2::Listener>& listeners,
                    const RequestClass& c, Path& path);
  void compile_databases(const sim::Scope& scope);
  // flows.cpp
  void note_ends(const sim::Scope& scope);
  void note_flows_of(const sim::Scope& scope, Host& host);
  void compile_caches(const sim::Scope& scope);
  // links.cpp
  void forget_links();
  Link ask_link(const std::string& from, const std::string& to, int port);
  Link target_link(const Pool& pool, Target& target, size_t node);
  Link database_link(Host& host, size_t index);
  Link cache_link(Host& host, size_t index);
  Link internet_link(Host& host);
  Link pass_exit(Exit& exit, const Host& host, const std::string& end);
  Link link_between(const Host& from, const Host& to, int port);
  Link link_to_node(const Host& from, const Node& node, int port);
  void compile_faults(const sim::Scope& scope);
  void lose_host(Host& host);
  int zone_of(std::string_view name);
  int host_of(const std::string& id);

  uint32_t allocate();
  void release(uint32_t slot);
  void push(int64_t time, uint32_t slot, Kind kind);
  Ticket ticket(uint32_t slot) const { return {slot, requests_[slot].generation}; }
  bool is_current(Ticket t) const {
    return requests_[t.slot].live && requests_[t.slot].generation == t.generation;
  }
  Counters& counters(const Request& r) {
    return pools_[static_cast<size_t>(r.pool)].counters[r.zone];
  }
  SecondOfClass& second_of(const Request& r);

  static constexpr int64_t share_period_ns = 1'000'000'000;
  static constexpr uint8_t no_balancer = 255;

  sim::World* world_;
  std::string region_;
  Workload workload_;
  uint64_t seed_;
  int64_t start_ns_, end_ns_, now_ = 0;
  int64_t timeout_ns_, connect_timeout_ns_, rtt_ns_;
  int64_t one_way_ns_[zones_max][zones_max] = {};
  PathFault path_fault_[zones_max][zones_max];
  bool has_path_faults_ = false;
  Connectivity connectivity_;
  uint64_t version_ = ~uint64_t{0}, links_version_ = ~uint64_t{0}, compilation_ = 0;

  std::vector<std::string> zones_{""};
  std::vector<Host> hosts_;
  std::map<std::string, int, std::less<>> host_index_;
  std::vector<Balancer> balancers_;
  FlowBook flows_;
  std::vector<Pool> pools_;
  std::vector<WorkPlan> works_;  // of classes, then of operations
  std::vector<Callee> callees_;
  std::vector<TableEnd> tables_;
  std::vector<NatFlow> nats_;
  std::unordered_map<uint64_t, Link> between_;  // looked up, never walked
  std::map<std::string, int, std::less<>> pool_index_;
  std::set<std::string> changed_tasks_, changed_groups_;
  std::map<std::string, SharedHost, std::less<>> shared_hosts_;  // by instance
  int64_t next_share_ = std::numeric_limits<int64_t>::max();
  std::vector<Database> databases_;
  std::vector<Cache> caches_;

  std::vector<ClassState> classes_;
  std::vector<ClientGroup> groups_;
  size_t next_class_ = 0;
  int64_t next_arrival_ = std::numeric_limits<int64_t>::max();
  std::vector<Request> requests_;
  std::vector<CallState> states_;  // beside them
  std::vector<uint32_t> free_;
  std::vector<Step> heap_;
  Ring<Expiry> expiries_;
  Results results_;
  uint64_t simulated_ = 0;
};

/// What a task's version does in a workload; nullptr: what programs do.
const Behaviour* behaviour_of(const Workload& workload, const ecs::Task& task);
/// The World's engine, if traffic runs in this scope's region.
TrafficEngine* engine_of(const sim::Scope& scope);

}  // namespace squall::dataplane
