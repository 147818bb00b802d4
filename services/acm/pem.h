// Reading X.509 certificates, the only place of ACM that knows OpenSSL.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/time.h"

namespace squall::acm {

struct ParsedCertificate {
  std::string domain, subject, issuer, serial, key_algorithm, signature_algorithm;
  std::vector<std::string> alternative_names;
  Time not_before{}, not_after{};
};

/// Throws ValidationException if the certificate, its key or its chain are not what they should be.
ParsedCertificate parse_certificate(const std::string& body, const std::string& key,
                                    const std::string& chain);

}  // namespace squall::acm
