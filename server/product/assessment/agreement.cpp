// Reads the degree of agreement from a free answer.
#include "server/product/assessment/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "server/product/assessment/agreement_clauses.hpp"
#include "server/product/assessment/agreement_words.hpp"

namespace bigocean::server::assessment {
namespace {

constexpr double kMiddle = 3;
constexpr std::size_t kClausesRead = 3;
constexpr std::size_t kClauseWordsMax = 10;  ///< in a longer one, "always" rarely answers the question
constexpr std::size_t kNegationReach = 4;    ///< words
constexpr double kNumberConfidence = 0.9;
constexpr double kShareConfidence = 0.8;  ///< of a percentage
constexpr double kDoubt = 0.2;
constexpr double kConfidenceMin = 0.2;

std::optional<double> number_of(const std::string& word, const Words& known) {
  const auto named = std::find(known.numbers.begin(), known.numbers.end(), word);
  if (named != known.numbers.end()) return static_cast<double>(named - known.numbers.begin());
  if (word.size() > 6 || number_length(word) != word.size()) return std::nullopt;
  if (std::count(word.begin(), word.end(), '.') > 1) return std::nullopt;  // a date
  const std::string_view digits = std::string_view(word).substr(0, word.find('.'));
  const auto whole = base::parse_digits(digits, 1000);
  if (!whole) return std::nullopt;  // a sign
  double value = static_cast<double>(*whole);
  double unit = 0.1;
  for (std::size_t i = digits.size() + 1; i < word.size(); ++i, unit /= 10) value += unit * (word[i] - '0');
  return value;
}

/// `share` of 0 to 1 on the scale of 1 to 5.
double level_of_share(double share) { return 1 + 4 * share; }

/// How many words of `words` from `at` on are those of `phrase`: all, or 0.
std::size_t match_length(const std::vector<std::string>& words, std::size_t at, std::string_view phrase) {
  std::size_t count = 0;
  while (!phrase.empty()) {
    const auto end = std::min(phrase.find(' '), phrase.size());
    if (at + count >= words.size() || words[at + count] != phrase.substr(0, end)) return 0;
    phrase.remove_prefix(std::min(end + 1, phrase.size()));
    ++count;
  }
  return count;
}

/// How many words "/" or "out of" has at `at`; 0: none is there.
std::size_t of_length(const std::vector<std::string>& words, std::size_t at, const Words& known) {
  if (words[at] == "/") return 1;
  for (const auto of : known.out_of) {
    if (const auto length = match_length(words, at, of)) return length;
  }
  return 0;
}

/// "4/5", "four out of five", "8 out of 10".
std::optional<Agreement> read_fraction(const std::vector<std::string>& words, const Words& known) {
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    const auto length = of_length(words, i + 1, known);
    const std::size_t at = i + 1 + length;
    if (length == 0 || at >= words.size()) continue;
    const bool date = (i > 0 && words[i - 1] == "/") || (at + 1 < words.size() && words[at + 1] == "/");
    const auto part = number_of(words[i], known);
    const auto whole = number_of(words[at], known);
    if (date || !part || !whole || *part > *whole) continue;
    if (*whole == 5 && *part >= 1) return Agreement{*part, kNumberConfidence};
    if (*whole == 10) return Agreement{level_of_share(*part / 10), kNumberConfidence};
  }
  return std::nullopt;
}

/// A clause that consists of numbers and fillers only; "80 %" and "80 percent of the time", too.
std::optional<Agreement> read_number(const std::vector<std::string>& words, const Words& known) {
  std::vector<double> numbers;
  bool percent = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool pointed_at = word == "one" && i > 0 && (words[i - 1] == "that" || words[i - 1] == "this");
    if (const auto number = number_of(word, known); number && !pointed_at) {
      numbers.push_back(*number);
    } else if (word == "%" || is_one_of(word, known.percent)) {
      percent = true;
    } else if (!is_one_of(word, known.fillers) && !(percent && is_one_of(word, known.of_the_time))) {
      return std::nullopt;
    }
  }
  if (numbers.empty() || numbers.size() > 2) return std::nullopt;
  const double value = (numbers.front() + numbers.back()) / 2;
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  if (percent) {
    if (*high > 100) return std::nullopt;
    return Agreement{level_of_share(value / 100), kShareConfidence};
  }
  if (*low < 1 || *high > 5) return std::nullopt;
  return Agreement{value, kNumberConfidence};
}

