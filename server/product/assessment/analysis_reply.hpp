// Parses the analyser's reply, and accepts only evidence that the conversation confirms.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/product/assessment/evidence.hpp"
#include "server/product/assessment/prompts.hpp"

namespace bigocean::server::assessment {

/// The minimum of words in a quote; a shorter quote must be the whole message.
inline constexpr std::size_t kQuoteWordsMin = 2;
/// One message says something about a few facets only; more are guesses, or the effect of injected
/// instructions.
inline constexpr std::size_t kFacetsPerMessageMax = 4;
/// Of the six facets of one trait. So a single message moves a trait by a third at most.
inline constexpr std::size_t kFacetsOfTraitPerMessageMax = 2;
/// How often the same words, or overlapping ones, count as evidence.
inline constexpr std::size_t kFacetsPerQuoteMax = 2;

struct RejectedEvidence {
  std::size_t index = 0;      ///< in the reply's list
  std::int64_t position = 0;  ///< from the reply; 0 where it has none
  std::string facet;          ///< likewise, at most 40 bytes; may be any text
  std::string reason;         ///< for the log: "the quote is not in that message"; quotes nothing
};

struct ParsedEvidence {
  std::vector<Evidence> accepted;  ///< in the order of the reply
  std::vector<RejectedEvidence> rejected;
};

/// Parses a reply. Rejects an entry without the five fields or with one of another type, with an unknown
/// facet, a score or confidence out of range, a position that is not a message of the user among `lines`, a
/// quote that is empty or does not occur in that message (compared after runs of white space became one
/// blank), a quote of fewer than kQuoteWordsMin words that is not the whole message, a second entry for the
/// same message and facet (one message is one piece of evidence, however often it is quoted), and what
/// exceeds the limits above, in the order of the reply.
///
/// A word is a run of letters and digits; scripts that put no blanks between words have one for each
/// ideograph, and for every four letters of Thai, Lao, Khmer or Burmese.
///
/// `turns_before` is the number of the user's messages before `lines` in the session. Throws base::Error if
/// `reply` is not JSON of the form {"evidence": […]}.
ParsedEvidence parse_evidence(std::string_view reply, std::span<const Line> lines,
                              std::int64_t turns_before = 0);

}  // namespace bigocean::server::assessment
