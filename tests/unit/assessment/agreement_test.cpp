// How answers are read: a table of phrasings, and what holds for any text.
#include "server/product/assessment/agreement.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace agreement_test {

using namespace bigocean::server::assessment;

namespace {

struct Case {
  const char* answer;
  double level;
};

constexpr Case kRead[] = {
    // Numbers
    {"4", 4},
    {" 5. ", 5},
    {"1", 1},
    {"3!", 3},
    {"four", 4},
    {"Two", 2},
    {"a 4", 4},
    {"I'd say 4", 4},
    {"I’d give it a 2", 2},
    {"maybe 3?", 3},
    {"definitely a 5", 5},
    {"a solid four, because I plan everything", 4},
    {"4/5", 4},
    {"4 / 5", 4},
    {"5 out of 5", 5},
    {"two out of five, I am afraid", 2},
    {"I would put myself at about 4/5 on that one, since most weeks go that way", 4},
    {"10/10", 5},
    {"0/10", 1},
    {"5 out of 10", 3},
    {"3-4", 3.5},
    {"3 or 4", 3.5},
    {"between 2 and 3", 2.5},
    {"4.5", 4.5},
    {"Well, 2 I guess", 2},
    {"50%", 3},
    {"100 percent", 5},
    {"75% of the time", 4},
    // Agreement
    {"agree", 4},
    {"I agree", 4},
    {"I strongly agree.", 5},
    {"agree completely", 5},
    {"Totally agree!", 5},
    {"somewhat agree", 3.5},
    {"mostly agree", 4},
    {"I tend to agree", 4},
    {"couldn't agree more", 5},
    {"neither agree nor disagree", 3},
    {"disagree", 2},
    {"strongly disagree", 1},
    {"I disagree completely", 1},
    {"slightly disagree", 2.5},
    {"mostly disagree", 2},
    {"I don't agree", 2},
    {"I do not agree at all", 1},
    {"I can't say that I agree", 2},
    {"don’t completely agree", 3},
    {"I don't disagree", 3.5},
    // Yes and no
    {"yes", 4},
    {"Yes!!", 4},
    {"yeah", 4},
    {"yep, always", 5},
    {"yes, mostly", 4},
    {"yes, sometimes", 3.5},
    {"Yes, but not always", 3.5},
    {"yes and no", 3},
    {"oh yes", 4.5},
    {"absolutely", 5},
    {"Yes, absolutely", 5},
    {"of course", 4.5},
    {"I do", 4},
    {"that's me exactly", 5},
    {"true", 4},
    {"very true", 5},
    {"I think so", 4},
    {"no", 2},
    {"nope", 2},
    {"No, never.", 1},
    {"no way", 1},
    {"No, I always plan ahead", 2},
    {"not really", 2},
    {"not really true", 2},
    {"Not at all", 1},
    {"absolutely not", 1},
    {"not in the slightest", 1},
    {"no, not at all", 1},
    {"that's not me", 2},
    {"I don't", 2},
    {"no, I don't", 2},
    {"I don't think so", 2},
    {"not true", 2},
    {"probably not", 2},
    {"not quite", 2.5},
    {"far from it", 1},
    {"nothing like me", 1},
    {"not always", 3},
    // How often, how much
    {"always", 5},
    {"almost always", 4.5},
    {"all the time", 5},
    {"usually", 4},
    {"quite often", 4},
    {"most of the time", 4},
    {"Sometimes", 3},
    {"it depends", 3},
    {"That depends on the day", 3},
    {"50/50", 3},
    {"so-so", 3},
    {"a bit", 3},
    {"kind of", 3.5},
    {"now and then", 2.5},
    {"rarely", 2},
    {"rarely true", 2},
    {"not often", 2},
    {"hardly ever", 1.5},
    {"never", 1},
    {"NEVER", 1},
    {"Hmm, well, often", 4},
    // No idea
    {"maybe", 3},
    {"not sure", 3},
    {"I'm not sure I agree", 3},
    {"I don't know", 3},
    {"no idea", 3},
};

constexpr const char* kUnreadable[] = {
    "",
    "   \n ",
    "?!",
    "0",
    "6",
    "7/5",
    "-3",
    "12345678901234567890",
    "n/a",
    "I have 4 children and 2 dogs",
    "4 times a week I go running with my neighbour",
    "My birthday is on 4/5/1990",
    "I love parties",
    "Oliver and Nora came along",
    "there is no time for that in my week",
    "My mother always used to tell us that we should never leave the house without a coat",
    "да, конечно",
    "{\"evidence\":[{\"facet\":\"trust\",\"score\":20}]}",
    "\xff\xfe\x80",
};

double confidence_of(const char* answer) {
  return read_agreement(answer, Language::kEnglish).value().confidence;
}

}  // namespace

TEST_CASE("answers are read as they are meant") {
  for (const auto& [answer, level] : kRead) {
    const auto reading = read_agreement(answer, Language::kEnglish);
    CHECK_MESSAGE(reading.has_value(), answer);
    if (!reading) continue;
    INFO(answer);
    CHECK(reading->level == doctest::Approx(level));
    CHECK(reading->confidence >= 0.2);
    CHECK(reading->confidence <= 0.9);
  }
  CHECK(std::size(kRead) >= 100);
}

TEST_CASE("what is no answer is not guessed at") {
  for (const char* answer : kUnreadable) CHECK_MESSAGE(!read_agreement(answer, Language::kEnglish), answer);
}

TEST_CASE("the surer the words, the higher the confidence") {
  CHECK(confidence_of("4") > confidence_of("strongly agree"));
  CHECK(confidence_of("agree") > confidence_of("usually"));
  CHECK(confidence_of("usually") > confidence_of("maybe"));
  CHECK(confidence_of("yes") > confidence_of("yes, but not always"));
  CHECK(confidence_of("yes") > confidence_of("yes and no"));
  CHECK(confidence_of("no idea") == doctest::Approx(0.25));
}

TEST_CASE("any text is read without harm, within range, and the same way twice") {
  std::mt19937_64 random(6);
  const std::string pieces[] = {
      "not ",   "never",  " agree", "4",       "/",      "5",       "%",   ", ",        "but ",    "-",  ".",
      "’",      "\xe2",   "\xff",   "always ", "no ",    "out of ", "10 ", "strongly ", " at all", "\n", "'",
      "nicht ", "immer ", "gar ",   "sí ",     "nunca ", " von ",   "4,5", "¡",         "zu "};
  std::uniform_int_distribution<std::size_t> piece(0, std::size(pieces) - 1);
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = round % 12; i >= 0; --i) text += pieces[piece(random)];
    const auto reading =
        read_agreement(text, kLanguages.at(static_cast<std::size_t>(round) % kLanguages.size()));
    REQUIRE(read_agreement(text, kLanguages.at(static_cast<std::size_t>(round) % kLanguages.size())) ==
            reading);
    if (!reading) continue;
    ++read;
    REQUIRE((reading->level >= 1 && reading->level <= 5));
    REQUIRE((reading->confidence > 0 && reading->confidence <= 1));
  }
  CHECK(read > 5'000);
  CHECK(!read_agreement(std::string(20'000, '4'), Language::kEnglish));
  CHECK(read_agreement("yes " + std::string(20'000, 'x'), Language::kEnglish));
}

}  // namespace agreement_test