struct Reading {
  double level;
  double confidence;
  Kind kind;
};

/// The level after a negation; a negated extreme is less than the opposite extreme.
double negated(double level) {
  if (level >= 4.5) return kMiddle;
  if (level > kMiddle) return 2;
  if (level == kMiddle) return kMiddle;
  return level > 1.5 ? 3.5 : 4;
}

class ClauseReader {
 public:
  ClauseReader(const std::vector<std::string>& words, const Words& known) : words_(words), known_(known) {
    while (start_ < words.size() && is_one_of(words[start_], known_.fillers)) ++start_;
  }

  std::vector<Reading> read() {
    std::size_t deaf_until = 0;  ///< "not really true": the denied words are not a second answer
    std::size_t negator = kNone;
    for (std::size_t i = 0; i < words_.size();) {
      const auto [phrase, length] = longest_at(i);
      if (phrase == nullptr) {
        if (is_one_of(words_[i], known_.negators)) negator = i;
        ++i;
        continue;
      }
      const bool denies = is_denial(*phrase) || (length > 1 && is_one_of(words_[i], known_.negators));
      if (i >= deaf_until) add(*phrase, i, length, negator != kNone && i - negator <= kNegationReach);
      if (denies || negator != kNone) deaf_until = i + length + kNegationReach;
      i += length;
      // "disagree completely": the word behind has been read with the verdict.
      if (is_one_of(words_[i - 1], known_.modified) && i < words_.size() && modifies(words_[i])) ++i;
    }
    if (readings_.empty() && negator != kNone && negator + 1 == words_.size()) {
      readings_.push_back({2, 0.75, Kind::kVerdict});  // "no, I don't"
    }
    return std::move(readings_);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::pair<const Phrase*, std::size_t> longest_at(std::size_t at) const {
    std::pair<const Phrase*, std::size_t> longest{nullptr, 0};
    for (const Phrase& phrase : known_.phrases) {
      const std::size_t length = match_length(words_, at, phrase.words);
      if (length > longest.second && fits(phrase, at, length)) longest = {&phrase, length};
    }
    // "strongly agree": the word before belongs to the verdict, where it is read.
    if (longest.second == 1 && modifies(words_[at]) && at + 1 < words_.size() &&
        is_one_of(words_[at + 1], known_.modified)) {
      return {nullptr, 0};
    }
    return longest;
  }

  bool fits(const Phrase& phrase, std::size_t at, std::size_t length) const {
    const bool starts = at == 0 || at == start_;
    const bool ends =
        at + length == words_.size() || (at + length + 1 == words_.size() && modifies(words_.back()));
    const bool is_long = words_.size() > kClauseWordsMax;
    if (is_long && (phrase.kind == Kind::kMeasure || !starts)) return false;
    switch (phrase.place) {
      case Place::kAnywhere:
        return true;
      case Place::kStart:
        return starts;
      case Place::kEnd:
        return ends;
      case Place::kEdge:
        return starts || ends;
    }
    return false;
  }

  bool modifies(std::string_view word) const {
    return is_one_of(word, known_.strong) || is_one_of(word, known_.weak);
  }

  bool is_denial(const Phrase& phrase) const { return phrase.words.find(known_.denial) != phrase.words.npos; }

  bool beside(std::size_t at, std::size_t length, bool strong) const {
    const auto is = [&](const std::string& word) {
      return strong ? is_one_of(word, known_.strong) : is_one_of(word, known_.weak);
    };
    return (at > 0 && is(words_[at - 1])) || (at + length < words_.size() && is(words_[at + length]));
  }

  void add(const Phrase& phrase, std::size_t at, std::size_t length, bool is_negated) {
    Reading reading{phrase.level, phrase.confidence, phrase.kind};
    if (length == 1 && is_one_of(words_[at], known_.modified)) {
      if (beside(at, length, true)) reading.level = reading.level > kMiddle ? 5 : 1;
      if (beside(at, length, false)) reading.level = (reading.level + kMiddle) / 2;
    }
    const bool stays_so = is_denial(phrase) || (known_.negations_add && reading.level < kMiddle);
    if (is_negated && !stays_so) {
      const bool utterly = match_length(words_, at + length, known_.at_all) != 0;
      reading.level = utterly && reading.level > kMiddle ? 1 : negated(reading.level);
    }
    // "usually disagree": how often one does that.
    if (!readings_.empty() && readings_.back().kind == Kind::kMeasure && reading.kind == Kind::kVerdict) {
      const double measure = readings_.back().level;
      reading.level = reading.level >= kMiddle ? measure : 2 * kMiddle - measure;
      readings_.pop_back();
    }
    readings_.push_back(reading);
  }

  const std::vector<std::string>& words_;
  const Words& known_;
  std::size_t start_ = 0;
  std::vector<Reading> readings_;
};

/// Whether `a` and `b` are on the same side of the middle.
bool same_side(double a, double b) { return (a - kMiddle) * (b - kMiddle) > 0; }

Reading doubted(Reading reading) {
  reading.confidence = std::max(kConfidenceMin, reading.confidence - kDoubt);
  return reading;
}

Reading joined(const Reading& first, const Reading& second) {
  Reading result = first;
  if (first.level == second.level) return result;
  if (same_side(first.level, second.level)) {
    if (std::abs(second.level - kMiddle) > std::abs(first.level - kMiddle)) result.level = second.level;
    result.confidence = std::max(first.confidence, second.confidence);
    return result;
  }
  result = doubted(result);
  const bool other_matter =
      first.kind == Kind::kVerdict && second.kind == Kind::kMeasure && second.level != kMiddle;
  if (!other_matter) result.level = (first.level + second.level) / 2;
  return result;
}

std::optional<Agreement> read_words(const std::vector<Clause>& clauses, const Words& known) {
  std::optional<Reading> result;
  for (const Clause& clause : clauses) {
    if (result && clause.takes_back) {
      *result = doubted(*result);
      if (result->level != kMiddle) result->level += result->level > kMiddle ? -0.5 : 0.5;
      break;
    }
    for (const Reading& reading : ClauseReader(clause.words, known).read()) {
      result = result ? joined(*result, reading) : reading;
    }
  }
  if (!result) return std::nullopt;
  return Agreement{result->level, result->confidence};
}

std::optional<Agreement> read_in(std::string_view answer, const Words& known) {
  auto clauses = clauses_of(answer, known);
  for (const Clause& clause : clauses) {
    if (const auto reading = read_fraction(clause.words, known)) return reading;
  }
  if (clauses.size() > kClausesRead) clauses.resize(kClausesRead);
  for (const Clause& clause : clauses) {
    if (const auto reading = read_number(clause.words, known)) return reading;
  }
  return read_words(clauses, known);
}

const Words& words_in(Language language) {
  switch (language) {
    case Language::kGerman:
      return german_words();
    case Language::kSpanish:
      return spanish_words();
    case Language::kEnglish:
      break;
  }
  return english_words();
}

}  // namespace

std::optional<Agreement> read_agreement(std::string_view answer, Language language) {
  if (const auto read = read_in(answer, words_in(language))) return read;
  for (const auto other : kLanguages) {
    if (other == language) continue;
    if (const auto read = read_in(answer, words_in(other))) return read;
  }
  return std::nullopt;
}

}  // namespace bigocean::server::assessment
