// What is sent to the Messages API, and that its bound on tokens holds.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "server/llm/request_body.hpp"

using namespace bigocean::server::llm;
using nlohmann::json;

namespace {

ChatRequest request() {
  return {.model = "claude-haiku-5-5",
          .system = "You are Nerin.",
          .messages = {{Role::kUser, "Hello"}, {Role::kAssistant, "Hi. How are you?"}, {Role::kUser, "Well"}},
          .output_tokens_max = 400,
          .timeout = std::chrono::seconds(60)};
}

const json kMark{{"type", "ephemeral"}};

}  // namespace

TEST_CASE("a request without guidance is marked for the cache up to the message before the last") {
  const auto body = json::parse(request_body(request()));
  CHECK(body ==
        json{{"model", "claude-haiku-5-5"},
             {"max_tokens", 400},
             {"stream", true},
             {"system", {{{"type", "text"}, {"text", "You are Nerin."}, {"cache_control", kMark}}}},
             {"messages",
              {{{"role", "user"}, {"content", {{{"type", "text"}, {"text", "Hello"}}}}},
               {{"role", "assistant"},
                {"content", {{{"type", "text"}, {"text", "Hi. How are you?"}, {"cache_control", kMark}}}}},
               {{"role", "user"}, {"content", {{{"type", "text"}, {"text", "Well"}}}}}}}});
}

TEST_CASE("guidance stands unmarked behind the system text, and the conversation is not marked then") {
  auto asked = request();
  asked.guidance = "Steer to orderliness.";
  const auto body = json::parse(request_body(asked));
  REQUIRE(body["system"].size() == 2);
  CHECK(body["system"][0]["cache_control"] == kMark);
  CHECK(body["system"][1] == json{{"type", "text"}, {"text", "Steer to orderliness."}});
  CHECK(body["messages"].dump().find("cache_control") == std::string::npos);
}

TEST_CASE("a schema goes along as it is, and none that is no object") {
  auto asked = request();
  asked.output_schema = R"({"type": "object", "properties": {"a": {"type": "integer"}}})";
  const auto body = json::parse(request_body(asked));
  CHECK(body["output_config"]["format"]["type"] == "json_schema");
  CHECK(body["output_config"]["format"]["schema"] == json::parse(asked.output_schema));
  for (const char* wrong : {"{", "[]", "3"}) {
    asked.output_schema = wrong;
    CHECK_THROWS_AS(request_body(asked), bigocean::base::Error);
  }
}

TEST_CASE("bytes that are no UTF-8 and every character that JSON escapes survive") {
  auto asked = request();
  asked.system.clear();
  asked.messages = {{Role::kUser, "a\xFF\"\\\n\x01 \xF0\x9F\x8C\x8A"}};
  const auto body = json::parse(request_body(asked));
  CHECK_FALSE(body.contains("system"));
  CHECK(body["messages"][0]["content"][0]["text"] == "a\xEF\xBF\xBD\"\\\n\x01 \xF0\x9F\x8C\x8A");
}

TEST_CASE("the bound counts every byte that is sent, as written to the cache") {
  auto asked = request();
  asked.messages[2].text = std::string(10'000, '1');  // one token a byte would be the worst
  const auto body = request_body(asked);
  const auto bound = usage_bound(asked, body);
  CHECK(bound.output_tokens == 400);
  CHECK(bound.cache_write_5m_tokens > static_cast<std::int64_t>(body.size()));
  CHECK(bound.input_tokens == 0);
  asked.output_schema = "{}";
  CHECK(usage_bound(asked, body).cache_write_5m_tokens > bound.cache_write_5m_tokens);
}
