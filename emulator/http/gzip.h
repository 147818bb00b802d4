// Gzip of whole bodies: requests that clients compressed, answers that handlers let be compressed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace squall::http {

enum class GunzipResult { done, broken, too_large };

/// Unpacks one or more gzip members into `out`; stops as soon as more than `bytes_max` came out.
GunzipResult gunzip(std::string_view packed, size_t bytes_max, std::string& out);

/// Packs for speed: what is saved is loopback traffic.
std::string gzip(std::string_view plain);

/// Whether an Accept-Encoding header takes gzip (a weight of zero refuses it).
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace squall::http
