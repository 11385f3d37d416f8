// What the models are told: texts, and the requests made of a conversation.
//
// Decided here:
// - The API wants the user to begin. Where the conversation begins with the greeting, a short opener of ours
//   goes before it, so that the model finds its own greeting among its words.
// - The system texts are in English and the same for all languages, so that all sessions share what the API's
//   cache keeps of them. The session's language stands in the guidance, behind the history.
// - The analyser gets the transcript as one JSON array in one message. Whatever the user wrote is a string in
//   there and cannot pose as another message or as an instruction beside it.
// - The schema names no ranges: the API refuses `minimum` and `maximum`. The text says them, and
// parse_evidence()
//   in analysis_reply.hpp enforces them.
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
  Language language = Language::kEnglish;  ///< of the session: what an interviewer begins in
};

/// The system texts: the same for every call, and each at the same address.
const std::string& interviewer_text();
const std::string& analyser_text();

/// What the interviewer is told for its next reply alone; which language it is to write in, where nothing the
/// user writes says otherwise, is part of that. Throws std::invalid_argument for an unknown facet.
std::string guidance(const llm::Steering& steering, Language language = Language::kEnglish);

/// JSON Schema of the analyser's reply.
const std::string& evidence_schema();

/// The next reply. `lines` are the session's, oldest first; the last one must be the user's
/// (std::invalid_argument).
llm::ChatRequest interview_request(std::span<const Line> lines, const llm::Steering& steering,
                                   const Call& call);

/// How many tokens an analysis can need: for the entries that are believed of a message (analysis_reply.hpp)
/// and a frame, with room to spare. What a call may use more of has to be reserved, and keeps others out.
inline constexpr std::int64_t kAnalysisTokensPerMessage = 400;
inline constexpr std::int64_t kAnalysisTokensFrame = 400;

/// What the user's messages among `lines` say. The output is limited to what that many messages can need,
/// `call.output_tokens_max` at most. Hand in all of a session, or a part that begins with a message
/// of the assistant. At least one line must be the user's (std::invalid_argument).
llm::ChatRequest analysis_request(std::span<const Line> lines, const Call& call);

}  // namespace bigocean::server::assessment
