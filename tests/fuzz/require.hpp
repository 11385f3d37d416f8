// What must hold for every input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace bigocean::fuzz {

/// Ends the process where it does not, so that libFuzzer keeps the input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

}  // namespace bigocean::fuzz
