// Sends envelopes to Sentry, and obeys its rate limits.
#include "server/observe/sentry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/error.hpp"
#include "base/version.hpp"
#include "server/fetch/fetch.hpp"
#include "server/observe/rate_limit.hpp"

namespace bigocean::server::observe {
namespace {

using std::chrono::milliseconds;
using Clock = Sentry::Clock;

/// Before a second attempt to connect.
constexpr milliseconds kRetryPause{100};

milliseconds left_until(Clock::time_point end) { return std::chrono::ceil<milliseconds>(end - Clock::now()); }

http::Fetched post(const config::SentryDsn& dsn, const std::string& envelope, Clock::time_point end) {
  http::Outgoing outgoing{
      .method = "POST",
      .headers = {{"X-Sentry-Auth",
                   fmt::format("Sentry sentry_version=7, sentry_client=bigocean/{}, sentry_key={}",
                               base::version(), dsn.key)},
                  {"Content-Type", "application/x-sentry-envelope"}},
      .body = envelope};
  try {
    return http::fetch(dsn.envelope_url, left_until(end), outgoing);
  } catch (const base::Error& error) {  // OpenSSL is not there
    return {.fault = error.message + (error.hint.empty() ? "" : "; " + error.hint)};
  }
}

}  // namespace

Sentry::Sent Sentry::send(const std::string& envelope, Clock::time_point deadline) {
  if (Clock::now() < silent_until_) return {Outcome::kLimited, "Sentry's rate limit"};
  const auto end = std::min(deadline, Clock::now() + timeout_);
  if (left_until(end).count() <= 0) return {Outcome::kUndelivered, "no time was left"};
  auto answer = post(dsn_, envelope, end);
  if (answer.status == 0 && !answer.sent && left_until(end) > 2 * kRetryPause) {
    std::this_thread::sleep_for(kRetryPause);
    answer = post(dsn_, envelope, end);
  }
  if (answer.status == 0) return {Outcome::kUndelivered, answer.fault};
  const auto pause = pause_for_errors(answer.status, answer.headers, std::chrono::system_clock::now());
  if (pause) silent_until_ = std::max(silent_until_, Clock::now() + *pause);
  if (answer.status >= 200 && answer.status < 300) return {Outcome::kTaken};
  const auto fault = fmt::format("Sentry answered {}", answer.status);
  if (answer.status == 429) return {Outcome::kLimited, fault};
  return {answer.status < 500 ? Outcome::kRefused : Outcome::kUndelivered, fault};
}

}  // namespace bigocean::server::observe
