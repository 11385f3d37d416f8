// A conversation as the Messages API takes it.
#pragma once

#include <vector>

#include "server/llm/chat_model.hpp"

namespace bigocean::server::llm {

/// The API refuses a text of white space with 400, and wants both sides to speak in turn. So messages in
/// which there is nothing to be seen are left out, and several of one side in a row become one, with an empty
/// line between them. Throws base::Error(kInternal) where the user's message is not the first and the last of
/// what remains: whoever makes the request sees to that.
std::vector<ChatMessage> well_formed(const std::vector<ChatMessage>& messages);

}  // namespace bigocean::server::llm
