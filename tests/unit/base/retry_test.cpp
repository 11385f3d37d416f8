// Backoff stays within its limits, grows, and differs between two callers.
#include "base/retry.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace retry_test {

using bigocean::base::Backoff;
using std::chrono::milliseconds;

TEST_CASE("pauses grow from the base to the cap and never leave them") {
  Backoff backoff(milliseconds(10), milliseconds(1000));
  milliseconds ceiling{10};
  milliseconds longest{0};
  for (int i = 0; i < 200; ++i) {
    ceiling = std::min(milliseconds(1000), ceiling * 2);
    const auto pause = backoff.next();
    CHECK(pause >= milliseconds(10));
    CHECK(pause <= ceiling);
    longest = std::max(longest, pause);
  }
  CHECK(longest > milliseconds(500));
}

TEST_CASE("two that failed together do not come back together") {
  Backoff one(milliseconds(1), milliseconds(1'000'000));
  Backoff two(milliseconds(1), milliseconds(1'000'000));
  std::vector<milliseconds> pauses_of_one;
  std::vector<milliseconds> pauses_of_two;
  for (int i = 0; i < 40; ++i) {
    pauses_of_one.push_back(one.next());
    pauses_of_two.push_back(two.next());
  }
  CHECK(pauses_of_one != pauses_of_two);
}

}  // namespace retry_test
