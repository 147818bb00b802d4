#include "harness/coverage.h"

#include "emulator/core/text.h"

namespace squall {
namespace {

template <class F>
void for_each_operation(const api::Registry& registry, const model::Service& service, F f) {
  for (size_t i = 0; i < service.operation_count(); ++i) {
    const model::Operation operation = service.operation(i);
    f(operation.name(), registry.find(service, operation) != nullptr);
  }
}

std::string names(const api::Registry& registry, const model::Service& service, bool served,
                  bool quoted) {
  std::string out;
  for_each_operation(registry, service, [&](std::string_view name, bool is_served) {
    if (is_served != served) return;
    if (!out.empty()) out += ", ";
    out += quoted ? cat('"', name, '"') : std::string(name);
  });
  return out;
}

}  // namespace

std::string coverage_markdown(const api::Registry& registry, bool operations) {
  std::string out = "| service | served | of | |\n|---|---:|---:|---|\n";
  for (const model::Service& service : registry.models()) {
    const size_t served = registry.served_count(service);
    out += cat("| ", service.service_id(), " | ", served, " | ", service.operation_count(), " | ",
               served == 0 ? "routed, validated, answered 501" : "", " |\n");
  }
  if (!operations) return out;
  for (const model::Service& service : registry.models()) {
    if (registry.served_count(service) == 0) continue;
    out += cat("\n### ", service.service_id(), "\n\nServed: ",
               names(registry, service, true, false), ".\n\nAnswered 501: ",
               names(registry, service, false, false), ".\n");
  }
  return out;
}

std::string coverage_json(const api::Registry& registry) {
  std::string out = "{";
  for (const model::Service& service : registry.models()) {
    if (out.size() > 1) out += ",\n";
    out += cat('"', service.name(), "\": {\"served\": [", names(registry, service, true, true),
               "], \"unserved\": [", names(registry, service, false, true), "]}");
  }
  return out + "}\n";
}

}  // namespace squall
