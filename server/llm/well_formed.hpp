// Makes a conversation that the Messages API accepts.
#pragma once

#include <vector>

#include "server/llm/chat_model.hpp"

namespace bigocean::server::llm {

/// The API refuses a text of white space with 400, and requires both sides to alternate. So messages without
/// visible characters are left out, and consecutive messages of one side are joined with an empty line
/// between them. Throws base::Error(kInternal) unless the first and the last remaining message are the
/// user's; the caller must ensure this.
std::vector<ChatMessage> well_formed(const std::vector<ChatMessage>& messages);

}  // namespace bigocean::server::llm
