// What the service says itself, in one language: the scripted interview and the words around every one.
// Each language is a file of its own.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "server/product/assessment/facets.hpp"
#include "server/product/assessment/language.hpp"
#include "server/product/assessment/questions.hpp"

namespace bigocean::server::assessment {

struct Bank {
  struct Pair {
    std::string_view straight;
    std::string_view reversed;
  };
  std::string_view users_opener;  ///< the user's, before the greeting, where a model wants the user to begin
  std::string_view greeting;
  /// The reversed one names the opposite, rather than denying the same: an answer of "no" or "never" then
  /// means one thing only.
  std::array<Pair, kFacetCount> questions;
  std::array<std::string_view, kOpenerCount> openers;
  std::array<std::string_view, kAcknowledgementCount> acknowledgements;
  std::string_view how_to_answer;
  std::string_view closing;
  std::string_view crisis_reply;
  std::span<const std::string_view>
      crisis_words;  ///< as folded() writes them, from the beginning of a word on
};

const Bank& bank_in(Language language);

const Bank& english_bank();
const Bank& german_bank();
const Bank& spanish_bank();

}  // namespace bigocean::server::assessment
