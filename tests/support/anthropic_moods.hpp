// How the stand-in for the Messages API misbehaves: at random, from a seed.
#pragma once

#include <cstdint>
#include <string_view>

#include "tests/support/anthropic.hpp"

namespace bigocean::test {

/// What can become of one request.
enum class Mood {
  kGood,
  kThinks,        ///< hidden, as much as the request allows, where the model thinks unasked
  kRefuses,       ///< at once
  kRefusesLate,   ///< behind some text
  kCutsOff,       ///< in the middle of a word
  kRepeats,       ///< the user's own words, and one sentence over and over
  kIsSlow,        ///< a few milliseconds before each piece
  kIsBlank,       ///< white space and zero-width characters
  kIsDirty,       ///< control characters, CR LF, turned direction
  kBreaks,        ///< the connection, somewhere in the stream
  kErrsInside,    ///< an error event behind some text
  kIsOverloaded,  ///< 529
  kHangsUp,       ///< without a byte
};
inline constexpr int kMoods = 13;

std::string_view name_of(Mood mood);

/// An answer in this mood; `dice` decides what the mood leaves open.
ModelAnswer answer_in(Mood mood, const ModelRequest& request, std::uint64_t dice);

/// Which mood the `number`th request finds: the same for the same seed, good in half of all cases.
Mood mood_of(std::uint64_t seed, std::uint64_t number);

/// Answers each request in the mood that its number has: for the stand-in's constructor.
AnthropicStandIn::Answerer misbehaving(std::uint64_t seed);

}  // namespace bigocean::test
