// Item operations and simulated programs at a table's meters.
#include "services/dynamodb/throughput_table.h"

#include <algorithm>
#include <optional>

#include "emulator/core/text.h"
#include "services/dynamodb/request.h"

namespace squall::dynamodb {
namespace {

// What the service itself takes for one item: API calls take no virtual time, yet their metric
// must not claim that AWS answers in none.
constexpr double read_ms = 3, write_ms = 5;
// Operations that pass item by item and count as a whole (note_request).
constexpr std::string_view composites[] = {"BatchGetItem", "BatchWriteItem", "TransactGetItems",
                                           "TransactWriteItems", "ExecuteTransaction"};

struct Throttle {
  Use use;
  Limit limit;
  bool on_demand;
  std::string_view index;  // empty: the table
};

std::string_view limit_name(Limit limit) {
  switch (limit) {
    case Limit::provisioned: return "ProvisionedThroughputExceeded";
    case Limit::key_range: return "KeyRangeThroughputExceeded";
    case Limit::on_demand_maximum: return "MaxOnDemandThroughputExceeded";
    case Limit::account: return "AccountLimitExceeded";
  }
  return "";
}

std::string_view provisioned_words(bool is_index) {
  return is_index
             ? "The level of configured provisioned throughput for one or more global secondary "
               "indexes of the table was exceeded. Consider increasing your provisioning level for "
               "the under-provisioned global secondary indexes with the UpdateTable API"
             : "The level of configured provisioned throughput for the table was exceeded. "
               "Consider increasing your provisioning level with the UpdateTable API.";
}

std::string_view on_demand_words(const Throttle& t) {
  if (t.limit == Limit::on_demand_maximum)
    return "Throughput exceeds the maximum OnDemandThroughput configured on table or index";
  if (!t.index.empty() && t.use == Use::write)
    return "Throughput exceeds the current capacity for one or more global secondary indexes. "
           "DynamoDB is automatically scaling your index so please try again shortly.";
  return "Throughput exceeds the current capacity of your table or index. DynamoDB is "
         "automatically scaling your table or index so please try again shortly. If exceptions "
         "persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/"
         "developerguide/bp-partition-key-design.html.";
}

AwsError throttled(const Plan& plan, const Throttle& t) {
  AwsError error;
  const bool is_index = !t.index.empty();
  const char* member = "ThrottlingReasons";
  if (!t.on_demand) {
    error.code = "ProvisionedThroughputExceededException";
    error.message = provisioned_words(is_index);
  } else if (t.limit == Limit::account) {
    error.code = "RequestLimitExceeded";
    error.message =
        "Throughput exceeds the current throughput limit for your account. To request a limit "
        "increase, contact AWS Support at https://aws.amazon.com/support.";
  } else {
    error.code = "ThrottlingException";
    error.message = on_demand_words(t);
    member = "throttlingReasons";
  }
  std::string json = cat("[{\"reason\":\"", is_index ? "Index" : "Table",
                         t.use == Use::read ? "Read" : "Write", limit_name(t.limit),
                         "\",\"resource\":");
  append_json_string(json, is_index ? cat(plan.arn, "/index/", t.index) : plan.arn);
  error.members.emplace_back(member, json + "}]");
  return error;
}

bool is_composite(std::string_view operation) {
  return std::ranges::find(composites, operation) != std::end(composites);
}

/// One meter that a request passes.
struct Gate {
  Meter* meter;
  std::string_view index;  // empty: the table
  uint32_t hash;
  double units;
};

/// The first gate that is shut; it has noted that.
std::optional<Throttle> shut(std::span<const Gate> gates, Use use, int64_t now_ns) {
  for (const Gate& gate : gates) {
    const auto limit = gate.meter->refusal(use, gate.hash, gate.units, now_ns);
    if (!limit) continue;
    gate.meter->note_throttled(use, *limit);
    return Throttle{use, *limit, gate.meter->on_demand(), gate.index};
  }
  return {};
}

void pass(std::span<const Gate> gates, Use use, int64_t now_ns) {
  for (const Gate& gate : gates) gate.meter->take(use, gate.hash, gate.units, now_ns);
}

std::string_view operation_of(const Write& write) {
  switch (write.kind) {
    case Write::Kind::put: return "PutItem";
    case Write::Kind::update: return "UpdateItem";
    case Write::Kind::remove: return "DeleteItem";
    case Write::Kind::check: return "TransactWriteItems";
  }
  return "";
}

Gate gate_of(TableMeter& meter, const ReadSource& source, double units) {
  const uint32_t hash = hash_key(source.hash);
  if (!source.index) return {&meter.table, {}, hash, units};
  return {&meter.indexes[source.index->name], source.index->name, hash, units};
}

std::vector<Gate> gates_of(TableMeter& meter, const Write& write, const Outcome& outcome,
                           double factor) {
  const Plan& plan = write.store->plan();
  const size_t before = outcome.before ? outcome.before->size() : 0;
  const size_t after = outcome.after ? outcome.after->size() : 0;
  std::vector<Gate> gates{{&meter.table, {}, write.key.hash_code(),
                           factor * write_units(std::max(before, after))}};
  if (!outcome.writes) return gates;
  const ItemChange change{outcome.before, outcome.after};
  for (const IndexPlan& index : plan.indexes) {
    const IndexEffect effect = effect_on(index, change);
    double units = 0;
    if (effect.deleted_bytes) units += write_units(effect.deleted_bytes);
    if (effect.written_bytes) units += write_units(effect.written_bytes);
    if (units == 0) continue;
    units *= factor;
    if (!index.global) {
      gates.front().units += units;
      continue;
    }
    const Item& item = effect.written_bytes ? *outcome.after : *outcome.before;
    gates.push_back({&meter.indexes[index.name], index.name,
                     hash_key(item.find(index.keys.hash).bytes()), units});
  }
  return gates;
}

}  // namespace

void OperationFigures::serve(double took_ms) {
  least_ms = served ? std::min(least_ms, took_ms) : took_ms;
  most_ms = std::max(most_ms, took_ms);
  sum_ms += took_ms;
  ++served;
}

void TableMeter::follow(const std::shared_ptr<const Plan>& latest, Time now) {
  const Plan& plan = *latest;
  if (followed_ == latest) return;
  // While a table is being updated it gives what it gave before.
  if (followed_ && !plan.settled) return;
  followed_ = latest;
  table.set(plan.limits, to_ns(now));
  std::erase_if(indexes, [&](const auto& known) { return !plan.find_index(known.first); });
  for (const IndexPlan& index : plan.indexes)
    if (index.global) indexes[index.name].set(index.limits, to_ns(now));
}

OperationFigures& TableMeter::operation(std::string_view name) {
  const auto known = operations.find(name);
  return known != operations.end() ? known->second : operations[std::string(name)];
}

TableMeter* meter_of(TableStore& store, Time now) {
  if (!store.world().enforces_throughput()) return nullptr;
  TableMeter& meter = store.attached<TableMeter>();
  meter.follow(store.shared_plan(), now);
  return &meter;
}

void require_read(TableStore& store, const ReadSource& source) {
  constexpr double least = 0.5;
  const Time now = store.world().now();
  TableMeter* meter = meter_of(store, now);
  if (!meter) return;
  const Gate gate = gate_of(*meter, source, least);
  const auto refused = shut({&gate, 1}, Use::read, to_ns(now));
  if (!refused) return;
  if (!is_composite(source.operation)) ++meter->operation(source.operation).throttled;
  throw throttled(store.plan(), *refused);
}

void take_read(TableStore& store, const ReadSource& source, double units) {
  const Time now = store.world().now();
  TableMeter* meter = meter_of(store, now);
  if (!meter) return;
  const Gate gate = gate_of(*meter, source, units);
  pass({&gate, 1}, Use::read, to_ns(now));
  if (!is_composite(source.operation)) meter->operation(source.operation).serve(read_ms);
}

void take_write(const Write& write, const Outcome& outcome, std::string_view named,
                double factor) {
  TableStore& store = *write.store;
  const Time now = store.world().now();
  TableMeter* meter = meter_of(store, now);
  if (!meter) return;
  const auto gates = gates_of(*meter, write, outcome, factor);
  const std::string_view operation = !named.empty()             ? named
                                     : write.operation.empty() ? operation_of(write)
                                                               : write.operation;
  if (const auto refused = shut(gates, Use::write, to_ns(now))) {
    if (!is_composite(operation)) ++meter->operation(operation).throttled;
    throw throttled(store.plan(), *refused);
  }
  pass(gates, Use::write, to_ns(now));
  if (!outcome.condition_held)
    ++meter->failed_conditions;
  else if (!is_composite(operation))
    meter->operation(operation).serve(write_ms);
}

void note_request(TableStore& store, std::string_view operation, bool served) {
  TableMeter* meter = meter_of(store, store.world().now());
  if (!meter) return;
  OperationFigures& figures = meter->operation(operation);
  if (served)
    figures.serve(operation.find("Get") == operation.npos ? write_ms : read_ms);
  else
    ++figures.throttled;
}

bool is_throttle(const AwsError& error) {
  return error.code == "ProvisionedThroughputExceededException" ||
         error.code == "ThrottlingException" || error.code == "RequestLimitExceeded";
}

std::string_view cancellation_code(const AwsError& error) {
  return error.code == "ProvisionedThroughputExceededException" ? "ProvisionedThroughputExceeded"
                                                                : "ThrottlingError";
}

bool use_throughput(sim::World& world, std::string_view region, std::string_view table,
                    const SimulatedUse& use) {
  if (!world.enforces_throughput()) return true;
  const auto store = stores_of(world).find(region, table);
  if (!store) return true;
  const std::lock_guard lock(store->mutex());
  TableMeter* meter = meter_of(*store, use.at);
  std::vector<Gate> gates{{&meter->table, {}, use.key_hash, use.units}};
  if (use.write)
    for (auto& [name, index] : meter->indexes)
      gates.push_back({&index, name, use.key_hash, use.units});
  const Use how = use.write ? Use::write : Use::read;
  OperationFigures& figures = meter->operation(use.write ? "PutItem" : "GetItem");
  if (shut(gates, how, to_ns(use.at))) {
    ++figures.throttled;
    return false;
  }
  pass(gates, how, to_ns(use.at));
  figures.serve(use.took_ms);
  return true;
}

}  // namespace squall::dynamodb
