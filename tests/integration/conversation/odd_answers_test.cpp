// Empty, cut-off and refused answers, and what they leave in a session.
#include "server/llm/request_body.hpp"
#include "server/product/conversation/operations.hpp"
#include "tests/integration/conversation/talk.hpp"

namespace bigocean::server::conversation::odd_answers_test {
namespace {

using Kind = llm::ChatError::Kind;
using rpc::Tag;

llm::ChatReply reply_of(std::string text, std::int64_t tokens = 1) {
  return {.text = std::move(text), .usage = {.input_tokens = tokens}};
}

llm::ChatError error_of(Kind kind, std::optional<llm::Usage> usage) {
  llm::ChatError error(kind, "it broke", "");
  error.usage = usage;
  return error;
}

TEST_CASE("what the model refused stays out of later requests, and of analyses") {
  Talk talk;
  const auto person = talk.start();
  std::vector<std::string> asked;
  talk.model.answer = [&](const llm::ChatRequest& request, const llm::OnText& on_text) {
    asked.push_back(llm::request_body(request));
    auto reply = reply_of("Well. And then?");
    if (request.purpose == llm::ChatRequest::Purpose::kAnalysis) reply.text = R"({"evidence":[]})";
    if (asked.back().find("dreadful") == std::string::npos) return reply;
    on_text("I must");  // a refusal may come behind some text
    reply.stop = llm::ChatReply::Stop::kRefusal;
    return reply;
  };
  CHECK(tag_of([&] { talk.say(person, "something dreadful", "key-1"); }) == Tag::kModelRefused);
  for (const auto* text : {"I paint.", "I sing.", "I rest."}) {
    CHECK(talk.say(person, text).message.content == "Well. And then?");
    CHECK(asked.back().find("dreadful") == std::string::npos);
  }
  talk.analyse_all();
  CHECK(asked.back().find("dreadful") == std::string::npos);
  CHECK(talk.value("SELECT count(*) FROM trait_assessments") == "30");
  // Sent again under its key it is answered as it was, and costs nothing.
  const int calls = talk.model.calls;
  CHECK(tag_of([&] { talk.say(person, "something dreadful", "key-1"); }) == Tag::kModelRefused);
  CHECK(talk.model.calls == calls);
  CHECK(talk.conversations.resume_session(person.caller, talk.session(person)).messages.size() == 8);
  talk.check_books();
}

TEST_CASE("messages that were left without an answer join the next one; a refusal takes them along") {
  Talk talk;
  const auto person = talk.start();
  std::string body;
  talk.model.answer = [](const auto&, const auto&) -> llm::ChatReply {
    throw error_of(Kind::kOverloaded, llm::Usage{});
  };
  CHECK(tag_of([&] { talk.say(person, "first", "key-1"); }) == Tag::kModelUnavailable);
  talk.model.answer = [&](const llm::ChatRequest& request, const auto&) {
    body = llm::request_body(request);
    auto reply = reply_of("No.");
    reply.stop = llm::ChatReply::Stop::kRefusal;
    return reply;
  };
  CHECK(tag_of([&] { talk.say(person, "second"); }) == Tag::kModelRefused);
  CHECK(body.find("first\\n\\nsecond") != std::string::npos);
  talk.model.answer = [&](const llm::ChatRequest& request, const auto&) {
    body = llm::request_body(request);
    return reply_of("Yes?");
  };
  CHECK(talk.say(person, "third").message.position == 5);
  CHECK(body.find("first") == std::string::npos);
  CHECK(body.find("second") == std::string::npos);
}

TEST_CASE("a message that was overtaken without an answer can be sent again under its key") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = [](const auto&, const auto&) -> llm::ChatReply {
    throw error_of(Kind::kOverloaded, llm::Usage{});
  };
  CHECK(tag_of([&] { talk.say(person, "first", "key-1"); }) == Tag::kModelUnavailable);
  talk.model.answer = {};
  talk.say(person, "second");
  const auto late = talk.say(person, "first", "key-1");
  CHECK(late.message.position == 6);
  CHECK(talk.say(person, "first", "key-1").message.position == 6);
  CHECK(talk.model.calls == 3);
}

TEST_CASE("an answer in which there is nothing to be seen is none") {
  Talk talk;
  const auto person = talk.start();
  for (const char* blank :
       {" ", "\n \t", "\xE2\x80\x8B", "\xEF\xBB\xBF\xE2\x81\xA0", "\x01\x02", "\xE2\x80\xAE"}) {
    talk.model.answer = [&](const auto&, const auto&) { return reply_of(blank); };
    CHECK(tag_of([&] { talk.say(person, "hello"); }) == Tag::kModelUnavailable);
  }
  CHECK(talk.value("SELECT count(*) FROM messages") == "2");
  talk.model.answer = {};
  CHECK(talk.say(person, "hello").message.position == 3);
  talk.check_books();
}

TEST_CASE("a session that holds blank answers from before goes on") {
  Talk talk;
  const auto person = talk.start();
  talk.say(person, "hello", "key-1");
  test::query(talk.url, "UPDATE messages SET content = E' \\n' WHERE position = 3");
  std::string body;
  talk.model.answer = [&](const llm::ChatRequest& request, const auto&) {
    body = llm::request_body(request);
    return reply_of("Yes?");
  };
  CHECK(talk.say(person, "are you there?").message.content == "Yes?");
  CHECK(body.find("hello\\n\\nare you there?") != std::string::npos);
  // The blank one is no answer under its key either.
  CHECK(talk.say(person, "hello", "key-1").message.content == "Yes?");
}

TEST_CASE("a reply that is cut off ends with a sentence, or is none") {
  Talk talk;
  const auto person = talk.start();
  const auto cut = [&](const char* text) {
    talk.model.answer = [text](const auto&, const auto&) {
      auto reply = reply_of(text);
      reply.stop = llm::ChatReply::Stop::kMaxTokens;
      return reply;
    };
  };
  cut("What a wonderf");
  CHECK(tag_of([&] { talk.say(person, "hello"); }) == Tag::kModelUnavailable);
  cut("That sounds good. What a wonderf");
  CHECK(talk.say(person, "hello").message.content == "That sounds good.");
  talk.check_books();
}

TEST_CASE("what a model says is kept to the rule for text, in the stream and in what is stored") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = [](const auto&, const llm::OnText& on_text) {
    for (const char* piece : {"I\x1B[1m see.\r", "\nAnd \xE2\x80\xAE", "then?\x07"}) CHECK(on_text(piece));
    return reply_of("I\x1B[1m see.\r\nAnd \xE2\x80\xAEthen?\x07");
  };
  std::string heard;
  const auto reply =
      talk.say(person, "hello", {}, [&](std::string_view piece) { return heard += piece, true; });
  CHECK(reply.message.content == "I[1m see.\nAnd then?");
  CHECK(heard == reply.message.content);
}

