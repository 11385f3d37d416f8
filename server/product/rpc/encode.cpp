// Writes replies as JSON, in the form that the table of procedures describes.
#include "server/product/rpc/encode.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/text.hpp"
#include "server/product/rpc/schema.hpp"

namespace bigocean::server::rpc {
namespace {

using Json = nlohmann::ordered_json;

std::string written(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json time_json(TimePoint time) { return base::format_time(time); }

Json money_json(llm::NanoDollars amount) {
  if (amount < 0 || amount > kSafeIntegerMax)
    throw std::range_error("an amount of nano-dollars that JSON cannot represent exactly");
  return amount;
}

Json json_of(const Message& message) {
  return {{"position", message.position},
          {"role", message.role == Message::Role::kUser ? "user" : "assistant"},
          {"content", message.content},
          {"createdAt", time_json(message.created_at)}};
}

Json json_of(const Progress& progress) {
  return {{"answered", progress.answered},        {"messagesMax", progress.messages_max},
          {"facetsKnown", progress.facets_known}, {"confidence", progress.confidence},
          {"windingDown", progress.winding_down}, {"completed", progress.completed}};
}

std::string_view name_of(SessionState state) {
  switch (state) {
    case SessionState::kActive:
      return "active";
    case SessionState::kCompleted:
      return "completed";
    case SessionState::kExpired:
      break;
  }
  return "expired";
}

std::string_view name_of(Analysis::State state) {
  switch (state) {
    case Analysis::State::kNone:
      return "none";
    case Analysis::State::kPending:
      return "pending";
    case Analysis::State::kCurrent:
      return "current";
    case Analysis::State::kFailed:
      break;
  }
  return "failed";
}

Json json_of(const Analysis& analysis) {
  Json json{{"state", name_of(analysis.state)}, {"throughPosition", analysis.through_position}};
  if (analysis.due_through) json["dueThrough"] = *analysis.due_through;
  return json;
}

Json json_of(const SessionSummary& session) {
  Json json{{"sessionId", session.session_id},
            {"createdAt", time_json(session.created_at)},
            {"expiresAt", time_json(session.expires_at)}};
  if (session.completed_at) json["completedAt"] = time_json(*session.completed_at);
  json["state"] = name_of(session.state);
  json["answered"] = session.answered;
  return json;
}

Json json_of(const Archetype& archetype) {
  return {{"code", archetype.code}, {"name", archetype.name}, {"description", archetype.description}};
}

Json json_of(const TraitScore& trait) {
  Json json{{"trait", trait.trait},
            {"label", trait.label},
            {"score", trait.score},
            {"level", trait.level},
            {"letter", trait.letter}};
  if (trait.text) json["text"] = *trait.text;
  return json;
}

Json json_of(const FacetScore& facet) {
  Json json{{"facet", facet.facet},
            {"trait", facet.trait},
            {"label", facet.label},
            {"score", facet.score},
            {"level", facet.level},
            {"confidence", facet.confidence},
            {"evidenceCount", facet.evidence_count}};
  if (facet.text) json["text"] = *facet.text;
  return json;
}

Json json_of(const Evidence& evidence) {
  return {{"position", evidence.position},
          {"facet", evidence.facet},
          {"score", evidence.score},
          {"confidence", evidence.confidence},
          {"quote", evidence.quote}};
}

Json json_of(const CallCost& call) {
  return {{"createdAt", time_json(call.created_at)},
          {"purpose", call.purpose},
          {"model", call.model},
          {"inputTokens", call.usage.input_tokens},
          {"outputTokens", call.usage.output_tokens},
          {"cacheWriteTokens", call.usage.cache_write_5m_tokens + call.usage.cache_write_1h_tokens},
          {"cacheReadTokens", call.usage.cache_read_tokens},
          {"nanoDollars", money_json(call.cost)}};
}

template <typename T>
Json list_json(const std::vector<T>& values) {
  auto list = Json::array();
  for (const T& value : values) list.push_back(json_of(value));
  return list;
}

Json json_of(const Results& results) {
  return {{"code5", results.code5},
          {"archetype", json_of(results.archetype)},
          {"traits", list_json(results.traits)},
          {"facets", list_json(results.facets)},
          {"throughPosition", results.analysis.through_position},
          {"analysis", json_of(results.analysis)},
          {"completed", results.completed}};
}

Json costs_json(const std::vector<CallCost>& calls) {
  llm::NanoDollars total = 0;
  for (const auto& call : calls) total += call.cost;
  return {{"nanoDollars", money_json(total)}, {"calls", list_json(calls)}};
}

}  // namespace

std::string to_json(const StartAssessmentReply& reply) {
  return written({{"sessionId", reply.session_id},
                  {"userId", reply.user_id},
                  {"token", reply.token},
                  {"expiresAt", time_json(reply.expires_at)},
                  {"message", json_of(reply.message)}});
}

std::string to_json(const SendMessageReply& reply) {
  return written({{"message", json_of(reply.message)}, {"progress", json_of(reply.progress)}});
}

std::string to_json(const ResumeSessionReply& reply) {
  Json json{{"sessionId", reply.session_id},
            {"createdAt", time_json(reply.created_at)},
            {"expiresAt", time_json(reply.expires_at)}};
  if (reply.completed_at) json["completedAt"] = time_json(*reply.completed_at);
  json["state"] = name_of(reply.state);
  json["messages"] = list_json(reply.messages);
  json["progress"] = json_of(reply.progress);
  return written(json);
}

std::string to_json(const Results& reply) { return written(json_of(reply)); }

std::string to_json(const ShareProfileReply& reply) {
  return written(
      {{"profileId", reply.profile_id}, {"path", reply.path}, {"analysis", json_of(reply.analysis)}});
}

std::string to_json(const Profile& reply) {
  Json json = Json::object();
  if (reply.display_name) json["displayName"] = *reply.display_name;
  json["archetype"] = json_of(reply.archetype);
  json["traits"] = list_json(reply.traits);
  json["facets"] = list_json(reply.facets);
  json["createdAt"] = time_json(reply.created_at);
  return written(json);
}

std::string to_json(const Export& reply) {
  Json session{{"sessionId", reply.session_id}, {"userId", reply.user_id}};
  if (reply.display_name) session["displayName"] = *reply.display_name;
  session["createdAt"] = time_json(reply.created_at);
  session["expiresAt"] = time_json(reply.expires_at);
  if (reply.completed_at) session["completedAt"] = time_json(*reply.completed_at);
  session["language"] = reply.language;
  Json json{{"session", std::move(session)},
            {"messages", list_json(reply.messages)},
            {"evidence", list_json(reply.evidence)},
            {"analysis", json_of(reply.analysis)}};
  if (reply.results) json["results"] = json_of(*reply.results);
  json["costs"] = costs_json(reply.calls);
  return written(json);
}

std::string deleted_json() { return R"({"deleted":true})"; }

std::string cancelled_json(bool cancelled) { return written({{"cancelled", cancelled}}); }

std::string sessions_json(const std::vector<SessionSummary>& sessions) {
  return written({{"sessions", list_json(sessions)}});
}

std::string revoked_json() { return R"({"revoked":true})"; }

std::string withdrawn_json(bool withdrawn) { return written({{"withdrawn", withdrawn}}); }

std::string delta_json(std::string_view text) { return written({{"text", text}}); }

std::string event(std::string_view name, std::string_view json, std::string_view id) {
  const auto id_line = id.empty() ? std::string() : fmt::format("id: {}\n", id);
  return fmt::format("event: {}\n{}data: {}\n\n", name, id_line, json);
}

}  // namespace bigocean::server::rpc
