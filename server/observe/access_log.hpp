// The access log: a line for every request, up to a rate.
#pragma once

#include <chrono>

#include "base/log.hpp"
#include "server/http/observer.hpp"

namespace bigocean::server::observe {

/// Quick routes (probes, metrics) that succeed are logged at debug level; failures of the server at error
/// level. At most `lines_per_second`; omitted lines are counted and reported with the first line of the next
/// second. Not thread-safe.
class AccessLog : public http::Observer {
 public:
  using Clock = std::chrono::steady_clock;

  /// `log` must outlive this.
  AccessLog(base::Logger& log, int lines_per_second) : log_(log), lines_per_second_(lines_per_second) {}

  void answered(const http::Exchange& exchange) override { answered(exchange, Clock::now()); }
  void answered(const http::Exchange& exchange, Clock::time_point now);

 private:
  bool may_log(Clock::time_point now);

  base::Logger& log_;
  int lines_per_second_;
  Clock::time_point second_{};
  int lines_ = 0;
  long long left_out_ = 0;
  std::size_t lost_told_ = 0;  ///< of Logger::lines_lost()
};

}  // namespace bigocean::server::observe
