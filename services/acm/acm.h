// Certificate Manager's public face.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::acm {

const api::ServiceDefinition& service();

struct Certificate {
  static constexpr std::string_view kind = "acm:certificate";
  std::string id;  // the ARN
  std::string domain, type = "AMAZON_ISSUED", status = "PENDING_VALIDATION", key_algorithm,
                      validation_method, body_pem, chain_pem, serial, subject, issuer,
                      signature_algorithm;
  std::vector<std::string> alternative_names;
  Time created{};
  std::optional<Time> issued, imported, not_before, not_after;
  std::string client_token;
  std::string transparency = "ENABLED";
  std::vector<std::string> validation_domains;  // "DOMAIN=VALIDATION DOMAIN" of e-mail validation
  Tags tags;
  std::vector<std::string> index_keys() const {
    return client_token.empty() ? std::vector<std::string>{}
                                : std::vector<std::string>{"token:" + client_token};
  }
  SQUALL_FIELDS(id, domain, type, status, key_algorithm, validation_method, body_pem, chain_pem,
                serial, subject, issuer, signature_algorithm, alternative_names, created, issued,
                imported, not_before, not_after, client_token, transparency, validation_domains,
                tags)
};

}  // namespace squall::acm
