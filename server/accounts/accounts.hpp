// Verifies signed tokens (JWT, RFC 7519) of the host's own accounts.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/log.hpp"
#include "server/accounts/key_source.hpp"
#include "server/accounts/settings.hpp"

namespace bigocean::server::accounts {

/// The account that a token names.
struct Account {
  std::string issuer;   ///< the token's `iss`; empty: it has none
  std::string subject;  ///< the token's `sub`, 1 to 255 bytes
};

/// A token that is not accepted; the text says why and may be shown to the client.
struct TokenFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Thread-safe. The settings decide which algorithm verifies a token, never the token itself (RFC 8725, 3.1).
class Accounts {
 public:
  using Now = std::function<std::chrono::system_clock::time_point()>;

  /// Throws as check() does. `log` must outlive this. `read`, if set, is called instead of reading
  /// accounts.jwks_url.
  Accounts(const Settings& settings, base::Logger& log, Now now = std::chrono::system_clock::now,
           KeySource::Read read = {});

  /// Throws base::Error(kUsage) for settings that cannot work, or would accept any token.
  static void check(const Settings& settings);

  /// Whether tokens of accounts are accepted at all.
  bool is_on() const { return algorithm_.has_value(); }

  /// Verifies a token and returns the account that it names. Throws TokenFault, and KeysUnavailable when no
  /// keys have been read yet.
  Account verify(std::string_view token);

  /// Reads the keys again when that is due. To be called from a background thread.
  void refresh_keys();

 private:
  void verify_signature(std::string_view header_text, std::string_view signed_text,
                        std::string_view signature);
  Account read_claims(std::string_view text) const;

  const Settings settings_;
  const std::optional<Algorithm> algorithm_;
  const Now now_;
  std::optional<KeySource> keys_;  ///< of algorithms with public keys
};

}  // namespace bigocean::server::accounts
