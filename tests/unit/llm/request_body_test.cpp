// What is sent to the Messages API, and that its token bound holds.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "server/llm/request_body.hpp"

namespace request_body_test {

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

TEST_CASE("nothing is marked for the cache unless it is worth keeping") {
  const auto body = json::parse(request_body(request()));
  CHECK(body ==
        json{{"model", "claude-haiku-5-5"},
             {"max_tokens", 400},
             {"stream", true},
             {"thinking", {{"type", "disabled"}}},
             {"system", {{{"type", "text"}, {"text", "You are Nerin."}}}},
             {"messages",
              {{{"role", "user"}, {"content", {{{"type", "text"}, {"text", "Hello"}}}}},
               {{"role", "assistant"}, {"content", {{{"type", "text"}, {"text", "Hi. How are you?"}}}}},
               {{"role", "user"}, {"content", {{{"type", "text"}, {"text", "Well"}}}}}}}});
}

TEST_CASE("guidance stands behind the last message, so that what is marked begins the next request too") {
  auto asked = request();
  asked.guidance = "Steer to orderliness.";
  asked.keep = Keep::kConversation;
  const auto body = json::parse(request_body(asked));
  CHECK(body["system"] == json{{{"type", "text"}, {"text", "You are Nerin."}, {"cache_control", kMark}}});
  CHECK(body["messages"][2]["content"] == json{{{"type", "text"}, {"text", "Well"}, {"cache_control", kMark}},
                                               {{"type", "text"}, {"text", "Steer to orderliness."}}});
  CHECK(body["messages"][1]["content"][0].contains("cache_control") == false);
  asked.keep = Keep::kSystem;
  const auto less = json::parse(request_body(asked));
  CHECK(less["system"][0]["cache_control"] == kMark);
  CHECK(less["messages"].dump().find("cache_control") == std::string::npos);
}

TEST_CASE("each model is told what it takes of thinking, and has room where it thinks all the same") {
  const auto told = [](const std::string& model) {
    auto asked = request();
    asked.model = model;
    const auto body = json::parse(request_body(asked));
    CHECK(usage_bound(asked, body.dump()).output_tokens == body["max_tokens"]);
    return body.value("thinking", json()).dump() + body.value("output_config", json()).dump() +
           body["max_tokens"].dump();
  };
  CHECK(told("claude-haiku-5-5") == R"({"type":"disabled"}null400)");
  CHECK(told("claude-haiku-5-5-20261007") == R"({"type":"disabled"}null400)");
  CHECK(told("claude-sonnet-5-5") == R"({"type":"between_tools"}null400)");
  CHECK(told("claude-opus-5-5") == R"(null{"effort":"low"}2448)");
  CHECK(told("claude-haiku-4-5") == "nullnull400");
  CHECK(told("claude-sonnet-4-6") == "nullnull400");
  // Unknown: not a word that it might refuse, and room, since it may think.
  CHECK(told("claude-haiku-6") == "nullnull2448");
  CHECK(told("claude-haiku-5-5-preview") == "nullnull2448");
}

TEST_CASE("effort and schema share output_config") {
  auto asked = request();
  asked.model = "claude-opus-5-5";
  asked.output_schema = "{}";
  const auto body = json::parse(request_body(asked));
  CHECK(body["output_config"]["effort"] == "low");
  CHECK(body["output_config"]["format"]["type"] == "json_schema");
}

TEST_CASE("what the API would refuse is not in a request") {
  auto asked = request();
  asked.messages = {{Role::kUser, "Hello."},   {Role::kAssistant, "Hi."},  {Role::kUser, "One"},
                    {Role::kAssistant, " \n"}, {Role::kUser, "Two"},       {Role::kAssistant, "\xE2\x80\x8B"},
                    {Role::kUser, "  "},       {Role::kAssistant, "Yes?"}, {Role::kAssistant, "Well?"},
                    {Role::kUser, "Three"}};
  const auto body = json::parse(request_body(asked));
  std::string all;
  for (const auto& message : body["messages"])
    all += message["role"].get<std::string>() + ":" + message["content"][0]["text"].get<std::string>() + "|";
  CHECK(all == "user:Hello.|assistant:Hi.|user:One\n\nTwo|assistant:Yes?\n\nWell?|user:Three|");
  for (const auto& wrong :
       std::vector<std::vector<ChatMessage>>{{},
                                             {{Role::kUser, " "}},
                                             {{Role::kAssistant, "a"}},
                                             {{Role::kUser, "a"}, {Role::kAssistant, "b"}}}) {
    asked.messages = wrong;
    CHECK_THROWS_AS(request_body(asked), bigocean::base::Error);
  }
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

TEST_CASE("the bound counts every byte that is sent, as written to the cache if it may be") {
  auto asked = request();
  asked.messages[2].text = std::string(10'000, '1');  // one token a byte would be the worst
  const auto body = request_body(asked);
  const auto bound = usage_bound(asked, body);
  CHECK(bound.output_tokens == 400);
  CHECK(bound.input_tokens > static_cast<std::int64_t>(body.size()));
  CHECK(bound.cache_write_5m_tokens == 0);
  asked.keep = Keep::kConversation;
  CHECK(usage_bound(asked, body).cache_write_5m_tokens == bound.input_tokens);
  CHECK(usage_bound(asked, body).input_tokens == 0);
  asked.output_schema = "{}";
  CHECK(usage_bound(asked, body).cache_write_5m_tokens > bound.input_tokens);
}

TEST_CASE("what a call before has counted is not counted in bytes") {
  auto asked = request();
  asked.messages[2].text = std::string(10'000, '1');
  const auto body = request_body(asked);
  asked.known = KnownPrompt{700, 300};
  CHECK(usage_bound(asked, body).input_tokens == 1000);
  asked.known = KnownPrompt{700'000, 300};
  CHECK(usage_bound(asked, body).input_tokens < 12'000);
}

}  // namespace request_body_test
