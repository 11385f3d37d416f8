// A stand-in for Anthropic's Messages API: speaks the protocol, checks its requests, fails on demand.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/llm/usage.hpp"

namespace bigocean::test {

/// What one request gets. Where a time is said, it is from the request's end, or from the piece before.
struct ModelAnswer {
  std::string text = "Thank you. What was the best part of your week?";
  std::string thinking{};  ///< not empty: a thinking block of this text comes first
  /// Billed in front of the text and not shown: the block that they come in is empty. More than max_tokens
  /// leaves allowed, and the stop reason is that.
  std::int64_t thinking_tokens = 0;
  std::string stop_reason = "end_turn";
  server::llm::Usage usage{.input_tokens = 100};  ///< output_tokens 0: one for each piece of text
  std::size_t piece_bytes = 4;                    ///< of text in one event, about
  std::int64_t tokens_max = 1'000'000;            ///< the request's max_tokens; the stand-in sets it

  std::chrono::milliseconds first_delay{};  ///< before message_start; the head is sent at once
  std::chrono::milliseconds piece_delay{};  ///< before each piece of text

  int status = 200;  ///< another: no stream but an error, of `error` and `error_code`
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string error = "overloaded_error";
  std::string error_code{};
  std::optional<std::size_t> error_after{};  ///< pieces of text, then an error event; 0: before message_start
  std::optional<std::size_t> cut_after{};    ///< bytes of the events, then the connection is closed
  std::optional<std::size_t>
      silent_after{};                ///< bytes of the events, then nothing more, with the connection open
  bool silent = false;               ///< not even a head
  bool hang_up = false;              ///< closed without a byte
  bool pings_only = false;           ///< after the head a ping every 10 ms, for ever
  bool closes = false;               ///< the connection, behind a whole answer
  std::optional<std::string> raw{};  ///< in place of the events, as one chunk
  std::string label{};               ///< for ModelCall
};

/// One request as it came, and what the protocol makes of it.
struct ModelRequest {
  std::string head;
  nlohmann::json body;
  std::vector<std::string> faults{};  ///< breaches of the protocol, in words
  std::size_t connection = 0;         ///< counted from 1
  bool left = false;                  ///< the client closed before the end
};

/// One request as it was billed.
struct ModelCall {
  std::string request_id;             ///< as its head said; nobody knows it where there was no head
  std::string label;                  ///< of the ModelAnswer
  int status = 0;                     ///< 0: there was no head
  server::llm::Usage billed{};        ///< so far
  bool is_whole = false;              ///< the events were sent to their end, which says what was used
  std::vector<std::string> faults{};  ///< as ModelRequest has them
};

/// Serves any number of connections, on a free port of 127.0.0.1 until it is destroyed. A request with faults
/// gets 400. It bills as the API does: a stream that has begun costs its input, and of its output what was
/// sent, all when it was sent whole.
class AnthropicStandIn {
 public:
  /// Called on one of the stand-in's threads, one request at a time.
  using Answerer = std::function<ModelAnswer(const ModelRequest&)>;

  struct Options {
    int port = 0;
    std::string key = "sk-ant-test-0123456789abcdef";
    bool keeps_requests = true;  ///< false for benches, which send many
    bool keeps_calls = false;    ///< for calls()
    /// Above 0 the stand-in counts the input of 200 answers itself, at `bytes_per_token`, and caches prefixes
    /// of at least so many tokens where a request has a mark, for `cache_life` by `now`.
    std::int64_t cache_prefix_tokens_min = 0;
    std::int64_t bytes_per_token = 4;
    std::chrono::seconds cache_life{300};
    std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
  };

  explicit AnthropicStandIn(Answerer answerer = default_answer);
  AnthropicStandIn(Answerer answerer, Options options);
  ~AnthropicStandIn();
  AnthropicStandIn(const AnthropicStandIn&) = delete;
  AnthropicStandIn& operator=(const AnthropicStandIn&) = delete;

  /// The next requests get these, in their order; then it is the answerer's turn again.
  void script(std::vector<ModelAnswer> answers);

  int port() const;
  std::string url() const;  ///< "http://127.0.0.1:PORT"
  std::string key() const;

  std::vector<ModelRequest> requests() const;
  std::size_t count() const;        ///< requests so far
  std::size_t connections() const;  ///< opened so far
  std::size_t open() const;         ///< open now
  server::llm::Usage billed() const;
  std::vector<ModelCall> calls() const;  ///< in the order of the requests

  /// Free text, or where the request has an output schema the smallest value that fits it: of each list one
  /// item, of each choice the first, of a text named "quote" words of the last message.
  static ModelAnswer default_answer(const ModelRequest& request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::test
