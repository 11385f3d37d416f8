// Assembles a model's answer from the events of its stream.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "server/llm/api_error.hpp"
#include "server/llm/chat_model.hpp"
#include "server/llm/sse.hpp"

namespace bigocean::server::llm {

/// The stream violates the protocol.
struct AnswerFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// No I/O, not thread-safe. Blocks are distinguished by type, not by position: only text blocks add text.
/// Unknown events are ignored.
class Answer {
 public:
  /// Reads an event and returns the text that it adds. Throws AnswerFault.
  std::string take(const SseEvent& event);

  bool started() const { return started_; }  ///< tokens are counted from here on
  bool ended() const { return ended_; }
  /// The error of an error event, which ends the stream.
  const std::optional<ApiError>& error() const { return error_; }

  const std::string& text() const { return text_; }
  ChatReply::Stop stop() const { return stop_; }
  /// The latest usage that the API reported; final once the answer has ended.
  const Usage& usage() const { return usage_; }
  /// An upper bound on the billed usage if the stream ends here. The input is known. Each received byte of
  /// output counts as a token, plus kUnderWayTokens for output under way, up to `tokens_max`. Thinking is not
  /// shown in full, so once it has begun, or before the first block if the model `may_think`, the output
  /// counts as `tokens_max`.
  Usage usage_when_left(std::int64_t tokens_max, bool may_think) const;

  static constexpr std::int64_t kUnderWayTokens = 128;

 private:
  enum class Block { kNone, kText, kOther };
  enum class Seen { kNothing, kText, kThinking };

  void start(std::string_view data);
  void start_block(std::string_view data);
  std::string extend_block(std::string_view data);
  void change(std::string_view data);
  void end();

  bool started_ = false;
  bool ended_ = false;
  bool stop_known_ = false;
  Block block_ = Block::kNone;
  Seen seen_ = Seen::kNothing;  ///< of blocks so far; thinking outweighs text
  std::optional<ApiError> error_;
  std::string text_;
  ChatReply::Stop stop_ = ChatReply::Stop::kEnd;
  Usage usage_;
  std::int64_t bytes_ = 0;  ///< of all blocks
};

}  // namespace bigocean::server::llm
