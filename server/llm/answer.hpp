// A model's answer, put together from the events of its stream.
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

/// The stream does not keep to the protocol.
struct AnswerFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// No I/O. Blocks are told apart by their type, not their place: only text blocks are text. Unknown events
/// are passed over.
class Answer {
 public:
  /// The text that the event adds; throws AnswerFault.
  std::string take(const SseEvent& event);

  bool started() const { return started_; }  ///< the API counts from here on
  bool ended() const { return ended_; }
  /// An error event: nothing more is to come.
  const std::optional<ApiError>& error() const { return error_; }

  const std::string& text() const { return text_; }
  ChatReply::Stop stop() const { return stop_; }
  /// As the API said last; final once the answer has ended.
  const Usage& usage() const { return usage_; }
  /// No less than is billed when the stream ends here: the input is known, and of the output every byte that
  /// came counts as a token, and what may be under way as kUnderWayTokens, up to `tokens_max`. Of what a
  /// model thinks not all is shown: once it has begun to, or before its first block if it `may_think`, the
  /// output counts as `tokens_max`.
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
