// Collects spans, and sends them from a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/span.hpp"
#include "config/settings.hpp"
#include "server/observe/otlp_client.hpp"
#include "server/observe/otlp_json.hpp"
#include "server/observe/sample.hpp"
#include "server/observe/sampler.hpp"

namespace bigocean::server::observe {

/// Thread-safe. A slow or unreachable receiver does not delay callers: spans wait in a queue of
/// traces.queue_max, and are dropped when it is full. What was lost is counted; of a tracer with a log,
/// logged at most once in kTellPeriod.
class OtlpTracer : public base::Tracer {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kTellPeriod{60};

  /// Of all spans since the start; of whole traces where it says so.
  struct Counts {
    long long sent = 0;             ///< and taken
    long long dropped = 0;          ///< the queue was full, or the process ended
    long long undelivered = 0;      ///< no answer, or the receiver could not take them
    long long rejected = 0;         ///< by a receiver that took others of the same request
    long long traces_left_out = 0;  ///< because of traces.spans_max
    std::string fault{};            ///< of the latest loss
  };

  /// Whether spans are to be sent anywhere.
  static bool is_wanted(const config::Settings& settings);

  /// is_wanted() must be true. `log` may be null, else it must outlive this.
  OtlpTracer(const config::Settings& settings, base::Logger* log);
  /// Ends a request that is being sent, and drops what waits.
  ~OtlpTracer() override;

  base::TraceContext begin(const std::optional<base::TraceContext>& caller) override;
  bool is_passed_on() const override { return is_passed_on_; }
  void take(base::FinishedSpan span) override;

  /// Waits until all spans have been tried, at most traces.flush_timeout and until `deadline`; drops the
  /// rest.
  void flush(Clock::time_point deadline);

  Counts counts() const;
  /// The same as metrics.
  std::vector<Sample> samples() const;

 private:
  void work();
  bool is_due() const;
  void send_batch(std::unique_lock<std::mutex>& lock);
  OtlpClient::Sent send_spans(std::span<const base::FinishedSpan> spans);
  void tell_losses(Clock::time_point now, bool at_once);

  const bool is_passed_on_;
  const std::size_t batch_max_;
  const std::size_t queue_max_;
  const std::chrono::milliseconds period_;
  const std::chrono::milliseconds flush_timeout_;
  const ResourceAttributes resource_;
  base::Logger* const log_;
  Sampler sampler_;
  base::Interrupt stop_;
  OtlpClient client_;  ///< the thread's own

  mutable std::mutex mutex_;
  std::condition_variable wake_;     ///< something is due, or the end
  std::condition_variable drained_;  ///< no span waits or is being sent
  std::deque<base::FinishedSpan> queue_;
  bool sending_ = false;
  bool flushing_ = false;
  bool stopping_ = false;
  Counts counts_;
  Counts told_;  ///< what the log has
  Clock::time_point told_at_{};
  std::thread thread_;  // last: it uses what stands above
};

}  // namespace bigocean::server::observe
