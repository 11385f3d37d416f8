// The service's own words in one language: the scripted interview, and the texts around every interview. Each
// language has its own file.
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
  std::string_view
      users_opener;  ///< a message of the user before the greeting, for models that require the user to begin
  std::string_view greeting;
  /// The reversed question names the opposite instead of negating the straight one, so that "no" or "never"
  /// has one meaning only.
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
