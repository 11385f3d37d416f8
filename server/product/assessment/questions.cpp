// The scripted interview: two questions for each facet, and the phrases around them.
#include "server/product/assessment/questions.hpp"

#include <algorithm>
#include <string>

#include "server/product/assessment/bank.hpp"
#include "server/product/assessment/folded.hpp"

namespace bigocean::server::assessment {
namespace {

/// "end it all", and not "spend it all".
bool has_words(std::string_view text, std::string_view words) {
  for (std::size_t at = 0; (at = text.find(words, at)) != text.npos; ++at) {
    if (at == 0 || text[at - 1] < 'a' || text[at - 1] > 'z') return true;
  }
  return false;
}

}  // namespace

const Bank& bank_in(Language language) {
  switch (language) {
    case Language::kGerman:
      return german_bank();
    case Language::kSpanish:
      return spanish_bank();
    case Language::kEnglish:
      break;
  }
  return english_bank();
}

std::string_view greeting(Language language) { return bank_in(language).greeting; }

std::string_view question(Facet facet, Keyed keyed, Language language) {
  const auto& pair = bank_in(language).questions.at(index_of(facet));
  return keyed == Keyed::kStraight ? pair.straight : pair.reversed;
}

std::optional<Asked> find_question(std::string_view text) {
  std::optional<Asked> found;
  std::size_t furthest = 0;
  for (const Language language : kLanguages) {
    for (std::size_t i = 0; i < kFacetCount; ++i) {
      for (const Keyed keyed : {Keyed::kStraight, Keyed::kReversed}) {
        const auto at = text.rfind(question(facet_at(i), keyed, language));
        if (at == text.npos || (found && at < furthest)) continue;
        found = Asked{facet_at(i), keyed, language};
        furthest = at;
      }
    }
  }
  return found;
}

std::string_view opener(std::size_t index, Language language) { return bank_in(language).openers.at(index); }

std::string_view acknowledgement(std::size_t index, Language language) {
  return bank_in(language).acknowledgements.at(index);
}

std::string_view how_to_answer(Language language) { return bank_in(language).how_to_answer; }

std::string_view closing(Language language) { return bank_in(language).closing; }

std::optional<Language> crisis_language(std::string_view text, Language expected) {
  const auto plain = folded(text);
  const auto speaks_of_it = [&](Language language) {
    const auto words = bank_in(language).crisis_words;
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view one) { return has_words(plain, one); });
  };
  if (speaks_of_it(expected)) return expected;
  const auto* const other = std::find_if(kLanguages.begin(), kLanguages.end(), speaks_of_it);
  return other == kLanguages.end() ? std::nullopt : std::optional(*other);
}

bool sounds_like_crisis(std::string_view text) {
  return crisis_language(text, Language::kEnglish).has_value();
}

std::string_view crisis_reply(Language language) { return bank_in(language).crisis_reply; }

}  // namespace bigocean::server::assessment
