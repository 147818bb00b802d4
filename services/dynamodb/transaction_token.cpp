#include "services/dynamodb/transaction_token.h"

#include <algorithm>

#include "services/dynamodb/durable.h"
#include "services/dynamodb/errors.h"

namespace squall::dynamodb {

void TransactionTokens::reset() {
  const std::lock_guard lock(mutex_);
  made_.clear();
  by_time_.clear();
}

void TransactionTokens::forget_old(Time now) {
  while (!by_time_.empty() && by_time_.front().first <= now) {
    const auto at = made_.find(by_time_.front().second);
    if (at != made_.end() && at->second.until <= now) made_.erase(at);
    by_time_.pop_front();
  }
}

namespace {
AwsError mismatch() {
  return {"IdempotentParameterMismatchException",
          "The request uses the same client token as a previous, but non-identical request."};
}
}  // namespace

TransactionTokens::UnderWay::UnderWay(TransactionTokens& tokens, std::string_view token,
                                      uint64_t request_hash)
    : tokens_(tokens), token_(token) {
  const std::lock_guard lock(tokens_.mutex_);
  const auto [at, added] = tokens_.under_way_.emplace(token_, request_hash);
  if (added) return;
  if (at->second != request_hash) throw mismatch();
  throw AwsError{"TransactionInProgressException",
                 "The transaction with the given request token is already in progress."};
}

TransactionTokens::UnderWay::~UnderWay() {
  const std::lock_guard lock(tokens_.mutex_);
  tokens_.under_way_.erase(token_);
}

bool TransactionTokens::was_made(std::string_view token, uint64_t request_hash, Time now) {
  const std::lock_guard lock(mutex_);
  forget_old(now);
  const auto at = made_.find(token);
  if (at == made_.end()) return false;
  if (at->second.request_hash != request_hash) throw mismatch();
  return true;
}

void TransactionTokens::remember(std::string_view token, uint64_t request_hash, Time now) {
  constexpr Duration kept = std::chrono::minutes{10};
  note_token(world_, token, request_hash, now + kept);
  put_back(token, {request_hash, now + kept});
}

TransactionTokens::ByToken TransactionTokens::all() const {
  const std::lock_guard lock(mutex_);
  return made_;
}

void TransactionTokens::put_back(std::string_view token, Made made) {
  const std::lock_guard lock(mutex_);
  made_.insert_or_assign(std::string(token), made);
  const auto later = [](const auto& a, const auto& b) { return a.first < b.first; };
  const std::pair<Time, std::string> entry{made.until, token};
  by_time_.insert(std::upper_bound(by_time_.begin(), by_time_.end(), entry, later), entry);
}

}  // namespace squall::dynamodb
