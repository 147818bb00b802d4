// A workload's names turned into indices once, before any request flows.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/dataplane/engine.h"
#include "services/dynamodb/dynamodb.h"

namespace squall::dataplane {
namespace {

template <class Models>
int index_of(const Models& models, const std::string& name) {
  for (size_t i = 0; i < models.size(); ++i)
    if (models[i].name == name) return static_cast<int>(i);
  return -1;
}

}  // namespace

void TrafficEngine::plan_works() {
  const auto plan = [this](const Work& work) {
    WorkPlan p;
    p.model = &work;
    p.database = index_of(workload_.databases, work.database);
    p.cache = index_of(workload_.caches, work.cache);
    works_.push_back(std::move(p));
  };
  for (const RequestClass& c : workload_.classes) plan(c);
  for (const Operation& o : workload_.operations) plan(o);
  static const Work nothing = [] {
    Work w;
    w.cpu = {0};
    return w;
  }();
  plan(nothing);
  for (WorkPlan& p : works_)
    for (const Call& call : p.model->calls) plan_call(call, p);
}

void TrafficEngine::plan_call(const Call& call, WorkPlan& plan) {
  Callee callee;
  callee.model = &call;
  callee.index = static_cast<int>(callees_.size());
  callee.timeout_ns = static_cast<int64_t>(call.timeout_ms * 1e6);
  const int operation = index_of(workload_.operations, call.operation);
  callee.work = static_cast<int>(workload_.classes.size()) +
                (operation < 0 ? static_cast<int>(workload_.operations.size()) : operation);
  const std::string& name = call.name.empty() ? call.target : call.name;
  callee.results = &results_.calls[name];
  callee.results->name = name;
  if (call.kind == Call::Kind::load_balancer) {
    const auto at = std::ranges::find(balancers_, call.target, &Balancer::wanted);
    callee.balancer = static_cast<int>(at - balancers_.begin());
    if (at == balancers_.end()) balancers_.emplace_back().wanted = call.target;
  } else if (call.kind == Call::Kind::table) {
    const auto at = std::ranges::find(tables_, call.target, &TableEnd::name);
    callee.table = static_cast<int>(at - tables_.begin());
    if (at == tables_.end()) {
      static const TableModel usual;
      const int model = index_of(workload_.tables, call.target);
      TableEnd& table = tables_.emplace_back();
      table.name = call.target;
      table.model = model < 0 ? &usual : &workload_.tables[static_cast<size_t>(model)];
      table.stream = sim::Stream(seed_, cat("table/", call.target));
      table.keys = sim::Stream(seed_, cat("table-keys/", call.target));
    }
  }
  plan.calls.push_back(callee.index);
  callees_.push_back(std::move(callee));
}

bool TrafficEngine::needs(const Work& work, bool cache, int depth) const {
  const bool own = cache ? !work.cache.empty() && work.cache_required : !work.database.empty();
  if (own || depth > static_cast<int>(workload_.operations.size())) return own;
  return std::ranges::any_of(work.calls, [&](const Call& call) {
    const int at = index_of(workload_.operations, call.operation);
    return call.required && at >= 0 &&
           needs(workload_.operations[static_cast<size_t>(at)], cache, depth + 1);
  });
}

void TrafficEngine::compile_tables(const sim::Scope& scope) {
  for (TableEnd& end : tables_) {
    const dynamodb::Table* table = dynamodb::find_table(scope, end.name);
    end.exists = table && table->status != "CREATING" && table->status != "DELETING";
  }
}

}  // namespace squall::dataplane
