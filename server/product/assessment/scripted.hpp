// A scripted chat model: asks from a bank of questions, and reads agreement from the answers.
#pragma once

#include "server/llm/chat_model.hpp"

namespace bigocean::server::llm {

/// Interviews are in the request's language: the straight question about `steering.facet`, the next time the
/// reversed one, and so on in turn; unsteered, one of the openers; when winding down, the closing text; when
/// the user speaks of harming themselves, the crisis reply in the user's language. Analyses read the
/// agreement from 1 to 5 with the question before each answer as a score of 0 to 20 (mirrored for a reversed
/// one). Answers that cannot be read, or that follow no question of the bank, are not evidence.
///
/// The same request gets the same reply. It costs nothing, does not wait and keeps no state. Thread-safe.
class ScriptedModel final : public ChatModel {
 public:
  /// Gives `on_text` one word at a time. Throws ChatError: kCancelled when `on_text` returns false,
  /// kRefusedByApi for a request that prompts.hpp did not make.
  ChatReply complete(const ChatRequest& request, const OnText& on_text) override;

  Usage usage_max(const ChatRequest& request) const override;
  std::string_view name() const override { return "scripted"; }
};

}  // namespace bigocean::server::llm
