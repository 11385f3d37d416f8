// The stand-in's cache of prompts.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>

#include "server/llm/usage.hpp"

namespace bigocean::test {

/// As the API's page on prompt caching has it: a mark has everything up to its block written, unless that is
/// shorter than the minimum; what is read is the longest prefix that was written before and has not been idle
/// for longer than its life, looked for at the marks and up to 20 blocks before each. Reading renews.
class PromptCache {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  PromptCache(std::int64_t tokens_min, std::int64_t bytes_per_token, std::chrono::seconds life)
      : tokens_min_(tokens_min), bytes_per_token_(bytes_per_token), life_(life) {}

  /// The input of a request, by kind.
  server::llm::Usage count(const nlohmann::json& body, TimePoint now);

 private:
  struct Entry {
    std::int64_t tokens = 0;
    TimePoint expires;
  };

  const std::int64_t tokens_min_;
  const std::int64_t bytes_per_token_;
  const std::chrono::seconds life_;
  std::map<std::string, Entry> entries_;  ///< by the whole text of the prefix
};

}  // namespace bigocean::test
