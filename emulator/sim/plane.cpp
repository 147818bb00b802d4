#include "emulator/sim/plane.h"

namespace squall::sim {

Plane& plane() {
  static Plane registered;
  return registered;
}

}  // namespace squall::sim
