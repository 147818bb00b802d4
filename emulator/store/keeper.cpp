#include "emulator/store/keeper.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "emulator/core/text.h"
#include "emulator/sim/binary.h"
#include "emulator/sim/replay.h"
#include "emulator/sim/snapshot.h"

namespace squall::store {

Keeper::Keeper(api::Worlds& worlds, StoreOptions options)
    : worlds_(worlds), store_(std::move(options)) {
  read_worlds();
  worlds_.set_log(&store_);
}

Keeper::~Keeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (watcher_.joinable()) watcher_.join();
  worlds_.set_log(nullptr);
}

void Keeper::read_worlds() {
  std::map<std::string, sim::Replay, std::less<>> replays;
  try {
    store_.read([&](std::string_view account, std::string_view entry) {
      auto replay = replays.find(account);
      if (replay == replays.end())
        replay = replays.try_emplace(std::string(account), worlds_.world(account)).first;
      replay->second.entry(entry);
    });
    for (auto& [account, replay] : replays) replay.settle();
  } catch (const sim::BadBytes& bad) {
    throw StoreError(cat("the state in ", store_.path(), " cannot be read: ", bad.what(),
                         ". Serve it with the version that made it, put a copy of it back, or "
                         "move it away to begin anew"));
  }
}

void Keeper::start(std::function<void()> told) {
  store_.start(std::move(told));
  watcher_ = std::thread([this] { watch(); });
}

void Keeper::watch() {
  constexpr std::chrono::milliseconds period{200};
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, period, [this] { return stopping_; })) {
    if (!store_.wants_checkpoint()) continue;
    lock.unlock();
    checkpoint();
    lock.lock();
  }
}

void Keeper::checkpoint() {
  const std::lock_guard one(checkpointing_);
  uint64_t up_to = store_.last();  // before the accounts: a World made later begins behind it
  for (const std::string& account : worlds_.accounts()) {
    sim::World& world = worlds_.world(account);
    sim::Checkpoint checkpoint;
    {
      const std::unique_lock lock(world.mutex());
      checkpoint.state = world.capture();
      checkpoint.named = world.snapshots();
    }
    const uint64_t logged = checkpoint.state->logged();
    store_.checkpoint(account, logged, [&](const auto& part) { checkpoint.write(part); });
    up_to = std::min(up_to, logged);
  }
  store_.forget_log(up_to);
}

}  // namespace squall::store
