// route -> decode -> validate -> handler -> commit -> drain -> encode.
#include "emulator/api/dispatch.h"

#include <cstdio>

#include "emulator/core/text.h"
#include "emulator/model/validate.h"
#include "emulator/protocol/cors.h"

namespace squall::api {

AwsError not_served(const protocol::Call& call) {
  return {"NotImplemented",
          cat("Squall does not serve ", call.service->service_id(), ".", call.operation.name(),
              " yet. `squall coverage` lists what it serves."),
          501};
}

Dispatcher::Dispatcher(Worlds& worlds, DispatchOptions options)
    : worlds_(worlds), options_(std::move(options)) {
  options_.registry = &worlds_.registry();
  options_.renders_items = true;
  options_.deliver = [this](const Message& message) { deliver(message); };
}

Value DirectCall::document() const {
  const Value decoded = protocol::decode(call, request);
  model::validate(*call.service, call.operation, call.protocol, decoded);
  return decoded;
}

namespace {

/// DynamoDB's and others': digits and capitals, `size` of them.
std::string plain_request_id(uint64_t n, size_t size) {
  constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
  constexpr size_t bits = 5, digits_a_word = 12;
  std::string id(size, '0');
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) {
    if (i % digits_a_word == 0) word = stable_hash("request", n * 31 + i);
    id[i] = digits[word & 31];
    word >>= bits;
  }
  return id;
}

}  // namespace

std::string Dispatcher::next_request_id(const protocol::Call& call) {
  // Unique within the process; never drawn from a World (DESIGN: Determinism).
  const uint64_t n = requests_.fetch_add(1, std::memory_order_relaxed);
  if (call.service)
    if (const uint8_t size = call.service->tables().wire.request_id_length)
      return plain_request_id(n, size);
  const auto put_hex = [](char* to, uint64_t value, int digits) {
    for (int i = digits; i-- > 0; value >>= 4) to[i] = "0123456789abcdef"[value & 15];
  };
  // A UUID of version 4; the digits that give way to its marks are left out.
  const uint64_t a = stable_hash("request", n), b = stable_hash("id", n);
  std::string id(36, '-');
  put_hex(id.data(), a >> 32, 8);
  put_hex(id.data() + 9, a >> 16 & 0xFFFF, 4);
  id[14] = '4';
  put_hex(id.data() + 15, a & 0xFFF, 3);
  id[19] = "89ab"[n % 4];
  put_hex(id.data() + 20, b >> 48 & 0xFFF, 3);
  put_hex(id.data() + 24, b & 0xFFFFFFFFFFFF, 12);
  return id;
}

namespace {

/// One arena a thread, reused from request to request.
Arena& request_arena() {
  thread_local Arena arena;
  return arena;
}

struct ArenaReset {
  Arena& arena;
  ~ArenaReset() { arena.reset(); }
};

void journal_call(sim::World& world, const protocol::Call& call, std::string_view outcome) {
  sim::JournalEntry entry;
  entry.time = world.now();
  entry.category = "call";
  entry.name = cat(call.service->name(), ':', call.operation.name());
  entry.region = call.region;
  entry.message = outcome;
  world.journal(std::move(entry));
}

}  // namespace

void Dispatcher::handle_raw(const RawRoute& route, const protocol::Request& request,
                            protocol::Response& response) {
  const std::string request_id = next_request_id({});
  AwsError refusal{"InternalFailure", "An internal error has occurred", 500};
  try {
    return run_raw(worlds_, route, request, response, request_id, options_);
  } catch (const AwsError& error) {
    refusal = error;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "squall: internal failure in %.*s: %s\n",
                 static_cast<int>(request.path.size()), request.path.data(), failure.what());
  }
  response.reset();
  route.refuse(refusal, response);
}

void Dispatcher::handle(const protocol::Request& request, protocol::Response& response) {
  Arena& arena = request_arena();
  const ArenaReset reset{arena};
  const Arena::Use use(arena);
  if (const RawRoute* raw = worlds_.registry().find_raw(request))
    return handle_raw(*raw, request, response);
  if (protocol::answer_preflight(request, response)) return;
  handle_call(request, response);
  protocol::let_origin_read(request, response);
}

