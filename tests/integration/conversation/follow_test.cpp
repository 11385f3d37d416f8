// An answer survives its client: it is completed and stored, can be followed from any replica, and is stopped
// only by CancelMessage.
#include <thread>

#include "tests/integration/conversation/talk.hpp"

namespace bigocean::server::conversation::follow_test {
namespace {

using rpc::StreamPlace;
using rpc::Tag;

/// Another process of the service, on the same database.
struct Replica {
  explicit Replica(Talk& talk)
      : turns(talk.database, talk.settings.assessment.turn_lease),
        conversations({talk.settings,
                       talk.database,
                       talk.ledger,
                       talk.limits,
                       talk.paid,
                       turns,
                       talk.log,
                       {},
                       talk.accounts}) {}

  Turns turns;
  Conversations conversations;
};

/// Says "Well, yes." in two pieces and waits at the gate between them. Whoever cancels is heard there.
struct SlowAnswer {
  explicit SlowAnswer(Talk& talk) {
    talk.model.answer = [this](const llm::ChatRequest& request,
                               const llm::OnText& on_text) -> llm::ChatReply {
      on_text("Well, ");
      said.open();
      while (!gate.is_open()) {
        if (request.interrupt->sleep(1ms)) continue;
        llm::ChatError error(llm::ChatError::Kind::kCancelled, "interrupted", "");
        error.usage = llm::Usage{.input_tokens = 4};
        throw error;
      }
      on_text("yes.");
      return {.text = "Well, yes.", .usage = {.input_tokens = 2}};
    };
  }
  Gate said;
  Gate gate;
};

struct Heard {
  std::string text;
  std::optional<rpc::SendMessageReply> reply;
  std::optional<Tag> refusal;
};

Heard listen(rpc::Turn& turn) {
  Heard heard;
  try {
    heard.reply = turn.run([&](std::string_view piece) {
      heard.text += piece;
      return true;
    });
  } catch (const rpc::RpcError& error) {
    heard.refusal = error.tag;
  }
  return heard;
}

rpc::FollowRequest following(const Talk::Person& person, std::optional<StreamPlace> seen = {}) {
  return {person.started.session_id, seen};
}

/// A message under way on a thread of its own, up to where the model waits.
struct Saying {
  Saying(Talk& talk, const Talk::Person& person, SlowAnswer& slow)
      : thread([this, turn = std::shared_ptr<rpc::Turn>(talk.begin(person, "hello", "key-1"))]() mutable {
          heard = listen(*turn);
          turn.reset();
        }) {
    slow.said.wait();
  }
  ~Saying() {
    if (thread.joinable()) thread.join();
  }
  const Heard& end() {
    thread.join();
    return heard;
  }

