// The adapter with a stand-in for its API.
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "server/llm/anthropic.hpp"
#include "tests/support/anthropic.hpp"

namespace bigocean::test {

struct ModelFixture {
  AnthropicStandIn api;
  server::llm::AnthropicSettings settings;

  ModelFixture() {
    settings.api_key = config::Secret(api.key());
    settings.base_url = api.url();
    settings.timeout = std::chrono::seconds(20);
    settings.connect_timeout = std::chrono::seconds(5);
    settings.silence_timeout = std::chrono::seconds(10);
    settings.retries_max = 2;
    settings.idle_max = 16;
    settings.idle_timeout = std::chrono::seconds(30);
  }

  static server::llm::ChatRequest request() {
    return {.model = "claude-haiku-5-5",
            .system = "You are Nerin.",
            .guidance = "Steer to orderliness.",
            .messages = {{server::llm::Role::kUser, "Hello"}},
            .output_tokens_max = 400,
            .timeout = std::chrono::seconds(20)};
  }
};

/// The error of one call; fails the test when there is none.
inline server::llm::ChatError failure_of(server::llm::ChatModel& model,
                                         const server::llm::ChatRequest& request,
                                         const server::llm::OnText& on_text = {}) {
  try {
    const auto reply = model.complete(request, on_text);
    FAIL("there was a reply: " << reply.text);
  } catch (const server::llm::ChatError& error) {
    return error;
  }
  throw std::logic_error("not reached");
}

}  // namespace bigocean::test
