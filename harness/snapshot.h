// `squall snapshot`: a running server's named snapshots from the command line.
#pragma once

#include <string>

namespace squall {

struct SnapshotCommand {
  std::string verb;  // save, list, restore, delete
  std::string name, endpoint, account;
};

/// The process's exit code; says on stdout what was done.
int run_snapshot(const SnapshotCommand& command);

}  // namespace squall
