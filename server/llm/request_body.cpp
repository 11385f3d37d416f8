// Makes the request body of the Messages API from a ChatRequest.
#include "server/llm/request_body.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/llm/thinking.hpp"
#include "server/llm/well_formed.hpp"

namespace bigocean::server::llm {
namespace {

using nlohmann::json;

/// Tokens that the API adds: the frame of a request, and its own instructions if the output has a schema.
constexpr std::int64_t kFrameTokens = 512;
constexpr std::int64_t kSchemaTokens = 2048;

json text_block(const std::string& text, bool cached) {
  json block{{"type", "text"}, {"text", text}};
  // The API refuses a mark on an empty text.
  if (cached && !text.empty()) block["cache_control"] = {{"type", "ephemeral"}};
  return block;
}

json system_blocks(const ChatRequest& request) {
  json blocks = json::array();
  if (!request.system.empty()) blocks.push_back(text_block(request.system, request.keep != Keep::kNothing));
  return blocks;
}

json messages_of(const ChatRequest& request) {
  json messages = json::array();
  const auto spoken = well_formed(request.messages);
  for (std::size_t i = 0; i < spoken.size(); ++i) {
    const bool is_last = i + 1 == spoken.size();
    const bool marked = is_last && request.keep == Keep::kConversation;
    auto blocks = json::array({text_block(spoken[i].text, marked)});
    if (is_last && !request.guidance.empty()) blocks.push_back(text_block(request.guidance, false));
    messages.push_back(
        {{"role", spoken[i].role == Role::kUser ? "user" : "assistant"}, {"content", std::move(blocks)}});
  }
  return messages;
}

json schema_of(const ChatRequest& request) {
  auto schema = json::parse(request.output_schema, nullptr, false);
  if (schema.is_object()) return schema;
  throw base::Error(base::ExitCode::kInternal, "the output schema of a model's request is not a JSON object",
                    "this is a fault of the program: please report it");
}

}  // namespace

std::string request_body(const ChatRequest& request) {
  json body{{"model", request.model},
            {"max_tokens", tokens_max_of(request)},
            {"stream", true},
            {"messages", messages_of(request)}};
  if (auto system = system_blocks(request); !system.empty()) body["system"] = std::move(system);
  if (!request.output_schema.empty())
    body["output_config"]["format"] = {{"type", "json_schema"}, {"schema", schema_of(request)}};
  const auto thinking = thinking_for(request.model);
  if (!thinking.effort.empty()) body["output_config"]["effort"] = thinking.effort;
  if (!thinking.type.empty()) body["thinking"] = {{"type", thinking.type}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::int64_t tokens_max_of(const ChatRequest& request) {
  return request.output_tokens_max + thinking_for(request.model).room_tokens;
}

Usage usage_bound(const ChatRequest& request, const std::string& body) {
  auto input = static_cast<std::int64_t>(body.size()) + kFrameTokens +
               (request.output_schema.empty() ? 0 : kSchemaTokens);
  if (request.known) input = std::min(input, request.known->tokens + request.known->bytes_new);
  Usage bound{.output_tokens = tokens_max_of(request)};
  (request.keep == Keep::kNothing ? bound.input_tokens : bound.cache_write_5m_tokens) = input;
  return bound;
}

}  // namespace bigocean::server::llm
