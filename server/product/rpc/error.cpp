// The table of errors, and their problem documents.
#include "server/product/rpc/error.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace bigocean::server::rpc {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kErrors{
    ErrorInfo{Tag::kInvalidRequest, "InvalidRequest", 400, "The request is not valid",
              "`errors` names every fault",
              "Body or headers are not what the procedure takes. Every fault is listed at once; the same "
              "request will fail again.",
              ErrorFields::kFaults},
    ErrorInfo{
        Tag::kUnauthorized, "Unauthorized", 401, "A token is needed",
        "send `Authorization: Bearer TOKEN`, with the token that StartAssessment returned or one of an "
        "account",
        "The bearer token is missing, malformed, or of another kind than the procedure takes; or it is an "
        "account's and not valid. A session's token that is not of this session is SessionNotFound."},
    ErrorInfo{
        Tag::kSessionNotFound, "SessionNotFound", 404, "There is no such session",
        "no session of that id belongs to this token",
        "The session does not exist, was deleted, or belongs to somebody else: which of them is not told."},
    ErrorInfo{Tag::kProfileNotFound, "ProfileNotFound", 404, "There is no such profile",
              "no profile has that id",
              "The profile was never shared, is not shared any more, or its session was deleted."},
    ErrorInfo{Tag::kNotAcceptable, "NotAcceptable", 406, "No such form of reply",
              "nothing that Accept names can be sent",
              "Accept must allow `application/json`, or for SendMessage `text/event-stream`."},
    ErrorInfo{Tag::kSessionBusy, "SessionBusy", 409, "The session is answering another message",
              "wait for the reply to the message before",
              "Another SendMessage of the same session has not ended, or an analysis under way holds what is "
              "left of the session's budget. Nothing was saved; send it again after Retry-After.",
              ErrorFields::kNone, true},
    ErrorInfo{Tag::kMessageCancelled, "MessageCancelled", 409, "The answer was stopped",
              "the message is kept without an answer; sent again it is answered",
              "CancelMessage stopped the answer. The message stays without one; sent again it is answered."},
    ErrorInfo{Tag::kSessionCompleted, "SessionCompleted", 409, "The conversation has ended",
              "this session takes no more messages",
              "The assessment is complete; its results stay readable."},
    ErrorInfo{Tag::kProfileEmpty, "ProfileEmpty", 409, "The profile shows nothing yet",
              "no analysis has found anything that a profile could show",
              "There is nothing to share: no facet has any evidence. While an analysis is pending, "
              "`Retry-After` says when to try again; else more has to be said first.",
              ErrorFields::kNone, false, true},
    ErrorInfo{Tag::kAlreadyClaimed, "AlreadyClaimed", 409, "The session belongs to an account",
              "somebody has claimed it before",
              "The session's person belongs to another account already. Nothing was changed."},
    ErrorInfo{Tag::kSessionExpired, "SessionExpired", 410, "The session takes no more messages",
              "its time is over; results stay readable",
              "The session's time for messages is over. What it has shown stays readable; a new assessment "
              "has to be started to say more."},
    ErrorInfo{Tag::kPayloadTooLarge, "PayloadTooLarge", 413, "The body is too large",
              "the body is larger than any valid request", "No valid request needs that many bytes."},
    ErrorInfo{Tag::kUnsupportedMediaType, "UnsupportedMediaType", 415, "The body must be JSON",
              "send `Content-Type: application/json`",
              "Content-Type must be `application/json`, in UTF-8 and without Content-Encoding."},
    ErrorInfo{Tag::kIdempotencyKeyReused, "IdempotencyKeyReused", 422, "The key belongs to another message",
              "an Idempotency-Key stands for one message",
              "The Idempotency-Key was sent before with another message. A new message needs a new key."},
    ErrorInfo{Tag::kModelRefused, "ModelRefused", 422, "The interviewer does not answer this",
              "say it in another way",
              "The model refused to answer the message. It stays readable and is left out of what the model "
              "is told later; sent again under its Idempotency-Key it stays refused, at no cost."},
    ErrorInfo{Tag::kRateLimitExceeded, "RateLimitExceeded", 429, "Too many requests",
              "a limit is reached; `resetAt` says until when",
              "A limit of the person, or of the address where nobody is known, is reached. `RateLimit` and "
              "`RateLimit-Policy` name it.",
              ErrorFields::kRateLimit, true},
    ErrorInfo{Tag::kCostLimitExceeded, "CostLimitExceeded", 503, "The budget is used up",
              "the service has spent what it may for now",
              "The budget of the day is spent or reserved. Nothing was saved; try again after Retry-After.",
              ErrorFields::kCostLimit, true},
    ErrorInfo{
        Tag::kModelUnavailable, "ModelUnavailable", 503, "The interviewer does not answer",
        "the model cannot be reached; try again",
        "The model is overloaded or away, after all retries. Sent again with the same Idempotency-Key the "
        "message counts once.",
        ErrorFields::kNone, true},
    ErrorInfo{
        Tag::kChallengeFailed, "ChallengeFailed", 403, "A challenge has to be solved",
        "send `Challenge-Proof` with a fresh proof, or the token of an earlier session",
        "Whoever begins without the token of an earlier session has to solve the challenge of this service "
        "first. A proof is good once."},
    ErrorInfo{
        Tag::kAccountsUnavailable, "AccountsUnavailable", 503, "Accounts cannot be verified",
        "the keys of accounts cannot be read; try again",
        "A signed token was sent, and the keys to verify it by were never read, since their address does "
        "not answer. Tokens of sessions work.",
        ErrorFields::kNone, true},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kErrors.size(); ++i) {
    if (kErrors[i].tag != static_cast<Tag>(i)) return false;
  }
  return true;
}
static_assert(is_in_order(), "error_info() finds a tag by its number");

