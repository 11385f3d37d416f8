// The contract of every ChatModel; each model's own tests run it.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "server/llm/chat_model.hpp"

namespace bigocean::test {

/// `used` fits into `bound`, whatever the kinds of its input.
inline void check_within(const server::llm::Usage& used, const server::llm::Usage& bound) {
  const auto input = [](const server::llm::Usage& usage) {
    return usage.input_tokens + usage.cache_write_5m_tokens + usage.cache_write_1h_tokens +
           usage.cache_read_tokens;
  };
  CHECK(input(used) <= input(bound));
  CHECK(used.output_tokens <= bound.output_tokens);
  CHECK(used.cache_write_1h_tokens <= bound.cache_write_1h_tokens);
}

/// `request` must be answerable, with more than one piece of text if the model streams at all.
inline void check_contract(server::llm::ChatModel& model, const server::llm::ChatRequest& request) {
  using namespace server::llm;
  CHECK_FALSE(model.name().empty());
  const auto bound = model.usage_max(request);
  CHECK(model.usage_max(request) == bound);

  std::string heard;
  const auto caller = std::this_thread::get_id();
  const auto reply = model.complete(request, [&](std::string_view piece) {
    CHECK_FALSE(piece.empty());
    CHECK(std::this_thread::get_id() == caller);
    heard += piece;
    return true;
  });
  CHECK(heard == reply.text);
  CHECK_FALSE(reply.text.empty());
  check_within(reply.usage, bound);

  const auto unheard = model.complete(request, {});
  CHECK_FALSE(unheard.text.empty());
  check_within(unheard.usage, bound);

  int pieces = 0;
  try {
    model.complete(request, [&](std::string_view) { return ++pieces < 1; });
    FAIL_CHECK("a cancelled call returned");
  } catch (const ChatError& error) {
    CHECK(error.kind == ChatError::Kind::kCancelled);
    REQUIRE(error.usage);
    check_within(*error.usage, bound);
  }
  CHECK(pieces == 1);

  std::vector<std::string> texts(8);
  std::vector<std::thread> threads;
  for (auto& text : texts) threads.emplace_back([&] { text = model.complete(request, {}).text; });
  for (auto& thread : threads) thread.join();
  for (const auto& text : texts) CHECK_FALSE(text.empty());
}

}  // namespace bigocean::test