  Heard heard;
  std::thread thread;
};

TEST_CASE("a client that leaves loses nothing: the answer is stored whole, and paid once") {
  Talk talk;
  const auto person = talk.start();
  int pieces = 0;
  talk.model.answer = [](const auto&, const llm::OnText& on_text) -> llm::ChatReply {
    CHECK(on_text("Well, "));
    CHECK(on_text("yes."));
    return {.text = "Well, yes.", .usage = {.input_tokens = 4}};
  };
  talk.say(person, "hello", "key-1", [&](std::string_view) { return ++pieces < 1; });
  CHECK(talk.value("SELECT content FROM messages WHERE position = 3") == "Well, yes.");
  CHECK(talk.say(person, "hello", "key-1").message.content == "Well, yes.");
  CHECK(talk.model.calls == 1);
  CHECK(talk.value("SELECT outcome || ' ' || cost FROM ledger_entries") == "settled 400");
  talk.check_books();
}

TEST_CASE("a follower hears the rest from where it was, and so does any number of them") {
  Talk talk;
  const auto person = talk.start();
  SlowAnswer slow(talk);
  Saying saying(talk, person, slow);
  const auto turn = std::stoll(talk.value("SELECT turn FROM sessions"));
  auto whole = talk.conversations.follow_session(person.caller, following(person));
  auto rest = talk.conversations.follow_session(person.caller, following(person, StreamPlace{3, turn, 5}));
  auto other =
      talk.conversations.follow_session(person.caller, following(person, StreamPlace{3, turn + 7, 5}));
  auto earlier =
      talk.conversations.follow_session(person.caller, following(person, StreamPlace{1, 0, 0, true}));
  auto same = talk.begin(person, "hello", "key-1");
  CHECK(rest->place().bytes == 5);
  CHECK(!rest->begins_again());
  CHECK(other->begins_again());
  slow.gate.open();
  CHECK(listen(*whole).text == "Well, yes.");
  CHECK(listen(*rest).text == " yes.");
  CHECK(listen(*other).text == "Well, yes.");
  CHECK(listen(*earlier).text == "Well, yes.");
  CHECK(listen(*same).reply->message.content == "Well, yes.");
  CHECK(saying.end().reply->message.position == 3);
  CHECK(talk.model.calls == 1);
  talk.check_books();
}

TEST_CASE("a place that no event has is refused, one behind all that was said is not") {
  Talk talk;
  const auto person = talk.start();
  SlowAnswer slow(talk);
  Saying saying(talk, person, slow);
  const auto turn = std::stoll(talk.value("SELECT turn FROM sessions"));
  const auto at = [&](std::int64_t bytes) {
    return talk.conversations.follow_session(person.caller, following(person, StreamPlace{3, turn, bytes}));
  };
  CHECK(tag_of([&] { at(7); }) == Tag::kInvalidRequest);
  CHECK(at(6) != nullptr);
  slow.gate.open();
  saying.end();
}

TEST_CASE("a place inside of a character is none") {
  LiveTurn live({});
  live.say("a\xC3\xA9");
  CHECK(live.has_boundary(0));
  CHECK(live.has_boundary(1));
  CHECK(!live.has_boundary(2));
  CHECK(live.has_boundary(3));
  CHECK(!live.has_boundary(4));
}

TEST_CASE("what is complete is told whole, what was seen to its end is not told again") {
  Talk talk;
  const auto person = talk.start();
  CHECK(talk.conversations.follow_session(person.caller, following(person)) == nullptr);
  talk.say(person, "hello");
  talk.say(person, "more");
  const auto told = [&](std::optional<StreamPlace> seen) -> std::int64_t {
    const auto turn = talk.conversations.follow_session(person.caller, following(person, seen));
    return turn ? listen(*turn).reply->message.position : 0;
  };
  CHECK(told({}) == 5);
  CHECK(told(StreamPlace{3, 1, 2}) == 3);
  CHECK(told(StreamPlace{3, 1, 0, true}) == 5);
  CHECK(told(StreamPlace{5, 2, 1}) == 5);
  CHECK(told(StreamPlace{5, 2, 0, true}) == 0);
  CHECK(told(StreamPlace{1, 0, 0, true}) == 3);
}

TEST_CASE("a message that was left without an answer is told as one") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = [](const auto&, const auto&) -> llm::ChatReply {
    throw llm::ChatError(llm::ChatError::Kind::kOverloaded, "busy", "");
  };
  CHECK(tag_of([&] { talk.say(person, "hello"); }) == Tag::kModelUnavailable);
  CHECK(tag_of([&] { talk.conversations.follow_session(person.caller, following(person)); }) ==
        Tag::kModelUnavailable);
}

TEST_CASE("another process tells the answer when it is complete, or says when to ask again") {
  Talk talk([](product::Settings& settings) { settings.assessment.reply_wait = 300ms; });
  const auto person = talk.start();
  Replica other(talk);
  SlowAnswer slow(talk);
  Saying saying(talk, person, slow);
  const auto refused =
      refusal_of([&] { other.conversations.follow_session(person.caller, following(person)); });
  CHECK(refused.tag == Tag::kSessionBusy);
  CHECK(refused.retry_after == 1s);

  Talk patient([](product::Settings& settings) { settings.assessment.reply_wait = 60s; });
  const auto friendly = patient.start();
  Replica elsewhere(patient);
  SlowAnswer answer(patient);
  Saying more(patient, friendly, answer);
  std::thread opener([&] { answer.gate.open(); });
  auto turn =
      elsewhere.conversations.follow_session(friendly.caller, following(friendly, StreamPlace{3, 1, 4}));
  CHECK(listen(*turn).reply->message.content == "Well, yes.");
  opener.join();
  slow.gate.open();
}

TEST_CASE("an answer is stopped when that is asked, and costs what it used") {
  Talk talk([](product::Settings& settings) { settings.assessment.reply_wait = 60s; });
  const auto person = talk.start();
  CHECK(!talk.conversations.cancel_message(person.caller, talk.session(person)));
  SlowAnswer slow(talk);
  Saying saying(talk, person, slow);
  auto follower = talk.conversations.follow_session(person.caller, following(person));
  CHECK(talk.conversations.cancel_message(person.caller, talk.session(person)));
  CHECK(listen(*follower).refusal == Tag::kMessageCancelled);
  CHECK(saying.end().refusal == Tag::kMessageCancelled);
  CHECK(talk.value("SELECT outcome || ' ' || cost FROM ledger_entries") == "settled 400");
  // The session is free, and the message is answered when it is sent again.
  talk.model.answer = {};
  CHECK(talk.say(person, "hello", "key-1").message.position == 3);
  CHECK(!talk.conversations.cancel_message(person.caller, talk.session(person)));
  talk.check_books();
}

TEST_CASE("another process can be asked to stop an answer, too") {
  Talk talk([](product::Settings& settings) { settings.assessment.reply_wait = 60s; });
  const auto person = talk.start();
  Replica other(talk);
  SlowAnswer slow(talk);
  Saying saying(talk, person, slow);
  std::atomic<bool> done = false;
  std::thread looker([&] {
    while (!done) talk.turns.cancel_asked();
  });
  CHECK(other.conversations.cancel_message(person.caller, talk.session(person)));
  done = true;
  looker.join();
  CHECK(saying.end().refusal == Tag::kMessageCancelled);
  talk.check_books();
}

TEST_CASE("an answer that nobody stops in time is said to be under way still") {
  Talk talk([](product::Settings& settings) { settings.assessment.reply_wait = 300ms; });
  const auto person = talk.start();
  Replica other(talk);
  SlowAnswer slow(talk);
  Saying saying(talk, person, slow);
  CHECK(tag_of([&] { other.conversations.cancel_message(person.caller, talk.session(person)); }) ==
        Tag::kSessionBusy);
  // An answer that is complete before its process looks stays one, and the next turn is not stopped.
  slow.gate.open();
  CHECK(saying.end().reply->message.position == 3);
  talk.model.answer = [&](const auto&, const auto&) -> llm::ChatReply {
    talk.turns.cancel_asked();
    return {.text = "Go on.", .usage = {.input_tokens = 1}};
  };
  CHECK(talk.say(person, "more").message.content == "Go on.");
}

TEST_CASE("a service that ends cancels what is under way, what comes after it, and all who wait") {
  Talk talk([](product::Settings& settings) { settings.assessment.reply_wait = 60s; });
  const auto person = talk.start();
  Replica other(talk);
  SlowAnswer slow(talk);
  Saying saying(talk, person, slow);
  std::thread waiting([&] {
    CHECK(tag_of([&] { other.conversations.follow_session(person.caller, following(person)); }) ==
          Tag::kSessionBusy);
  });
  other.turns.stop();
  waiting.join();
  talk.turns.stop();
  CHECK(saying.end().refusal == Tag::kModelUnavailable);
  CHECK(talk.value("SELECT outcome || ' ' || cost FROM ledger_entries") == "settled 400");
  CHECK(talk.value("SELECT turn_ends_by IS NULL FROM sessions") == "t");
  const auto late = refusal_of([&] { talk.say(person, "hello", "key-1"); });
  CHECK(late.tag == Tag::kModelUnavailable);
  CHECK(late.detail.find("restarting") != std::string::npos);
  talk.check_books();
}

TEST_CASE("somebody else's session is followed and stopped by nobody") {
  Talk talk;
  const auto person = talk.start();
  const auto stranger = talk.start();
  SlowAnswer slow(talk);
  Saying saying(talk, person, slow);
  CHECK(tag_of([&] { talk.conversations.follow_session(stranger.caller, following(person)); }) ==
        Tag::kSessionNotFound);
  CHECK(tag_of([&] { talk.conversations.cancel_message(stranger.caller, talk.session(person)); }) ==
        Tag::kSessionNotFound);
  slow.gate.open();
  CHECK(saying.end().reply);
}

}  // namespace
}  // namespace bigocean::server::conversation::follow_test
