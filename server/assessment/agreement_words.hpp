// The phrases that read_agreement() knows. For agreement*.cpp only.
#pragma once

#include <string_view>

namespace bigocean::server::assessment {

/// Where in its clause a phrase has to stand to be meant as an answer: "no" does at the start, and not in
/// "there is no time".
enum class Place { kAnywhere, kStart, kEnd, kEdge };

enum class Kind {
  kVerdict,  ///< on the question: yes, agree
  kMeasure,  ///< how often or how much: always, a bit
};

struct Phrase {
  std::string_view words;
  double level;
  double confidence;
  Kind kind;
  Place place = Place::kAnywhere;
};

// Where two begin alike, the one with more words is meant.
inline constexpr Phrase kPhrases[] = {
    // Verdicts
    {"agree", 4, 0.8, Kind::kVerdict},
    {"disagree", 2, 0.8, Kind::kVerdict},
    {"neither agree nor disagree", 3, 0.7, Kind::kVerdict},
    {"couldn't agree more", 5, 0.85, Kind::kVerdict},
    {"could not agree more", 5, 0.85, Kind::kVerdict},
    {"couldn't agree less", 1, 0.85, Kind::kVerdict},
    {"couldn't disagree more", 1, 0.85, Kind::kVerdict},
    {"yes", 4, 0.8, Kind::kVerdict, Place::kEdge},
    {"yeah", 4, 0.8, Kind::kVerdict, Place::kEdge},
    {"yep", 4, 0.8, Kind::kVerdict, Place::kEdge},
    {"yup", 4, 0.8, Kind::kVerdict, Place::kEdge},
    {"hell yes", 5, 0.85, Kind::kVerdict, Place::kEdge},
    {"oh yes", 4.5, 0.8, Kind::kVerdict, Place::kEdge},
    {"yes and no", 3, 0.6, Kind::kVerdict},
    {"no", 2, 0.8, Kind::kVerdict, Place::kStart},
    {"nope", 2, 0.8, Kind::kVerdict, Place::kEdge},
    {"nah", 2, 0.8, Kind::kVerdict, Place::kEdge},
    {"no way", 1, 0.85, Kind::kVerdict, Place::kEdge},
    {"hell no", 1, 0.85, Kind::kVerdict, Place::kEdge},
    {"true", 4, 0.75, Kind::kVerdict, Place::kEnd},
    {"very true", 5, 0.85, Kind::kVerdict, Place::kEnd},
    {"so true", 5, 0.85, Kind::kVerdict, Place::kEnd},
    {"false", 2, 0.75, Kind::kVerdict, Place::kEnd},
    {"untrue", 2, 0.75, Kind::kVerdict, Place::kEnd},
    {"right", 4, 0.7, Kind::kVerdict, Place::kEnd},
    {"correct", 4, 0.75, Kind::kVerdict, Place::kEnd},
    {"wrong", 2, 0.7, Kind::kVerdict, Place::kEnd},
    {"spot on", 5, 0.85, Kind::kVerdict, Place::kEnd},
    {"i do", 4, 0.75, Kind::kVerdict, Place::kEnd},
    {"i am", 4, 0.75, Kind::kVerdict, Place::kEnd},
    {"i would", 4, 0.7, Kind::kVerdict, Place::kEnd},
    {"it does", 4, 0.75, Kind::kVerdict, Place::kEnd},
    {"it is", 4, 0.75, Kind::kVerdict, Place::kEnd},
    {"that's me", 4.5, 0.8, Kind::kVerdict, Place::kEnd},
    {"that is me", 4.5, 0.8, Kind::kVerdict, Place::kEnd},
    {"like me", 4, 0.75, Kind::kVerdict, Place::kEnd},
    {"nothing like me", 1, 0.85, Kind::kVerdict, Place::kEnd},
    {"think so", 4, 0.65, Kind::kVerdict, Place::kEnd},
    {"guess so", 3.5, 0.5, Kind::kVerdict, Place::kEnd},
    {"suppose so", 3.5, 0.5, Kind::kVerdict, Place::kEnd},
    {"absolutely", 5, 0.85, Kind::kVerdict, Place::kEdge},
    {"definitely", 5, 0.85, Kind::kVerdict, Place::kEdge},
    {"certainly", 5, 0.8, Kind::kVerdict, Place::kEdge},
    {"exactly", 5, 0.8, Kind::kVerdict, Place::kEdge},
    {"totally", 5, 0.85, Kind::kVerdict, Place::kEdge},
    {"completely", 5, 0.85, Kind::kVerdict, Place::kEdge},
    {"of course", 4.5, 0.8, Kind::kVerdict, Place::kEdge},
    {"for sure", 5, 0.8, Kind::kVerdict, Place::kEdge},
    {"sure", 4, 0.7, Kind::kVerdict, Place::kStart},
    {"without a doubt", 5, 0.85, Kind::kVerdict},
    {"very much", 5, 0.85, Kind::kVerdict, Place::kEdge},
    {"very much so", 5, 0.85, Kind::kVerdict},
    {"probably", 4, 0.6, Kind::kVerdict, Place::kEdge},
    // Denials, which a negation before a phrase alone would read too mildly
    {"not really", 2, 0.75, Kind::kVerdict},
    {"not at all", 1, 0.85, Kind::kVerdict},
    {"not in the least", 1, 0.85, Kind::kVerdict},
    {"not in the slightest", 1, 0.85, Kind::kVerdict},
    {"not a chance", 1, 0.85, Kind::kVerdict},
    {"not one bit", 1, 0.85, Kind::kVerdict},
    {"not a bit", 1, 0.8, Kind::kVerdict},
    {"not ever", 1, 0.8, Kind::kVerdict},
    {"not quite", 2.5, 0.6, Kind::kVerdict},
    {"not exactly", 2, 0.65, Kind::kVerdict},
    {"not necessarily", 2.5, 0.55, Kind::kVerdict},
    {"not particularly", 2, 0.7, Kind::kVerdict},
    {"not especially", 2, 0.7, Kind::kVerdict},
    {"not so much", 2, 0.7, Kind::kVerdict},
    {"not much", 2, 0.7, Kind::kVerdict},
    {"not very", 2, 0.7, Kind::kVerdict},
    {"not me", 2, 0.75, Kind::kVerdict, Place::kEnd},
    {"absolutely not", 1, 0.85, Kind::kVerdict},
    {"definitely not", 1, 0.85, Kind::kVerdict},
    {"certainly not", 1, 0.85, Kind::kVerdict},
    {"totally not", 1, 0.8, Kind::kVerdict},
    {"of course not", 1, 0.85, Kind::kVerdict},
    {"probably not", 2, 0.6, Kind::kVerdict},
    {"maybe not", 2.5, 0.5, Kind::kVerdict},
    {"rather not", 2, 0.65, Kind::kVerdict},
    {"think not", 2, 0.65, Kind::kVerdict, Place::kEnd},
    {"guess not", 2.5, 0.5, Kind::kVerdict, Place::kEnd},
    {"by no means", 1, 0.85, Kind::kVerdict},
    {"far from it", 1, 0.85, Kind::kVerdict},
    // How often, how much
    {"always", 5, 0.75, Kind::kMeasure},
    {"almost always", 4.5, 0.75, Kind::kMeasure},
    {"nearly always", 4.5, 0.75, Kind::kMeasure},
    {"all the time", 5, 0.75, Kind::kMeasure},
    {"every time", 5, 0.7, Kind::kMeasure},
    {"constantly", 5, 0.7, Kind::kMeasure},
    {"usually", 4, 0.7, Kind::kMeasure},
    {"mostly", 4, 0.7, Kind::kMeasure},
    {"often", 4, 0.7, Kind::kMeasure},
    {"frequently", 4, 0.7, Kind::kMeasure},
    {"generally", 4, 0.65, Kind::kMeasure},
    {"most of the time", 4, 0.7, Kind::kMeasure},
    {"more often than not", 4, 0.65, Kind::kMeasure},
    {"tend to", 4, 0.6, Kind::kMeasure},
    {"a lot", 4.5, 0.7, Kind::kMeasure, Place::kEnd},
    {"quite a bit", 4, 0.65, Kind::kMeasure, Place::kEnd},
    {"quite a lot", 4, 0.7, Kind::kMeasure, Place::kEnd},
    {"pretty much", 4, 0.65, Kind::kMeasure, Place::kEdge},
    {"more or less", 3.5, 0.6, Kind::kMeasure},
    {"kind of", 3.5, 0.5, Kind::kMeasure},
    {"sort of", 3.5, 0.5, Kind::kMeasure},
    {"somewhat", 3.5, 0.6, Kind::kMeasure},
    {"slightly", 3.5, 0.55, Kind::kMeasure},
    {"partly", 3, 0.55, Kind::kMeasure},
    {"a bit", 3, 0.5, Kind::kMeasure, Place::kEnd},
    {"a little", 3, 0.5, Kind::kMeasure, Place::kEnd},
    {"sometimes", 3, 0.6, Kind::kMeasure},
    {"it depends", 3, 0.5, Kind::kMeasure},
    {"depends", 3, 0.5, Kind::kMeasure, Place::kStart},
    {"half and half", 3, 0.6, Kind::kMeasure},
    {"fifty fifty", 3, 0.6, Kind::kMeasure},
    {"50 50", 3, 0.6, Kind::kMeasure},
    {"50 / 50", 3, 0.6, Kind::kMeasure},
    {"in between", 3, 0.6, Kind::kMeasure},
    {"in the middle", 3, 0.6, Kind::kMeasure},
    {"neutral", 3, 0.7, Kind::kMeasure, Place::kEnd},
    {"neither", 3, 0.5, Kind::kMeasure, Place::kStart},
    {"so so", 3, 0.6, Kind::kMeasure, Place::kEdge},
    {"now and then", 2.5, 0.6, Kind::kMeasure},
    {"from time to time", 2.5, 0.6, Kind::kMeasure},
    {"once in a while", 2.5, 0.6, Kind::kMeasure},
    {"occasionally", 2.5, 0.6, Kind::kMeasure},
    {"rarely", 2, 0.7, Kind::kMeasure},
    {"seldom", 2, 0.7, Kind::kMeasure},
    {"hardly", 2, 0.65, Kind::kMeasure},
    {"hardly ever", 1.5, 0.7, Kind::kMeasure},
    {"almost never", 1.5, 0.75, Kind::kMeasure},
    {"never", 1, 0.75, Kind::kMeasure},
    // No idea: the middle, with little weight
    {"maybe", 3, 0.35, Kind::kMeasure, Place::kEdge},
    {"perhaps", 3, 0.35, Kind::kMeasure, Place::kEdge},
    {"not sure", 3, 0.25, Kind::kMeasure},
    {"unsure", 3, 0.25, Kind::kMeasure},
    {"no idea", 3, 0.25, Kind::kMeasure, Place::kEdge},
    {"don't know", 3, 0.25, Kind::kMeasure},
    {"dont know", 3, 0.25, Kind::kMeasure},
    {"do not know", 3, 0.25, Kind::kMeasure},
    {"hard to say", 3, 0.3, Kind::kMeasure},
    {"can't say", 3, 0.25, Kind::kMeasure, Place::kEnd},
};

/// Beside a verdict: "strongly disagree", "agree completely".
inline constexpr std::string_view kStrong[] = {"strongly", "completely",     "totally",    "fully",
                                               "entirely", "wholeheartedly", "absolutely", "definitely"};
inline constexpr std::string_view kWeak[] = {"somewhat", "slightly", "partly", "partially", "mildly"};

/// What can be strengthened or weakened so.
inline constexpr std::string_view kModified[] = {"agree", "disagree", "yes",   "true",
                                                 "false", "untrue",   "right", "wrong"};

inline constexpr std::string_view kNegators[] = {
    "not",    "don't", "doesn't",  "didn't",   "isn't",   "aren't", "ain't",  "can't",
    "cannot", "won't", "wouldn't", "couldn't", "haven't", "dont",   "doesnt", "didnt",
    "isnt",   "arent", "cant",     "wont",     "wouldnt", "couldnt"};

/// May stand around a number, and before the first word that counts.
inline constexpr std::string_view kFillers[] = {
    "a",        "an",     "about",     "around", "roughly", "nearly", "almost", "maybe",      "perhaps",
    "probably", "i",      "i'd",       "id",     "i'll",    "i'm",    "im",     "am",         "would",
    "be",       "say",    "give",      "it",     "it's",    "its",    "that",   "that's",     "thats",
    "is",       "myself", "me",        "solid",  "strong",  "like",   "or",     "to",         "and",
    "between",  "my",     "answer",    "put",    "at",      "go",     "with",   "for",        "well",
    "hmm",      "um",     "uh",        "oh",     "closer",  "so",     "just",   "definitely", "think",
    "guess",    "rate",   "score",     "number", "on",      "call",   "let's",  "mean",       "honestly",
    "ok",       "okay",   "somewhere", "rather", "this"};

/// Begin a clause of their own.
inline constexpr std::string_view kReasons[] = {"because", "since", "if", "when"};
/// So do these, which take back a little of what was said.
inline constexpr std::string_view kReservations[] = {"but",    "though", "although",
                                                     "unless", "except", "however"};

}  // namespace bigocean::server::assessment
