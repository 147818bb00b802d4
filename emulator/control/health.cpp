// Is it up, what does it serve: in Squall's own form and in the one that existing tools wait for.
#include <chrono>

#include "emulator/control/exchange.h"
#include "emulator/core/text.h"

namespace squall::control {
namespace {

/// Tools spell services with hyphens where the models' names have underscores.
std::string hyphenated(std::string_view name) {
  std::string out(name);
  for (char& c : out)
    if (c == '_') c = '-';
  return out;
}

void health(Exchange& exchange) {
  exchange.allow_parameters({});
  const api::Registry& registry = exchange.worlds.registry();
  Value services = Value::map();
  for (const model::Service& service : registry.models())
    services.add(Key::copy(service.name()), {{"served", registry.served_count(service)},
                                             {"operations", service.operation_count()}});
  exchange.answer({{"status", "running"},
                   {"version", exchange.options.version},
                   {"accounts", exchange.worlds.accounts()},
                   {"services", services}});
}

void localstack_health(Exchange& exchange) {
  const api::Registry& registry = exchange.worlds.registry();
  Value services = Value::map();
  for (const model::Service& service : registry.models())
    services.add(Key::copy(hyphenated(service.name())),
                 registry.served_count(service) > 0 ? "available" : "disabled");
  exchange.answer({{"services", services},
                   {"edition", "community"},
                   {"version", exchange.options.version}});
}

void localstack_info(Exchange& exchange) {
  const HeldWorld world(exchange.world());
  const Duration up = world->now() - world->options().start;
  exchange.answer({{"version", cat(exchange.options.version, ":squall")},
                   {"edition", "community"},
                   {"is_license_activated", false},
                   {"system", "linux"},
                   {"server_time_utc", format_iso8601(world->now())},
                   {"uptime", std::chrono::duration_cast<std::chrono::seconds>(up).count()}});
}

void coverage(Exchange& exchange) {
  exchange.allow_parameters({"service"});
  const api::Registry& registry = exchange.worlds.registry();
  const auto wanted = exchange.parameter("service");
  Value services = Value::map();
  for (const model::Service& service : registry.models()) {
    if (wanted && *wanted != service.name() && *wanted != hyphenated(service.name())) continue;
    Value served = Value::list(), missing = Value::list();
    for (size_t i = 0; i < service.operation_count(); ++i) {
      const model::Operation operation = service.operation(i);
      (registry.find(service, operation) ? served : missing).push(Value::stable(operation.name()));
    }
    services.add(Key::copy(service.name()), {{"served_count", served.size()},
                                             {"operation_count", service.operation_count()},
                                             {"served", served},
                                             {"not_served", missing}});
  }
  if (services.empty())
    throw AwsError{"UnknownService",
                   cat("There is no service '", *wanted, "'. GET /_squall/health lists them."),
                   404};
  exchange.answer({{"services", services}});
}

constexpr RouteRow routes[] = {
    {"GET", "/_squall/health", "status, version, and how many operations each service serves",
     health},
    {"GET", "/_squall/coverage", "the operations served and not served; ?service=NAME", coverage},
    {"GET", "/_localstack/health", "health in the form that LocalStack's tools wait for",
     localstack_health},
    {"GET", "/_localstack/info", "version and uptime in LocalStack's form", localstack_info},
};

}  // namespace

std::span<const RouteRow> health_routes() { return routes; }

}  // namespace squall::control
