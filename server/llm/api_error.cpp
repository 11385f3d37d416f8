// Errors of the Messages API: reads and classifies them.
#include "server/llm/api_error.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "server/http/retry_after.hpp"

namespace bigocean::server::llm {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using Kind = ChatError::Kind;

std::string text_at(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_spend_limit(const ApiError& error) {
  return error.code == "enforced_spend_limit_reached" || error.code == "contract_spend_limit_reached";
}

std::optional<milliseconds> pause_of(const http::Headers& headers,
                                     std::chrono::system_clock::time_point now) {
  if (const auto exact = http::find_header(headers, "retry-after-ms")) {
    const auto value = base::parse_digits(base::trim(exact->substr(0, exact->find('.'))), 86'400'000);
    if (value) return milliseconds{static_cast<milliseconds::rep>(*value)};
  }
  const auto given = http::find_header(headers, "retry-after");
  return given ? http::parse_retry_after(*given, now) : std::nullopt;
}

std::string hint_for(int status, const ApiError& error) {
  if (is_spend_limit(error)) return "raise the spend limit of the API's account, or wait for its next period";
  switch (status) {
    case 401:
      return "check ANTHROPIC_API_KEY";
    case 402:
    case 403:
      return "check in the API's console what this key and its account may do";
    case 404:
      return "check ANTHROPIC_BASE_URL and the names of the models in [anthropic]";
    case 413:
      return "the conversation is too long for the API";
    case 429:
      return "the account's rate limit is reached: request a higher one, or try again later";
    default:
      return status >= 500 || status == 408 || status == 409
                 ? "the API has a temporary failure: try again later"
                 : "the request or the setting anthropic.base_url is wrong; detail has the API's message";
  }
}

}  // namespace

ApiError read_api_error(std::string_view text) {
  const auto root = json::parse(text, nullptr, false);
  const auto found = root.is_object() ? root.find("error") : root.end();
  if (found == root.end() || !found->is_object()) return {};
  const auto details = found->find("details");
  return {.type = text_at(*found, "type"),
          .code = details == found->end() ? std::string() : text_at(*details, "error_code"),
          .message = text_at(*found, "message")};
}

int status_of(const ApiError& error) {
  if (error.type == "overloaded_error") return 529;
  if (error.type == "rate_limit_error") return 429;
  if (error.type == "timeout_error") return 504;
  if (error.type == "authentication_error") return 401;
  if (error.type == "billing_error") return 402;
  if (error.type == "permission_error") return 403;
  if (error.type == "not_found_error") return 404;
  if (error.type == "request_too_large") return 413;
  return error.type == "invalid_request_error" ? 400 : 500;
}

FailureClass classify_failure(int status, const http::Headers& headers, const ApiError& error,
                              std::chrono::system_clock::time_point now) {
  FailureClass verdict{.kind = Kind::kRefusedByApi, .hint = hint_for(status, error)};
  if (status >= 200 && status < 300) {
    verdict.kind = Kind::kBrokenOff;
    verdict.may_be_billed = true;
    return verdict;
  }
  if (status == 504 || status == 524) {
    verdict.kind = Kind::kTimedOut;
    verdict.may_be_billed = true;
    return verdict;
  }
  if (is_spend_limit(error)) return verdict;
  verdict.retry = status == 408 || status == 409 || status == 429 || status >= 500;
  if (verdict.retry) verdict.kind = Kind::kOverloaded;
  const auto word = http::find_header(headers, "x-should-retry").value_or("");
  if (word == "true") verdict.retry = true;
  if (word == "false") verdict.retry = false;
  verdict.pause = pause_of(headers, now);
  return verdict;
}

}  // namespace bigocean::server::llm
