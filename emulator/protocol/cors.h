// Browsers ask before they call another origin, and look for leave in the answer. AWS's services
// let every origin in: a signature is what counts.
#pragma once

#include "emulator/protocol/message.h"

namespace squall::protocol {

/// Answers what a browser asks before a call; false where the request is none of these.
bool answer_preflight(const Request& request, Response& response);
/// Lets a browser read an answer, where one has asked.
void let_origin_read(const Request& request, Response& response);

}  // namespace squall::protocol
