// Sends envelopes to Sentry, and obeys its rate limits.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "config/sentry_dsn.hpp"

namespace bigocean::server::observe {

/// Not thread-safe.
class Sentry {
 public:
  using Clock = std::chrono::steady_clock;

  enum class Outcome {
    kTaken,
    kRefused,      ///< permanently: it would be refused again
    kLimited,      ///< not sent, or answered with 429; must not be sent again
    kUndelivered,  ///< no answer, or a failure of the server
  };
  struct Sent {
    Outcome outcome;
    std::string fault{};  ///< why it was not accepted
  };

  Sentry(config::SentryDsn dsn, std::chrono::milliseconds timeout)
      : dsn_(std::move(dsn)), timeout_(timeout) {}

  /// Sends an envelope, within the time-out and until `deadline` at most. If no connection could be made, it
  /// tries once more within that time. Failures of the network and Sentry are returned, not thrown.
  Sent send(const std::string& envelope, Clock::time_point deadline);

 private:
  const config::SentryDsn dsn_;
  const std::chrono::milliseconds timeout_;
  Clock::time_point silent_until_{};
};

}  // namespace bigocean::server::observe
