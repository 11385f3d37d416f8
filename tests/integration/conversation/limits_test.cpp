// What counts against which limit, and that each limit is applied.
#include <algorithm>

#include "tests/integration/conversation/talk.hpp"

namespace bigocean::server::conversation::limits_test {
namespace {

using rpc::Tag;

void fall_silent(Talk& talk, const std::string& how_long) {
  test::query(talk.url, "UPDATE sessions SET last_active_at = now() - interval '" + how_long + "'");
}

TEST_CASE("reading a session is no resumption: it may be loaded as often as one likes") {
  Talk talk([](product::Settings& settings) { settings.limits.resumes_per_user_week = 1; });
  const auto person = talk.start();
  talk.say(person, "I paint.");
  fall_silent(talk, "2 days");
  for (int i = 0; i < 20; ++i) {
    const auto resumed = talk.conversations.resume_session(person.caller, talk.session(person));
    REQUIRE(resumed.messages.size() == 3);
    CHECK(resumed.messages[1].content == "I paint.");
    CHECK(resumed.progress.answered == 1);
    CHECK(resumed.progress.messages_max == 30);
  }
}

TEST_CASE("the first message after a day of silence is a resumption, and counts once") {
  Talk talk([](product::Settings& settings) { settings.limits.resumes_per_user_week = 1; });
  const auto person = talk.start();
  talk.say(person, "I paint.");
  fall_silent(talk, "23 hours");
  talk.say(person, "Every night.");
  fall_silent(talk, "25 hours");
  talk.say(person, "Mostly trees.");
  talk.say(person, "And birds.");
  fall_silent(talk, "25 hours");
  const auto refused = refusal_of([&] { talk.say(person, "Back again."); });
  CHECK(refused.tag == Tag::kRateLimitExceeded);
  REQUIRE(refused.retry_after);
  CHECK(*refused.retry_after > 24h);
  const auto is_policy = [](const auto& header) {
    return header.first == "RateLimit-Policy" && header.second.find("\"resumes\"") != std::string::npos;
  };
  CHECK(std::count_if(refused.headers.begin(), refused.headers.end(), is_policy) == 1);
  // What is refused costs none of the person's messages, and what is there can be read.
  CHECK(talk.conversations.resume_session(person.caller, talk.session(person)).messages.size() == 9);
}

struct Limit {
  std::string name;  ///< as RateLimit-Policy names it
  Talk::Change change;
};

TEST_CASE("each limit of messages and assessments refuses what is one too many, by its name") {
  using Settings = product::Settings;
  const std::vector<Limit> limits{
      {"messages", [](Settings& settings) { settings.limits.messages_per_user_minute = 1; }},
      {"messages-by-address", [](Settings& settings) { settings.limits.messages_per_address_minute = 1; }},
      {"assessments", [](Settings& settings) { settings.limits.assessments_per_user_day = 1; }},
      {"assessments-by-address", [](Settings& settings) { settings.limits.assessments_per_address_day = 1; }},
  };
  for (const auto& limit : limits) {
    CAPTURE(limit.name);
    Talk talk(limit.change);
    const auto person = talk.start();
    const auto refused = refusal_of([&] {
      if (limit.name == "messages") {
        for (int i = 0; i < 2; ++i) talk.say(person, "hello");
      } else if (limit.name == "messages-by-address") {
        // Another person at the same address.
        talk.say(person, "hello");
        talk.say(talk.start(), "hello");
      } else if (limit.name == "assessments") {
        for (int i = 0; i < 2; ++i) talk.conversations.start_assessment(person.caller, {});
      } else {
        talk.start();
      }
    });
    CHECK(refused.tag == Tag::kRateLimitExceeded);
    const auto policy = http::find_header(refused.headers, "RateLimit-Policy");
    REQUIRE(policy);
    CHECK(policy->find('"' + limit.name + "\";q=1;") != policy->npos);
  }
}

TEST_CASE("a success says which limits it counts against, and what is left") {
  Talk talk([](product::Settings& settings) { settings.limits.messages_per_user_minute = 5; });
  auto person = talk.start();
  http::Headers headers;
  person.caller.reply_headers = &headers;
  talk.say(person, "hello");
  REQUIRE(http::find_header(headers, "RateLimit"));
  CHECK(http::find_header(headers, "RateLimit")->find("\"messages\";r=4;") == 0);
  CHECK(http::find_header(headers, "RateLimit-Policy")->find("\"messages\";q=5;w=60") == 0);
  CHECK(!http::find_header(headers, "Retry-After"));
}

}  // namespace
}  // namespace bigocean::server::conversation::limits_test
