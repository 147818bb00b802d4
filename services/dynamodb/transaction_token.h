// ClientRequestToken of TransactWriteItems: ten minutes during which the same request is made once.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "emulator/sim/world.h"

namespace squall::dynamodb {

class TransactionTokens final : public sim::Annex {
 public:
  explicit TransactionTokens(sim::World& world) : world_(world) {}
  std::string_view kind() const override { return "dynamodb:transaction-tokens"; }
  void reset() override;
  /// Clients make tokens up at random: they are no part of a comparison between runs.
  void dump(std::string_view, std::string&) const override {}

  /// Whether the request was made before; throws IdempotentParameterMismatchException if the token
  /// came with another one.
  bool was_made(std::string_view token, uint64_t request_hash, Time now);
  void remember(std::string_view token, uint64_t request_hash, Time now);

  /// A request on its way: while there is one, the same token is refused with
  /// TransactionInProgressException.
  class UnderWay {
   public:
    UnderWay(TransactionTokens& tokens, std::string_view token, uint64_t request_hash);
    ~UnderWay();
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;

   private:
    TransactionTokens& tokens_;
    std::string token_;
  };

  struct Made {
    uint64_t request_hash;
    Time until;
  };
  using ByToken = std::map<std::string, Made, std::less<>>;
  ByToken all() const;
  void put_back(std::string_view token, Made made);

 private:
  void forget_old(Time now);

  sim::World& world_;
  mutable std::mutex mutex_;
  ByToken made_;
  std::deque<std::pair<Time, std::string>> by_time_;
  std::map<std::string, uint64_t, std::less<>> under_way_;  // hashes by token
};

}  // namespace squall::dynamodb
