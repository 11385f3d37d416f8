// A scripted chat model: asks from a bank of questions, and reads agreement from the answers.
#include "server/product/assessment/scripted.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/product/assessment/agreement.hpp"
#include "server/product/assessment/questions.hpp"

namespace bigocean::server::llm {
namespace {

using Json = nlohmann::ordered_json;
using assessment::Asked;
using assessment::Keyed;
using assessment::Language;

constexpr std::size_t kQuoteBytesMax = 200;
constexpr double kPointsOfALevel = 5;  ///< five levels on 0 to 20
constexpr double kScoreMax = 20;

ChatError refused(std::string why) {
  ChatError error(ChatError::Kind::kRefusedByApi, "The scripted model cannot answer: " + std::move(why) + ".",
                  {});
  error.usage = Usage{};
  return error;
}

bool is_assistants(const ChatMessage& message) { return message.role == Role::kAssistant; }

Language language_of(const ChatRequest& request) {
  const auto language = assessment::find_language(request.language);
  if (!language) throw refused("the language " + request.language + " is unknown");
  return *language;
}

std::string_view next_opener(const std::vector<ChatMessage>& messages, Language language) {
  for (std::size_t i = 0; i < assessment::kOpenerCount; ++i) {
    const auto has_it = [&](const ChatMessage& message) {
      return is_assistants(message) &&
             message.text.find(assessment::opener(i, language)) != std::string::npos;
    };
    if (std::none_of(messages.begin(), messages.end(), has_it)) return assessment::opener(i, language);
  }
  return assessment::opener(messages.size() / 2 % assessment::kOpenerCount, language);
}

/// The question about the steered facet; the first one explains how to answer.
std::string next_question(const ChatRequest& request, Language language) {
  const auto facet = assessment::find_facet(request.steering.facet);
  if (!facet) throw refused("the facet " + request.steering.facet + " is unknown");
  bool is_first = true;
  std::ptrdiff_t lead = 0;  ///< of straight questions over reversed ones
  for (const auto& message : request.messages) {
    if (!is_assistants(message)) continue;
    const auto asked = assessment::find_question(message.text);
    if (!asked) continue;
    is_first = false;
    if (asked->facet == *facet) lead += asked->keyed == Keyed::kStraight ? 1 : -1;
  }
  std::string text(assessment::question(*facet, lead <= 0 ? Keyed::kStraight : Keyed::kReversed, language));
  if (is_first) text.append(" ").append(assessment::how_to_answer(language));
  return text;
}

std::string interview(const ChatRequest& request) {
  if (request.messages.empty() || is_assistants(request.messages.back()))
    throw refused("no message to reply to");
  const auto language = language_of(request);
  if (const auto spoken = assessment::crisis_language(request.messages.back().text, language))
    return std::string(assessment::crisis_reply(*spoken));
  if (request.steering.wind_down) return std::string(assessment::closing(language));
  const auto replies = static_cast<std::size_t>(
      std::count_if(request.messages.begin(), request.messages.end(), is_assistants));
  std::string text(assessment::acknowledgement(replies % assessment::kAcknowledgementCount, language));
  text += ' ';
  if (request.steering.facet.empty()) return text.append(next_opener(request.messages, language));
  return text + next_question(request, language);
}

/// The beginning of an answer, cut between characters.
std::string quote_of(const std::string& answer) {
  std::size_t length = std::min(answer.size(), kQuoteBytesMax);
  while (length > 0 && length < answer.size() && (static_cast<unsigned char>(answer[length]) & 0xc0U) == 0x80)
    --length;
  return answer.substr(0, length);
}

void add_evidence(const Json& line, const Asked& asked, Json& evidence) {
  const auto& answer = line.at("text").get_ref<const std::string&>();
  const auto agreement = assessment::read_agreement(answer, asked.language);
  if (!agreement || assessment::sounds_like_crisis(answer)) return;
  const double score = (agreement->level - 1) * kPointsOfALevel;
  evidence.push_back({{"position", line.at("position")},
                      {"facet", info_of(asked.facet).name},
                      {"score", asked.keyed == Keyed::kStraight ? score : kScoreMax - score},
                      {"confidence", agreement->confidence},
                      {"quote", quote_of(answer)}});
}

std::string analysis(const ChatRequest& request) {
  const Json lines =
      request.messages.empty() ? Json() : Json::parse(request.messages.back().text, nullptr, false);
  if (!lines.is_array()) throw refused("there is no transcript");
  Json evidence = Json::array();
  std::optional<Asked> asked;  ///< by the line before
  try {
    for (const Json& line : lines) {
      if (line.at("role") == "assistant") {
        asked = assessment::find_question(line.at("text").get_ref<const std::string&>());
      } else {
        if (asked) add_evidence(line, *asked, evidence);
        asked.reset();
      }
    }
  } catch (const Json::exception&) {
    throw refused("the transcript has another form");
  }
  return Json{{"evidence", std::move(evidence)}}.dump();
}

/// Passes on whole words with the blank after them; the pieces together are `text`.
void stream(std::string_view text, const OnText& on_text) {
  while (!text.empty()) {
    const auto length = std::min(text.find(' '), text.size() - 1) + 1;
    if (!on_text(text.substr(0, length))) {
      ChatError error(ChatError::Kind::kCancelled, "The reply was cancelled.", {});
      error.usage = Usage{};
      throw error;
    }
    text.remove_prefix(length);
  }
}

}  // namespace

ChatReply ScriptedModel::complete(const ChatRequest& request, const OnText& on_text) {
  ChatReply reply;
  reply.text = request.purpose == ChatRequest::Purpose::kInterview ? interview(request) : analysis(request);
  if (on_text) stream(reply.text, on_text);
  return reply;
}

Usage ScriptedModel::usage_max(const ChatRequest& /*request*/) const { return {}; }

}  // namespace bigocean::server::llm
