// Comparing secrets.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace bigocean::base {

/// Takes the same time wherever two texts of one length differ, so that the time does not reveal how much of
/// a guess was right.
inline bool equal_in_constant_time(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference |= static_cast<unsigned>(a[i] ^ b[i]);
  }
  return difference == 0;
}

}  // namespace bigocean::base
