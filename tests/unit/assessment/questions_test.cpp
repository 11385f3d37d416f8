// The service's own texts in each language: complete, distinct, and kind.
#include "server/product/assessment/questions.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "base/unicode.hpp"
#include "server/product/assessment/bank.hpp"
#include "server/product/assessment/folded.hpp"

namespace questions_test {

using namespace bigocean::server::assessment;

namespace {

std::vector<std::string_view> questions_in(Language language) {
  std::vector<std::string_view> questions;
  for (std::size_t i = 0; i < kFacetCount; ++i) {
    questions.push_back(question(facet_at(i), Keyed::kStraight, language));
    questions.push_back(question(facet_at(i), Keyed::kReversed, language));
  }
  return questions;
}

/// All else that is said.
std::vector<std::string_view> phrases_in(Language language) {
  std::vector<std::string_view> texts{greeting(language), closing(language), how_to_answer(language),
                                      crisis_reply(language), bank_in(language).users_opener};
  for (std::size_t i = 0; i < kOpenerCount; ++i) texts.push_back(opener(i, language));
  for (std::size_t i = 0; i < kAcknowledgementCount; ++i) texts.push_back(acknowledgement(i, language));
  return texts;
}

}  // namespace

TEST_CASE("sixty questions a language, each one question, none within another text of ours") {
  std::vector<std::string_view> texts;
  for (const Language language : kLanguages) {
    for (const auto text : questions_in(language)) texts.push_back(text);
    for (const auto text : phrases_in(language)) texts.push_back(text);
  }
  for (const Language language : kLanguages) {
    const auto questions = questions_in(language);
    CHECK(questions.size() == 60);
    for (const auto one : questions) {
      CHECK(one.find('?') == one.size() - 1);
      CHECK(one.size() >= 25);
      std::size_t within = 0;
      for (const auto text : texts) within += text.find(one) != text.npos ? 1U : 0U;
      CHECK_MESSAGE(within == 1, one);
    }
  }
}

TEST_CASE("no text is missing in a language, and none is that of another one") {
  std::set<std::string_view> all;
  std::size_t count = 0;
  for (const Language language : kLanguages) {
    CAPTURE(tag_of(language));
    auto texts = phrases_in(language);
    for (const auto text : questions_in(language)) texts.push_back(text);
    for (const auto text : texts) {
      CHECK(text.size() >= 5);
      CHECK_FALSE(bigocean::base::find_invalid_utf8(text));
      CHECK_MESSAGE(all.insert(text).second, text);
    }
    count += texts.size();
    CHECK(how_to_answer(language).find('1') != std::string_view::npos);
    CHECK(how_to_answer(language).find('5') != std::string_view::npos);
    CHECK(crisis_reply(language).find("112") != std::string_view::npos);
    CHECK(crisis_reply(language).find("findahelpline.com") != std::string_view::npos);
    CHECK(crisis_reply(language).find('?') == std::string_view::npos);
    CHECK(closing(language).find('?') == std::string_view::npos);
    CHECK(greeting(language).find("Nerin") != std::string_view::npos);
    CHECK(greeting(language).ends_with('?'));
  }
  CHECK(all.size() == count);
}

TEST_CASE("a question is found in what was said around it, whatever the language, and of two the last") {
  for (const Language language : kLanguages) {
    for (std::size_t i = 0; i < kFacetCount; ++i) {
      for (const Keyed keyed : {Keyed::kStraight, Keyed::kReversed}) {
        const auto text = std::string(acknowledgement(1, language)) + " " +
                          std::string(question(facet_at(i), keyed, language)) + " " +
                          std::string(how_to_answer(language));
        CHECK(find_question(text) == Asked{facet_at(i), keyed, language});
      }
    }
    for (const auto text : phrases_in(language)) CHECK(!find_question(text));
  }
  const std::string first(question(facet_at(7), Keyed::kStraight, Language::kGerman));
  const std::string second(question(facet_at(2), Keyed::kReversed, Language::kEnglish));
  CHECK(find_question(first + " " + second) == Asked{facet_at(2), Keyed::kReversed, Language::kEnglish});
  CHECK(find_question(second + " " + first) == Asked{facet_at(7), Keyed::kStraight, Language::kGerman});
}

TEST_CASE("words of crisis are heard in every language, other words are not") {
  for (const char* text :
       {"I want to die", "sometimes I think of SUICIDE", "I don’t want to live like this",
        "I have been hurting myself again", "4, I would rather end it all", "Ich will sterben.",
        "ICH MÖCHTE STERBEN", "ich moechte sterben", "Manchmal wünschte, ich wäre tot",
        "an Selbstmord gedacht", "Ich ritze mich wieder", "U\u0308berdosis", "Quiero morirme",
        "pienso en el SUICIDIO", "ojalá estuviera muerta", "Ojala estuviera muerto",
        "No quiero seguir viviendo así", "ganas de hacerme daño", "Hacerme dan\u0303o"})
    CHECK_MESSAGE(sounds_like_crisis(text), text);
  for (const char* text : {"I would die for a good coffee", "no", "I live alone", "I was dead tired",
                           "When I have money I spend it all", "", "Ich lebe gern",
                           "Andere können mich verletzen", "Ich war todmüde", "Das bringt mich um den Schlaf",
                           "Me muero de risa", "Tengo que cortarme el pelo", "Me gusta vivir sola"})
    CHECK_MESSAGE(!sounds_like_crisis(text), text);
}

TEST_CASE("words of crisis are written as they are looked for") {
  for (const Language language : kLanguages) {
    CHECK(bank_in(language).crisis_words.size() >= 20);
    for (const auto words : bank_in(language).crisis_words) CHECK(folded(words) == words);
  }
}

TEST_CASE("folded text has no case, accents or typographic apostrophes, and keeps the rest") {
  CHECK(folded("ÄÖÜ äöü ß") == "aou aou ss");
  CHECK(folded("ÁÉÍÓÚÑ áéíóúñ ç Å") == "aeioun aeioun c a");
  CHECK(folded("A\u0308 n\u0303") == "a n");
  CHECK(folded("Don’t") == "don't");
  CHECK(folded("æ × ÷ € Ж 漢 😀") == "æ × ÷ € Ж 漢 😀");
  CHECK(folded("\xC3") == "\xC3");
  CHECK(folded("\xC3(\xCC") == "\xC3(\xCC");
  CHECK(folded("") == "");
}

}  // namespace questions_test
