// Asks the verifier of a challenge whether a proof is good.
#pragma once

#include <string>

#include "base/log.hpp"
#include "server/accounts/settings.hpp"

namespace bigocean::server::accounts {

/// Speaks the form protocol that the makers of challenges share ("siteverify"): POST of `secret`, `response`
/// and `remoteip`, answered by JSON with `success` and `error-codes`.
/// https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
/// https://docs.hcaptcha.com/#verify-the-user-response-server-side
/// https://developers.google.com/recaptcha/docs/verify
/// Thread-safe.
class Challenge {
 public:
  /// `log` must outlive this. Throws as check() does.
  Challenge(const ChallengeSettings& settings, base::Logger& log) : settings_(settings), log_(log) {
    check(settings);
  }

  /// Throws base::Error(kUsage) for a verifier without the secret that it knows us by.
  static void check(const ChallengeSettings& settings);

  bool is_on() const { return !settings_.verify_url.empty(); }

  /// Whether the proof is good; an empty one is not, and nobody is asked. Waits for the verifier, at most
  /// challenge.timeout. Throws base::Error(kUnreachable) where it does not say: it is away, fails, or does
  /// not take our secret.
  bool accepts(const std::string& proof, const std::string& client_address) const;

 private:
  const ChallengeSettings settings_;
  base::Logger& log_;
};

}  // namespace bigocean::server::accounts
