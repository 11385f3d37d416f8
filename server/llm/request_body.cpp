// A ChatRequest as the Messages API wants it.
#include "server/llm/request_body.hpp"

#include <nlohmann/json.hpp>

namespace bigocean::server::llm {
namespace {

using nlohmann::json;

/// What the API adds: the frame of a request, and its own instructions where the output has a schema.
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
  if (!request.system.empty()) blocks.push_back(text_block(request.system, true));
  if (!request.guidance.empty()) blocks.push_back(text_block(request.guidance, false));
  return blocks;
}

json messages_of(const ChatRequest& request) {
  json messages = json::array();
  for (std::size_t i = 0; i < request.messages.size(); ++i) {
    const auto& message = request.messages[i];
    const bool cached = request.guidance.empty() && i + 2 == request.messages.size();
    messages.push_back({{"role", message.role == Role::kUser ? "user" : "assistant"},
                        {"content", json::array({text_block(message.text, cached)})}});
  }
  return messages;
}

json schema_of(const ChatRequest& request) {
  auto schema = json::parse(request.output_schema, nullptr, false);
  if (schema.is_object()) return schema;
  throw base::Error(base::ExitCode::kInternal, "the output schema of a model's request is no JSON object",
                    "this is a fault of the program: please report it");
}

}  // namespace

std::string request_body(const ChatRequest& request) {
  json body{{"model", request.model},
            {"max_tokens", request.output_tokens_max},
            {"stream", true},
            {"messages", messages_of(request)}};
  if (auto system = system_blocks(request); !system.empty()) body["system"] = std::move(system);
  if (!request.output_schema.empty())
    body["output_config"] = {{"format", {{"type", "json_schema"}, {"schema", schema_of(request)}}}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

Usage usage_bound(const ChatRequest& request, const std::string& body) {
  return {.output_tokens = request.output_tokens_max,
          .cache_write_5m_tokens = static_cast<std::int64_t>(body.size()) + kFrameTokens +
                                   (request.output_schema.empty() ? 0 : kSchemaTokens)};
}

}  // namespace bigocean::server::llm
