// Sends batches of spans to a receiver of OTLP.
#pragma once

#include <chrono>
#include <string>

#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "server/http/message.hpp"

namespace bigocean::server::observe {

/// Repeats what the protocol lets a client repeat
/// (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response). Not thread-safe.
class OtlpClient {
 public:
  using Clock = std::chrono::steady_clock;

  struct Sent {
    bool is_delivered = false;  ///< the receiver took the request, if perhaps not all that is in it
    long long rejected = 0;     ///< spans of a delivered request that it did not take
    std::string fault{};        ///< why something was not taken
  };

  /// `interrupt` ends every wait, and must outlive this.
  OtlpClient(const config::Settings::Traces& settings, const base::Interrupt& interrupt);

  /// Sends the body of one request, within traces.timeout. Failures are returned, not thrown.
  Sent send(const std::string& body);

  /// The receiver asked for silence until then; the epoch where it did not.
  Clock::time_point silent_until() const { return silent_until_; }

 private:
  const std::string endpoint_;
  const std::chrono::milliseconds timeout_;
  const base::Interrupt& interrupt_;
  const http::Headers headers_;
  Clock::time_point silent_until_{};
};

}  // namespace bigocean::server::observe
