// Decides where the API's prompt cache makes a conversation cheaper.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "server/llm/chat_model.hpp"
#include "server/llm/settings.hpp"

namespace bigocean::server::llm {

/// How long the API keeps a cached prefix after its last use.
inline constexpr std::chrono::minutes kCacheLife{5};

/// What to mark for the cache. Writing a prefix costs a quarter more than sending it, reading it a tenth or
/// less, so marking pays if the next call comes within kCacheLife. The best sign of that is that this call
/// did: `since_last` is the time from the previous reply to the message to be answered. The API caches no
/// prefix shorter than `anthropic.cache_prefix_tokens_min`. A prefix with fewer bytes than that has fewer
/// tokens and is not marked, which keeps the bound on its cost at the price of plain input. A marked prefix
/// that is too short is neither written nor charged.
Keep worth_keeping(const ChatRequest& request, const AnthropicSettings& settings,
                   std::optional<std::chrono::milliseconds> since_last);

/// A key for calls with the same beginning: the model, its thinking settings, the system text and the schema.
/// Equal beginnings have equal keys.
std::string prompt_key(const ChatRequest& request);

}  // namespace bigocean::server::llm
