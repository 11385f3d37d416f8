// The stand-in's moods: the same for the same seed, all of them used, and none that breaks the stand-in
// itself.
#include <doctest/doctest.h>

#include <set>

#include "tests/support/anthropic_moods.hpp"

namespace moods_test {

using namespace bigocean::test;

TEST_CASE("a seed decides every mood, and all moods come") {
  std::set<Mood> met;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    CHECK(mood_of(7, number) == mood_of(7, number));
    met.insert(mood_of(7, number));
  }
  CHECK(met.size() == kMoods);
}

TEST_CASE("a thinking mood takes from the reply only where the request lets the model think") {
  ModelRequest request;
  request.body = {{"model", "claude-haiku-5-5"},
                  {"max_tokens", 400},
                  {"messages", {{{"role", "user"}, {"content", {{{"type", "text"}, {"text", "Hi"}}}}}}}};
  CHECK(answer_in(Mood::kThinks, request, 1).thinking_tokens >= 380);
  request.body["thinking"] = {{"type", "disabled"}};
  CHECK(answer_in(Mood::kThinks, request, 1).thinking_tokens == 0);
  for (int mood = 0; mood < kMoods; ++mood) {
    CHECK_FALSE(name_of(static_cast<Mood>(mood)).empty());
    answer_in(static_cast<Mood>(mood), request, 3);
  }
}

}  // namespace moods_test
