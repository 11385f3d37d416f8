// Decides where the API's prompt cache makes a conversation cheaper.
#include "server/llm/caching.hpp"

#include <fmt/format.h>

#include "server/llm/thinking.hpp"

namespace bigocean::server::llm {
namespace {

/// FNV-1a: the texts are not secret, and a collision benefits no client.
constexpr std::uint64_t kOffset = 0xcbf29ce484222325U;
constexpr std::uint64_t kPrime = 0x100000001b3U;

std::uint64_t hashed(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return (hash ^ 0xFFU) * kPrime;  // an end that no text has
}

}  // namespace

Keep worth_keeping(const ChatRequest& request, const AnthropicSettings& settings,
                   std::optional<std::chrono::milliseconds> since_last) {
  if (!settings.prompt_cache) return Keep::kNothing;
  auto bytes = static_cast<std::int64_t>(request.system.size());
  const bool has_long_system = bytes >= settings.cache_prefix_tokens_min;
  for (const auto& message : request.messages) bytes += static_cast<std::int64_t>(message.text.size());
  if (since_last && *since_last < kCacheLife && bytes >= settings.cache_prefix_tokens_min)
    return Keep::kConversation;
  return has_long_system ? Keep::kSystem : Keep::kNothing;
}

std::string prompt_key(const ChatRequest& request) {
  const auto thinking = thinking_for(request.model);
  auto hash = kOffset;
  for (const std::string_view text :
       {std::string_view(request.model), thinking.type, thinking.effort, std::string_view(request.system),
        std::string_view(request.output_schema)})
    hash = hashed(hash, text);
  return fmt::format("{:016x}", hash);
}

}  // namespace bigocean::server::llm
