// Expired conversations are removed after the retention time, in batches, by any number of processes; nothing
// else is removed.
#include "server/product/conversation/retention.hpp"

#include <thread>

#include "tests/integration/conversation/talk.hpp"

namespace bigocean::server::conversation::retention_test {
namespace {

constexpr auto kDay = 24h;

void keep_for(product::Settings& settings, std::chrono::milliseconds retention, std::int64_t batch) {
  settings.assessment.retention = retention;
  settings.assessment.retention_batch = batch;
}

void expire(Talk& talk, const Talk::Person& person, const std::string& how_long_ago) {
  test::query(talk.url,
              "UPDATE sessions SET created_at = now() - interval '90 days', expires_at = now() - interval '" +
                  how_long_ago + "' WHERE session_id = '" + person.started.session_id + "'");
}

Talk::Person talked(Talk& talk) {
  const auto person = talk.start();
  talk.model.answer = finding_something();
  for (const auto& text : {kTelling, std::string("5"), std::string("2")}) talk.say(person, text);
  talk.analyse_all();
  return person;
}

TEST_CASE("what expired longer ago than the setting goes, with its profile; its cost stays without a name") {
  Talk talk([](product::Settings& settings) { keep_for(settings, 30 * kDay, 100); });
  Retention retention(talk.settings, talk.database, talk.ledger, talk.log);
  const auto old = talked(talk);
  const auto profile = talk.conversations.share_profile(old.caller, talk.session(old)).profile_id;
  const auto recent = talked(talk);
  const auto active = talked(talk);
  expire(talk, old, "31 days");
  expire(talk, recent, "29 days");
  const auto cost = talk.value("SELECT sum(cost) FROM ledger_entries");
  CHECK(!retention.work());
  CHECK(talk.value("SELECT count(*) FROM sessions") == "2");
  CHECK(talk.value("SELECT count(*) FROM users") == "2");
  for (const auto* table : {"messages", "evidence", "trait_assessments", "shared_profiles", "analysis_jobs",
                            "session_budgets", "ledger_entries"}) {
    CHECK_MESSAGE(talk.value("SELECT count(*) FROM " + std::string(table) + " WHERE session_id = '" +
                             old.started.session_id + "'") == "0",
                  table);
  }
  CHECK(talk.value("SELECT sum(cost) FROM ledger_entries") == cost);
  CHECK(tag_of([&] { talk.conversations.get_profile({}, {profile}); }) == rpc::Tag::kProfileNotFound);
  CHECK(tag_of([&] { talk.conversations.get_results(old.caller, talk.session(old)); }) ==
        rpc::Tag::kSessionNotFound);
  CHECK(talk.conversations.get_results(recent.caller, talk.session(recent)).facets.size() == 30);
  talk.check_books();
}

TEST_CASE("without the setting nothing goes") {
  Talk talk([](product::Settings& settings) { keep_for(settings, 0ms, 100); });
  const auto person = talked(talk);
  expire(talk, person, "80 days");
  CHECK(!Retention(talk.settings, talk.database, talk.ledger, talk.log).work());
  CHECK(talk.value("SELECT count(*) FROM sessions") == "1");
}

TEST_CASE("two processes at once remove each conversation once, batch by batch") {
  Talk talk([](product::Settings& settings) { keep_for(settings, kDay, 7); });
  constexpr int kPeople = 40;
  for (int i = 0; i < kPeople; ++i) talk.say(talk.start(), "hello");
  test::query(
      talk.url,
      "UPDATE sessions SET created_at = now() - interval '90 days', expires_at = now() - interval '2 days'");
  const auto cost = talk.value("SELECT sum(cost) FROM ledger_entries");
  std::vector<std::thread> replicas;
  for (int i = 0; i < 3; ++i) {
    replicas.emplace_back([&] {
      Retention retention(talk.settings, talk.database, talk.ledger, talk.log);
      while (retention.work()) {
      }
    });
  }
  for (auto& replica : replicas) replica.join();
  Retention last(talk.settings, talk.database, talk.ledger, talk.log);
  while (last.work()) {
  }
  CHECK(talk.value("SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM users)") == "0");
  CHECK(talk.value(
            "SELECT count(*) || ' ' || count(user_id) || ' ' || count(session_id) FROM ledger_entries") ==
        std::to_string(kPeople) + " 0 0");
  CHECK(talk.value("SELECT sum(cost) FROM ledger_entries") == cost);
  talk.check_books();
}

TEST_CASE("a conversation that is being answered is left to the next time") {
  Talk talk([](product::Settings& settings) { keep_for(settings, kDay, 100); });
  Retention retention(talk.settings, talk.database, talk.ledger, talk.log);
  const auto person = talk.start();
  auto turn = talk.begin(person, "hello");
  expire(talk, person, "2 days");
  retention.work();
  CHECK(talk.value("SELECT count(*) FROM sessions") == "1");
  turn->run({});
  turn.reset();
  retention.work();
  CHECK(talk.value("SELECT count(*) FROM sessions") == "0");
  talk.check_books();
}

}  // namespace
}  // namespace bigocean::server::conversation::retention_test
