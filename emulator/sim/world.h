// A World is a tenant: its regions' records, clock, scheduler, random streams and journal.
#pragma once

#include <array>
#include <atomic>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/sim/annex.h"
#include "emulator/sim/change_log.h"
#include "emulator/sim/clock.h"
#include "emulator/sim/event.h"
#include "emulator/sim/journal.h"
#include "emulator/sim/latency.h"
#include "emulator/sim/random.h"
#include "emulator/sim/table.h"

namespace squall::sim {

enum class Change : uint8_t;
class Replay;
class Scope;
class Snapshot;
class World;

using NamedSnapshots = std::map<std::string, std::shared_ptr<const Snapshot>, std::less<>>;

/// What the services contribute to every World; built once at start from services/services.cpp.
struct Laws {
  std::map<std::string, void (*)(Scope&, const Event&), std::less<>> events;
  std::multimap<std::string, WatchRow, std::less<>> watches;  // by record kind
  std::map<std::string, LatencyRow, std::less<>> latencies;
  std::vector<void (*)(Scope&)> on_region;  // what a region holds from the start (default VPC...)
  std::vector<const RecordType*> records;   // by RecordType::index
  void add_records(RecordTypes types);
  const RecordType* find_records(std::string_view kind) const;
  std::map<std::string, Annex& (*)(World&), std::less<>> annexes;  // those that are kept in files
};

struct WorldOptions {
  std::string account = "000000000000";
  uint64_t seed = 1;
  Pace pace = Pace::wall;
  LatencyProfile latency = LatencyProfile::zero;
  Time start = drill_epoch;
  bool detailed_journal = false;
  size_t journal_entries_max = 100'000;
  bool enforce_throughput = false;
};

/// Something that moves between two control events, on its own finer grain: the traffic engine.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Carries the simulation from the World's now() to `until` (never past it).
  virtual void run_until(World& world, Time until) = 0;
};

/// Like type_index, for annexes.
size_t next_annex_index();
template <class T>
size_t annex_index() {
  static const size_t index = next_annex_index();
  return index;
}

struct Region {
  std::string name;
  std::vector<std::unique_ptr<Table>> tables;  // by type_index
  /// "vpc/parent" -> last used. Looked up, never walked.
  std::unordered_map<std::string, uint64_t, TextHash, std::equal_to<>> ordinals;
};

