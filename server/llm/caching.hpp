// Where the API's cache of prompts makes a conversation cheaper.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "server/llm/chat_model.hpp"
#include "server/llm/settings.hpp"

namespace bigocean::server::llm {

/// How long the API keeps a prefix that nobody reads.
inline constexpr std::chrono::minutes kCacheLife{5};

/// Writing a prefix costs a quarter more than sending it, reading it a tenth or less. So it pays where the
/// next call comes within kCacheLife, and the best sign of that is that this one did: `since_last` is the
/// time from the reply before to the message that is to be answered. The API caches no prefix shorter than
/// `anthropic.cache_prefix_tokens_min`; one with fewer bytes than that surely has fewer tokens, and is not
/// marked, which keeps the bound on its cost at the price of plain input. One that is marked and still too
/// short is neither written nor charged for.
Keep worth_keeping(const ChatRequest& request, const AnthropicSettings& settings,
                   std::optional<std::chrono::milliseconds> since_last);

/// Names what all calls with one beginning share: the model, what it is told about thinking, the system text
/// and the schema. Equal for equal ones.
std::string prompt_key(const ChatRequest& request);

}  // namespace bigocean::server::llm
