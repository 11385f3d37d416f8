// Reads the analyser's reply, and believes none of it that the conversation does not bear out.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/product/assessment/evidence.hpp"
#include "server/product/assessment/prompts.hpp"

namespace bigocean::server::assessment {

/// How few words of a message can show something: fewer are a quote only if they are all of it.
inline constexpr std::size_t kQuoteWordsMin = 2;
/// One message bears on a few facets; an analyser that finds more in it is guessing, or was told to.
inline constexpr std::size_t kFacetsPerMessageMax = 4;
/// Of one trait's six. So a message that is all of a trait's evidence moves the trait by a third at most.
inline constexpr std::size_t kFacetsOfTraitPerMessageMax = 2;
/// The same words, or words that overlap them, are evidence so often.
inline constexpr std::size_t kFacetsPerQuoteMax = 2;

struct RejectedEvidence {
  std::size_t index = 0;      ///< in the reply's list
  std::int64_t position = 0;  ///< as the reply has it; 0 where it has none
  std::string facet;          ///< likewise, at most 40 bytes; may be any text
  std::string reason;         ///< for the log: "the quote is not in that message"; quotes nothing
};

struct ParsedEvidence {
  std::vector<Evidence> accepted;  ///< in the order of the reply
  std::vector<RejectedEvidence> rejected;
};

/// Rejected is an entry without the five fields or with one of another type, with a facet that is unknown, a
/// score or confidence out of range, a position that is not the user's among `lines`, a quote that is empty
/// or does not occur in that message (compared after runs of white space became one blank), a quote of fewer
/// than kQuoteWordsMin words that is not the whole message, a second entry for the same message and facet
/// (one message is one piece of evidence, however often it is quoted), and what exceeds the limits above, in
/// the order of the reply.
///
/// A word is a run of letters and digits; scripts that put no blanks between words have one for each
/// ideograph, and for every four letters of Thai, Lao, Khmer or Burmese.
///
/// `turns_before`: how many messages of the user precede `lines` in the session.
/// Throws base::Error where `reply` is no JSON of the form {"evidence": […]}.
ParsedEvidence parse_evidence(std::string_view reply, std::span<const Line> lines,
                              std::int64_t turns_before = 0);

}  // namespace bigocean::server::assessment
