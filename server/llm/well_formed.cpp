// Makes a conversation that the Messages API accepts.
#include "server/llm/well_formed.hpp"

#include "base/unicode.hpp"

namespace bigocean::server::llm {

std::vector<ChatMessage> well_formed(const std::vector<ChatMessage>& messages) {
  std::vector<ChatMessage> result;
  for (const auto& message : messages) {
    if (base::is_blank_text(message.text)) continue;
    if (result.empty() || result.back().role != message.role) {
      result.push_back(message);
    } else {
      result.back().text.append("\n\n").append(message.text);
    }
  }
  if (!result.empty() && result.front().role == Role::kUser && result.back().role == Role::kUser)
    return result;
  throw base::Error(base::ExitCode::kInternal,
                    "a model's request does not begin and end with a message of the user",
                    "this is a fault of the program: please report it");
}

}  // namespace bigocean::server::llm