TEST_CASE("the reply before the closing one says that the end is near, also when it is repeated") {
  Talk talk([](product::Settings& settings) { settings.assessment.messages_max = 3; });
  const auto person = talk.start();
  CHECK_FALSE(talk.say(person, "one").progress.winding_down);
  const auto near = talk.say(person, "two", "key-2");
  CHECK(near.progress.winding_down);
  CHECK_FALSE(near.progress.completed);
  CHECK(talk.say(person, "two", "key-2").progress.winding_down);
  CHECK(talk.conversations.resume_session(person.caller, talk.session(person)).progress.winding_down);
  const auto last = talk.say(person, "three");
  CHECK(last.progress.winding_down);
  CHECK(last.progress.completed);
}

TEST_CASE("somebody who is shut out says no more, and reads what is there") {
  Talk talk;
  const auto person = talk.start();
  talk.say(person, "hello", "key-1");
  Operations operations(talk.database);
  CHECK(operations.block(person.started.user_id, true));
  CHECK(tag_of([&] { talk.say(person, "more"); }) == Tag::kRateLimitExceeded);
  CHECK(tag_of([&] { talk.conversations.start_assessment(person.caller, {}); }) == Tag::kRateLimitExceeded);
  CHECK(talk.say(person, "hello", "key-1").message.position == 3);
  CHECK(talk.conversations.get_results(person.caller, talk.session(person)).facets.size() == 30);
  CHECK(operations.block(person.started.user_id, false));
  CHECK(talk.say(person, "more").message.position == 5);
  CHECK_FALSE(operations.block(person.started.session_id, true));
}

TEST_CASE("a reply that an analysis under way leaves no room for is asked for again, not the end") {
  // A call may cost 1,000, and costs 100.
  Talk talk([](product::Settings& settings) { settings.budget.session.nano = 1'500; });
  const auto person = talk.start();
  talk.database.transaction([&](sql::Pipeline& pipeline) {
    (void)talk.ledger
        .reserve(pipeline, {.account = {person.started.user_id, person.started.session_id},
                            .amount = 1'000,
                            .purpose = llm::ChatRequest::Purpose::kAnalysis,
                            .model = "puppet",
                            .expires_in = 60s})
        .get();
  });
  const auto refused = refusal_of([&] { talk.say(person, "hello"); });
  CHECK(refused.tag == Tag::kSessionBusy);
  CHECK(refused.retry_after > 0s);
  CHECK(talk.value("SELECT count(*) FROM messages") == "1");
  CHECK(talk.value("SELECT completed_at IS NULL FROM sessions") == "t");
}

}  // namespace
}  // namespace bigocean::server::conversation::odd_answers_test
