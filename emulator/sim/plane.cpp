#include "emulator/sim/plane.h"

#include "emulator/sim/impairment.h"
#include "emulator/sim/record_type.h"

namespace squall::sim {

RecordTypes own_records() { return records<Impairment, FaultRecord>(); }

Plane& plane() {
  static Plane registered;
  return registered;
}

}  // namespace squall::sim
