// The access log: a line for every request, up to a rate.
#include "server/observe/access_log.hpp"

#include "server/http/correlation.hpp"

namespace bigocean::server::observe {
namespace {

base::LogLevel level_of(const http::Exchange& exchange) {
  if (exchange.quick) return exchange.status < 400 ? base::LogLevel::kDebug : base::LogLevel::kInfo;
  return exchange.status < 500 ? base::LogLevel::kInfo : base::LogLevel::kError;
}

}  // namespace

bool AccessLog::may_log(Clock::time_point now) {
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    lines_ = 0;
    if (left_out_ > 0) log_.warn("access log lines left out", {{"lines", left_out_}});
    left_out_ = 0;
    const auto lost = log_.lines_lost();
    if (lost > lost_told_) {
      log_.warn("log lines were dropped: they came faster than they could be written",
                {{"lines", static_cast<long long>(lost - lost_told_)}});
    }
    lost_told_ = lost;
  }
  if (++lines_ <= lines_per_second_) return true;
  ++left_out_;
  return false;
}

void AccessLog::answered(const http::Exchange& exchange, Clock::time_point now) {
  const auto level = level_of(exchange);
  if (!log_.is_enabled(level) || !may_log(now)) return;
  static const http::Request kUnread;
  const http::Request& request = exchange.request != nullptr ? *exchange.request : kUnread;
  const auto trace = http::trace_of(request).trace_id;
  log_.write(level, "request",
             {{"request_id", std::string_view(request.id)},
              {"trace_id", std::string_view(trace)},
              {"method", std::string_view(request.method)},
              {"path", std::string_view(request.path)},
              {"route", exchange.route},
              {"status", static_cast<long long>(exchange.status)},
              {"duration_ms", static_cast<double>(exchange.elapsed.count()) / 1000.0},
              {"reply_bytes", static_cast<long long>(exchange.reply_bytes)},
              {"client", exchange.client}});
}

}  // namespace bigocean::server::observe
