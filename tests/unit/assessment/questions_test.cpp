// The bank of questions: complete, told apart, and kind.
#include "server/assessment/questions.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "server/assessment/agreement.hpp"
#include "server/assessment/prompts.hpp"

using namespace bigocean::server::assessment;

namespace {

std::vector<std::string_view> all_questions() {
  std::vector<std::string_view> questions;
  for (std::size_t i = 0; i < kFacetCount; ++i) {
    questions.push_back(question(facet_at(i), Keyed::kStraight));
    questions.push_back(question(facet_at(i), Keyed::kReversed));
  }
  return questions;
}

}  // namespace

TEST_CASE("sixty questions, each one question, none within another text of ours") {
  const auto questions = all_questions();
  CHECK(questions.size() == 60);
  std::vector<std::string_view> texts = questions;
  for (std::size_t i = 0; i < kOpenerCount; ++i) texts.push_back(opener(i));
  for (std::size_t i = 0; i < kAcknowledgementCount; ++i) texts.push_back(acknowledgement(i));
  for (const auto text : {greeting(), closing(), how_to_answer(), crisis_reply()}) texts.push_back(text);
  for (const auto one : questions) {
    CHECK(one.find('?') == one.size() - 1);
    CHECK(one.size() >= 30);
    std::size_t within = 0;
    for (const auto text : texts) within += text.find(one) != text.npos ? 1U : 0U;
    CHECK_MESSAGE(within == 1, one);
  }
}

TEST_CASE("a question is found in what was said around it, and of two the last") {
  for (std::size_t i = 0; i < kFacetCount; ++i) {
    for (const Keyed keyed : {Keyed::kStraight, Keyed::kReversed}) {
      const std::string text = "I see. " + std::string(question(facet_at(i), keyed)) + " (As you like.)";
      CHECK(find_question(text) == Asked{facet_at(i), keyed});
    }
  }
  const std::string first(question(facet_at(7), Keyed::kStraight));
  const std::string second(question(facet_at(2), Keyed::kReversed));
  CHECK(find_question(first + " " + second) == Asked{facet_at(2), Keyed::kReversed});
  CHECK(find_question(second + " " + first) == Asked{facet_at(7), Keyed::kStraight});
  for (const auto text : {greeting(), closing(), opener(0), opener(1), opener(2), acknowledgement(0)})
    CHECK(!find_question(text));
}

TEST_CASE("words of crisis are heard, other words are not") {
  for (const char* text : {"I want to die", "sometimes I think of SUICIDE", "I don’t want to live like this",
                           "I have been hurting myself again", "4, I would rather end it all"})
    CHECK_MESSAGE(sounds_like_crisis(text), text);
  for (const char* text : {"I would die for a good coffee", "no", "I live alone", "I was dead tired",
                           "When I have money I spend it all", ""})
    CHECK_MESSAGE(!sounds_like_crisis(text), text);
}
