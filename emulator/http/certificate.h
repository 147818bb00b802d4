// The self-signed certificate for localhost that TLS connections get.
#pragma once

#include <string>

typedef struct ssl_ctx_st SSL_CTX;

namespace squall::http {

/// Installs the pair kept in `directory` (squall-cert.pem, squall-key.pem), or makes one and keeps
/// it there; an empty directory keeps it in memory. False with the reason in `why`.
bool install_certificate(SSL_CTX* context, const std::string& directory, std::string& why);

}  // namespace squall::http
