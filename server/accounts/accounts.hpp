// Signed tokens (JWT, RFC 7519) of the host's own accounts: whose a token is, or why it is nobody's.
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

/// Whom a token names.
struct Account {
  std::string issuer;   ///< as the token says; empty: it says nothing
  std::string subject;  ///< 1 to 255 bytes
};

/// A token that is not to be believed; the text says why, for its owner.
struct TokenFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Thread-safe. Which algorithm a token is verified by, follows from the settings and never from the token
/// (RFC 8725, 3.1).
class Accounts {
 public:
  using Now = std::function<std::chrono::system_clock::time_point()>;

  /// Throws as check() does. `log` must outlive this. `read` takes the place of asking accounts.jwks_url.
  Accounts(const Settings& settings, base::Logger& log, Now now = std::chrono::system_clock::now,
           KeySource::Read read = {});

  /// Throws base::Error(kUsage) for settings that cannot work, or would let anybody in.
  static void check(const Settings& settings);

  /// Whether tokens of accounts are taken at all.
  bool is_on() const { return algorithm_.has_value(); }

  /// Throws TokenFault, and KeysUnavailable where there is no key to judge by.
  Account verify(std::string_view token);

  /// Reads the keys where that is due. For whoever runs beside the requests.
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
