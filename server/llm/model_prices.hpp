// What the tokens of each model cost.
#pragma once

#include <cstdint>
#include <string>

namespace bigocean::server::llm {

/// Nano-dollars a token: $1 per million tokens is 1,000. Reading them has seen to
/// cache_read <= input <= cache_write_5m <= cache_write_1h, so that an upper bound on tokens, priced as the
/// dearest kind, is one on the cost.
struct TokenPrices {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t cache_write_5m = 0;
  std::int64_t cache_write_1h = 0;
  std::int64_t cache_read = 0;

  bool operator==(const TokenPrices&) const = default;
};

struct ModelPrices {
  std::string model;
  TokenPrices usual{};
  std::int64_t long_prompt = 0;  ///< tokens; above it the whole request has the long prices; 0: never
  TokenPrices for_long{};        ///< none is below the usual one

  bool operator==(const ModelPrices&) const = default;
};

}  // namespace bigocean::server::llm
