// How answers in German and Spanish are read: the same rules with other words.
#include <doctest/doctest.h>

#include <set>
#include <span>
#include <string>

#include "server/product/assessment/agreement.hpp"
#include "server/product/assessment/agreement_words.hpp"
#include "server/product/assessment/folded.hpp"

namespace agreement_languages_test {

using namespace bigocean::server::assessment;

namespace {

struct Case {
  const char* answer;
  double level;
};

constexpr Case kGerman[] = {
    {"4", 4},
    {"eine 4", 4},
    {"Vier", 4},
    {"fünf", 5},
    {"Ich würde sagen 3", 3},
    {"eine glatte 5", 5},
    {"zwischen 2 und 3", 2.5},
    {"3 oder 4", 3.5},
    {"4,5", 4.5},
    {"4 von 5", 4},
    {"vier von fünf", 4},
    {"8 von 10, weil ich viel plane", 4.2},
    {"75 %", 4},
    {"75 Prozent der Zeit", 4},
    {"ja", 4},
    {"Ja!", 4},
    {"JA", 4},
    {"Ja, sehr", 5},
    {"ja klar", 4.5},
    {"Auf jeden Fall", 5},
    {"absolut", 5},
    {"Natürlich.", 4.5},
    {"natuerlich", 4.5},
    {"Nein", 2},
    {"Nein, nie", 1},
    {"nein, überhaupt nicht", 1},
    {"Überhaupt nicht", 1},
    {"UBERHAUPT NICHT", 1},
    {"ueberhaupt nicht", 1},
    {"gar nicht", 1},
    {"Auf keinen Fall!", 1},
    {"nicht wirklich", 2},
    {"eher nicht", 2},
    {"eher ja", 3.5},
    {"Das stimmt", 4},
    {"stimmt nicht", 2},
    {"trifft zu", 4},
    {"Trifft voll zu", 5},
    {"trifft nicht zu", 2},
    {"trifft überhaupt nicht zu", 1},
    {"ich stimme zu", 4},
    {"Ich stimme überhaupt nicht zu", 1},
    {"immer", 5},
    {"fast immer", 4.5},
    {"meistens", 4},
    {"oft", 4},
    {"häufig", 4},
    {"manchmal", 3},
    {"nicht immer", 3},
    {"ab und zu", 2.5},
    {"selten", 2},
    {"kaum", 2},
    {"fast nie", 1.5},
    {"nie", 1},
    {"Niemals", 1},
    {"jein", 3},
    {"ja und nein", 3},
    {"teils, teils", 3},
    {"Es kommt darauf an", 3},
    {"weiß nicht", 3},
    {"Keine Ahnung", 3},
    {"Ja, aber nicht immer", 3.5},
    {"Das mache ich nicht", 2},
    {"Das tue ich oft", 4},
    {"„Ja“", 4},
    {"Ich stimme nicht oft zu", 2},
};

constexpr Case kSpanish[] = {
    {"4", 4},
    {"un 4", 4},
    {"cuatro", 4},
    {"Yo diría que un 3", 3},
    {"entre 2 y 3", 2.5},
    {"3 o 4", 3.5},
    {"4,5", 4.5},
    {"4 de 5", 4},
    {"cuatro sobre cinco", 4},
    {"8 de 10", 4.2},
    {"75 %", 4},
    {"75 por ciento de las veces", 4},
    {"sí", 4},
    {"Si", 4},
    {"¡Sí!", 4},
    {"Sí, mucho", 4.5},
    {"claro que sí", 5},
    {"Sí, siempre", 5},
    {"creo que sí", 4},
    {"Por supuesto", 4.5},
    {"totalmente", 5},
    {"Sin duda", 5},
    {"Totalmente de acuerdo", 5},
    {"de acuerdo", 4},
    {"no estoy de acuerdo", 2},
    {"muy en desacuerdo", 1},
    {"no", 2},
    {"No, nunca", 1},
    {"no nunca", 1},
    {"No, para nada", 1},
    {"para nada", 1},
    {"En absoluto", 1},
    {"claro que no", 1},
    {"creo que no", 2},
    {"no mucho", 2},
    {"no siempre", 3},
    {"siempre", 5},
    {"casi siempre", 4.5},
    {"normalmente", 4},
    {"A menudo", 4},
    {"bastante", 4},
    {"a veces", 3},
    {"depende", 3},
    {"más o menos", 3.5},
    {"mas o menos", 3.5},
    {"de vez en cuando", 2.5},
    {"rara vez", 2},
    {"casi nunca", 1.5},
    {"nunca", 1},
    {"Jamás", 1},
    {"nada", 1},
    {"sí y no", 3},
    {"No sé", 3},
    {"quizás", 3},
    {"No lo hago nunca", 1},
    {"no suelo hacerlo", 2},
    {"Sí, pero no siempre", 3.5},
};

void check_all(std::span<const Case> cases, Language language) {
  for (const auto& [answer, level] : cases) {
    INFO(std::string(answer));
    const auto reading = read_agreement(answer, language);
    CHECK(reading.has_value());
    if (!reading) continue;
    CHECK(reading->level == doctest::Approx(level));
    CHECK(reading->confidence >= 0.2);
    CHECK(reading->confidence <= 0.9);
  }
}

}  // namespace

TEST_CASE("answers in German are read as they are meant") { check_all(kGerman, Language::kGerman); }

TEST_CASE("answers in Spanish are read as they are meant") { check_all(kSpanish, Language::kSpanish); }

TEST_CASE("what is no answer in any language is not guessed at") {
  for (const auto language : kLanguages) {
    for (const char* answer : {"Meine Katze heißt Otto", "Ich liebe Partys", "Am 4.5.1990 bin ich geboren",
                               "am 4.5.90", "Mi gato se llama Otto", "Me encantan las fiestas",
                               "Tengo 3 hijos y un perro", "Wir haben 3 Kinder", "bof"})
      CHECK_MESSAGE(!read_agreement(answer, language), std::string(answer));
  }
}

TEST_CASE("an answer in another language than the question's is read in that") {
  CHECK(read_agreement("meistens", Language::kEnglish)->level == 4);
  CHECK(read_agreement("casi nunca", Language::kGerman)->level == 1.5);
  CHECK(read_agreement("strongly agree", Language::kSpanish)->level == 5);
}

TEST_CASE("the lists of words are written as answers are looked at, and name no phrase twice") {
  for (const auto* words : {&english_words(), &german_words(), &spanish_words()}) {
    std::set<std::string_view> phrases;
    for (const auto& phrase : words->phrases) {
      CHECK_MESSAGE(folded(phrase.words) == phrase.words, phrase.words);
      CHECK_MESSAGE(phrases.insert(phrase.words).second, phrase.words);
    }
    for (const auto list : {words->strong, words->weak, words->modified, words->negators, words->fillers,
                            words->reasons, words->reservations, words->out_of, words->percent}) {
      CHECK(!list.empty());
      for (const auto word : list) CHECK_MESSAGE(folded(word) == word, word);
    }
    for (const auto word : words->numbers) CHECK_MESSAGE(folded(word) == word, word);
  }
}

}  // namespace agreement_languages_test
