// Requests, and the meaning of their replies.
#include "tests/talks/client.hpp"

#include <fmt/format.h>

#include <map>

#include "server/fetch/fetch.hpp"

namespace bigocean::talks {
namespace {

using Json = nlohmann::json;
using Kind = Told::Kind;
using namespace std::chrono_literals;

constexpr auto kRequestWithin = 60s;

/// What a problem says to this client. Whatever is not here is nothing that it should be told.
Told told_by_problem(int status, const Json& problem) {
  static const std::map<std::string, Kind> kKinds{
      {"ModelRefused", Kind::kRefused},       {"ModelUnavailable", Kind::kUnavailable},
      {"MessageCancelled", Kind::kCancelled}, {"SessionBusy", Kind::kBusy},
      {"SessionCompleted", Kind::kCompleted}, {"CostLimitExceeded", Kind::kCapped},
      {"RateLimitExceeded", Kind::kCapped},
  };
  const auto found = kKinds.find(problem.is_object() ? problem.value("_tag", "") : "");
  return {
      found == kKinds.end() ? Kind::kFault : found->second, {}, fmt::format("{} {}", status, problem.dump())};
}

}  // namespace

std::string Client::any_replica() { return scene_.base_url(dice(kReplicas)) + "/rpc/"; }

server::http::Outgoing Client::outgoing(const std::string& method, const Json& body) const {
  server::http::Outgoing request{method, {{"X-Real-IP", address_}}, {}};
  if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
  if (method == "GET") return request;
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = body.dump();
  return request;
}

server::http::Outgoing Client::message(const Line& line, bool as_stream) const {
  auto request = outgoing("POST", {{"sessionId", session_id_}, {"message", line.text}});
  request.headers.emplace_back("Idempotency-Key", line.tag.text());
  if (as_stream) request.headers.emplace_back("Accept", "text/event-stream");
  return request;
}

Told Client::post(const std::string& procedure, const server::http::Outgoing& request) {
  const auto reply = server::http::fetch(any_replica() + procedure, kRequestWithin, request);
  const auto body = Json::parse(reply.body, nullptr, false);
  if (reply.status == 200) return {Kind::kAnswer, body, {}};
  auto told = told_by_problem(reply.status, body);
  if (told.kind == Kind::kFault)
    told.words = fmt::format("{}: {} {}{}", procedure, reply.status, reply.fault, reply.body);
  return told;
}

Told Client::start() {
  const auto told = post("StartAssessment", outgoing("POST", Json::object()));
  if (told.kind == Kind::kAnswer) {
    session_id_ = told.answer["sessionId"];
    token_ = told.answer["token"];
  }
  return told;
}

Told Client::send(const Line& line) { return post("SendMessage", message(line, false)); }

Told Client::told_by(int status) {
  if (listener_.message()) return {Kind::kAnswer, *listener_.message(), {}};
  if (listener_.problem()) return told_by_problem(status, *listener_.problem());
  if (listener_.refusal()) return told_by_problem(status, *listener_.refusal());
  return {Kind::kFault, {}, fmt::format("a stream of status {} ended without a message", status)};
}

Told Client::hear(const Line& line) {
  listener_ = kills::StreamListener({.may_be_cut = true});
  return told_by(listener_.hear(any_replica() + "SendMessage", message(line, true),
                                std::chrono::steady_clock::now() + kRequestWithin));
}

std::optional<Told> Client::leave(const Line& line, std::size_t pieces) {
  listener_ = kills::StreamListener({.may_be_cut = true});
  const int status = listener_.hear(any_replica() + "SendMessage", message(line, true),
                                    std::chrono::steady_clock::now() + kRequestWithin, pieces);
  const bool is_left = status == 200 && !listener_.message() && !listener_.problem();
  return is_left ? std::nullopt : std::optional(told_by(status));
}

Told Client::follow() {
  auto request = outgoing("GET", {});
  if (!listener_.last_id().empty()) request.headers.emplace_back("Last-Event-ID", listener_.last_id());
  request.headers.emplace_back("Accept", "text/event-stream");
  return told_by(listener_.hear(any_replica() + "sessions/" + session_id_ + "/events", request,
                                std::chrono::steady_clock::now() + kRequestWithin));
}

Told Client::cancel() {
  auto told = post("CancelMessage", outgoing("POST", {{"sessionId", session_id_}}));
  if (told.kind == Kind::kAnswer && told.answer["cancelled"] == true) told.kind = Kind::kCancelled;
  return told;
}

}  // namespace bigocean::talks
