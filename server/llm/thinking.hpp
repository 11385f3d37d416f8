// The thinking settings of each model, because newer models think by default.
#pragma once

#include <cstdint>
#include <string_view>

namespace bigocean::server::llm {

/// Thinking counts toward max_tokens and is billed as output.
struct Thinking {
  std::string_view type{};    ///< thinking.type of the request; empty: not sent
  std::string_view effort{};  ///< output_config.effort; empty: the model's default
  /// Tokens for thinking on top of those of the reply, for a model that may think in any case.
  std::int64_t room_tokens = 0;

  bool operator==(const Thinking&) const = default;
};

/// The settings by the model's name, with or without a date after it ("claude-haiku-5-5-20261007"). For a
/// model that is not in the table no settings are sent, because the API refuses unknown ones with 400, and
/// room is added, because the model may think.
///
/// | model             | sent                 | why                                                        |
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
