// Rows of all services, compiled into arrays by operation index, and the World's laws from them.
#include <cstdio>
#include <cstdlib>

#include "emulator/api/dispatch.h"
#include "emulator/sim/plane.h"

namespace squall::api {
namespace {

[[noreturn]] void bad_row(std::string_view service, std::string_view row, const char* what) {
  std::fprintf(stderr, "%.*s: %.*s %s\n", static_cast<int>(service.size()), service.data(),
               static_cast<int>(row.size()), row.data(), what);
  std::abort();
}

}  // namespace

Registry::Registry(std::span<const model::Service> models,
                   std::span<const ServiceDefinition* const> definitions)
    : models_(models.begin(), models.end()) {
  laws_.add_records(sim::own_records());
  for (const ServiceDefinition* d : definitions) {
    // The data plane and the faults contribute laws only: no model, no handlers.
    const std::string_view name = d->handlers.empty() ? "laws" : d->model.name();
    for (const auto& rows : d->handlers) {
      auto& entries = entries_[&d->model.tables()];
      entries.resize(d->model.operation_count());
      for (const HandlerRow& row : rows) {
        const model::Operation operation = d->model.find_operation(row.operation);
        if (!operation) bad_row(name, row.operation, "is not an operation of the model");
        Entry& entry = entries[operation.index()];
        if (entry.run || entry.direct) bad_row(name, row.operation, "is served twice");
        entry = {row.run, row.direct, row.access, d->after_handler};
      }
    }
    for (const auto& rows : d->events)
      for (const sim::EventRow& row : rows)
        if (!laws_.events.emplace(row.kind, row.run).second)
          bad_row(name, row.kind, "is an event twice");
    for (const auto& rows : d->watches)
      for (const sim::WatchRow& row : rows) laws_.watches.emplace(row.record_kind, row);
    for (const auto& rows : d->latencies)
      for (const sim::LatencyRow& row : rows)
        if (!laws_.latencies.emplace(row.name, row).second)
          bad_row(name, row.name, "is a latency twice");
    for (const sim::RecordTypes types : d->records) laws_.add_records(types);
    for (const sim::AnnexRow& row : d->annexes) laws_.annexes.emplace(row.kind, row.of);
    raw_routes_.insert(raw_routes_.end(), d->raw_routes.begin(), d->raw_routes.end());
    if (d->identify) identify_.push_back(d->identify);
    if (d->on_region) laws_.on_region.push_back(d->on_region);
  }
}

const Registry::Entry* Registry::find(const model::Service& service,
                                      const model::Operation& operation) const {
  const auto at = entries_.find(&service.tables());
  if (at == entries_.end()) return nullptr;
  const Entry& entry = at->second[operation.index()];
  return entry.run || entry.direct ? &entry : nullptr;
}

size_t Registry::served_count(const model::Service& service) const {
  const auto at = entries_.find(&service.tables());
  if (at == entries_.end()) return 0;
  size_t n = 0;
  for (const Entry& entry : at->second) n += entry.run || entry.direct;
  return n;
}

Worlds::Worlds(const Registry& registry, sim::WorldOptions options)
    : registry_(registry),
      options_(std::move(options)),
      reference_(options_.pace, options_.start) {}

sim::World& Worlds::world(std::string_view account) {
  {
    const std::shared_lock lock(mutex_);
    const auto at = worlds_.find(account);
    if (at != worlds_.end()) return *at->second;
  }
  const std::unique_lock lock(mutex_);
  auto& slot = worlds_[std::string(account)];
  if (!slot) {
    sim::WorldOptions options = options_;
    options.account = account;
    options.start = reference_.target();  // at wall pace, a World made later starts later
    slot = std::make_unique<sim::World>(registry_.laws(), std::move(options));
    slot->set_log(log_);
  }
  return *slot;
}

void Worlds::set_log(sim::ChangeLog* log) {
  const std::unique_lock lock(mutex_);
  log_ = log;
  for (const auto& [name, world] : worlds_) {
    const std::unique_lock world_lock(world->mutex());
    world->set_log(log);
  }
}

std::vector<std::string> Worlds::accounts() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, world] : worlds_) names.push_back(name);
  return names;
}

void Worlds::reset_all() {
  const std::shared_lock lock(mutex_);
  for (const auto& [name, world] : worlds_) {
    const std::unique_lock world_lock(world->mutex());
    world->reset();
  }
}

void Worlds::tick() {
  const std::shared_lock lock(mutex_);
  for (const auto& [name, world] : worlds_) {
    if (world->clock().pace() != sim::Pace::wall) continue;
    const Time target = world->clock().target();
    if (!world->is_due(target)) continue;
    const std::unique_lock world_lock(world->mutex());
    world->advance_to(target);
  }
}

}  // namespace squall::api
