// The model that misbehaves, and the label by which each of its calls is found.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/anthropic.hpp"
#include "tests/talks/script.hpp"

namespace bigocean::talks {

/// The mood of a call whose request holds a text that is refused, in front of what it asks about.
inline constexpr std::string_view kPoisoned = "poisoned";

/// What the label of a call says.
struct CallLabel {
  std::string purpose;  ///< as the ledger has it: "interview", "analysis"
  std::string tag;      ///< of the last message in the request
  std::string mood;     ///< as test::name_of() has it, or kPoisoned

  std::string text() const { return purpose + "|" + tag + "|" + mood; }
  static CallLabel of(const std::string& text);
};

/// Answers by the message that is asked about, whatever else is under way: with a seed, the same message
/// finds the same mood. A harmless one is answered well, and any whole answer names its message.
test::AnthropicStandIn::Answerer model(std::uint64_t seed);

}  // namespace bigocean::talks
