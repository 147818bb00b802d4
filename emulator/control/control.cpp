// The list of routes, and what is answered when none of them fits.
#include "emulator/control/control.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "emulator/control/exchange.h"
#include "emulator/core/text.h"

namespace squall::control {
namespace {

void list_paths(Exchange& exchange);

constexpr RouteRow index_route[] = {
    {"GET", "/_squall", "this list", list_paths},
};

const std::array<std::span<const RouteRow>, 9>& all_routes() {
  static const std::array<std::span<const RouteRow>, 9> routes{
      index_route,    health_routes(),     state_routes(),
      clock_routes(), journal_routes(),    reachability_routes(),
      fault_routes(), throughput_routes(), snapshot_routes()};
  return routes;
}

Value paths() {
  Value list = Value::list();
  for (const auto& rows : all_routes())
    for (const RouteRow& row : rows)
      list.push({{"method", row.method}, {"path", row.path}, {"what", row.what}});
  return list;
}

void list_paths(Exchange& exchange) {
  exchange.allow_parameters({});
  exchange.answer({{"version", exchange.options.version}, {"paths", paths()}});
}

void answer_error(const Exchange& exchange, const AwsError& error, const Value& known) {
  exchange.response.reset();
  exchange.answer(
      {{"error", {{"code", error.code}, {"message", error.message}}}, {"paths", known}});
  exchange.response.status = error.status;
}

std::string_view without_slash(std::string_view path) {
  return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

/// Whether the row's path fits; then `tail` is what its `*` stands for.
bool fits(const RouteRow& row, std::string_view path, std::string& tail) {
  const size_t star = row.path.find('*');
  if (star == std::string_view::npos) return row.path == path;
  const std::string_view stem = row.path.substr(0, star), behind = row.path.substr(star + 1);
  if (!path.starts_with(stem) || !path.ends_with(behind)) return false;
  if (path.size() <= stem.size() + behind.size()) return false;
  path = path.substr(stem.size(), path.size() - stem.size() - behind.size());
  if (path.find('/') != std::string_view::npos) return false;
  tail = percent_decode(path);
  return true;
}

void answer_unknown(const Exchange& exchange, const std::string& allowed) {
  const std::string_view path = exchange.request.path;
  if (allowed.empty())
    return answer_error(exchange,
                        {"UnknownPath", cat("There is nothing at ", path, ". `paths` lists what "
                                            "there is."), 404},
                        paths());
  answer_error(exchange,
               {"MethodNotAllowed", cat(path, " takes ", allowed, ", not ",
                                        exchange.request.method, "."), 405},
               Value());
  exchange.response.headers.emplace_back("Allow", allowed);
}

void run_route(Exchange& exchange) {
  const std::string_view path = without_slash(exchange.request.path);
  const std::string_view method =
      exchange.request.method == "HEAD" ? "GET" : exchange.request.method;
  std::string allowed;
  for (const auto& rows : all_routes()) {
    for (const RouteRow& row : rows) {
      if (!fits(row, path, exchange.tail)) continue;
      if (row.method == method) return row.run(exchange);
      allowed += cat(allowed.empty() ? "" : ", ", row.method);
    }
  }
  if (allowed.empty() && method == "GET" && answer_document(exchange)) return;
  answer_unknown(exchange, allowed);
}

}  // namespace

bool Control::serves(const protocol::Request& request) {
  const auto is_below = [&](std::string_view room) {
    return request.path.starts_with(room) &&
           (request.path.size() == room.size() || request.path[room.size()] == '/');
  };
  // One look at the second byte settles nearly every AWS call.
  if (request.path.size() < 2 || (request.path[1] != '_' && request.path[1] != 'm')) return false;
  return is_below("/_squall") || is_below("/_localstack") || is_below("/moto-api");
}

void Control::handle(const protocol::Request& request, protocol::Response& response) {
  thread_local Arena arena;
  const Arena::Use use(arena);
  Exchange exchange(worlds_, options_, request, response);
  try {
    run_route(exchange);
  } catch (const AwsError& error) {
    answer_error(exchange, error, Value());
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "squall: internal failure in the control API: %s\n", failure.what());
    answer_error(exchange, {"InternalFailure", "An internal error has occurred", 500}, Value());
  }
  arena.reset();
}

}  // namespace squall::control
