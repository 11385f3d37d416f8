// Prices: read exactly or refused, and the cost of a call to the nano-dollar.
#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "server/llm/prices.hpp"
#include "server/product/settings/price_reader.hpp"
#include "server/product/settings/settings.hpp"
#include "tests/unit/config/support.hpp"

namespace prices_test {

using namespace bigocean;
using server::llm::Prices;
using server::llm::Usage;
using test::World;

namespace {

Prices defaults() { return Prices(server::product::of(World{}.load().settings).prices); }

/// The message about a bigocean.toml of this text.
std::string message_for(const std::string& toml) {
  World world;
  world.folder.write("config/bigocean.toml", toml);
  return world.message();
}

constexpr const char* kModel =
    "[prices.mine]\ninput = 1\noutput = 5\ncache_write_5m = 1.25\ncache_write_1h = 2\ncache_read = 0.1\n";

}  // namespace

TEST_CASE("the prices in the binary are those of the API") {
  const auto prices = defaults();
  struct Row {
    const char* model;
    server::llm::TokenPrices usual;
  };
  for (const auto& row : {Row{"claude-haiku-5-5", {100, 500, 125, 200, 10}},
                          Row{"claude-sonnet-5-5", {2000, 10000, 2500, 4000, 100}},
                          Row{"claude-opus-5-5", {4000, 20000, 5000, 8000, 200}},
                          Row{"claude-haiku-4-5", {1000, 5000, 1250, 2000, 100}},
                          Row{"claude-sonnet-4-6", {3000, 15000, 3750, 6000, 300}}}) {
    CAPTURE(row.model);
    CHECK(prices.find(row.model).usual == row.usual);
  }
  CHECK(prices.find("claude-haiku-5-5").long_prompt == 100'000);
  CHECK(prices.find("claude-haiku-5-5").for_long == server::llm::TokenPrices{500, 2500, 625, 1000, 50});
  CHECK(prices.find("claude-sonnet-5-5").long_prompt == 0);
}

TEST_CASE("a call costs what its tokens cost, each kind at its price") {
  const auto prices = defaults();
  CHECK(prices.cost("claude-haiku-5-5", {}) == 0);
  CHECK(prices.cost("claude-haiku-5-5", {.cache_read_tokens = 1}) == 10);
  CHECK(prices.cost("claude-haiku-5-5", {1, 10, 100, 1000, 10000}) == 100 + 5000 + 12500 + 200'000 + 100'000);
  CHECK(prices.cost("claude-sonnet-5-5", {1'000'000, 1'000'000, 0, 0, 0}) == 12'000'000'000);
}

TEST_CASE("the long prices hold for the whole request, from the first token above the threshold on") {
  const auto prices = defaults();
  CHECK(prices.cost("claude-haiku-5-5", {100'000, 10, 0, 0, 0}) == 10'000'000 + 5000);
  CHECK(prices.cost("claude-haiku-5-5", {100'001, 10, 0, 0, 0}) == 50'000'500 + 25'000);
  // All input counts, output does not.
  CHECK(prices.cost("claude-haiku-5-5", {1, 0, 40'000, 10'000, 50'000}) ==
        500 + 40'000 * 625 + 10'000 * 1000 + 50'000 * 50);
  CHECK(prices.cost("claude-haiku-5-5", {1, 200'000, 0, 0, 99'999}) == 100 + 100'000'000 + 999'990);
  CHECK(prices.cost("claude-sonnet-5-5", {1'000'000, 0, 0, 0, 0}) == 2'000'000'000);
}

TEST_CASE("what no 64 bits hold is the largest number, and less than nothing is a fault") {
  const auto prices = defaults();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  CHECK(prices.cost("claude-opus-5-5", {kMost, kMost, kMost, kMost, kMost}) == kMost);
  CHECK(prices.cost("claude-haiku-5-5", {kMost, 0, kMost, kMost, kMost}) == kMost);
  CHECK(prices.cost("claude-haiku-5-5", {.cache_read_tokens = kMost / 50}) == kMost / 50 * 50);
  CHECK_THROWS_AS(prices.cost("claude-haiku-5-5", {-1, 0, 0, 0, 0}), base::Error);
  CHECK_THROWS_AS(prices.cost("claude-haiku-5-5", {.cache_read_tokens = -1}), base::Error);
}

TEST_CASE("all tokens as the dearest kind never cost less than what they were") {
  const auto prices = defaults();
  std::mt19937 random(6);
  std::uniform_int_distribution<std::int64_t> count(0, 60'000);
  for (int i = 0; i < 2000; ++i) {
    const Usage used{count(random), count(random), count(random), 0, count(random)};
    const Usage bound{.output_tokens = used.output_tokens + count(random) % 3,
                      .cache_write_5m_tokens = used.input_tokens + used.cache_write_5m_tokens +
                                               used.cache_read_tokens + count(random) % 3};
    for (const auto* model : {"claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5"})
      REQUIRE(prices.cost(model, used) <= prices.cost(model, bound));
  }
}

TEST_CASE("an unknown model is refused by name, with the known ones") {
  const auto prices = defaults();
  try {
    prices.find("claude-haiku-55");
    FAIL("found");
  } catch (const base::Error& error) {
    CHECK(error.code == base::ExitCode::kUsage);
    CHECK(error.message ==
          "there is no price for the model `claude-haiku-55` (did you mean `claude-haiku-5-5`?)");
    CHECK(error.hint.find("claude-haiku-4-5, claude-haiku-5-5, claude-opus-5-5") != std::string::npos);
    CHECK(error.hint.find("[prices.claude-haiku-55]") != std::string::npos);
  }
}

TEST_CASE("bigocean.toml changes one price, or adds a model") {
  World world;
  world.folder.write("config/bigocean.toml",
                     std::string("[prices.claude-haiku-5-5]\noutput = 0.6\n") + kModel);
  const auto loaded = world.load();
  const Prices prices(server::product::of(loaded.settings).prices);
  CHECK(prices.find("claude-haiku-5-5").usual == server::llm::TokenPrices{100, 600, 125, 200, 10});
  CHECK(prices.find("claude-haiku-5-5").for_long.output == 2500);
  CHECK(prices.find("mine").usual == server::llm::TokenPrices{1000, 5000, 1250, 2000, 100});
  CHECK(world.line("prices.mine").source == "config/bigocean.toml");
  CHECK(world.line("prices.mine").value == "in 1, out 5, write 5m 1.25, write 1h 2, read 0.1");
  CHECK(world.line("prices.claude-opus-5-5").source == "default");
  CHECK(world.line("prices.claude-haiku-5-5").value.find("above 100000 tokens in 0.5") != std::string::npos);
}

TEST_CASE("every wrong price is named with its line") {
  struct Row {
    std::string toml;
    const char* says;
  };
  const std::string haiku = "[prices.claude-haiku-5-5]\n";
  const std::vector<Row> rows = {
      {haiku + "input = 0.1001\n",
       "config/bigocean.toml:2: prices.claude-haiku-5-5.input: must be dollars per million"},
      {haiku + "input = -1\n", "toml:2: prices.claude-haiku-5-5.input: must be dollars"},
      {haiku + "output = 1e9\n", "must be dollars"},
      {haiku + "output = 1e-9\n", "must be dollars"},
      {haiku + "output = nan\n", "must be dollars"},
      {haiku + "output = 1000001\n", "must be dollars"},
      {haiku + "output = \"5\"\n", "prices.claude-haiku-5-5.output: must be a number, without quotes"},
      {haiku + "outptu = 5\n",
       "toml:2: prices.claude-haiku-5-5.outptu: is an unknown price (did you mean `output`?)"},
      {haiku + "input = 0.126\n", "prices.claude-haiku-5-5.cache_write_5m: is below `input`"},
      {haiku + "long_output = 0.4\n", "toml:2: prices.claude-haiku-5-5.long_output: is below `output`"},
      {haiku + "long_prompt = 0\n", "prices.claude-haiku-5-5.long_prompt: must be a number of tokens"},
      {haiku + "long_prompt = 0.5\n", "prices.claude-haiku-5-5.long_prompt: must be a number of tokens"},
      {std::string(kModel) + "long_input = 1\n", "prices.mine.long_input: has no effect without long_prompt"},
      {std::string(kModel) + "long_prompt = 10\n", "prices.mine.long_input: is missing"},
      {"[prices.mine]\noutput = 1\n",
       "config/bigocean.toml:2: prices.mine.input: is missing; for example input = 0.10"},
      {"[prices]\nmine = 3\n",
       "config/bigocean.toml:2: prices.mine: must be a table; for example [prices.mine]"},
      {"[price.mine]\ninput = 1\n", "is an unknown section (did you mean `prices`?)"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.toml);
    const auto message = message_for(row.toml);
    CAPTURE(message);
    CHECK(message.find(row.says) != std::string::npos);
  }
}

}  // namespace prices_test
