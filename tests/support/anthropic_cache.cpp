// The stand-in's cache of prompts.
#include "tests/support/anthropic_cache.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace bigocean::test {
namespace {

using nlohmann::json;

constexpr std::size_t kLookBackBlocks = 20;
constexpr std::size_t kBytesAroundBlock = 16;

struct Prefix {
  std::string text;  ///< of all blocks so far, roles included
  std::size_t bytes = 0;
  bool marked = false;
};

std::vector<Prefix> prefixes_of(const json& body) {
  std::vector<Prefix> prefixes;
  Prefix so_far;
  so_far.text = body.value("model", "") + body.value("output_config", json()).dump();
  so_far.bytes = so_far.text.size();
  const auto add = [&](const std::string& role, const json& block) {
    const auto text = block.value("text", "");
    so_far.text += "\n" + role + ":" + text;
    so_far.bytes += text.size() + kBytesAroundBlock;
    so_far.marked = block.contains("cache_control");
    prefixes.push_back(so_far);
  };
  for (const auto& block : body.value("system", json::array())) add("system", block);
  for (const auto& message : body.value("messages", json::array())) {
    for (const auto& block : message.value("content", json::array())) add(message.value("role", ""), block);
  }
  return prefixes;
}

}  // namespace

server::llm::Usage PromptCache::count(const json& body, TimePoint now) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.expires <= now; });
  const auto prefixes = prefixes_of(body);
  const auto tokens_of = [&](const Prefix& prefix) {
    return static_cast<std::int64_t>(prefix.bytes) / bytes_per_token_;
  };
  std::int64_t read = 0;
  std::int64_t written_to = 0;
  for (std::size_t at = 0; at < prefixes.size(); ++at) {
    if (!prefixes[at].marked) continue;
    for (std::size_t i = at + 1; i-- > (at > kLookBackBlocks ? at - kLookBackBlocks : 0);) {
      const auto found = entries_.find(prefixes[i].text);
      if (found == entries_.end()) continue;
      found->second.expires = now + life_;
      read = std::max(read, found->second.tokens);
      break;
    }
    const auto tokens = tokens_of(prefixes[at]);
    if (tokens >= tokens_min_) written_to = std::max(written_to, tokens);
  }
  for (const auto& prefix : prefixes) {
    if (prefix.marked && tokens_of(prefix) >= tokens_min_)
      entries_[prefix.text] = {tokens_of(prefix), now + life_};
  }
  server::llm::Usage usage;
  usage.cache_read_tokens = read;
  usage.cache_write_5m_tokens = std::max<std::int64_t>(0, written_to - read);
  usage.input_tokens = std::max<std::int64_t>(
      1, (prefixes.empty() ? 0 : tokens_of(prefixes.back())) - read - usage.cache_write_5m_tokens);
  return usage;
}

}  // namespace bigocean::test
