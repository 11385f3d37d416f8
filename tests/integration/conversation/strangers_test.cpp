// Clients that begin without a name: the challenge, the budget of an address, and the first start.

#include "server/http/retry_after.hpp"
#include "server/http/router.hpp"
#include "tests/integration/conversation/talk.hpp"
#include "tests/support/verifier.hpp"

namespace bigocean::server::conversation::strangers_test {
namespace {

using rpc::Tag;
using test::Verifier;

rpc::Caller stranger(const std::string& proof) {
  rpc::Caller caller{.token = {}, .client_address = "203.0.113.7", .request_id = "r"};
  caller.challenge_proof = proof;
  return caller;
}

Talk::Change verified_by(int port, std::chrono::milliseconds timeout = 5s) {
  return [=](product::Settings& settings) {
    settings.challenge.verify_url = "http://127.0.0.1:" + std::to_string(port) + "/siteverify";
    settings.challenge.secret = config::Secret("s3cret&=%");
    settings.challenge.timeout = timeout;
    settings.limits.assessments_per_address_day = 2;
  };
}

TEST_CASE("a stranger needs a proof; who has a session's token does not") {
  Verifier verifier(R"({"success":true,"hostname":"a"})");
  Talk talk(verified_by(verifier.port()));
  CHECK(tag_of([&] { talk.conversations.start_assessment(stranger(""), {}); }) == Tag::kChallengeFailed);
  CHECK(tag_of([&] { talk.conversations.start_assessment(stranger(std::string(9000, 'x')), {}); }) ==
        Tag::kChallengeFailed);
  CHECK(verifier.bodies().empty());
  const auto started = talk.conversations.start_assessment(stranger("good one+/="), {});
  REQUIRE(verifier.bodies().size() == 1);
  CHECK(verifier.bodies()[0] == "secret=s3cret%26%3D%25&response=good%20one%2B%2F%3D&remoteip=203.0.113.7");
  const rpc::Caller known{started.token, "203.0.113.7", "r"};
  talk.conversations.start_assessment(known, {});
  CHECK(verifier.bodies().size() == 1);
}

TEST_CASE("a stranger needs a proof: what the verifier refuses is 403 and costs no limit") {
  for (const std::string codes : {R"("invalid-input-response")", R"("timeout-or-duplicate")", ""}) {
    CAPTURE(codes);
    Verifier verifier(R"({"success":false,"error-codes":[)" + codes + "]}");
    Talk talk(verified_by(verifier.port()));
    for (int i = 0; i < 5; ++i) {
      const auto refused = refusal_of([&] { talk.conversations.start_assessment(stranger("bad"), {}); });
      CHECK(refused.tag == Tag::kChallengeFailed);
      CHECK(rpc::problem_reply(refused).status == 403);
    }
    verifier.answer(R"({"success":true})");
    CHECK_NOTHROW(talk.conversations.start_assessment(stranger("good"), {}));
    CHECK(talk.value("SELECT count(*) FROM sessions") == "1");
  }
}

TEST_CASE("a stranger needs a proof: without a verdict it is 503, and existing sessions go on") {
  Verifier verifier(R"({"success":true})");
  Talk talk(verified_by(verifier.port(), 300ms));
  const auto started = talk.conversations.start_assessment(stranger("good"), {});
  const Talk::Person person{{started.token, "203.0.113.7", "r"}, started};
  for (const std::string answer :
       {"no JSON", "[]", "{}", R"({"success":"true"})",
        R"({"success":false,"error-codes":["invalid-input-secret"]})",
        R"({"success":false,"error-codes":["internal-error"]})", "silence", "away"}) {
    CAPTURE(answer);
    verifier.answer(answer);
    if (answer == "away") verifier.stop();
    try {
      talk.conversations.start_assessment(stranger("good"), {});
      FAIL("begun without a verdict");
    } catch (const base::Error& error) {
      CHECK(error.code == base::ExitCode::kUnreachable);
      const auto reply = http::problem_of(error);
      CHECK(reply.status == 503);
      CHECK(http::retry_after_of(reply) == "1");
      CHECK(error.message.find("s3cret") == std::string::npos);
    }
    CHECK_NOTHROW(talk.say(person, "hello"));
  }
  CHECK(talk.value("SELECT count(*) FROM sessions") == "1");
}

TEST_CASE("a verifier without its secret is a fault of the settings") {
  accounts::ChallengeSettings challenge;
  CHECK_NOTHROW(accounts::Challenge::check(challenge));
  challenge.verify_url = "https://a.example/siteverify";
  CHECK_THROWS_AS(accounts::Challenge::check(challenge), base::Error);
  challenge.secret = config::Secret("s");
  CHECK_NOTHROW(accounts::Challenge::check(challenge));
}

TEST_CASE("the first start counts: a person who keeps the token has begun one already") {
  Talk talk([](product::Settings& settings) { settings.limits.assessments_per_user_day = 1; });
  const auto person = talk.start();
  CHECK(tag_of([&] { talk.conversations.start_assessment(person.caller, {}); }) == Tag::kRateLimitExceeded);
}

TEST_CASE("unnamed users of one address share its money, and analyses are paid from it, too") {
  Talk talk([](product::Settings& settings) { settings.budget.address_day.nano = 1'350; });
  const auto first = talk.start();
  for (int i = 0; i < 3; ++i) talk.say(first, "hello");
  talk.analyse_all();
  CHECK(talk.value("SELECT address || ' ' || spent FROM address_budgets") == "203.0.113.7 400");
  const auto second = talk.start();
  const auto refused = refusal_of([&] { talk.say(second, "hello"); });
  CHECK(refused.tag == Tag::kRateLimitExceeded);
  CHECK(refused.reset_at > std::chrono::system_clock::now());
  CHECK(rpc::problem_reply(refused).retry_after);
  auto elsewhere = second;
  elsewhere.caller.client_address = "203.0.113.8";
  CHECK_NOTHROW(talk.say(elsewhere, "hello"));
  talk.check_books();
}

}  // namespace
}  // namespace bigocean::server::conversation::strangers_test
