// When a prompt is worth keeping in the API's cache.
#include <doctest/doctest.h>

#include "server/llm/caching.hpp"

namespace caching_test {

using namespace bigocean::server::llm;
using namespace std::chrono_literals;

namespace {

ChatRequest request(std::size_t system_bytes, std::size_t message_bytes) {
  return {.model = "claude-haiku-5-5",
          .system = std::string(system_bytes, 's'),
          .messages = {{Role::kUser, std::string(message_bytes, 'm')}},
          .output_tokens_max = 400};
}

bigocean::server::llm::AnthropicSettings settings() {
  bigocean::server::llm::AnthropicSettings settings;
  settings.prompt_cache = true;
  settings.cache_prefix_tokens_min = 4096;
  return settings;
}

}  // namespace

TEST_CASE("kept is what can reach the minimum, for those who answer within the cache's life") {
  CHECK(worth_keeping(request(3000, 1000), settings(), 10s) == Keep::kNothing);
  CHECK(worth_keeping(request(3000, 1096), settings(), 10s) == Keep::kConversation);
  CHECK(worth_keeping(request(3000, 1096), settings(), 5min) == Keep::kNothing);
  CHECK(worth_keeping(request(3000, 1096), settings(), {}) == Keep::kNothing);
  CHECK(worth_keeping(request(4096, 10), settings(), 5min) == Keep::kSystem);
  CHECK(worth_keeping(request(4096, 10), settings(), {}) == Keep::kSystem);
  CHECK(worth_keeping(request(4096, 10), settings(), 4min) == Keep::kConversation);
  auto off = settings();
  off.prompt_cache = false;
  CHECK(worth_keeping(request(9000, 9000), off, 1s) == Keep::kNothing);
}

TEST_CASE("the key of a prompt tells apart what is another beginning, and nothing else") {
  const auto key = prompt_key(request(10, 10));
  CHECK(prompt_key(request(10, 99)) == key);
  auto guided = request(10, 10);
  guided.guidance = "Steer.";
  guided.keep = Keep::kConversation;
  CHECK(prompt_key(guided) == key);
  CHECK(prompt_key(request(11, 10)) != key);
  auto other = request(10, 10);
  other.model = "claude-sonnet-5-5";
  CHECK(prompt_key(other) != key);
  auto schema = request(10, 10);
  schema.output_schema = "{}";
  CHECK(prompt_key(schema) != key);
}

}  // namespace caching_test
