// A whole assessment without a model: interview, steering, analysis, scores, code.
#include <doctest/doctest.h>

#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "server/product/assessment/analysis_reply.hpp"
#include "server/product/assessment/prompts.hpp"
#include "server/product/assessment/questions.hpp"
#include "server/product/assessment/scoring.hpp"
#include "server/product/assessment/scripted.hpp"
#include "server/product/assessment/steering.hpp"

namespace whole_test {

using namespace bigocean::server::assessment;
namespace llm = bigocean::server::llm;

namespace {

const Call kCall{"scripted", 500, std::chrono::seconds(1)};

struct Outcome {
  Assessment assessment;
  std::vector<Facet> asked;
  std::int64_t user_messages = 0;
  std::string last_words;
};

/// What somebody answers to a question of the bank (nothing: to anything else).
using Answer = std::function<std::string(std::optional<Asked>)>;

/// Plays the session as the service does: a reply to every message, an analysis after each third one.
Outcome play(const Answer& answer, const SteeringLimits& limits = {},
             Language language = Language::kEnglish) {
  auto call = kCall;
  call.language = language;
  llm::ScriptedModel model;
  std::vector<Line> lines;
  const auto add = [&](llm::Role role, std::string text) {
    lines.push_back({static_cast<std::int64_t>(lines.size()) + 1, role, std::move(text)});
  };
  Outcome outcome{score({}), {}, 0, {}};
  const auto analyse = [&] {
    const auto parsed = parse_evidence(model.complete(analysis_request(lines, kCall), {}).text, lines);
    REQUIRE(parsed.rejected.empty());
    outcome.assessment = score(parsed.accepted);
  };
  add(llm::Role::kAssistant, std::string(greeting(language)));
  while (true) {
    add(llm::Role::kUser, answer(find_question(lines.back().text)));
    ++outcome.user_messages;
    if (outcome.user_messages % 3 == 0) analyse();
    const auto steering = steer({outcome.assessment, outcome.asked, outcome.user_messages, 0}, limits);
    const auto reply = model.complete(interview_request(lines, steering, call), {});
    if (!steering.facet.empty()) outcome.asked.push_back(find_facet(steering.facet).value());
    add(llm::Role::kAssistant, reply.text);
    if (!steering.wind_down) continue;
    outcome.last_words = reply.text;
    analyse();
    return outcome;
  }
}

Answer always(const std::string& text) {
  return [text](std::optional<Asked>) { return text; };
}

double trait(const Outcome& outcome, Trait which) { return outcome.assessment.of(which); }

}  // namespace

TEST_CASE("thirty messages of full agreement") {
  const Outcome outcome = play(always("5"));
  CHECK(outcome.user_messages == 30);
  CHECK(outcome.last_words == closing(Language::kEnglish));
  // Three openers and the closing one leave 26 questions: all of O, C, E, A and two of N.
  CHECK(outcome.asked.size() == 26);
  CHECK(std::set<Facet>(outcome.asked.begin(), outcome.asked.end()).size() == 26);
  for (const Trait which :
       {Trait::kOpenness, Trait::kConscientiousness, Trait::kExtraversion, Trait::kAgreeableness})
    CHECK(trait(outcome, which) == 120);
  CHECK(trait(outcome, Trait::kNeuroticism) == 80);
  CHECK(outcome.assessment.code == "ODEWS");
}

TEST_CASE("the same answers come to the same results in each language") {
  const auto answers_in = [](const char* much, const char* little, const char* depends) -> Answer {
    return [=](std::optional<Asked> asked) -> std::string {
      if (!asked) return "–";
      const auto trait = info_of(asked->facet).trait;
      if (trait == Trait::kConscientiousness) return depends;
      return (trait == Trait::kOpenness) == (asked->keyed == Keyed::kStraight) ? much : little;
    };
  };
  const auto english = play(answers_in("Yes, absolutely", "not at all", "it depends"));
  CHECK(english.assessment.code == "OBICT");
  const auto german = play(answers_in("Ja, absolut", "Gar nicht", "Kommt darauf an"), {}, Language::kGerman);
  const auto spanish = play(answers_in("Sí, totalmente", "En absoluto", "Depende"), {}, Language::kSpanish);
  for (const auto* other : {&german, &spanish}) {
    CHECK(other->user_messages == 30);
    CHECK(other->asked == english.asked);
    CHECK(other->assessment == english.assessment);
  }
  CHECK(german.last_words == closing(Language::kGerman));
  CHECK(spanish.last_words == closing(Language::kSpanish));
}

TEST_CASE("thirty messages of full disagreement") {
  const Outcome outcome = play(always("Not at all."));
  CHECK(outcome.user_messages == 30);
  CHECK(trait(outcome, Trait::kOpenness) == 0);
  CHECK(trait(outcome, Trait::kNeuroticism) == 40);
  CHECK(outcome.assessment.code == "PFICT");
}

TEST_CASE("one person with a mind of their own") {
  const Outcome outcome = play([](std::optional<Asked> asked) -> std::string {
    if (!asked) return "I went for a walk and read a book.";
    const bool straight = asked->keyed == Keyed::kStraight;
    switch (info_of(asked->facet).trait) {
      case Trait::kOpenness:
        return straight ? "Yes, absolutely" : "not at all";
      case Trait::kConscientiousness:
        return "it depends";
      case Trait::kExtraversion:
        return straight ? "No, hardly ever" : "Strongly agree";
      case Trait::kAgreeableness:
        return straight ? "4/5" : "2";
      case Trait::kNeuroticism:
        break;
    }
    return "sometimes";
  });
  CHECK(trait(outcome, Trait::kOpenness) == 120);
  CHECK(trait(outcome, Trait::kConscientiousness) == 60);
  CHECK(trait(outcome, Trait::kExtraversion) == 15);
  CHECK(trait(outcome, Trait::kAgreeableness) == 90);
  CHECK(outcome.assessment.code == "OBIWT");
}

TEST_CASE("with a few more messages each facet is asked, and the session ends when enough is known") {
  const Outcome outcome = play(always("5"), {.user_messages_max = 100});
  CHECK(std::set<Facet>(outcome.asked.begin(), outcome.asked.end()).size() == kFacetCount);
  // 30 answers after 4 messages; the next analysis ends it. Until then two are asked again, reversed.
  CHECK(outcome.user_messages == 36);
  CHECK(outcome.last_words == closing(Language::kEnglish));
  for (const auto& facet : outcome.assessment.facets) CHECK(facet.confidence >= 40);
}

TEST_CASE("whoever agrees with everything for long contradicts it: no facet stays at an end") {
  const Outcome outcome = play(always("5"), {.user_messages_max = 64, .confidence_enough = 101});
  CHECK(outcome.asked.size() == 60);
  for (const auto& facet : outcome.assessment.facets) {
    CHECK(facet.evidence_count == 2);
    CHECK(facet.score > 0);
    CHECK(facet.score < 20);
  }
  // The reversed questions came later, and later answers weigh more.
  for (const double one : outcome.assessment.traits) CHECK((one > 20 && one < 60));
}

TEST_CASE("somebody who never answers still gets to the end, with nothing claimed") {
  const Outcome outcome = play(always("Ask me something else."));
  CHECK(outcome.user_messages == 30);
  CHECK(outcome.assessment == score({}));
  CHECK(std::set<Facet>(outcome.asked.begin(), outcome.asked.end()).size() == outcome.asked.size());
}

TEST_CASE("whoever answers whatever: a code of the 243, and the same again") {
  const std::string answers[] = {"1",          "2",   "three",     "4/5", "5",
                                 "not really", "yes", "no, never", "hm",  "it depends"};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto once = [&] {
      std::mt19937_64 random(seed);
      return play([&](std::optional<Asked>) { return answers[random() % std::size(answers)]; });
    };
    const Outcome first = once();
    CHECK(first.assessment == once().assessment);
    CHECK(first.user_messages == 30);
    CHECK(first.assessment.code.size() == 5);
  }
}

}  // namespace whole_test