bool tells_nothing_of_its_own(Tag tag) {
  return tag == Tag::kSessionNotFound || tag == Tag::kProfileNotFound;
}

Json faults_of(const RpcError& error) {
  auto list = Json::array();
  for (const Fault& fault : error.faults) {
    Json one;
    one[fault.header.empty() ? "pointer" : "header"] = fault.header.empty() ? fault.pointer : fault.header;
    one["detail"] = fault.detail;
    list.push_back(std::move(one));
  }
  return list;
}

void add_fields(Json& body, const RpcError& error, ErrorFields fields) {
  switch (fields) {
    case ErrorFields::kNone:
      break;
    case ErrorFields::kFaults:
      body["errors"] = faults_of(error);
      break;
    case ErrorFields::kRateLimit:
      if (error.user_id) body["userId"] = *error.user_id;
      body["resetAt"] = base::format_time(error.reset_at);
      break;
    case ErrorFields::kCostLimit:
      body["dailySpend"] = error.daily_spend;
      body["limit"] = error.limit;
      break;
  }
}

}  // namespace

std::span<const ErrorInfo> error_table() { return kErrors; }

const ErrorInfo& error_info(Tag tag) { return kErrors.at(static_cast<std::size_t>(tag)); }

std::string problem_type(std::string_view name) {
  return std::string("/openapi.json#/components/schemas/").append(name);
}

http::Reply problem_reply(const RpcError& error) {
  const ErrorInfo& info = error_info(error.tag);
  const bool own_words = !error.detail.empty() && !tells_nothing_of_its_own(error.tag);
  Json body;
  body["_tag"] = info.name;
  body["type"] = problem_type(info.name);
  body["title"] = info.title;
  body["status"] = info.status;
  body["detail"] = own_words ? std::string_view(error.detail) : info.detail;
  add_fields(body, error, info.fields);
  http::Reply reply{info.status, "application/problem+json",
                    body.dump(-1, ' ', false, Json::error_handler_t::replace), error.headers};
  // RFC 9110, 15.5.2: a 401 says how to do better.
  if (error.tag == Tag::kUnauthorized && !http::find_header(reply.headers, "WWW-Authenticate"))
    reply.headers.emplace_back("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  if (error.retry_after || info.retry_after)
    reply.retry_after = error.retry_after.value_or(std::chrono::seconds{1});
  return reply;
}

}  // namespace bigocean::server::rpc
