// The prices of the tokens of each model.
#pragma once

#include <cstdint>
#include <string>

namespace bigocean::server::llm {

/// Nano-dollars per token: $1 per million tokens is 1,000. The reader of prices enforces cache_read <= input
/// <= cache_write_5m <= cache_write_1h, so that an upper bound on tokens, priced as the most expensive kind,
/// is an upper bound on the cost.
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
  std::int64_t long_prompt = 0;  ///< tokens; above it the long prices apply to the whole request; 0: never
  TokenPrices for_long{};        ///< each is at least the usual price

  bool operator==(const ModelPrices&) const = default;
};

}  // namespace bigocean::server::llm
