// Which failures of the API are tried again, when, and what they may have cost.
#include <doctest/doctest.h>

#include "server/llm/api_error.hpp"

namespace api_error_test {

using namespace bigocean::server::llm;
using namespace std::chrono_literals;
using bigocean::server::http::Headers;
using Kind = ChatError::Kind;

namespace {

FailureClass judged(int status, const Headers& headers = {}, const ApiError& error = {}) {
  return classify_failure(status, headers, error, std::chrono::system_clock::from_time_t(784111777));
}

}  // namespace

TEST_CASE("statuses") {
  for (const int status : {408, 409, 429, 500, 502, 503, 529, 599}) {
    CAPTURE(status);
    CHECK(judged(status).kind == Kind::kOverloaded);
    CHECK(judged(status).retry);
    CHECK_FALSE(judged(status).may_be_billed);
  }
  for (const int status : {302, 400, 401, 403, 404, 413, 422}) {
    CAPTURE(status);
    CHECK(judged(status).kind == Kind::kRefusedByApi);
    CHECK_FALSE(judged(status).retry);
    CHECK_FALSE(judged(status).may_be_billed);
    CHECK_FALSE(judged(status).hint.empty());
  }
  for (const int status : {504, 524}) {
    CAPTURE(status);
    CHECK(judged(status, {{"x-should-retry", "true"}}).kind == Kind::kTimedOut);
    CHECK_FALSE(judged(status, {{"x-should-retry", "true"}}).retry);
    CHECK(judged(status).may_be_billed);
  }
  CHECK(judged(204).kind == Kind::kBrokenOff);
  CHECK(judged(204).may_be_billed);
}

TEST_CASE("what the API says of trying again counts") {
  CHECK_FALSE(judged(529, {{"X-Should-Retry", "false"}}).retry);
  CHECK(judged(400, {{"x-should-retry", "true"}}).retry);
  CHECK(judged(429, {{"x-should-retry", "odd"}}).retry);
  CHECK(judged(429).pause == std::nullopt);
  CHECK(judged(429, {{"retry-after", "3"}}).pause == 3s);
  CHECK(judged(429, {{"Retry-After", "0.25"}}).pause == 250ms);
  CHECK(judged(429, {{"retry-after", "3"}, {"retry-after-ms", "1500"}}).pause == 1500ms);
  CHECK(judged(429, {{"retry-after-ms", "12.7"}}).pause == 12ms);
  CHECK(judged(429, {{"retry-after-ms", "soon"}, {"retry-after", "2"}}).pause == 2s);
  CHECK(judged(429, {{"retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"}}).pause == 10s);
  CHECK(judged(429, {{"retry-after", "Sun, 06 Nov 1994 08:49:00 GMT"}}).pause == 0s);
  CHECK(judged(429, {{"retry-after", "-3"}}).pause == std::nullopt);
}

TEST_CASE("a spend limit is the account's business, not a matter of time") {
  for (const char* code : {"enforced_spend_limit_reached", "contract_spend_limit_reached"}) {
    const auto verdict = judged(429, {{"x-should-retry", "true"}, {"retry-after", "1"}},
                                {.type = "rate_limit_error", .code = code, .message = ""});
    CHECK(verdict.kind == Kind::kRefusedByApi);
    CHECK_FALSE(verdict.retry);
    CHECK(verdict.hint.find("spend limit") != std::string::npos);
  }
}

TEST_CASE("an error is read wherever it says something, and never more") {
  const auto error = read_api_error(
      R"({"error": {"type": "rate_limit_error", "message": "m", "details": {"error_code": "c"}}})");
  CHECK(error.type == "rate_limit_error");
  CHECK(error.code == "c");
  CHECK(error.message == "m");
  for (const char* odd :
       {"", "<html>", "[]", R"({"error": 3})", R"({"error": {"type": 3, "details": []}})", "{\"error\":"}) {
    CAPTURE(odd);
    CHECK(read_api_error(odd).type.empty());
    CHECK(read_api_error(odd).code.empty());
  }
  CHECK(status_of({.type = "overloaded_error", .code = "", .message = ""}) == 529);
  CHECK(status_of({.type = "new_error", .code = "", .message = ""}) == 500);
}

}  // namespace api_error_test
