// What ACM's files share.
#pragma once

#include <span>
#include <string>

#include "emulator/core/error.h"
#include "services/acm/acm.h"
#include "services/common/page.h"

namespace squall::acm {

using api::Context;
using api::Input;

/// By ARN, or InvalidArnException or ResourceNotFoundException.
const Certificate& require_certificate(const sim::Scope& scope, const std::string& arn);
void add_tags(Tags& tags, const Input& in);
/// ARNs of the load balancers whose listeners hold it.
std::vector<std::string> users_of(const sim::Scope& scope, const std::string& arn);

std::span<const api::HandlerRow> certificate_rows();
std::span<const api::HandlerRow> describe_rows();
std::span<const sim::EventRow> certificate_events();
std::span<const sim::LatencyRow> certificate_latencies();

}  // namespace squall::acm
