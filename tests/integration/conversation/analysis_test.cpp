// Analyses: durable, each counted once, and visibly given up after too many failures.
#include <thread>

#include "tests/integration/conversation/talk.hpp"

namespace bigocean::server::conversation::analysis_test {
namespace {

using Purpose = llm::ChatRequest::Purpose;

/// Answers interviews, and analyses with `analysis`.
PuppetModel::Answer analysing(std::function<std::string()> analysis) {
  return [analysis = std::move(analysis)](const llm::ChatRequest& request,
                                          const llm::OnText&) -> llm::ChatReply {
    if (request.purpose == Purpose::kInterview) return {.text = "And then?", .usage = {.input_tokens = 1}};
    return {.text = analysis(), .usage = {.input_tokens = 2}};
  };
}

void say_three(Talk& talk, const Talk::Person& person) {
  for (const auto* text : {"I paint a lot.", "I plan little.", "I sing."}) talk.say(person, text);
}

TEST_CASE("every third message is analysed, and only evidence that was said counts") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = analysing([] {
    return R"({"evidence":[
      {"position":2,"facet":"artistic_interests","score":18,"confidence":0.9,"quote":"I paint a lot."},
      {"position":4,"facet":"orderliness","score":4,"confidence":0.8,"quote":"plan little"},
      {"position":6,"facet":"cheerfulness","score":15,"confidence":0.5,"quote":"I dance"}]})";
  });
  say_three(talk, person);
  CHECK(talk.jobs_announced == 1);
  CHECK(talk.value("SELECT count(*) FROM trait_assessments") == "0");
  talk.analyse_all();
  CHECK(talk.value("SELECT string_agg(facet, ' ' ORDER BY position) FROM evidence") ==
        "artistic_interests orderliness");
  const auto results = talk.conversations.get_results(person.caller, talk.session(person));
  CHECK(results.analysis.through_position == 6);
  CHECK(results.facets.at(1).facet == "artistic_interests");
  CHECK(results.facets.at(1).score == 18);
  CHECK(results.facets.at(1).evidence_count == 1);
  talk.check_books();
}

TEST_CASE("workers of several processes do each job once") {
  Talk talk;
  std::vector<Talk::Person> people;
  for (int i = 0; i < 12; ++i) people.push_back(talk.start());
  for (const auto& person : people) say_three(talk, person);
  const int interviews = talk.model.calls;
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) workers.emplace_back([&] { talk.analyse_all(); });
  for (auto& worker : workers) worker.join();
  CHECK(talk.model.calls - interviews == 12);
  CHECK(talk.value("SELECT count(DISTINCT session_id) || ' ' || count(*) FROM trait_assessments") ==
        "12 360");
  talk.check_books();
}

TEST_CASE("a job whose worker died comes back, and counts once") {
  Talk talk;
  const auto person = talk.start();
  say_three(talk, person);
  CHECK(talk.analyst.jobs().take(1h));
  CHECK(!talk.analyst.work());
  test::query(talk.url, "UPDATE analysis_jobs SET run_after = now()");
  talk.analyse_all();
  CHECK(talk.value("SELECT count(*) FROM trait_assessments") == "30");
  CHECK(talk.value("SELECT count(*) FROM analysis_jobs") == "0");
}

TEST_CASE("a reply that bears nothing is paid for twice and not more, then given up in sight") {
  Talk talk([](product::Settings& settings) { settings.assessment.analysis_attempts_max = 5; });
  const auto person = talk.start();
  std::vector<std::int64_t> rooms;
  talk.model.answer = [&](const llm::ChatRequest& request, const llm::OnText&) -> llm::ChatReply {
    if (request.purpose == Purpose::kInterview) return {.text = "And then?", .usage = {.input_tokens = 1}};
    rooms.push_back(request.output_tokens_max);
    llm::ChatReply reply{.text = "I would say they like art.", .usage = {.input_tokens = 2}};
    if (rooms.size() == 1) reply.stop = llm::ChatReply::Stop::kMaxTokens;
    return reply;
  };
  say_three(talk, person);
  CHECK(talk.analyst.work());
  CHECK(!talk.analyst.work());
  CHECK(talk.value("SELECT attempts || ' ' || useless_replies FROM analysis_jobs") == "1 1");
  test::query(talk.url, "UPDATE analysis_jobs SET run_after = now()");
  CHECK(talk.analyst.work());
  CHECK(rooms == std::vector<std::int64_t>{1600, 3200});
  test::query(talk.url, "UPDATE analysis_jobs SET run_after = now()");
  CHECK(!talk.analyst.work());
  CHECK(talk.analyst.jobs().counts().dead == 1);
  CHECK(talk.value("SELECT last_error <> '' FROM analysis_jobs WHERE died_at IS NOT NULL") == "t");
  CHECK(talk.value("SELECT count(*) FROM ledger_entries WHERE purpose = 'analysis' AND cost = 200") == "2");
  // The next analysis reads what the dead one should have.
  talk.model.answer = {};
  say_three(talk, person);
  talk.analyse_all();
  CHECK(talk.conversations.get_results(person.caller, talk.session(person)).analysis.through_position == 12);
  talk.check_books();
}

