// The interview without a model: two questions a facet, and the phrases around them.
#pragma once

#include <optional>
#include <string_view>

#include "server/assessment/facets.hpp"

namespace bigocean::server::assessment {

enum class Keyed : bool {
  kStraight,  ///< agreement means a high score
  kReversed,  ///< agreement means a low score
};

/// Can be answered by agreement from 1 to 5, by yes and no, or in words.
std::string_view question(Facet facet, Keyed keyed);

struct Asked {
  Facet facet{};
  Keyed keyed = Keyed::kStraight;

  bool operator==(const Asked&) const = default;
};

/// The question of the bank that `text` ends with or contains; of several the last.
std::optional<Asked> find_question(std::string_view text);

inline constexpr std::size_t kOpenerCount = 3;
inline constexpr std::size_t kAcknowledgementCount = 8;

/// Questions that no facet is read from: they get somebody talking. `index` below kOpenerCount.
std::string_view opener(std::size_t index);

/// What comes before the next question. It judges nothing. `index` below kAcknowledgementCount.
std::string_view acknowledgement(std::size_t index);

/// How a question can be answered: said with the first one.
std::string_view how_to_answer();

/// The last words of a conversation.
std::string_view closing();

/// Whether somebody seems to speak of ending or harming their own life. Words only: it errs on the side of
/// yes.
bool sounds_like_crisis(std::string_view text);

/// The reply to that: no question, but where help is.
std::string_view crisis_reply();

}  // namespace bigocean::server::assessment
