// How long Sentry's answers forbid further reports.
#include "server/observe/rate_limit.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

namespace bigocean::server::observe::rate_limit_test {
namespace {

using std::chrono::seconds;

// Fri, 13 Feb 2009 23:31:30 GMT.
const auto kNow = std::chrono::system_clock::from_time_t(1234567890);

std::optional<long> pause(int status, const http::Headers& headers) {
  const auto found = pause_for_errors(status, headers, kNow);
  return found ? std::optional(static_cast<long>(found->count())) : std::nullopt;
}

TEST_CASE("X-Sentry-Rate-Limits, whatever the status") {
  struct Row {
    const char* value;
    std::optional<long> seconds;
  };
  const Row rows[] = {
      {"60::organization", 60},
      {"60", 60},
      {"60:error:key", 60},
      {"60:transaction;error;session:key:quota", 60},
      {"2700:default;error;security:organization, 50:transaction:key", 2700},
      {"50:transaction:key, 2700:default;error;security:organization", 2700},
      {" 5 : error : key ,7:error:key", 7},
      {"0.5:error:key", 1},
      {"0:error:key", 0},
      {"soon:error:key", 60},
      {":error:key", 60},
      {"-5:error:key", 60},
      {"99999999999999999999:error:key", 30L * 24 * 3600},
      {"60:transaction:key", std::nullopt},
      {"60:errors:key", std::nullopt},
      {"", std::nullopt},
      {" , ,", std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.value);
    for (const int status : {200, 429, 500}) {
      if (status == 429 && !row.seconds) continue;
      CHECK(pause(status, {{"x-sentry-rate-limits", row.value}}) == row.seconds);
    }
  }
  CHECK(pause(200, {{"X-Sentry-Rate-Limits", "5:error:key"}, {"X-Sentry-Rate-Limits", "9::key"}}) == 9);
  CHECK(pause(429, {{"X-Sentry-Rate-Limits", "5:error:key"}, {"Retry-After", "99"}}) == 5);
}

TEST_CASE("a bare 429 means a minute, with Retry-After what that says") {
  CHECK(pause(429, {}) == 60);
  CHECK(pause(429, {{"X-Sentry-Rate-Limits", "600:transaction:key"}}) == 60);
  CHECK(pause(429, {{"Retry-After", "7"}}) == 7);
  CHECK(pause(429, {{"retry-after", "Fri, 13 Feb 2009 23:31:40 GMT"}}) == 10);
  CHECK(pause(429, {{"Retry-After", "Fri, 13 Feb 2009 23:31:00 GMT"}}) == 0);
  CHECK(pause(429, {{"Retry-After", "later"}}) == 60);
  CHECK(pause(429, {{"Retry-After", "99999999999999999999"}}) == 30L * 24 * 3600);
  for (const int status : {200, 400, 413, 500, 503}) CHECK_FALSE(pause(status, {{"Retry-After", "7"}}));
}

}  // namespace
}  // namespace bigocean::server::observe::rate_limit_test
