// The scripted interview: two questions for each facet, and the phrases around them.
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

/// The message at position 1 of every session. It needs no model.
std::string_view greeting(Language language);

/// A question that can be answered with 1 to 5, with yes or no, or in words.
std::string_view question(Facet facet, Keyed keyed, Language language);

struct Asked {
  Facet facet{};
  Keyed keyed = Keyed::kStraight;
  Language language = Language::kEnglish;

  bool operator==(const Asked&) const = default;
};

/// The question of the bank, in any language, that `text` contains; of several the last.
std::optional<Asked> find_question(std::string_view text);

inline constexpr std::size_t kOpenerCount = 3;
inline constexpr std::size_t kAcknowledgementCount = 8;

/// Opening questions, which belong to no facet. `index` must be below kOpenerCount.
std::string_view opener(std::size_t index, Language language);

/// A neutral phrase before the next question. `index` must be below kAcknowledgementCount.
std::string_view acknowledgement(std::size_t index, Language language);

/// Explains how questions can be answered; sent with the first one.
std::string_view how_to_answer(Language language);

/// The last words of a conversation.
std::string_view closing(Language language);

/// The language in which `text` seems to speak of ending or harming one's own life: the expected one, or
/// another language of the service; nothing where it does not. It matches words only, and rather reports too
/// much than too little.
std::optional<Language> crisis_language(std::string_view text, Language expected);
/// The same for any language of the service.
bool sounds_like_crisis(std::string_view text);

/// The reply in a crisis: it asks no question and says where to find help.
std::string_view crisis_reply(Language language);

}  // namespace bigocean::server::assessment
