// THE list of what follows item changes. Adding one: a function of its own file and a line here.
#include "services/dynamodb/store.h"

namespace squall::dynamodb {

std::span<const ChangeHook> change_hooks() { return {}; }

}  // namespace squall::dynamodb
