// The tokens that a call to a model used, and the unit of money.
#pragma once

#include <cstdint>

namespace bigocean::server::llm {

/// Thousand-millionths of a dollar: $1 per million tokens is 1,000 per token. Never rounded.
using NanoDollars = std::int64_t;

/// Tokens by kind, as the API counts and bills them. The kinds do not overlap, except the last.
struct Usage {
  std::int64_t input_tokens = 0;  ///< neither written to the cache nor read from it
  std::int64_t output_tokens = 0;
  std::int64_t cache_write_5m_tokens = 0;
  std::int64_t cache_write_1h_tokens = 0;
  std::int64_t cache_read_tokens = 0;
  std::int64_t thinking_tokens = 0;  ///< part of output_tokens, if the API reports it; not priced again

  /// The whole input, of all kinds.
  std::int64_t prompt_tokens() const {
    return input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens;
  }

  bool operator==(const Usage&) const = default;
};

}  // namespace bigocean::server::llm
