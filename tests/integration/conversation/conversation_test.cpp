// Sessions from their start to their deletion, and who may see what of them.
#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/integration/conversation/talk.hpp"

namespace bigocean::server::conversation::conversation_test {
namespace {

using rpc::Tag;

TEST_CASE("a whole assessment ends in results, a shared profile, an export and a deletion") {
  Talk talk;
  const auto person = talk.start();
  CHECK(person.started.token.size() == 43);
  CHECK(person.started.message.position == 1);
  rpc::SendMessageReply reply;
  int sent = 0;
  while (!reply.progress.completed) {
    REQUIRE(sent < 31);
    reply = talk.say(person, "4, most of the time");
    ++sent;
    talk.analyse_all();
    CHECK(reply.progress.answered == sent);
  }
  CHECK(sent == 30);
  CHECK(talk.jobs_announced == 10);
  CHECK(talk.value("SELECT count(*) FROM analysis_jobs") == "0");

  const auto results = talk.conversations.get_results(person.caller, talk.session(person));
  CHECK(results.completed);
  CHECK(results.analysis.through_position == 60);
  CHECK(results.code5.size() == 5);
  CHECK(results.archetype.code == results.code5.substr(0, 4));
  CHECK(!results.archetype.name.empty());
  CHECK(results.traits.size() == 5);
  CHECK(results.facets.size() == 30);
  CHECK(tag_of([&] { talk.say(person, "one more"); }) == Tag::kSessionCompleted);

  const auto shared = talk.conversations.share_profile(person.caller, talk.session(person));
  CHECK(shared.profile_id.size() == 43);
  CHECK(talk.conversations.share_profile(person.caller, talk.session(person)).profile_id ==
        shared.profile_id);
  const auto profile = talk.conversations.get_profile({}, {shared.profile_id});
  CHECK(profile.archetype.code == results.archetype.code);

  const auto all = talk.conversations.export_session(person.caller, talk.session(person));
  CHECK(all.messages.size() == 61);
  CHECK(all.evidence.size() >= 20);
  CHECK(all.calls.size() == 40);
  REQUIRE(all.results);
  CHECK(all.results->code5 == results.code5);
  for (const auto& call : all.calls) CHECK(call.cost == 100);

  talk.conversations.delete_session(person.caller, talk.session(person));
  for (const auto* table : {"users", "sessions", "messages", "evidence", "trait_assessments",
                            "shared_profiles", "analysis_jobs", "session_budgets"}) {
    CHECK_MESSAGE(talk.value(std::string("SELECT count(*) FROM ") + table) == "0", table);
  }
  CHECK(talk.value("SELECT count(*) || ' ' || count(user_id) || ' ' || count(session_id) || ' ' || sum(cost)"
                   " FROM ledger_entries") == "40 0 0 4000");
  CHECK(tag_of([&] { talk.conversations.get_results(person.caller, talk.session(person)); }) ==
        Tag::kSessionNotFound);
  CHECK(tag_of([&] { talk.conversations.get_profile({}, {shared.profile_id}); }) == Tag::kProfileNotFound);
  talk.check_books();
}

TEST_CASE("nobody gets to another's session, and only a token's hash is stored") {
  Talk talk;
  const auto a = talk.start();
  const auto b = talk.start();
  const rpc::SessionRequest of_b{b.started.session_id};
  CHECK(tag_of([&] { talk.conversations.get_results(a.caller, of_b); }) == Tag::kSessionNotFound);
  CHECK(tag_of([&] { talk.conversations.resume_session(a.caller, of_b); }) == Tag::kSessionNotFound);
  CHECK(tag_of([&] { talk.conversations.share_profile(a.caller, of_b); }) == Tag::kSessionNotFound);
  CHECK(tag_of([&] { talk.conversations.delete_session(a.caller, of_b); }) == Tag::kSessionNotFound);
  CHECK(tag_of([&] { talk.conversations.export_session(a.caller, of_b); }) == Tag::kSessionNotFound);
  CHECK(tag_of([&] {
          talk.conversations.send_message(a.caller, {of_b.session_id, "hi", {}});
        }) == Tag::kSessionNotFound);
  const rpc::Caller guess{make_token(), "203.0.113.9", "r"};
  CHECK(tag_of([&] { talk.conversations.get_results(guess, of_b); }) == Tag::kSessionNotFound);
  CHECK(talk.value("SELECT count(*) FROM sessions WHERE token_sha256 = decode('" +
                   token_hash(b.started.token) + "', 'hex')") == "1");
  CHECK(talk.value("SELECT count(*) FROM sessions s WHERE s::text LIKE '%" + b.started.token + "%'") == "0");
}

TEST_CASE("a token of an earlier session ties a new one to the same person; another token does not") {
  Talk talk([](product::Settings& settings) { settings.limits.assessments_per_user_day = 3; });
  const auto first = talk.start();  // the first start counts
  const auto second = talk.conversations.start_assessment(first.caller, {"Ada"});
  CHECK(second.user_id == first.started.user_id);
  CHECK(second.session_id != first.started.session_id);
  CHECK(talk.value("SELECT display_name FROM users") == "Ada");
  const auto third = [&] { talk.conversations.start_assessment(first.caller, {}); };
  third();
  const auto refused = refusal_of(third);
  CHECK(refused.tag == Tag::kRateLimitExceeded);
  CHECK(refused.user_id == first.started.user_id);
  CHECK(refused.reset_at > std::chrono::system_clock::now());
  const auto reply = rpc::problem_reply(refused);
  CHECK(reply.status == 429);
  CHECK(reply.retry_after > 7h);
  CHECK(http::find_header(reply.headers, "RateLimit"));
  CHECK(tag_of([&] {
          talk.conversations.start_assessment({make_token(), "203.0.113.7", "r"}, {});
        }) == Tag::kUnauthorized);
  // The person stays as long as one of the sessions does.
  talk.conversations.delete_session(first.caller, talk.session(first));
  CHECK(talk.value("SELECT count(*) FROM users") == "1");
}

TEST_CASE("a session begun while the person's last one is deleted is there, or was refused") {
  Talk talk;
  for (int i = 0; i < 60; ++i) {
    const auto first = talk.start();
    std::optional<rpc::StartAssessmentReply> begun;
    std::atomic<int> ready{0};
    std::thread beginning([&] {
      ++ready;
      while (ready < 2) std::this_thread::yield();
      try {
        begun = talk.conversations.start_assessment(first.caller, {});
      } catch (const rpc::RpcError& error) {
        CHECK(error.tag == Tag::kUnauthorized);
      }
    });
    ++ready;
    while (ready < 2) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(100 * (i % 20)));
    talk.conversations.delete_session(first.caller, talk.session(first));
    beginning.join();
    const auto sessions =
        talk.value("SELECT count(*) FROM sessions WHERE user_id = '" + first.started.user_id + "'");
    CHECK(sessions == (begun ? "1" : "0"));
    if (begun) CHECK(talk.say({{begun->token, "203.0.113.7", "r"}, *begun}, "hello").message.position == 3);
  }
}

}  // namespace
}  // namespace bigocean::server::conversation::conversation_test
