// Asks the verifier of a challenge whether a proof is valid.
#pragma once

#include <string>

#include "base/log.hpp"
#include "server/accounts/settings.hpp"

namespace bigocean::server::accounts {

/// Uses the form protocol that the providers of challenges share ("siteverify"): POST of `secret`, `response`
/// and `remoteip`, answered by JSON with `success` and `error-codes`.
/// https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
/// https://docs.hcaptcha.com/#verify-the-user-response-server-side
/// https://developers.google.com/recaptcha/docs/verify Thread-safe.
class Challenge {
 public:
  /// `log` must outlive this. Throws as check() does.
  Challenge(const ChallengeSettings& settings, base::Logger& log) : settings_(settings), log_(log) {
    check(settings);
  }

  /// Throws base::Error(kUsage) when challenge.verify_url is set without challenge.secret.
  static void check(const ChallengeSettings& settings);

  bool is_on() const { return !settings_.verify_url.empty(); }

  /// Whether the proof is valid; an empty one is not, and the verifier is not asked. Waits for the verifier,
  /// at most challenge.timeout. Throws base::Error(kUnreachable) when the verifier does not decide: it is
  /// unreachable, fails, or refuses the secret.
  bool accepts(const std::string& proof, const std::string& client_address) const;

 private:
  const ChallengeSettings settings_;
  base::Logger& log_;
};

}  // namespace bigocean::server::accounts
