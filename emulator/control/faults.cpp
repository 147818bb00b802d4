// What can be broken, what is broken, break it, mend it.
#include <algorithm>

#include "emulator/control/exchange.h"
#include "emulator/core/text.h"
#include "emulator/sim/plane.h"

namespace squall::control {
namespace {

const sim::Faults& registry() {
  if (const sim::Faults* faults = sim::plane().faults) return *faults;
  throw AwsError{"NotServed", "This program was built without faults.", 501};
}

Value describe(const sim::FaultKind& kind) {
  const auto text = [](std::string_view s) { return s.empty() ? Value() : Value(s); };
  const Value parameters = list_of(kind.parameters, [&](const sim::FaultParameter& p) -> Value {
    return {{"name", p.name},
            {"description", p.description},
            {"required", p.required},
            {"default", text(p.default_value)}};
  });
  return {{"fault", kind.name},
          {"fis_action", text(kind.fis_action)},
          {"description", kind.description},
          {"parameters", parameters}};
}

Value describe(const sim::FaultRecord& record, std::string_view region) {
  Value arguments = Value::map();
  for (const auto& [name, value] : record.arguments) arguments.add(Key::copy(name), value);
  return {{"id", record.id},
          {"fault", record.fault},
          {"region", region},
          {"arguments", arguments},
          {"active", !record.stopped},
          {"started", format_iso8601(record.started)},
          {"stopped", record.stopped ? Value(format_iso8601(*record.stopped)) : Value()}};
}

void list_faults(Exchange& exchange) {
  exchange.allow_parameters({});
  const HeldWorld world(exchange.world());
  Value faults = Value::list();
  for (const auto& [name, region] : world->regions())
    for (const sim::FaultRecord& record : sim::Scope(*world, name).all<sim::FaultRecord>())
      faults.push(describe(record, name));
  const Value kinds = list_of(registry().kinds(), [](const auto& kind) { return describe(kind); });
  exchange.answer({{"faults", faults}, {"kinds", kinds}});
}

/// Numbers and flags may be given as such; lists are joined, as FIS parameters have them.
std::string argument_text(const Value& value) {
  if (value.is_string()) return std::string(value.text());
  if (!value.is_list()) return to_json(value);
  std::string out;
  for (const Value& item : value.items()) out += cat(out.empty() ? "" : ",", argument_text(item));
  return out;
}

sim::FaultArguments arguments_of(const Value& body) {
  sim::FaultArguments arguments;
  const Value given = body.at("arguments");
  if (!given.is_absent() && !given.is_map())
    throw bad_request("'arguments' must be an object: parameter name to value.");
  for (const Member& member : given.members()) {
    if (member.value.is_map() || member.value.is_null())
      throw bad_request(cat("The argument '", member.key.text, "' must be text, a number, a flag ",
                            "or a list of these."));
    arguments[std::string(member.key.text)] = argument_text(member.value);
  }
  return arguments;
}

std::string kinds_text() {
  std::string out;
  for (const sim::FaultKind& kind : registry().kinds())
    out += cat(out.empty() ? "" : ", ", kind.name);
  return out;
}

const sim::FaultKind& kind_of(const Value& body) {
  const Value name = body.at("fault");
  for (const sim::FaultKind& kind : registry().kinds())
    if (name.is_string() && kind.name == name.text()) return kind;
  throw bad_request(cat("'fault' must be one of: ", kinds_text(), ". GET /_squall/faults tells ",
                        "their parameters."));
}

void check_arguments(const sim::FaultKind& kind, const sim::FaultArguments& arguments) {
  std::string known;
  for (const sim::FaultParameter& p : kind.parameters) {
    known += cat(known.empty() ? "" : ", ", p.name, p.required ? " (required)" : "");
    if (p.required && !arguments.contains(p.name))
      throw bad_request(cat("The fault '", kind.name, "' needs the argument '", p.name, "': ",
                            p.description, "."));
  }
  for (const auto& [name, value] : arguments) {
    const auto matches = [&](const sim::FaultParameter& p) { return p.name == name; };
    if (std::none_of(kind.parameters.begin(), kind.parameters.end(), matches))
      throw bad_request(cat("The fault '", kind.name, "' has no parameter '", name, "'. Known: ",
                            known.empty() ? "none" : known, "."));
  }
}

void start_fault(Exchange& exchange) {
  exchange.allow_parameters({"region"});
  const Value body = exchange.body({"fault", "arguments", "duration", "region"});
  const sim::FaultKind& kind = kind_of(body);
  const sim::FaultArguments arguments = arguments_of(body);
  check_arguments(kind, arguments);
  const Value lasts = body.at("duration");
  const Duration duration = lasts.is_absent() ? Duration{0} : duration_of(lasts, "duration");
  const HeldWorld world(exchange.world());
  const Value named = body.at("region");
  if (!named.is_absent() && !named.is_string()) throw bad_request("'region' must be text.");
  const std::string region = exchange.region(*world, named.text());
  sim::Scope scope(*world, region);
  sim::Transaction transaction(*world);
  const std::string id = registry().start(scope, kind.name, arguments, duration);
  transaction.commit();
  world->drain();
  const auto* record = scope.view<sim::FaultRecord>(id);
  exchange.answer(record ? describe(*record, region) : Value{{"id", id}, {"fault", kind.name}});
  exchange.response.status = 201;
}

void stop_fault(Exchange& exchange) {
  exchange.allow_parameters({});
  const HeldWorld world(exchange.world());
  std::string active;
  for (const auto& [name, region] : world->regions()) {
    sim::Scope scope(*world, name);
    for (const sim::FaultRecord& record : scope.all<sim::FaultRecord>())
      if (!record.stopped) active += cat(active.empty() ? "" : ", ", record.id);
    if (!scope.has<sim::FaultRecord>(exchange.tail)) continue;
    if (!scope.view<sim::FaultRecord>(exchange.tail)->stopped) {
      sim::Transaction transaction(*world);
      registry().stop(scope, exchange.tail);
      transaction.commit();
      world->drain();
    }
    const auto* record = scope.view<sim::FaultRecord>(exchange.tail);
    return exchange.answer(record ? describe(*record, name) : Value{{"id", exchange.tail}});
  }
  throw AwsError{"UnknownFault",
                 cat("There is no fault '", exchange.tail, "' in account ", world->account(),
                     ". In force: ", active.empty() ? "none" : active, "."),
                 404};
}

constexpr RouteRow routes[] = {
    {"GET", "/_squall/faults", "the faults in force and past, and the kinds there are",
     list_faults},
    {"POST", "/_squall/faults",
     R"({"fault": KIND, "arguments": {...}, "duration": "PT15M", "region": NAME}: start one)",
     start_fault},
    {"DELETE", "/_squall/faults/*", "stop the fault of that id", stop_fault},
};

}  // namespace

std::span<const RouteRow> fault_routes() { return routes; }

}  // namespace squall::control
