// What of a model's reply may stand in a conversation.
#pragma once

#include <string>
#include <string_view>

#include "server/llm/chat_model.hpp"

namespace bigocean::server::assessment {

/// As many code points as a message in the database may have.
inline constexpr std::size_t kReplyCharsMax = 20'000;

/// The text to be stored and shown; empty where the reply is no answer:
/// - a refusal, and a text in which there is nothing to be seen, are none;
/// - a reply that was cut off (Stop::kMaxTokens, or longer than kReplyCharsMax) ends with its last whole
///   sentence, and is none without one. It is not asked for again with more room: the person has read its
///   beginning already, which another reply would contradict, and a model that talks too long once does so
///   again, at twice the price.
std::string usable_text(const llm::ChatReply& reply);

/// `text` up to the end of its last whole sentence; empty where it has none. A sentence ends with . ! ? … or
/// their forms in other scripts, closing quotes and brackets behind it; those of Latin only before white
/// space or the end, so that "3.5" is no end.
std::string_view whole_sentences(std::string_view text);

}  // namespace bigocean::server::assessment
