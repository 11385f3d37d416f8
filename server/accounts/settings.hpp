// The settings of the host's accounts, and of the challenge for strangers.
#pragma once

#include <chrono>
#include <string>

#include "config/secret.hpp"

namespace bigocean::server::accounts {

/// Signed tokens (JWT, RFC 7519) of the host's own accounts.
struct Settings {
  std::string algorithm;  ///< "HS256", "RS256", "ES256", "EdDSA"; empty: no tokens are accepted
  config::Secret secret;  ///< for HS256
  std::string jwks_url;   ///< for the other algorithms
  std::string issuer;
  std::string audience;
  std::chrono::milliseconds clock_skew_max{};
  std::chrono::milliseconds keys_lifetime{};
  std::chrono::milliseconds timeout{};  ///< of reading the keys
};

/// The challenge that a stranger has to solve before a new session.
struct ChallengeSettings {
  std::string verify_url;  ///< empty: no challenge
  config::Secret secret;
  std::chrono::milliseconds timeout{};  ///< of one check
};

}  // namespace bigocean::server::accounts
