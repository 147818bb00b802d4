// Query parameters, bodies, accounts and durations: what every route needs of a request.
#include "emulator/control/exchange.h"

#include <algorithm>
#include <cmath>

#include "emulator/core/text.h"
#include "emulator/protocol/json.h"

namespace squall::control {
namespace {

std::string list(std::initializer_list<std::string_view> names) {
  std::string out;
  for (std::string_view name : names) out += cat(out.empty() ? "" : ", ", name);
  return out;
}

bool is_account(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

AwsError bad_request(std::string message) { return {"BadRequest", std::move(message), 400}; }

std::optional<std::string> Exchange::parameter(std::string_view name) const {
  for (std::string_view pair : split(request.query, '&')) {
    const size_t equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals), true) != name) continue;
    return equals == std::string_view::npos ? "" : percent_decode(pair.substr(equals + 1), true);
  }
  return {};
}

void Exchange::allow_parameters(std::initializer_list<std::string_view> names) const {
  for (std::string_view pair : split(request.query, '&')) {
    const std::string name = percent_decode(pair.substr(0, pair.find('=')), true);
    if (name.empty() || name == "account" || std::ranges::find(names, name) != names.end())
      continue;
    throw bad_request(cat("There is no parameter '", name, "' here. Known: account",
                          names.size() ? ", " : "", list(names), "."));
  }
}

Value Exchange::body(std::initializer_list<std::string_view> members) const {
  if (trim(request.body).empty()) return Value::map();
  Value document;
  if (!protocol::parse_json(request.body, document) || !document.is_map())
    throw bad_request(cat("The body must be a JSON object with any of: ", list(members), "."));
  for (const Member& member : document.members()) {
    if (std::ranges::find(members, member.key.text) != members.end()) continue;
    throw bad_request(cat("There is no member '", member.key.text, "' here. Known: ",
                          list(members), "."));
  }
  return document;
}

sim::World& Exchange::world() const {
  const auto account = parameter("account");
  if (!account) return worlds.world(worlds.options().account);
  if (!is_account(*account))
    throw bad_request(cat("'", *account, "' is not an account: give twelve digits, such as ",
                          "?account=000000000000."));
  return worlds.world(*account);
}

std::string Exchange::region(const sim::World& world, std::string_view named) const {
  std::string name(named);
  if (name.empty()) name = parameter("region").value_or(options.default_region);
  if (world.regions().contains(name)) return name;
  std::string known;
  for (const auto& [region, records] : world.regions())
    known += cat(known.empty() ? "" : ", ", region);
  throw AwsError{"UnknownRegion",
                 cat("Nothing was done in region '", name, "' of account ", world.account(),
                     " yet. Regions in use: ", known.empty() ? "none" : known,
                     ". Name one by ?region= or the member region, and the account by ?account=."),
                 404};
}

void Exchange::answer(const Value& document) const {
  response.content_type = "application/json";
  response.body = to_json(document);
  response.body += '\n';
  response.compressible = true;
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.size() < 3 || text[0] != 'P') return {};
  text.remove_prefix(1);
  bool in_time = false, any = false;
  std::string_view units_left = "WD";
  double seconds = 0;
  while (!text.empty()) {
    if (text[0] == 'T') {
      if (in_time) return {};
      in_time = true;
      units_left = "HMS";
      text.remove_prefix(1);
      any = false;
      continue;
    }
    const size_t digits = text.find_first_not_of("0123456789.");
    if (digits == 0 || digits == std::string_view::npos) return {};
    const auto number = parse_double(text.substr(0, digits));
    const char unit = text[digits];
    const size_t at = units_left.find(unit);
    if (!number || at == std::string_view::npos) return {};
    units_left.remove_prefix(at + 1);  // each unit once, from large to small
    seconds += *number * (unit == 'W'   ? 604800
                          : unit == 'D' ? 86400
                          : unit == 'H' ? 3600
                          : unit == 'M' ? 60
                                        : 1);
    text.remove_prefix(digits + 1);
    any = true;
  }
  constexpr double seconds_max = 1e9;  // far below what overflows nanoseconds
  if (!any || !(seconds <= seconds_max)) return {};
  return from_seconds(seconds);
}

Duration duration_of(const Value& value, std::string_view member) {
  constexpr double seconds_max = 1e9;
  std::optional<Duration> found;
  if (value.kind() == Value::Kind::integer || value.kind() == Value::Kind::real) {
    if (std::abs(value.real()) <= seconds_max) found = from_seconds(value.real());
  } else if (value.is_string()) {
    found = parse_duration(value.text());
    const auto seconds = parse_double(value.text());
    if (!found && seconds && std::abs(*seconds) <= seconds_max) found = from_seconds(*seconds);
  }
  if (found && *found >= Duration{0}) return *found;
  throw bad_request(cat("'", member, "' must be a number of seconds or an ISO 8601 duration such ",
                        "as PT5M, not negative and below 30 years."));
}

}  // namespace squall::control