void Dispatcher::handle_call(const protocol::Request& request, protocol::Response& response) {
  protocol::Call call;
  std::string request_id;
  try {
    protocol::RouteOptions route_options;
    route_options.default_region = options_.default_region;
    protocol::route(worlds_.registry().models(), request, route_options, call);
    request_id = next_request_id(call);
    if (options_.verify) verify(request, call);
    answer(request, call, request_id, response);
  } catch (const AwsError& error) {
    if (request_id.empty()) request_id = next_request_id(call);
    response.reset();
    if (!call.operation && protocol::encode_health(call, request, request_id, response)) return;
    protocol::encode_error(call, error, request_id, response);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "squall: internal failure in %.*s: %s\n",
                 static_cast<int>(call.operation ? call.operation.name().size() : 0),
                 call.operation ? call.operation.name().data() : "", failure.what());
    if (request_id.empty()) request_id = next_request_id(call);
    response.reset();
    protocol::encode_error(call, {"InternalFailure", "An internal error has occurred", 500},
                           request_id, response);
  }
}

void Dispatcher::answer(const protocol::Request& request, const protocol::Call& call,
                        const std::string& request_id, protocol::Response& response) {
  const Registry::Entry* entry = worlds_.registry().find(*call.service, call.operation);
  if (entry && entry->direct) {
    run_direct(worlds_.world(worlds_.account_of(call.access_key)), worlds_.registry(), call, *entry,
               request, response.body);
    protocol::encode_rendered(call, request_id, response);
    return;
  }
  const Value document = protocol::decode(call, request);
  model::validate(*call.service, call.operation, call.protocol, document);
  if (!entry) throw not_served(call);
  sim::World& world = worlds_.world(worlds_.account_of(call.access_key));
  const Value output = run_call(world, call, *entry, document, request_id, options_);
  protocol::encode(call, output, request_id, response);
}

void run_direct(sim::World& world, const Registry& registry, const protocol::Call& call,
                const Registry::Entry& entry, const protocol::Request& request,
                std::string& answer) {
  const Time target = world.clock().target();
  if (world.is_due(target)) {
    const std::unique_lock lock(world.mutex());
    world.advance_to(world.clock().target());
  } else {
    world.clock().set(target);
  }
  check_issued_key(registry, world, call);
  entry.direct({world, call, call.region, request}, answer);
}

Value run_call(sim::World& world, const protocol::Call& call, const Registry::Entry& entry,
               const Value& document, const std::string& request_id,
               const DispatchOptions& options) {
  const std::string_view region = call.service->global() ? "aws-global" : call.region;
  const Input input(document, call.operation.input());
  std::vector<Message> messages;
  auto execute = [&] {
    Context ctx(world, region, call);
    ctx.request_id = request_id;
    ctx.renders_items = options.renders_items && protocol::renders_items(call);
    ctx.advertised_host = options.advertised_host;
    identify_caller(options.registry, ctx);
    Value output = entry.run(ctx, input);
    if (entry.after) entry.after(ctx, input);
    messages = std::move(ctx.messages);
    return output;
  };
  auto report_unread = [&] {
    if (!options.on_unread) return;
    const auto paths = input.unread();
    if (!paths.empty()) options.on_unread(call, paths);
  };
  const Time target = world.clock().target();
  if (entry.access == Access::reads && !world.is_due(target)) {
    const std::shared_lock lock(world.mutex());
    if (world.regions().contains(region) && !world.is_due(target)) {
      world.clock().set(target);
      const Value output = execute();
      report_unread();
      return output;
    }
  }
  std::unique_lock lock(world.mutex());
  world.advance_to(world.clock().target());
  world.region(region);
  if (entry.access == Access::reads) {
    const Value output = execute();
    report_unread();
    return output;
  }
  world.begin();
  Value output;
  try {
    output = execute();
    journal_call(world, call, "ok");
    world.commit();
    world.drain();
    report_unread();
  } catch (const AwsError& error) {
    world.rollback();
    journal_call(world, call, error.code);
    throw;
  } catch (...) {
    world.rollback();
    throw;
  }
  lock.unlock();  // never two Worlds' locks at once
  for (const Message& message : messages)
    if (options.deliver) options.deliver(message);
  return output;
}

}  // namespace squall::api
