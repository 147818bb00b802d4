// THE list of what follows item changes. Adding one: a function of its own file and a line here.
#include "services/dynamodb/recovery_log.h"
#include "services/dynamodb/replica.h"
#include "services/dynamodb/store.h"
#include "services/dynamodb/stream_log.h"
#include "services/dynamodb/ttl_index.h"

namespace squall::dynamodb {

std::span<const ChangeHook> change_hooks() {
  static constexpr ChangeHook hooks[] = {note_in_stream, note_expiry, note_for_recovery,
                                         note_for_replicas};
  return hooks;
}

}  // namespace squall::dynamodb
