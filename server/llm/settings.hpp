// The settings of a model's API.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "config/secret.hpp"

namespace bigocean::server::llm {

/// Settings of Anthropic's Messages API.
struct AnthropicSettings {
  config::Secret api_key;
  std::string base_url;
  std::string interviewer_model;
  std::string analyser_model;
  std::chrono::milliseconds timeout{};          ///< of one call, retries included
  std::chrono::milliseconds connect_timeout{};  ///< name resolution, TCP and TLS
  std::chrono::milliseconds silence_timeout{};  ///< between two bytes of an answer
  std::int64_t retries_max = 0;
  std::int64_t idle_max = 0;                 ///< connections kept for the next call
  std::chrono::milliseconds idle_timeout{};  ///< how long they are kept; shorter than the API's own limit
  bool prompt_cache = false;                 ///< use the API's cache where it is cheaper
  std::int64_t cache_prefix_tokens_min = 0;  ///< the API caches no shorter prefix
};

}  // namespace bigocean::server::llm
