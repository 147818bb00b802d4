// Access key ids carry the account that they were issued in, as AWS's do: so a request finds its
// World without a list of keys that resets, snapshots and rollbacks would have to keep true.
#pragma once

#include <string>
#include <string_view>

namespace squall::api {

/// The twelve digits inside an id of AWS's form (AKIA... or ASIA..., 20 characters); empty for any
/// other text, also for ids of the old form (AKIAI..., AKIAJ...), which carry none.
std::string account_of_access_key(std::string_view access_key);

/// An id of `account`: `prefix` (AKIA or ASIA), the account, and 39 bits of `hex_digits` (10).
std::string make_access_key(std::string_view prefix, std::string_view account,
                            std::string_view hex_digits);

}  // namespace squall::api
