#include "emulator/protocol/scope.h"

#include <algorithm>

#include "emulator/protocol/form.h"

namespace squall::protocol {
namespace {

/// `AKID/20261121/us-east-1/ec2/aws4_request`; SigV4a has no region.
void read_credential(std::string_view text, SigningScope& scope) {
  // An access key may hold slashes, so parts are taken from the end: terminator, service, region,
  // date.
  const auto take_last = [&text](std::string_view& part) {
    const size_t slash = text.rfind('/');
    if (slash == text.npos) return false;
    part = text.substr(slash + 1);
    text = text.substr(0, slash);
    return true;
  };
  std::string_view terminator, service, region, date;
  if (!take_last(terminator) || terminator != "aws4_request") return;
  if (!take_last(service) || !take_last(region)) return;
  scope.service = service;
  if (take_last(date)) scope.region = region;  // else it was the date
  scope.access_key = text;
}

void read_authorization(std::string_view header, SigningScope& scope) {
  constexpr std::string_view old_form = "AWS ";
  if (header.starts_with(old_form)) {
    const std::string_view rest = header.substr(old_form.size());
    scope.access_key = rest.substr(0, rest.find(':'));
    return;
  }
  constexpr std::string_view marker = "Credential=";
  const size_t at = header.find(marker);
  if (!header.starts_with("AWS4-") || at == header.npos) return;
  const std::string_view rest = header.substr(at + marker.size());
  read_credential(trim(rest.substr(0, std::min(rest.find(','), rest.find(' ')))), scope);
}

}  // namespace

SigningScope read_scope(const Request& request) {
  SigningScope scope;
  scope.session_token = request.header("x-amz-security-token");
  if (const std::string_view header = request.header("authorization"); !header.empty())
    read_authorization(header, scope);
  if (!scope.access_key.empty() || request.query.empty()) return scope;
  if (const auto credential = find_parameter(request.query, "X-Amz-Credential"))
    read_credential(*credential, scope);
  else if (const auto key = find_parameter(request.query, "AWSAccessKeyId"))
    scope.access_key = *key;
  if (const auto token = find_parameter(request.query, "X-Amz-Security-Token"))
    scope.session_token = *token;
  return scope;
}

}  // namespace squall::protocol
