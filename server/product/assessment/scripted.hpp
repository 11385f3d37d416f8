// The chat model without a model: asks from a bank of questions, and reads agreement out of the answers.
#pragma once

#include "server/llm/chat_model.hpp"

namespace bigocean::server::llm {

/// Interviews, in the request's language: the straight question about `steering.facet`, the next time the
/// reversed one, and so on in turn; unsteered one of the openers; winding down the closing text; where the
/// user speaks of harming themselves, where help is, in the language in which they do. Analyses: agreement
/// from 1 to 5 with the question before each answer, as a score of 0 to 20 (mirrored for a reversed one);
/// answers that cannot be read, or to no question of the bank, are no evidence.
///
/// The same request gets the same reply. It costs nothing, waits for nothing and keeps no state.
class ScriptedModel final : public ChatModel {
 public:
  /// Gives `on_text` one word at a time. Throws ChatError: kCancelled where `on_text` says so, kRefusedByApi
  /// for a request that is not of the assessment's making.
  ChatReply complete(const ChatRequest& request, const OnText& on_text) override;

  Usage usage_max(const ChatRequest& request) const override;
  std::string_view name() const override { return "scripted"; }
};

}  // namespace bigocean::server::llm
