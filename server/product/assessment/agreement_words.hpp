// The phrases that read_agreement() knows, by language. For agreement*.cpp only.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace bigocean::server::assessment {

/// Where in its clause a phrase counts as an answer: "no" counts at the start, and not in "there is no time".
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

/// The words of one language, all as folded() writes them. Each language has its own file.
struct Words {
  std::span<const Phrase> phrases;  ///< of two with the same beginning, the longer one is tried first
  /// Beside a verdict: "strongly disagree", "agree completely".
  std::span<const std::string_view> strong;
  std::span<const std::string_view> weak;
  std::span<const std::string_view> modified;  ///< what can be strengthened or weakened so
  std::span<const std::string_view> negators;
  std::span<const std::string_view> fillers;  ///< may surround a number, and precede the words that count
  std::span<const std::string_view> reasons;  ///< begin a clause of their own
  /// So do these, which take back a little of what was said.
  std::span<const std::string_view> reservations;
  std::array<std::string_view, 11> numbers;       ///< zero to ten
  std::span<const std::string_view> out_of;       ///< "4 out of 5"
  std::span<const std::string_view> percent;      ///< besides "%"
  std::span<const std::string_view> of_the_time;  ///< may follow a percentage
  std::string_view denial;                        ///< the negating word of a phrase: "not"
  std::string_view at_all;     ///< after a negated phrase: moves it to the end of the scale
  bool negations_add = false;  ///< "no lo hago nunca": one denies no other
  bool decimal_comma = false;
};

const Words& english_words();
const Words& german_words();
const Words& spanish_words();

}  // namespace bigocean::server::assessment
