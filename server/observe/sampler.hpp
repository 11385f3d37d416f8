// Which traces are recorded.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/trace_context.hpp"
#include "config/settings.hpp"

namespace bigocean::server::observe {

/// The samplers of OpenTelemetry (https://opentelemetry.io/docs/specs/otel/trace/sdk/#built-in-samplers), and
/// a limit on the spans of kSpanPeriod: beyond it whole traces are left out, not single spans. Thread-safe.
class Sampler {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kSpanPeriod{10};

  explicit Sampler(const config::Settings::Traces& settings);

  /// Whether the trace of this id, in which `caller` may have begun it, is recorded.
  bool wants(const std::optional<base::TraceContext>& caller, const std::string& trace_id,
             Clock::time_point now);

  /// Counts a span that was recorded.
  void count_span(Clock::time_point now);

  /// Traces that were left out because of the limit, since the last call.
  long long take_left_out();

 private:
  bool sampler_wants(const std::optional<base::TraceContext>& caller, const std::string& trace_id) const;
  void refill(Clock::time_point now);

  const bool asks_caller_;  ///< what the caller decided is kept
  const double ratio_;      ///< of the traces that no caller decides on
  const double spans_max_;  ///< in kSpanPeriod; 0: no limit
  std::mutex mutex_;
  double room_;  ///< spans that may be recorded now; below 0 where traces had more spans than was left
  std::optional<Clock::time_point> refilled_;
  long long left_out_ = 0;
};

}  // namespace bigocean::server::observe
