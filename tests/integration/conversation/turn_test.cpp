// One message: it is taken, answered and paid once, for every interruption in between.
#include <thread>

#include "tests/integration/conversation/talk.hpp"

namespace bigocean::server::conversation::turn_test {
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

TEST_CASE("an answer comes in pieces, is stored, and costs what was used") {
  Talk talk;
  const auto person = talk.start();
  std::string heard;
  const auto reply = talk.say(person, "I like rain.", {}, [&](std::string_view piece) {
    heard += piece;
    return true;
  });
  CHECK(reply.message.position == 3);
  CHECK(reply.message.role == rpc::Message::Role::kAssistant);
  CHECK(heard == reply.message.content);
  CHECK(reply.progress.answered == 1);
  CHECK(!reply.progress.completed);
  CHECK(talk.value("SELECT string_agg(role, ' ' ORDER BY position) FROM messages") ==
        "assistant user assistant");
  CHECK(
      talk.value(
          "SELECT cost || ' ' || outcome || ' ' || input_tokens || ' ' || request_id FROM ledger_entries") ==
      "100 settled 1 req_1");
  talk.check_books();
}

TEST_CASE("message and reservation are saved together, before the model is asked") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = [&](const auto&, const auto&) {
    CHECK(talk.value("SELECT count(*) FROM messages WHERE role = 'user'") == "1");
    CHECK(talk.value("SELECT reserved FROM service_budgets") == "1000");
    return reply_of("And then?");
  };
  CHECK(talk.say(person, "hello").message.content == "And then?");

  Talk poor([](product::Settings& settings) { settings.budget.service_day.nano = 999; });
  const auto other = poor.start();
  const auto refused = refusal_of([&] { poor.say(other, "hello"); });
  CHECK(refused.tag == Tag::kCostLimitExceeded);
  CHECK(refused.limit == 999);
  CHECK(refused.retry_after > 0s);
  CHECK(poor.value("SELECT count(*) FROM messages WHERE role = 'user'") == "0");
  CHECK(poor.value("SELECT count(*) FROM ledger_entries") == "0");
  CHECK(poor.model.calls == 0);
}

