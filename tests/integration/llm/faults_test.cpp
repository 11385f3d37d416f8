// The adapter and an API that fails: what is tried again, the error, and the cost.
#include <doctest/doctest.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/interrupt.hpp"
#include "server/llm/answer.hpp"
#include "tests/integration/llm/fixture.hpp"
#include "tests/support/process.hpp"

namespace faults_test {

using namespace bigocean;
using namespace bigocean::server::llm;
using namespace std::chrono_literals;
using Kind = ChatError::Kind;
using test::failure_of;
using test::ModelAnswer;
using test::ModelFixture;

namespace {

ModelAnswer status(int code, const char* pause = "1") {
  ModelAnswer answer;
  answer.status = code;
  answer.headers = {{"retry-after-ms", pause}};
  return answer;
}

struct Row {
  const char* name;
  ModelAnswer answer;
  Kind kind;
  std::size_t requests;        ///< sent in all, with two retries allowed
  std::optional<Usage> usage;  ///< of the error
  const char* says;
};

template <typename Change>
ModelAnswer with(Change change) {
  ModelAnswer answer;
  change(answer);
  return answer;
}

const std::optional<Usage> kFree = Usage{};
const std::optional<Usage> kUnknown = std::nullopt;

/// Behind message_start: the input that it said, and output as for a call that is cancelled there.
const std::optional<Usage> kKnown = Usage{.input_tokens = -1};

void check_usage(const std::optional<Usage>& usage, const std::optional<Usage>& wanted) {
  if (wanted != kKnown) {
    CHECK((usage == wanted));
    return;
  }
  REQUIRE(usage);
  CHECK(usage->input_tokens == 100);
  CHECK(usage->output_tokens >= Answer::kUnderWayTokens);
  CHECK(usage->output_tokens <= 400);
}

std::vector<Row> rows() {
  return {
      {"400", status(400), Kind::kRefusedByApi, 1, kFree, "answered 400"},
      {"401", status(401), Kind::kRefusedByApi, 1, kFree, "answered 401"},
      {"404", status(404), Kind::kRefusedByApi, 1, kFree, "answered 404"},
      {"408", status(408), Kind::kOverloaded, 3, kFree, "answered 408"},
      {"409", status(409), Kind::kOverloaded, 3, kFree, "answered 409"},
      {"429", status(429), Kind::kOverloaded, 3, kFree, "answered 429"},
      {"500", status(500), Kind::kOverloaded, 3, kFree, "answered 500"},
      {"529", status(529), Kind::kOverloaded, 3, kFree, "answered 529 (overloaded_error)"},
      {"504", status(504), Kind::kTimedOut, 1, kUnknown, "answered 504"},
      {"302", status(302), Kind::kRefusedByApi, 1, kFree, "answered 302"},
      {"a pause longer than the time that is left", status(429, "60000"), Kind::kOverloaded, 1, kFree, "429"},
      {"told not to", with([](auto& a) {
         a.status = 529, a.headers = {{"x-should-retry", "false"}};
       }),
       Kind::kOverloaded, 1, kFree, "529"},
      {"a spend limit", with([](auto& a) {
         a = status(429), a.error = "rate_limit_error", a.error_code = "enforced_spend_limit_reached";
       }),
       Kind::kRefusedByApi, 1, kFree, "answered 429 (enforced_spend_limit_reached)"},
      {"an error that is no JSON", with([](auto& a) { a = status(500), a.raw = "<html>Bad Gateway</html>"; }),
       Kind::kOverloaded, 3, kFree, "answered 500"},
      {"an error event behind text", with([](auto& a) { a.error_after = 2; }), Kind::kBrokenOff, 1, kKnown,
       "broke off with overloaded_error"},
      {"an error event behind hidden thinking",
       with([](auto& a) { a.error_after = 2, a.thinking_tokens = 90; }), Kind::kBrokenOff, 1,
       Usage{.input_tokens = 100, .output_tokens = 400}, "broke off with overloaded_error"},
      {"cut off behind the start", with([](auto& a) { a.cut_after = 500; }), Kind::kBrokenOff, 1, kKnown,
       "broke off"},
      {"hung up without a byte", with([](auto& a) { a.hang_up = true; }), Kind::kBrokenOff, 1, kUnknown,
       "broke off"},
      {"cut off in the first event", with([](auto& a) { a.cut_after = 20; }), Kind::kBrokenOff, 1, kUnknown,
       "broke off"},
      {"cut off in the text", with([](auto& a) { a.cut_after = 1200; }), Kind::kBrokenOff, 1, kKnown,
       "broke off"},
      {"an end without message_stop", with([](auto& a) { a.raw = "event: ping\ndata: {}\n\n"; }),
       Kind::kBrokenOff, 1, kUnknown, "broke off"},
      {"broken JSON", with([](auto& a) { a.raw = "event: message_start\ndata: {\"message\":\n\n"; }),
       Kind::kBrokenOff, 1, kUnknown, "does not contain a JSON object"},
      {"no events but a page", with([](auto& a) { a.raw = "<html></html>"; }), Kind::kBrokenOff, 1, kUnknown,
       "broke off"},
      {"an event without end", with([](auto& a) { a.raw = "data: " + std::string(2'000'000, 'x'); }),
       Kind::kBrokenOff, 1, kUnknown, "larger than allowed"},
  };
}

/// What costs the least when all went out: the bound of every error that says what it cost.
void check_never_less_than_billed(const ChatError& error, const Usage& billed) {
  if (!error.usage) return;
  CHECK(error.usage->input_tokens >= billed.input_tokens);
  CHECK(error.usage->output_tokens >= billed.output_tokens);
}

}  // namespace

TEST_CASE("each fault has its kind, its number of attempts and its cost") {
  for (const auto& row : rows()) {
    CAPTURE(row.name);
    ModelFixture world;
    world.api.script({row.answer, row.answer, row.answer});
    AnthropicModel model(world.settings, nullptr);
    const auto error = failure_of(model, ModelFixture::request());
    CAPTURE(error.message);
    CHECK(error.kind == row.kind);
    check_usage(error.usage, row.usage);
    CHECK(error.message.find(row.says) != std::string::npos);
    CHECK(world.api.count() == row.requests);
    CHECK(model.counts().requests == row.requests);
    CHECK(model.counts().retries == row.requests - 1);
    CHECK((error.message + error.hint + error.detail).find(world.api.key()) == std::string::npos);
    if (!row.answer.hang_up) CHECK(error.request_id == "req_" + std::to_string(row.requests));
    check_never_less_than_billed(error, world.api.billed());
  }
}

TEST_CASE("what passes is answered by a retry, and costs what the last one cost") {
  ModelFixture world;
  AnthropicModel model(world.settings, nullptr);
  ModelAnswer before_the_start;
  before_the_start.error_after = 0;
  world.api.script({status(529), status(429)});
  const auto reply = model.complete(ModelFixture::request(), {});
  CHECK(reply.text == ModelAnswer{}.text);
  CHECK(reply.usage == world.api.billed());
  CHECK(model.counts().retries == 2);
  // An error event in front of message_start is like a status; the pause is our own here.
  world.api.script({before_the_start});
  const auto start = std::chrono::steady_clock::now();
  CHECK(model.complete(ModelFixture::request(), {}).text == ModelAnswer{}.text);
  CHECK(std::chrono::steady_clock::now() - start >= 500ms);
  CHECK(model.counts().retries == 3);
}

TEST_CASE("no API: nothing was sent, nothing is owed") {
  ModelFixture world;
  world.settings.base_url = "http://127.0.0.1:" + std::to_string(test::free_port());
  world.settings.retries_max = 1;
  AnthropicModel model(world.settings, nullptr);
  const auto error = failure_of(model, ModelFixture::request());
  CHECK(error.kind == Kind::kUnreachable);
  CHECK(error.usage == Usage{});
  CHECK(model.counts().requests == 0);
  CHECK(model.counts().retries == 1);
}

TEST_CASE("silence, and an answer without end, are left") {
  ModelFixture world;
  auto request = ModelFixture::request();
  ModelAnswer answer;
  const char* says = "was silent for 200ms";
  SUBCASE("silence from the start") {
    world.settings.silence_timeout = 200ms;
    answer.silent = true;
  }
  SUBCASE("silence behind the start") {
    world.settings.silence_timeout = 200ms;
    answer.silent_after = 700;
  }
  SUBCASE("pings for ever") {
    world.settings.silence_timeout = 10s;
    request.timeout = 400ms;
    answer.pings_only = true;
    says = "did not answer completely within 400ms";
  }
  world.api.script({answer});
  AnthropicModel model(world.settings, nullptr);
  const auto error = failure_of(model, request);
  CHECK(error.kind == Kind::kTimedOut);
  // Known is what message_start has said.
  check_usage(error.usage, answer.silent_after ? kKnown : kUnknown);
  check_never_less_than_billed(error, world.api.billed());
  CHECK(error.message.find(says) != std::string::npos);
  CHECK(world.api.count() == 1);
  test::wait_until("the connection to be closed", 10s, [&] { return world.api.open() == 0; });
}

TEST_CASE("who wants no more hangs up and owes no less than the API bills") {
  ModelFixture world;
  AnthropicModel model(world.settings, nullptr);
  ModelAnswer answer;
  answer.text = std::string(2000, 'x');
  answer.piece_bytes = 1;
  answer.piece_delay = 1ms;
  answer.usage = {100, 0, 20, 0, 3};
  world.api.script({answer});
  auto request = ModelFixture::request();
  request.output_tokens_max = 5000;
  int pieces = 0;
  const auto error = failure_of(model, request, [&](std::string_view) { return ++pieces < 50; });
  CHECK(error.kind == Kind::kCancelled);
  CHECK(pieces == 50);
  test::wait_until("the API to see it", 10s, [&] { return world.api.open() == 0; });
  const auto billed = world.api.billed();
  REQUIRE(error.usage);
  CHECK(error.usage->input_tokens == billed.input_tokens);
  CHECK(error.usage->cache_write_5m_tokens == billed.cache_write_5m_tokens);
  CHECK(error.usage->cache_read_tokens == billed.cache_read_tokens);
  CHECK(error.usage->output_tokens >= billed.output_tokens);
  CHECK(error.usage->output_tokens <= 200);
  CHECK(billed.output_tokens < 2000);
  CHECK(world.api.requests().front().left);
}

TEST_CASE("the end of the service ends every wait") {
  ModelFixture world;
  base::Interrupt interrupt;
  AnthropicModel model(world.settings, &interrupt);
  ModelAnswer answer;
  OnText on_text;
  std::function<bool()> in_time;
  SUBCASE("before the answer: it may have begun") {
    answer.silent = true;
    in_time = [&] { return world.api.count() == 1; };
  }
  SUBCASE("in the pause before a retry: nothing was used") {
    answer = status(529, "15000");
    in_time = [&] { return model.counts().retries == 1; };
  }
  SUBCASE("in the answer: as with a cancelled one") {
    answer.silent_after = 1200;
    on_text = [&](std::string_view) { return interrupt.raise(SIGTERM), true; };
  }
  world.api.script({answer});
  std::thread stopper;
  if (in_time)
    stopper = std::thread([&] {
      test::wait_until("the wait", 10s, in_time);
      interrupt.raise(SIGTERM);
    });
  const auto error = failure_of(model, ModelFixture::request(), on_text);
  if (stopper.joinable()) stopper.join();
  if (answer.silent) CHECK(error.usage == std::nullopt);
  if (answer.status == 529) CHECK(error.usage == Usage{});
  if (on_text) {
    REQUIRE(error.usage);
    CHECK(error.usage->input_tokens == 100);
    CHECK(error.usage->output_tokens > Answer::kUnderWayTokens);
  }
  if (answer.status == 200) CHECK(error.kind == Kind::kCancelled);
}

}  // namespace faults_test
