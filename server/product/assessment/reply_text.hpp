// Decides which part of a model's reply is stored and shown.
#pragma once

#include <string>
#include <string_view>

#include "server/llm/chat_model.hpp"

namespace bigocean::server::assessment {

/// In code points, as the database limits a message.
inline constexpr std::size_t kReplyCharsMax = 20'000;

/// The text to store and show; empty where the reply is not an answer:
/// - a refusal, and a text without visible characters, are not answers;
/// - a reply that was cut off (Stop::kMaxTokens, or longer than kReplyCharsMax) ends with its last whole
///   sentence, and is not an answer without one. It is not requested again with more room: the person has
///   already read its beginning, which another reply would contradict, and the model would probably exceed
///   the limit again, at twice the price.
std::string usable_text(const llm::ChatReply& reply);

/// `text` up to the end of its last whole sentence; empty where it has none. A sentence ends with . ! ? … or
/// their forms in other scripts, closing quotes and brackets behind it; Latin marks count only before white
/// space or the end, so that "3.5" does not end a sentence.
std::string_view whole_sentences(std::string_view text);

}  // namespace bigocean::server::assessment
