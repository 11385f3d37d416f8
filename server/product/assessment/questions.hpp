// The interview without a model: two questions a facet, and the phrases around them.
#pragma once

#include <optional>
#include <string_view>

#include "server/product/assessment/facets.hpp"
#include "server/product/assessment/language.hpp"

namespace bigocean::server::assessment {

enum class Keyed : bool {
  kStraight,  ///< agreement means a high score
  kReversed,  ///< agreement means a low score
};

/// The message at position 1 of every session. No model is asked for it.
std::string_view greeting(Language language);

/// Can be answered by agreement from 1 to 5, by yes and no, or in words.
std::string_view question(Facet facet, Keyed keyed, Language language);

struct Asked {
  Facet facet{};
  Keyed keyed = Keyed::kStraight;
  Language language = Language::kEnglish;

  bool operator==(const Asked&) const = default;
};

/// The question of the bank, in whichever language, that `text` ends with or contains; of several the last.
std::optional<Asked> find_question(std::string_view text);

inline constexpr std::size_t kOpenerCount = 3;
inline constexpr std::size_t kAcknowledgementCount = 8;

/// Questions that no facet is read from: they get somebody talking. `index` below kOpenerCount.
std::string_view opener(std::size_t index, Language language);

/// What comes before the next question. It judges nothing. `index` below kAcknowledgementCount.
std::string_view acknowledgement(std::size_t index, Language language);

/// How a question can be answered: said with the first one.
std::string_view how_to_answer(Language language);

/// The last words of a conversation.
std::string_view closing(Language language);

/// In which language somebody seems to speak of ending or harming their own life: the expected one, or else
/// another one of ours; nothing where they do not. Words only: it errs on the side of yes.
std::optional<Language> crisis_language(std::string_view text, Language expected);
/// In any language of ours.
bool sounds_like_crisis(std::string_view text);

/// The reply to that: no question, but where help is.
std::string_view crisis_reply(Language language);

}  // namespace bigocean::server::assessment
