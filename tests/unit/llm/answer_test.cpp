// The events of an answer: text, usage, reasons to stop, and every breach of the protocol.
#include <doctest/doctest.h>

#include "server/llm/answer.hpp"

namespace answer_test {

using namespace bigocean::server::llm;

namespace {

const SseEvent kStart{"message_start",
                      R"({"message": {"usage": {"input_tokens": 10, "cache_creation_input_tokens": 30,
                          "cache_read_input_tokens": 5, "output_tokens": 1,
                          "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 10}}}})"};
const SseEvent kText{"content_block_start", R"({"index": 0, "content_block": {"type": "text", "text": ""}})"};
const SseEvent kStop{"message_stop", "{}"};

SseEvent delta(const std::string& text) {
  return {"content_block_delta", R"({"index": 0, "delta": {"type": "text_delta", "text": ")" + text + "\"}}"};
}

SseEvent change(const std::string& reason, int tokens) {
  return {"message_delta", R"({"delta": {"stop_reason": ")" + reason + R"("}, "usage": {"output_tokens": )" +
                               std::to_string(tokens) + "}}"};
}

Answer after(const std::vector<SseEvent>& events) {
  Answer answer;
  for (const auto& event : events) answer.take(event);
  return answer;
}

}  // namespace

TEST_CASE("an answer is its text blocks, whatever stands around them") {
  const auto answer =
      after({{"ping", "{}"},
             kStart,
             {"content_block_start", R"({"content_block": {"type": "thinking"}})"},
             {"content_block_delta", R"({"delta": {"type": "thinking_delta", "thinking": "hm"}})"},
             {"content_block_delta", R"({"delta": {"type": "text_delta", "text": "not this"}})"},
             {"content_block_stop", "{}"},
             {"what_is_new", "no JSON"},
             kText,
             delta("Hel"),
             {"content_block_delta", R"({"delta": {"type": "citations_delta"}})"},
             delta("lo"),
             {"content_block_stop", "{}"},
             change("end_turn", 7),
             kStop,
             delta("behind the end")});
  CHECK(answer.ended());
  CHECK(answer.text() == "Hello");
  CHECK(answer.stop() == ChatReply::Stop::kEnd);
  CHECK(answer.usage() == Usage{10, 7, 20, 10, 5});
}

TEST_CASE("each reason to stop") {
  using Stop = ChatReply::Stop;
  for (const auto& [reason, stop] :
       std::vector<std::pair<const char*, Stop>>{{"end_turn", Stop::kEnd},
                                                 {"stop_sequence", Stop::kEnd},
                                                 {"max_tokens", Stop::kMaxTokens},
                                                 {"model_context_window_exceeded", Stop::kMaxTokens},
                                                 {"tool_use", Stop::kMaxTokens},
                                                 {"pause_turn", Stop::kMaxTokens},
                                                 {"not_known_yet", Stop::kMaxTokens},
                                                 {"refusal", Stop::kRefusal}}) {
    CAPTURE(reason);
    CHECK(after({kStart, change(reason, 1), kStop}).stop() == stop);
  }
}

TEST_CASE("usage is cumulative, may come late and never shrinks") {
  auto answer = after({kStart, change("", 9), change("", 4)});
  CHECK(answer.usage().output_tokens == 9);
  answer.take(
      {"message_delta",
       R"({"delta": {}, "usage": {"input_tokens": 12, "output_tokens": 20, "cache_read_input_tokens": null}})"});
  CHECK(answer.usage() == Usage{12, 20, 20, 10, 5});
  const auto old =
      after({{"message_start",
              R"({"message": {"usage": {"input_tokens": 1, "cache_creation_input_tokens": 30}}})"}});
  CHECK(old.usage() == Usage{1, 0, 30, 0, 0});
}

TEST_CASE("who leaves pays for each byte that came and for what is under way, not above the maximum") {
  auto answer = after({kStart, kText});
  CHECK(answer.usage_when_left(1000, false) == Usage{10, Answer::kUnderWayTokens, 20, 10, 5});
  answer.take(delta(std::string(100, 'x')));
  CHECK(answer.usage_when_left(1000, false).output_tokens == 100 + Answer::kUnderWayTokens);
  CHECK(answer.usage_when_left(50, false).output_tokens == 50);
  answer.take(change("", 700));
  CHECK(answer.usage_when_left(1000, false).output_tokens == 700);
  auto thinking =
      after({kStart,
             {"content_block_start", R"({"content_block": {"type": "thinking"}})"},
             {"content_block_delta", R"({"delta": {"type": "thinking_delta", "thinking": "0123456789"}})"}});
  // Of what a model thinks not all is shown.
  CHECK(thinking.usage_when_left(1000, false).output_tokens == 1000);
  CHECK(after({kStart}).usage_when_left(1000, true).output_tokens == 1000);
  CHECK(after({kStart, kText}).usage_when_left(1000, true).output_tokens == Answer::kUnderWayTokens);
}

TEST_CASE("what was thought is told of the output, and not counted twice") {
  auto answer = after({kStart});
  answer.take({"message_delta",
               R"({"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 50,
                   "output_tokens_details": {"thinking_tokens": 40}}})"});
  CHECK(answer.usage() == Usage{10, 50, 20, 10, 5, 40});
  CHECK(answer.usage().prompt_tokens() == 45);
}

TEST_CASE("an error event ends it") {
  const auto answer = after({kStart,
                             kText,
                             delta("a"),
                             {"error", R"({"error": {"type": "overloaded_error", "message": "m"}})"},
                             delta("b")});
  REQUIRE(answer.error());
  CHECK(answer.error()->type == "overloaded_error");
  CHECK(answer.text() == "a");
  CHECK_FALSE(answer.ended());
}

TEST_CASE("breaches of the protocol") {
  const std::vector<std::vector<SseEvent>> rows = {
      {kText},
      {delta("a")},
      {kStop},
      {change("end_turn", 1)},
      {{"message_start", "{"}},
      {{"message_start", "[]"}},
      {{"message_start", R"({"message": {}})"}},
      {{"message_start", R"({"message": {"usage": {}}})"}},
      {{"message_start", R"({"message": {"usage": {"input_tokens": -1}}})"}},
      {{"message_start", R"({"message": {"usage": {"input_tokens": 1.5}}})"}},
      {{"message_start", R"({"message": {"usage": {"input_tokens": "1"}}})"}},
      {{"message_start", R"({"message": {"usage": {"input_tokens": 18446744073709551615}}})"}},
      {kStart, {"content_block_delta", "{}"}},
      {kStart, {"content_block_start", "nothing"}},
      {kStart, kStop},
      {kStart, {"message_delta", R"({"delta": {"stop_reason": "end_turn"}})"}},
      {kStart, {"message_delta", R"({"delta": {"stop_reason": "end_turn"}, "usage": {}})"}, kStop},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    CHECK_THROWS_AS(after(rows[i]), AnswerFault);
  }
}

}  // namespace answer_test
