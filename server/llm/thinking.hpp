// What a model is told about thinking, since the newer ones think unless they are told otherwise.
#pragma once

#include <cstdint>
#include <string_view>

namespace bigocean::server::llm {

/// Thinking counts toward max_tokens and is billed as output.
struct Thinking {
  std::string_view type{};    ///< thinking.type of the request; empty: the request says nothing of it
  std::string_view effort{};  ///< output_config.effort; empty: the model's default
  /// The model may think whatever it is told: so many tokens come on top of those of the reply.
  std::int64_t room_tokens = 0;

  bool operator==(const Thinking&) const = default;
};

/// By the model's name, with or without a date behind it ("claude-haiku-5-5-20261007"). A model that is not
/// in the table is told nothing, because a word that it does not know is refused with 400, and gets room,
/// because it may think.
///
/// | model             | told                 | why                                                        |
/// |-------------------|----------------------|------------------------------------------------------------|
/// | claude-haiku-5-5  | type: disabled       | thinks by default; may be switched off up to effort high    |
/// | claude-sonnet-5-5 | type: between_tools  | refuses `disabled`; without tools this writes at once      |
/// | claude-opus-5-5   | effort: low, + room  | always thinks                                              |
/// | claude-haiku-4-5  | nothing              | thinks only when asked                                     |
/// | claude-sonnet-4-6 | nothing              | thinks only when asked                                     |
///
/// Sources: platform.claude.com/docs/en/build-with-claude/thinking, …/effort and the models' overview pages.
Thinking thinking_for(std::string_view model);

}  // namespace bigocean::server::llm
