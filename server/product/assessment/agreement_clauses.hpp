// Splits an answer into clauses for read_agreement(). For agreement*.cpp only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "server/product/assessment/agreement_words.hpp"

namespace bigocean::server::assessment {

struct Clause {
  std::vector<std::string> words;  ///< folded; numbers, "/" and "%" are words
  bool takes_back = false;         ///< begins with "but"
};

std::vector<Clause> clauses_of(std::string_view answer, const Words& known);

/// The length of the number-like text at the front of `text`: "4", "4.5", also "-3", which is not on the
/// scale, and "4.5.1990", which is a date.
std::size_t number_length(std::string_view text);

template <typename List>
bool is_one_of(std::string_view word, const List& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

}  // namespace bigocean::server::assessment
