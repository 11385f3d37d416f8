// The instructions to the models, and the requests made from a conversation.
//
// Decided here:
// - The API requires the user to begin. If the conversation begins with the greeting, a short opener is put
//   before it, so that the greeting is a message of the model.
// - The system texts are in English and the same for all languages, so that all sessions share them in the
//   API's cache. The session's language is in the guidance, after the history.
// - The analyser gets the transcript as one JSON array in one message. Text of the user is a string in it and
//   cannot pose as another message or as an instruction.
// - The schema has no ranges: the API refuses `minimum` and `maximum`. The text names them, and
// parse_evidence() in analysis_reply.hpp enforces them.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "server/llm/chat_model.hpp"
#include "server/product/assessment/language.hpp"

namespace bigocean::server::assessment {

/// One message of a session.
struct Line {
  std::int64_t position = 0;  ///< from 1, rising
  llm::Role role = llm::Role::kUser;
  std::string text;  ///< UTF-8
};

/// How a model is called.
struct Call {
  std::string model;
  std::int64_t output_tokens_max = 0;
  std::chrono::milliseconds timeout{};
  Language language = Language::kEnglish;  ///< of the session; the interviewer begins in it
};

/// The system texts: the same for every call, and always the same objects.
const std::string& interviewer_text();
const std::string& analyser_text();

/// The instructions for the interviewer's next reply only, including the language to write in unless the user
/// writes in another one. Throws std::invalid_argument for an unknown facet.
std::string guidance(const llm::Steering& steering, Language language = Language::kEnglish);

/// JSON Schema of the analyser's reply.
const std::string& evidence_schema();

/// The request for the next reply. `lines` are the session's, oldest first. Throws std::invalid_argument
/// unless the last one is the user's.
llm::ChatRequest interview_request(std::span<const Line> lines, const llm::Steering& steering,
                                   const Call& call);

/// How many tokens an analysis can need: for the entries that are accepted for a message (analysis_reply.hpp)
/// and a frame, with some reserve. A higher limit would only reserve more money and refuse other calls.
inline constexpr std::int64_t kAnalysisTokensPerMessage = 400;
inline constexpr std::int64_t kAnalysisTokensFrame = 400;

/// The request for an analysis of the user's messages among `lines`. The output is limited to what that many
/// messages can need, at most `call.output_tokens_max`. `lines` are the whole session, or a part that begins
/// with a message of the assistant. Throws std::invalid_argument unless at least one line is the user's.
llm::ChatRequest analysis_request(std::span<const Line> lines, const Call& call);

}  // namespace bigocean::server::assessment