TEST_CASE("a person's own daily budget is told as their limit") {
  Talk talk([](product::Settings& settings) { settings.budget.user_day.nano = 1'050; });
  const auto person = talk.start();
  talk.say(person, "hello");
  const auto refused = refusal_of([&] { talk.say(person, "again"); });
  CHECK(refused.tag == Tag::kRateLimitExceeded);
  CHECK(refused.user_id == person.started.user_id);
}

TEST_CASE("where the session's budget ends, the conversation ends well, and at no cost") {
  Talk talk([](product::Settings& settings) { settings.budget.session.nano = 999; });
  const auto person = talk.start();
  const auto reply = talk.say(person, "hello");
  CHECK(reply.progress.completed);
  CHECK(!reply.message.content.empty());
  CHECK(talk.model.calls == 0);
  talk.analyse_all();
  CHECK(talk.value("SELECT count(*) FROM analysis_jobs") == "0");
  CHECK(talk.value("SELECT count(*) FROM ledger_entries") == "0");
}

TEST_CASE("of messages sent to one session at once, one is taken and the others are 409") {
  Talk talk;
  const auto person = talk.start();
  Gate gate;
  talk.model.answer = [&](const auto&, const auto&) {
    gate.wait();
    return reply_of("Yes?");
  };
  std::atomic<int> answered{0}, busy{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      try {
        talk.say(person, "message " + std::to_string(i));
        ++answered;
      } catch (const rpc::RpcError& error) {
        CHECK(error.tag == Tag::kSessionBusy);
        if (++busy == 7) gate.open();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(answered == 1);
  CHECK(busy == 7);
  CHECK(talk.value("SELECT count(*) FROM messages") == "3");
  talk.check_books();
}

TEST_CASE("a repeated key gets the first answer and costs nothing; with another text it is refused") {
  Talk talk;
  const auto person = talk.start();
  const auto first = talk.say(person, "hello", "key-1");
  talk.say(person, "more", "key-2");
  const auto again = talk.say(person, "hello", "key-1");
  CHECK(again.message.position == first.message.position);
  CHECK(again.message.content == first.message.content);
  CHECK(again.message.created_at == first.message.created_at);
  CHECK(again.progress.answered == first.progress.answered);
  CHECK(talk.model.calls == 2);
  CHECK(talk.value("SELECT count(*) FROM messages") == "5");
  CHECK(talk.value("SELECT count(*) FROM ledger_entries") == "2");
  CHECK(tag_of([&] { talk.say(person, "something else", "key-1"); }) == Tag::kIdempotencyKeyReused);
}

TEST_CASE("a message without an answer is kept, and sent again it is answered, not doubled") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = [](const auto&, const auto&) -> llm::ChatReply {
    throw error_of(Kind::kOverloaded, llm::Usage{});
  };
  CHECK(tag_of([&] { talk.say(person, "hello", "key-1"); }) == Tag::kModelUnavailable);
  talk.model.answer = [](const auto&, const auto&) -> llm::ChatReply {
    auto error = error_of(Kind::kOverloaded, llm::Usage{});
    error.retry_after = 29'001ms;
    throw error;
  };
  CHECK(refusal_of([&] { talk.say(person, "hello", "key-1"); }).retry_after == 30s);
  CHECK(talk.value("SELECT count(*) FROM messages") == "2");
  CHECK(talk.value("SELECT outcome || ' ' || cost FROM ledger_entries") == "released 0");
  talk.model.answer = {};
  CHECK(talk.say(person, "hello", "key-1").message.position == 3);
  CHECK(talk.say(person, "hello", "key-1").message.position == 3);
  CHECK(talk.value("SELECT count(*) FROM messages") == "3");
  CHECK(talk.model.calls == 3);
  talk.check_books();
}

TEST_CASE("a call of unknown outcome stays reserved until the sweeper charges all of it") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = [](const auto&, const auto&) -> llm::ChatReply {
    throw error_of(Kind::kBrokenOff, std::nullopt);
  };
  CHECK(tag_of([&] { talk.say(person, "hello"); }) == Tag::kModelUnavailable);
  CHECK(talk.value("SELECT reserved || ' ' || spent FROM service_budgets") == "1000 0");
  CHECK(talk.ledger.sweep(talk.database).empty());
  CHECK(talk.ledger.sweep(talk.database, std::chrono::system_clock::now() + 1h).size() == 1);
  CHECK(talk.value("SELECT reserved || ' ' || spent FROM service_budgets") == "0 1000");
  // The session is free at once, and was not charged twice.
  talk.model.answer = {};
  CHECK(talk.say(person, "hello").message.position == 3);
  talk.check_books();
}

TEST_CASE("a refusal is paid and told as one; an empty reply is none") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = [](const auto&, const auto&) {
    auto reply = reply_of("I must not", 2);
    reply.stop = llm::ChatReply::Stop::kRefusal;
    return reply;
  };
  CHECK(tag_of([&] { talk.say(person, "hello"); }) == Tag::kModelRefused);
  talk.model.answer = [](const auto&, const auto&) { return reply_of(""); };
  CHECK(tag_of([&] { talk.say(person, "hello"); }) == Tag::kModelUnavailable);
  CHECK(talk.value("SELECT sum(cost) FROM ledger_entries") == "300");
  CHECK(talk.value("SELECT count(*) FROM messages") == "2");
  talk.check_books();
}

TEST_CASE("an answer that cannot be stored is paid all the same, once") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = [&](const auto&, const auto&) {
    test::query(talk.url, "ALTER TABLE messages RENAME TO mislaid");
    return reply_of("Yes?", 4);
  };
  CHECK_THROWS_AS(talk.say(person, "hello"), base::Error);
  test::query(talk.url, "ALTER TABLE mislaid RENAME TO messages");
  CHECK(talk.value("SELECT string_agg(outcome || ' ' || cost, ', ') FROM ledger_entries") == "settled 400");
  talk.model.answer = {};
  CHECK(talk.say(person, "hello").message.position == 3);
  talk.check_books();
}

