// What a request calls while it is served: attempts, time-outs, back-off, and going on without.
#include <algorithm>

#include "services/dataplane/engine.h"

namespace squall::dataplane {
namespace {

constexpr int64_t second_ns = 1'000'000'000;

int64_t ns_of_ms(double ms) { return static_cast<int64_t>(ms * 1e6); }

}  // namespace

SecondOfCall& TrafficEngine::second_of(const Callee& callee, const CallState& state) {
  auto& seconds = callee.results->seconds;
  const auto second = static_cast<size_t>((state.began - start_ns_) / second_ns);
  if (second >= seconds.size()) seconds.resize(second + 1);
  return seconds[second];
}

void TrafficEngine::begin_calls(uint32_t slot) {
  states_[slot].next = 0;
  states_[slot].serial = 0;
  next_call(slot);
}

/// The next call that this request makes; then what remains of its work.
void TrafficEngine::next_call(uint32_t slot) {
  CallState& state = states_[slot];
  const Request& r = requests_[slot];
  const WorkPlan& work = plan(r);
  for (; state.next < work.calls.size(); ++state.next) {
    const Callee& callee = callee_of(slot);
    if (callee.model->share < 1 && !host_of(r).stream.chance(callee.model->share)) continue;
    state.began = now_;
    state.attempt = 0;
    ++second_of(callee, state).calls;
    return attempt_call(slot);
  }
  wait_io(slot);
}

void TrafficEngine::attempt_call(uint32_t slot) {
  CallState& state = states_[slot];
  const Callee& callee = callee_of(slot);
  requests_[slot].phase = Phase::calling;
  ++state.attempt;
  ++state.serial;
  state.deadline = now_ + callee.timeout_ns;
  ++second_of(callee, state).attempts;
  switch (callee.model->kind) {
    case Call::Kind::service: return call_service(slot);
    case Call::Kind::load_balancer: return call_balancer(slot);
    case Call::Kind::table: return call_table(slot);
    case Call::Kind::external: return call_third_party(slot);
  }
}

/// The attempt's end is known already: its answer, unless the time-out comes first.
void TrafficEngine::conclude(uint32_t slot, int64_t at, bool good) {
  if (at > states_[slot].deadline) return await_answer(slot);
  push(at, slot, good ? Kind::call_good : Kind::call_bad);
}

/// Nothing but the time-out is certain.
void TrafficEngine::await_answer(uint32_t slot) {
  push(states_[slot].deadline, slot, Kind::call_timeout);
}

void TrafficEngine::call_timed_out(uint32_t slot, int64_t at) {
  CallState& state = states_[slot];
  if (requests_[slot].phase != Phase::calling || state.deadline != at) return;  // answered
  ++second_of(callee_of(slot), state).timeouts;
  attempt_over(slot, false);
}

void TrafficEngine::attempt_over(uint32_t slot, bool good) {
  const Request& r = requests_[slot];
  if (is_lost(r)) return lost_host(slot);
  CallState& state = states_[slot];
  const Callee& callee = callee_of(slot);
  const Call& call = *callee.model;
  state.deadline = -1;
  if (!good && state.attempt < call.attempts_max) {
    double limit_ms = call.backoff_base_ms;
    for (int i = 1; i < state.attempt && limit_ms < call.backoff_cap_ms; ++i) limit_ms *= 2;
    limit_ms = std::min(limit_ms, call.backoff_cap_ms);
    const double wait_ms = host_of(r).stream.uniform() * limit_ms;
    return push(now_ + ns_of_ms(wait_ms), slot, Kind::call_again);
  }
  SecondOfCall& second = second_of(callee, state);
  if (good) {
    ++second.good;
    callee.results->latency.add((now_ - state.began) / 1000);
  } else if (call.required) {
    ++second.failed;
    return respond(slot, false);
  } else {
    ++second.degraded;
  }
  ++state.next;
  next_call(slot);
}

/// A request that is itself somebody's call.
uint32_t TrafficEngine::spawn(uint32_t caller, const Callee& callee) {
  const uint32_t slot = allocate();
  const Request& from = requests_[caller];
  Request& r = requests_[slot];
  r.nested = true;
  r.cls = from.cls;
  r.intended = from.intended;
  r.work = static_cast<int16_t>(callee.work);
  r.sent = r.began = now_;
  r.zone = static_cast<uint8_t>(host_of(from).zone);
  r.balancer = callee.balancer < 0 ? no_balancer : static_cast<uint8_t>(callee.balancer);
  CallState& state = states_[slot];
  state.parent = ticket(caller);
  state.parent_serial = states_[caller].serial;
  state.callee = callee.index;
  return slot;
}

/// Its answer is on the way to who called, who may have stopped waiting.
void TrafficEngine::answer_caller(uint32_t slot, bool good, int64_t at) {
  const CallState& own = states_[slot];
  if (!is_current(own.parent)) return;
  const uint32_t caller = own.parent.slot;
  CallState& state = states_[caller];
  if (requests_[caller].phase != Phase::calling || state.serial != own.parent_serial ||
      state.deadline < at)
    return;
  state.deadline = -1;
  push(at, caller, good ? Kind::call_good : Kind::call_bad);
}

}  // namespace squall::dataplane
