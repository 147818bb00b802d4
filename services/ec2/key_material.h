// Key pairs' cryptographic material, the only place of EC2 that knows OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace squall::ec2 {

struct KeyMaterial {
  std::string private_key;  // PEM, or OpenSSH's form for ED25519; empty for imported keys
  std::string public_key;   // "ssh-rsa AAAA..."
  std::string fingerprint;
  std::string type;         // rsa, ed25519
};

/// The same seed gives the same pair: a World's state must not depend on the machine's randomness.
KeyMaterial make_rsa_key(std::string_view seed);
KeyMaterial make_ed25519_key(std::string_view seed, std::string_view comment);
/// From OpenSSH's public form, or that form in base64 once more; throws InvalidKey.Format.
KeyMaterial import_public_key(std::string_view text);

}  // namespace squall::ec2
