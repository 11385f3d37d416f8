// What the stand-in for the Messages API expects of a request, and what it answers by itself.
#include <algorithm>
#include <map>

#include "tests/support/anthropic_wire.hpp"

namespace bigocean::test {
namespace {

using nlohmann::json;

void check_text_block(const json& block, const std::string& where, std::vector<std::string>& faults) {
  if (!block.is_object() || block.value("type", "") != "text" ||
      block.value("text", "").find_first_not_of(" \t\r\n\v\f") == std::string::npos)
    return faults.push_back(where + " is no text block with text that is not white space"), void();
  const auto mark = block.value("cache_control", json{{"type", "ephemeral"}});
  if (mark != json{{"type", "ephemeral"}}) faults.push_back(where + " has an odd cache_control");
}

void check_messages(const json& messages, std::vector<std::string>& faults) {
  if (!messages.is_array() || messages.empty()) return faults.emplace_back("messages is no list"), void();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto where = "messages." + std::to_string(i);
    const auto& message = messages[i];
    if (!message.is_object()) return faults.push_back(where + " is no object"), void();
    if (message.value("role", "") != (i % 2 == 0 ? "user" : "assistant"))
      faults.push_back(where + ": the roles do not take turns");
    const auto content = message.value("content", json());
    if (!content.is_array() || content.empty()) return faults.push_back(where + " has no blocks"), void();
    for (const auto& block : content) check_text_block(block, where, faults);
  }
  if (messages.size() % 2 == 0) faults.emplace_back("the last message is not the user's");
}

json smallest(const json& schema, const json& root, const std::string& name, const std::string& words);

json smallest_object(const json& schema, const json& root, const std::string& words) {
  json object = json::object();
  const auto properties = schema.value("properties", json::object());
  for (const auto& [name, inner] : properties.items()) object[name] = smallest(inner, root, name, words);
  return object;
}

json smallest(const json& schema, const json& root, const std::string& name, const std::string& words) {
  if (schema.contains("$ref")) {
    const auto path = schema.value("$ref", "").substr(1);
    return smallest(root.at(json::json_pointer(path)), root, name, words);
  }
  if (schema.contains("enum")) return schema["enum"].front();
  if (schema.contains("const")) return schema["const"];
  const auto type = schema.value("type", json("string"));
  const auto one = type.is_array() ? type.front() : type;
  if (one == "object") return smallest_object(schema, root, words);
  if (one == "array")
    return json::array({smallest(schema.value("items", json::object()), root, name, words)});
  if (one == "integer" || one == "number") return schema.value("minimum", 10);
  if (one == "boolean") return true;
  if (one == "null") return nullptr;
  return name == "quote" ? words : "stand-in";
}

/// As the API's pages on thinking have it: what each model may be told, and who knows the effort.
void check_thinking(const json& body, std::vector<std::string>& faults) {
  const auto model = body.value("model", json()).is_string() ? body["model"].get<std::string>() : "";
  const auto type = body.value(json::json_pointer("/thinking/type"), std::string());
  static const std::map<std::string, std::vector<std::string>> kTypes{
      {"claude-haiku-5-5", {"adaptive", "disabled"}},
      {"claude-sonnet-5-5", {"adaptive", "between_tools"}},
      {"claude-opus-5-5", {"adaptive"}},
      {"claude-haiku-4-5", {"enabled", "disabled"}},
      {"claude-sonnet-4-6", {"adaptive", "enabled", "disabled"}}};
  const auto known = kTypes.find(model);
  if (body.contains("thinking") &&
      (known == kTypes.end() ||
       std::find(known->second.begin(), known->second.end(), type) == known->second.end()))
    faults.push_back("thinking." + type + " is refused by " + model);
  if (body.value(json::json_pointer("/output_config/effort"), json()).is_string() &&
      model == "claude-haiku-4-5")
    faults.push_back("output_config.effort is refused by " + model);
}

}  // namespace

bool thinks_unasked(const json& body) {
  const auto model = body.value("model", std::string());
  if (body.contains("thinking")) return body.value(json::json_pointer("/thinking/type"), "") == "adaptive";
  return model.find("-5-5") != std::string::npos;
}

std::vector<std::string> faults_of(const std::string& head, const json& body, const std::string& key) {
  std::vector<std::string> faults;
  const auto has = [&](const std::string& text) {
    if (head.find(text) == std::string::npos) faults.push_back("the head lacks " + text);
  };
  if (!head.starts_with("POST /v1/messages HTTP/1.1\r\n")) faults.emplace_back("the request line is wrong");
  has("\r\nx-api-key: " + key + "\r\n");
  has("\r\nanthropic-version: 2026-10-21\r\n");
  has("\r\ncontent-type: application/json\r\n");
  if (!body.is_object()) return faults.emplace_back("the body is no JSON object"), faults;
  static const std::vector<std::string> kKnown{"model",  "max_tokens",    "stream",  "messages",
                                               "system", "output_config", "thinking"};
  for (const auto& [name, value] : body.items()) {
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) faults.push_back(name + " is refused");
  }
  const auto text = [&](const char* name) {
    const auto found = body.find(name);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (text("model").empty()) faults.emplace_back("there is no model");
  const auto tokens = body.find("max_tokens");
  if (tokens == body.end() || !tokens->is_number_integer() || *tokens < 1)
    faults.emplace_back("max_tokens is no number above 0");
  if (body.value("stream", json()) != json(true)) faults.emplace_back("stream is not true");
  check_messages(body.value("messages", json()), faults);
  if (body.contains("system")) {
    for (const auto& block : body["system"]) check_text_block(block, "system", faults);
  }
  const auto format = body.value(json::json_pointer("/output_config/format"), json());
  const bool has_effort = body.contains("output_config") && body["output_config"].contains("effort");
  if (body.contains("output_config") && !(has_effort && format.is_null()) &&
      (!format.is_object() || format.value("type", "") != "json_schema" ||
       !format.value("schema", json()).is_object()))
    faults.emplace_back("output_config has no format of a JSON schema");
  check_thinking(body, faults);
  return faults;
}

ModelAnswer AnthropicStandIn::default_answer(const ModelRequest& request) {
  ModelAnswer answer;
  answer.usage.input_tokens = std::max<std::int64_t>(1, std::ssize(request.body.dump()) / 4);
  const auto schema = request.body.value(json::json_pointer("/output_config/format/schema"), json());
  if (!schema.is_object()) return answer;
  const auto said = request.body["messages"].back()["content"].front().value("text", "");
  answer.text =
      smallest(schema, schema, "", said.substr(0, 40)).dump(-1, ' ', false, json::error_handler_t::ignore);
  answer.piece_bytes = 16;
  return answer;
}

}  // namespace bigocean::test
