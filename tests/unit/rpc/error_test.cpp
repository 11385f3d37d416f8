// Problem documents: the members of each tag, and what none of them reveals.
#include "server/product/rpc/error.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "server/http/retry_after.hpp"
#include "server/product/rpc/openapi.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/support/rpc_backend.hpp"

namespace bigocean::server::rpc::error_test {
namespace {

using Json = nlohmann::json;
using std::chrono::seconds;

std::string header(const http::Reply& reply, std::string_view name) {
  return std::string(http::find_header(reply.headers, name).value_or("-"));
}

TEST_CASE("every tag's document is what the OpenAPI document says") {
  const auto schema = test::JsonSchema::of(Json::parse(openapi(procedures(4000))));
  std::set<std::string_view> names;
  for (const auto& info : error_table()) {
    CAPTURE(info.name);
    RpcError error(info.tag, "a word of its own");
    error.user_id = test::kUserId;
    error.reset_at = test::FakeBackend::at(0);
    error.faults = {{"/message", "is missing"}, {"", "is bad", "Idempotency-Key"}};
    const auto reply = problem_reply(error);
    const auto body = Json::parse(reply.body);
    CHECK(reply.status == info.status);
    CHECK(reply.content_type == "application/problem+json");
    CHECK(schema.check_at("/components/schemas/" + std::string(info.name), body) == "");
    CHECK(schema.check_at("/components/schemas/Problem", body) == "");
    CHECK(body["type"] == "/openapi.json#/components/schemas/" + std::string(info.name));
    CHECK(http::retry_after_of(reply) == (info.retry_after ? "1" : ""));
    CHECK(names.insert(info.name).second);
  }
}

TEST_CASE("the field's tags have the field's statuses") {
  CHECK(error_info(Tag::kSessionNotFound).status == 404);
  CHECK(error_info(Tag::kSessionExpired).status == 410);
  CHECK(error_info(Tag::kRateLimitExceeded).status == 429);
  CHECK(error_info(Tag::kCostLimitExceeded).status == 503);
  CHECK(error_info(Tag::kProfileNotFound).status == 404);
}

TEST_CASE("a rate limit tells whose it is, until when, and its own headers") {
  RpcError error(Tag::kRateLimitExceeded);
  error.reset_at = test::FakeBackend::at(0);
  error.retry_after = seconds(3600);
  error.headers = {{"RateLimit", "\"new\";r=0;t=3600"}};
  auto reply = problem_reply(error);
  CHECK(http::retry_after_of(reply) == "3600");
  CHECK(header(reply, "RateLimit") == "\"new\";r=0;t=3600");
  auto body = Json::parse(reply.body);
  CHECK(body["resetAt"] == "2026-02-02T02:40:00.000Z");
  CHECK_FALSE(body.contains("userId"));
  error.user_id = test::kUserId;
  CHECK(Json::parse(problem_reply(error).body)["userId"] == test::kUserId);
}

TEST_CASE("a spent budget tells nano-dollars, to the last") {
  RpcError error(Tag::kCostLimitExceeded);
  error.daily_spend = 74'999'999'999;
  error.limit = 75'000'000'000;
  const auto body = Json::parse(problem_reply(error).body);
  CHECK(body["dailySpend"] == 74'999'999'999);
  CHECK(body["limit"] == 75'000'000'000);
}

TEST_CASE("what does not exist is not spoken of, whatever the error holds") {
  for (const auto tag : {Tag::kSessionNotFound, Tag::kProfileNotFound}) {
    CHECK(problem_reply(RpcError(tag, "it is Bob's")).body == problem_reply(RpcError(tag)).body);
  }
  CHECK(problem_reply(RpcError(Tag::kSessionExpired, "since noon")).body !=
        problem_reply(RpcError(Tag::kSessionExpired)).body);
}

TEST_CASE("text that is no UTF-8 does not break a document") {
  CHECK(Json::parse(problem_reply(RpcError(Tag::kModelRefused, "\xFF")).body)["detail"] == "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace bigocean::server::rpc::error_test
