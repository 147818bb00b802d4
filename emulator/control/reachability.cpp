// Can a packet get from A to B, and which rule decides.
#include "emulator/control/exchange.h"
#include "emulator/core/text.h"
#include "emulator/sim/plane.h"

namespace squall::control {
namespace {

std::string text_of(const Value& body, std::string_view member, std::string_view fallback) {
  const Value value = body.at(member);
  if (value.is_absent() && !fallback.empty()) return std::string(fallback);
  if (value.is_string() && !value.text().empty()) return std::string(value.text());
  throw bad_request(cat("'", member, "' must be text. ",
                        R"(Ask for example {"from": "internet", "to": "i-0123456789abcdef0", )",
                        R"("port": 443, "protocol": "tcp"}: an end is a resource's id or ARN, )",
                        "db:NAME, cache:NAME, internet or an IP address."));
}

sim::ReachabilityQuery query_of(const Value& body) {
  sim::ReachabilityQuery query;
  query.from = text_of(body, "from", "");
  query.to = text_of(body, "to", "");
  query.protocol = text_of(body, "protocol", "tcp");
  const Value port = body.at("port");
  const bool fits = port.kind() == Value::Kind::integer && port.integer() >= 0 &&
                    port.integer() <= 65535;
  if (!fits && !port.is_absent())
    throw bad_request("'port' must be a whole number from 0 to 65535.");
  if (port.is_absent() && (query.protocol == "tcp" || query.protocol == "udp"))
    throw bad_request(cat("'port' is needed for ", query.protocol, "."));
  if (fits) query.port = static_cast<int>(port.integer());
  return query;
}

Value describe(const std::vector<sim::Hop>& hops) {
  return list_of(hops, [](const sim::Hop& hop) -> Value {
    return {{"component", hop.component},
            {"kind", hop.kind},
            {"allowed", hop.allowed},
            {"rule", hop.rule}};
  });
}

void explain(Exchange& exchange) {
  exchange.allow_parameters({"region"});
  const Value body = exchange.body({"from", "to", "port", "protocol", "region"});
  const sim::ReachabilityQuery query = query_of(body);
  const std::string named = body.at("region").is_absent() ? "" : text_of(body, "region", "");
  const sim::Reachability* reachability = sim::plane().reachability;
  if (reachability == nullptr)
    throw AwsError{"NotServed", "This program was built without a data plane.", 501};
  const HeldWorld world(exchange.world());
  const sim::Scope scope(*world, exchange.region(*world, named));
  const sim::ReachabilityAnswer answer = reachability->explain(scope, query);
  const char* failure = answer.timed_out ? "timed-out" : "refused";
  exchange.answer({{"reachable", answer.reachable},
                   {"outcome", answer.reachable ? "connected" : failure},
                   {"reason", answer.reason},
                   {"forward", describe(answer.forward)},
                   {"back", describe(answer.back)}});
}

constexpr RouteRow routes[] = {
    {"POST", "/_squall/reachability",
     R"({"from": END, "to": END, "port": 443, "protocol": "tcp"}: whether it gets there, and why)",
     explain},
};

}  // namespace

std::span<const RouteRow> reachability_routes() { return routes; }

}  // namespace squall::control