class World {
 public:
  World(const Laws& laws, WorldOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const std::string& account() const { return options_.account; }
  const WorldOptions& options() const { return options_; }
  uint64_t seed() const { return options_.seed; }
  /// The storm's seed and profile, set between a drill's deploy and storm phases.
  void begin_storm(uint64_t seed, LatencyProfile profile);
  Time now() const { return clock_.now(); }
  Clock& clock() { return clock_; }
  const Clock& clock() const { return clock_; }
  Journal& journal() { return journal_; }
  const Journal& journal() const { return journal_; }
  Scheduler& scheduler() { return scheduler_; }
  void set_engine(Engine* engine) { engine_ = engine; }
  Engine* engine() const { return engine_; }
  /// Taken by dispatch and the control API; everything below assumes that it is held.
  std::shared_mutex& mutex() { return mutex_; }

  /// Whether what exceeds a resource's throughput is throttled: in storms, and where it is asked.
  bool enforces_throughput() const {
    return enforces_throughput_.load(std::memory_order_relaxed);
  }
  void set_enforces_throughput(bool on) {
    enforces_throughput_.store(on, std::memory_order_relaxed);
  }

  // Transactions. Events scheduled and journal entries made inside one appear at commit.
  void begin();
  void commit();
  void rollback();
  bool in_transaction() const { return depth_ > 0; }

  /// Runs everything due up to `until` in order, the engine between control events, and leaves
  /// now() at `until`. Each event is a transaction of its own.
  void advance_to(Time until);
  /// Runs what is due now (zero latencies), then returns.
  void drain() { advance_to(now()); }
  /// Whether anything is due at or before `t`: then a read must take the exclusive lock first.
  bool is_due(Time t) const { return next_due_ns_.load(std::memory_order_relaxed) <= to_ns(t); }

  /// Schedules an event, once while it is pending, from code that does not hold this World's lock.
  void post(Event event);

  /// Back to the state of a fresh World (same options), journal included.
  void reset();
  /// All of it as it is now, in a few milliseconds: what changes later is copied first. The World's
  /// lock is held, and no transaction is open (snapshot.cpp).
  std::shared_ptr<const Snapshot> capture();
  // Snapshots by name (snapshot.cpp). Reset leaves them alone; they outlive the process as the
  // state does.
  const NamedSnapshots& snapshots() const { return snapshots_; }
  void save_snapshot(const std::string& name);
  /// Back to it: records, annexes, clock, scheduler, streams, ordinals; newer journal entries go.
  /// False where there is none of that name.
  bool restore_snapshot(const std::string& name);
  bool drop_snapshot(const std::string& name);

  // Durability (world_log.cpp). Where no log is set nothing of it is paid.
  void set_log(ChangeLog* log) { log_ = log; }
  bool is_logged() const { return log_ != nullptr; }
  /// Has an annex's change kept; under the annex's own locks, from any thread.
  void log_annex(std::string_view kind, std::string_view change);
  /// As Clock::set_pace, and kept.
  void set_pace(Pace pace, double scale);

  Region& region(std::string_view name);  // makes it, with what on_region puts there
  const std::map<std::string, std::unique_ptr<Region>, std::less<>>& regions() const {
    return regions_;
  }
  const Laws& laws() const { return laws_; }

  Stream& stream(std::string_view name);

  /// The World's one T (an Annex made of a World&). Safe from any thread, without any lock.
  template <class T>
  T& annex() {
    std::atomic<Annex*>& slot = annexes_.at(annex_index<T>());
    if (Annex* found = slot.load(std::memory_order_acquire)) return static_cast<T&>(*found);
    const std::lock_guard lock(annex_mutex_);
    if (!slot.load(std::memory_order_relaxed))
      slot.store(owned_annexes_.emplace_back(std::make_unique<T>(*this)).get(),
                 std::memory_order_release);
    return static_cast<T&>(*slot.load(std::memory_order_relaxed));
  }

  /// {"region": {"kind": {"id": {...}}}}: the whole state, canonical (sorted by kind).
  std::string dump() const;

  /// The region's table of a type, made if need be; aborts if no service lists the type.
  Table& table(Region& region, TypeIndex type, std::string_view kind);

  // Scope's hands. The first touch of a record in a transaction keeps what was there before.
  void record_undo(Table& table, Region& region, const std::string& id,
                   std::shared_ptr<void> before);
  void schedule(Event event, bool unique);
  void journal(JournalEntry entry);
  uint64_t next_ordinal(Region& region, std::string_view key);

 private:
  friend class ChangeGroup;
  friend class Replay;
  struct Undo {
    Table* table;
    Region* region;
    std::string id;
    std::shared_ptr<void> before;
  };
  bool is_recorded(const Table& table, std::string_view id);
  void run_event(const Event& event);
  void publish_changes();
  void update_next_due();
  void push(Event&& event, bool unique);
  Event take_event();
  void make_ground(Region& region);
  std::shared_ptr<const Snapshot> capture_as(const std::string* name);
  void restore(const Snapshot& snapshot, const std::string& name);
  void note_snapshot(Change change, std::string_view name);

  void note_commit();
  void note_region(std::string_view name);
  void note_event(const Event& event);
  void note_clock();
  void note_reset();
  void flush_notes();
  void append_entry(std::string_view entry);

  const Laws& laws_;
  WorldOptions options_;
  Clock clock_;
  Scheduler scheduler_;
  Journal journal_;
  Engine* engine_ = nullptr;
  std::map<std::string, std::unique_ptr<Region>, std::less<>> regions_;
  std::map<std::string, Stream, std::less<>> streams_;
  std::shared_mutex mutex_;
  std::atomic<int64_t> next_due_ns_;  // written under posted_mutex_
  std::mutex posted_mutex_;
  std::vector<Event> posted_;
  std::atomic<bool> enforces_throughput_;
  static constexpr size_t annexes_max = 8;
  std::array<std::atomic<Annex*>, annexes_max> annexes_{};
  mutable std::mutex annex_mutex_;
  std::vector<std::unique_ptr<Annex>> owned_annexes_;

  int depth_ = 0;
  std::vector<Undo> undo_;
  std::set<std::pair<const Table*, std::string>> recorded_;  // used once undo_ is long
  std::vector<std::pair<Event, bool>> scheduled_;
  std::vector<JournalEntry> journalled_;
  struct OrdinalUndo {
    const Region* region;
    std::string_view key;
    uint64_t* value;
    uint64_t before;
  };
  std::vector<OrdinalUndo> ordinals_before_;

  NamedSnapshots snapshots_;
  ChangeLog* log_ = nullptr;
  std::string notes_;   // of the entry that is being made
  int notes_held_ = 0;  // while a region is being made
  std::vector<std::string> drawn_;  // streams drawn from since the last entry
  int64_t noted_now_ns_ = 0;
  uint64_t restores_ = 0;
};

}  // namespace squall::sim
