// Models behind Anthropic's Messages API.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/interrupt.hpp"
#include "server/fetch/idle_connections.hpp"
#include "server/fetch/url.hpp"
#include "server/llm/chat_model.hpp"
#include "server/llm/settings.hpp"

namespace bigocean::server::llm {

/// Thread-safe. Answers are always streamed: the status arrives at once, and silence is detected. Retried (at
/// most `retries_max` times, within the request's time-out) is only what cannot have been billed: no
/// connection, a request that was not sent completely, a refusal by status. A request that was sent
/// completely and got no answer is not repeated, not even after a reused connection.
class AnthropicModel : public ChatModel {
 public:
  /// Counters of its calls since construction.
  struct Counts {
    std::uint64_t requests = 0;  ///< sent, retries included
    std::uint64_t retries = 0;
    std::uint64_t connections = 0;  ///< opened
  };

  /// Throws base::Error(kUsage) for an invalid base_url. `interrupt` ends the waits of requests without an
  /// interrupt of their own; it may be null, else it must outlive the model.
  AnthropicModel(const AnthropicSettings& settings, const base::Interrupt* interrupt);

  ChatReply complete(const ChatRequest& request, const OnText& on_text) override;
  /// See usage_bound().
  Usage usage_max(const ChatRequest& request) const override;
  std::string_view name() const override { return "anthropic"; }

  Counts counts() const { return {requests_, retries_, connections_}; }

 private:
  class Attempt;

  const base::Interrupt* interrupt_for(const ChatRequest& request) const {
    return request.interrupt != nullptr ? request.interrupt : interrupt_;
  }

  const AnthropicSettings settings_;
  const base::Interrupt* interrupt_;
  const http::Url url_;
  http::IdleConnections idle_;
  std::atomic<std::uint64_t> requests_ = 0;
  std::atomic<std::uint64_t> retries_ = 0;
  std::atomic<std::uint64_t> connections_ = 0;
};

}  // namespace bigocean::server::llm
