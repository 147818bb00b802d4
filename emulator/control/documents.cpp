// Documents that services give to programs inside the simulation, such as metadata endpoints.
#include "emulator/control/exchange.h"
#include "emulator/core/text.h"
#include "emulator/sim/plane.h"

namespace squall::control {

bool answer_document(Exchange& exchange) {
  const std::string_view path = exchange.request.path;
  for (const sim::DocumentSource& source : sim::plane().documents) {
    const std::string stem = cat("/_squall/", source.prefix, '/');
    if (!path.starts_with(stem)) continue;
    exchange.allow_parameters({});
    HeldWorld world(exchange.world());
    // What is asked for has an id of its own: whichever region knows it answers.
    for (const auto& [region, records] : world->regions()) {
      const sim::Scope scope(*world, region);
      std::string json = source.find(scope, percent_decode(path.substr(stem.size())));
      if (json.empty()) continue;
      exchange.response.content_type = "application/json";
      exchange.response.body = std::move(json);
      return true;
    }
    throw AwsError{"NotFound", cat("There is nothing at ", path, "."), 404};
  }
  return false;
}

}  // namespace squall::control
