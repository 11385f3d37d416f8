// What the stand-in for the Messages API was asked, what it answers and what it billed, whoever carries the
// bytes.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/anthropic.hpp"
#include "tests/support/anthropic_cache.hpp"
#include "tests/support/anthropic_wire.hpp"

namespace bigocean::test {

/// One request under way.
struct ModelOrder {
  Plan plan{};
  std::size_t number = 0;  ///< counted from 1

  // For ModelBooks.
  std::size_t request = 0;  ///< its index among the kept ones
  std::size_t call = 0;     ///< the same of the kept calls
  server::llm::Usage usage{};
  std::int64_t output_billed = 0;
};

/// Thread-safe; the answerer is asked for one request at a time.
class ModelBooks {
 public:
  ModelBooks(AnthropicStandIn::Answerer answerer, AnthropicStandIn::Options options);

  void script(std::vector<ModelAnswer> answers);

  ModelOrder take(const std::string& head, std::string_view body, std::size_t connection);
  /// Before the piece is sent: what is billed is booked before the client can know of it.
  void bill(ModelOrder& order, const TimedBytes& piece);
  /// Before the last piece is sent: whoever has read that must find it.
  void is_whole(const ModelOrder& order);
  void is_left(const ModelOrder& order);

  std::vector<ModelRequest> requests() const;
  std::vector<ModelCall> calls() const;
  std::size_t count() const;
  server::llm::Usage billed() const;
  const AnthropicStandIn::Options& options() const { return options_; }

 private:
  ModelAnswer answer_to(const ModelRequest& request);
  void count_input(const nlohmann::json& body, ModelAnswer& answer);

  const AnthropicStandIn::Answerer answerer_;
  const AnthropicStandIn::Options options_;

  std::mutex asking_;
  PromptCache cache_;

  mutable std::mutex mutex_;
  std::deque<ModelAnswer> scripted_;
  std::vector<ModelRequest> requests_;
  std::vector<ModelCall> calls_;
  std::size_t count_ = 0;
  server::llm::Usage billed_;
};

}  // namespace bigocean::test