TEST_CASE("a call that broke in a way that nobody foresaw stays reserved for the sweeper") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = [](const auto&, const auto&) -> llm::ChatReply { throw std::logic_error("a bug"); };
  CHECK_THROWS_AS(talk.say(person, "hello"), std::logic_error);
  CHECK(talk.value("SELECT reserved || ' ' || spent FROM service_budgets") == "1000 0");
  CHECK(talk.ledger.sweep(talk.database, std::chrono::system_clock::now() + 1h).size() == 1);
  talk.model.answer = {};
  CHECK(talk.say(person, "hello").message.position == 3);
  talk.check_books();
}

TEST_CASE("a turn that never runs gives everything back") {
  Talk talk;
  const auto person = talk.start();
  talk.begin(person, "hello").reset();
  CHECK(talk.value("SELECT outcome || ' ' || cost FROM ledger_entries") == "released 0");
  CHECK(talk.say(person, "hello").message.position == 3);
  talk.check_books();
}

TEST_CASE("a turn that its process never ended is over by itself") {
  Talk talk;
  const auto person = talk.start();
  auto lost = talk.begin(person, "hello");
  CHECK(tag_of([&] { talk.say(person, "hello"); }) == Tag::kSessionBusy);
  test::query(talk.url, "UPDATE sessions SET turn_ends_by = now() - interval '1 second'");
  CHECK(talk.say(person, "hello").message.position == 3);
  // What comes back from the grave changes nothing but the ledger.
  CHECK_THROWS_AS(lost->run({}), rpc::RpcError);
  CHECK(talk.value("SELECT count(*) FROM messages") == "3");
  talk.check_books();
}

TEST_CASE("a turn that takes longer than its lease is renewed as long as it runs") {
  Talk talk([](product::Settings& settings) { settings.assessment.turn_lease = 1s; });
  const auto person = talk.start();
  talk.model.answer = [&](const auto&, const auto&) {
    test::query(talk.url, "UPDATE sessions SET turn_ends_by = now() - interval '1 second'");
    talk.turns.renew_all();
    CHECK(talk.value("SELECT turn_ends_by > now() FROM sessions") == "t");
    CHECK(tag_of([&] { talk.begin(person, "me too"); }) == Tag::kSessionBusy);
    return reply_of("Yes?");
  };
  CHECK(talk.say(person, "hello").message.position == 3);
  talk.turns.renew_all();
  CHECK(talk.value("SELECT turn_ends_by IS NULL FROM sessions") == "t");
}

TEST_CASE("a session deleted in the middle of a turn stays deleted, and the call is paid") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = [&](const auto&, const auto&) {
    talk.conversations.delete_session(person.caller, talk.session(person));
    return reply_of("Yes?", 3);
  };
  CHECK(tag_of([&] { talk.say(person, "hello"); }) == Tag::kSessionNotFound);
  CHECK(talk.value("SELECT count(*) FROM messages") == "0");
  CHECK(talk.value("SELECT cost || ' ' || coalesce(user_id::text, 'nobody') FROM ledger_entries") ==
        "300 nobody");
  talk.check_books();
}

TEST_CASE("200 messages at once against a budget for ten: ten go out, and the books agree") {
  // Each may cost 1,000 and costs 1,000, so that nothing comes free for an eleventh.
  Talk talk([](product::Settings& settings) { settings.budget.service_day.nano = 10'999; });
  talk.model.answer = [](const auto&, const auto&) { return reply_of("Yes?", 10); };
  std::vector<Talk::Person> people;
  for (int i = 0; i < 200; ++i) people.push_back(talk.start());
  std::atomic<int> answered{0}, refused{0};
  std::vector<std::thread> threads;
  for (const auto& person : people) {
    threads.emplace_back([&] {
      try {
        talk.say(person, "hello");
        ++answered;
      } catch (const rpc::RpcError& error) {
        CHECK(error.tag == Tag::kCostLimitExceeded);
        ++refused;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(answered == 10);
  CHECK(refused == 190);
  CHECK(talk.model.calls == 10);
  CHECK(talk.value("SELECT spent FROM service_budgets") == "10000");
  CHECK(talk.value("SELECT count(*) FROM messages WHERE role = 'user'") == "10");
  talk.check_books();
}

}  // namespace
}  // namespace bigocean::server::conversation::turn_test