TEST_CASE("analyses without a reply are tried again with growing pauses, and given up in sight") {
  Talk talk;
  const auto person = talk.start();
  say_three(talk, person);
  talk.model.answer = [](const auto&, const auto&) -> llm::ChatReply {
    llm::ChatError error(llm::ChatError::Kind::kOverloaded, "it broke", "");
    error.usage = llm::Usage{};
    throw error;
  };
  for (int attempt = 1; attempt <= 3; ++attempt) {
    CHECK(talk.analyst.work());
    CHECK(!talk.analyst.work());
    CHECK(talk.value("SELECT attempts FROM analysis_jobs") == std::to_string(attempt));
    test::query(talk.url, "UPDATE analysis_jobs SET run_after = now()");
  }
  CHECK(!talk.analyst.work());
  CHECK(talk.analyst.jobs().counts().dead == 1);
  talk.check_books();
}

TEST_CASE("a refused analysis is paid once, and its messages are not read again") {
  Talk talk;
  const auto person = talk.start();
  std::vector<std::string> read;
  talk.model.answer = [&](const llm::ChatRequest& request, const llm::OnText&) -> llm::ChatReply {
    if (request.purpose == Purpose::kInterview) return {.text = "And then?", .usage = {.input_tokens = 1}};
    read.push_back(request.messages.back().text);
    llm::ChatReply reply{.text = R"({"evidence":[]})", .usage = {.input_tokens = 2}};
    if (read.size() == 1) reply.stop = llm::ChatReply::Stop::kRefusal;
    return reply;
  };
  say_three(talk, person);
  talk.analyse_all();
  CHECK(talk.value("SELECT count(*) FROM analysis_jobs") == "0");
  CHECK(talk.conversations.get_results(person.caller, talk.session(person)).analysis.through_position == 6);
  for (const auto* text : {"I run.", "I cook.", "I read."}) talk.say(person, text);
  talk.analyse_all();
  REQUIRE(read.size() == 2);
  CHECK(read[0].find("I paint a lot.") != std::string::npos);
  CHECK(read[1].find("I paint a lot.") == std::string::npos);
  CHECK(read[1].find("I cook.") != std::string::npos);
  talk.check_books();
}

TEST_CASE("without budget for the day an analysis waits for the next one") {
  Talk talk([](product::Settings& settings) { settings.budget.service_day.nano = 1'299; });
  const auto person = talk.start();
  say_three(talk, person);
  CHECK(talk.analyst.work());
  CHECK(!talk.analyst.work());
  CHECK(talk.value("SELECT attempts || ' ' || (run_after > now()) FROM analysis_jobs") == "0 true");
  CHECK(talk.value("SELECT (run_after AT TIME ZONE 'UTC')::date - (now() AT TIME ZONE 'UTC')::date"
                   " FROM analysis_jobs") == "1");
}

TEST_CASE("a session deleted in the middle of its analysis leaves nothing but the cost") {
  Talk talk;
  const auto person = talk.start();
  talk.model.answer = analysing([&] {
    talk.conversations.delete_session(person.caller, talk.session(person));
    return R"({"evidence":[]})";
  });
  say_three(talk, person);
  talk.analyse_all();
  CHECK(talk.value("SELECT count(*) FROM trait_assessments") == "0");
  CHECK(talk.value("SELECT count(*) || ' ' || sum(cost) FROM ledger_entries") == "4 500");
  talk.check_books();
}

}  // namespace
}  // namespace bigocean::server::conversation::analysis_test
