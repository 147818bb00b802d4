// Records that AWS forgets after a while: events, activities.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/sim/scope.h"

namespace squall {

/// Call when a record of T was added: `event_kind` will run when the oldest has had its time.
inline void remember_for(sim::Scope& scope, Duration retention, std::string_view event_kind) {
  scope.at_unique(scope.now() + retention, event_kind, "");
}

/// The body of that event's handler: erases what is old, and comes back for the next. Ids of T must
/// sort by time; `time_of(record)` is when its retention began.
template <sim::Record T, class TimeOf>
void forget_old(sim::Scope& scope, Duration retention, std::string_view event_kind,
                TimeOf time_of) {
  std::vector<std::string> old;
  for (const T& record : scope.all<T>()) {
    const Time until = time_of(record) + retention;
    if (until > scope.now()) {
      scope.at_unique(until, event_kind, "");
      break;
    }
    old.push_back(record.id);
  }
  for (const std::string& id : old) scope.erase<T>(id);
}

}  // namespace squall
