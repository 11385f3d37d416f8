// Sends batches of spans to a receiver of OTLP.
#include "server/observe/otlp_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/retry.hpp"
#include "config/key_values.hpp"
#include "server/fetch/fetch.hpp"
#include "server/http/retry_after.hpp"
#include "server/observe/otlp_json.hpp"

namespace bigocean::server::observe {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPauseMin{100};
constexpr milliseconds kPauseMax{5000};
constexpr std::array kRepeatable{429, 502, 503, 504};

http::Headers headers_of(const config::Settings::Traces& settings) {
  http::Headers headers{{"Content-Type", "application/json"}};  // for either of traces.protocol's values
  auto more = config::parse_key_values(settings.headers.reveal());
  if (more) headers.insert(headers.end(), more->begin(), more->end());
  return headers;
}

bool may_be_repeated(const http::Fetched& answer) {
  return answer.status == 0 ||
         std::find(kRepeatable.begin(), kRepeatable.end(), answer.status) != kRepeatable.end();
}

std::optional<milliseconds> asked_pause(const http::Fetched& answer) {
  const auto value = http::find_header(answer.headers, "Retry-After");
  return value ? http::parse_retry_after(*value, std::chrono::system_clock::now()) : std::nullopt;
}

}  // namespace

OtlpClient::OtlpClient(const config::Settings::Traces& settings, const base::Interrupt& interrupt)
    : endpoint_(settings.endpoint),
      timeout_(settings.timeout),
      interrupt_(interrupt),
      headers_(headers_of(settings)) {}

OtlpClient::Sent OtlpClient::send(const std::string& body) try {
  const auto end = Clock::now() + timeout_;
  const http::Outgoing outgoing{.method = "POST", .headers = headers_, .body = body};
  base::Backoff backoff(kPauseMin, kPauseMax);
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
    const auto answer = http::fetch(endpoint_, left, outgoing, &interrupt_);
    if (answer.status >= 200 && answer.status < 300) {
      const auto partial = read_partial_success(answer.body);
      return {.is_delivered = true, .rejected = partial.rejected, .fault = partial.message};
    }
    const auto fault =
        answer.status == 0 ? answer.fault : fmt::format("the receiver answered {}", answer.status);
    const auto asked = asked_pause(answer);
    const auto pause = asked.value_or(backoff.next());
    if (asked && may_be_repeated(answer)) silent_until_ = Clock::now() + *asked;
    const bool is_time_left = Clock::now() + pause < end;
    if (!may_be_repeated(answer) || !is_time_left || !interrupt_.sleep(pause)) return {.fault = fault};
  }
} catch (const base::Error& error) {  // the process ends, or OpenSSL is not there
  if (interrupt_.signal() != 0) return {.fault = "the receiver had not answered when the process ended"};
  return {.fault = error.message + (error.hint.empty() ? "" : "; " + error.hint)};
}

}  // namespace bigocean::server::observe
