// What the host says of its own accounts, and what a stranger has to prove.
#pragma once

#include <chrono>
#include <string>

#include "config/secret.hpp"

namespace bigocean::server::accounts {

/// Signed tokens (JWT, RFC 7519) of the host's own accounts.
struct Settings {
  std::string algorithm;  ///< "HS256", "RS256", "ES256", "EdDSA"; empty: none are taken
  config::Secret secret;  ///< of HS256
  std::string jwks_url;   ///< of the others
  std::string issuer;
  std::string audience;
  std::chrono::milliseconds clock_skew_max{};
  std::chrono::milliseconds keys_lifetime{};
  std::chrono::milliseconds timeout{};  ///< of reading the keys
};

/// What a stranger has to prove before a new session.
struct ChallengeSettings {
  std::string verify_url;  ///< empty: nothing
  config::Secret secret;
  std::chrono::milliseconds timeout{};  ///< of one check
};

}  // namespace bigocean::server::accounts
