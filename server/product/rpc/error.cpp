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
              "`errors` lists every fault",
              "The body or a header is not what the procedure expects. All faults are listed; the same "
              "request will fail again.",
              ErrorFields::kFaults},
    ErrorInfo{Tag::kUnauthorized, "Unauthorized", 401, "A token is needed",
              "send `Authorization: Bearer TOKEN`, with the token that StartAssessment returned or one of an "
              "account",
              "The bearer token is missing, malformed, or of another kind than the procedure accepts, or it "
              "is an account's token and not valid. The token of another session is SessionNotFound."},
    ErrorInfo{Tag::kSessionNotFound, "SessionNotFound", 404, "There is no such session",
              "no session of that id belongs to this token",
              "The session does not exist, was deleted, or belongs to another person; the error does not say "
              "which."},
    ErrorInfo{Tag::kProfileNotFound, "ProfileNotFound", 404, "There is no such profile",
              "no profile has that id",
              "The profile was never shared, is no longer shared, or its session was deleted."},
    ErrorInfo{Tag::kNotAcceptable, "NotAcceptable", 406, "The reply has no acceptable form",
              "the service cannot send any form that Accept names",
              "Accept must allow `application/json`, or for SendMessage `text/event-stream`."},
    ErrorInfo{
        Tag::kSessionBusy, "SessionBusy", 409, "The session is answering another message",
        "wait for the reply to the previous message",
        "Another SendMessage of the same session has not ended, or an analysis under way has reserved the "
        "rest of the session's budget. Nothing was saved; send the message again after Retry-After.",
        ErrorFields::kNone, true},
    ErrorInfo{Tag::kMessageCancelled, "MessageCancelled", 409, "The answer was stopped",
              "the message is kept without an answer; send it again to get one",
              "CancelMessage stopped the answer. The message stays without one; send it again to get one."},
    ErrorInfo{Tag::kSessionCompleted, "SessionCompleted", 409, "The conversation has ended",
              "this session takes no more messages",
              "The assessment is complete; its results stay readable."},
    ErrorInfo{Tag::kProfileEmpty, "ProfileEmpty", 409, "The profile shows nothing yet",
              "no analysis has found evidence for a profile yet",
              "There is nothing to share: no facet has evidence. While an analysis is pending, `Retry-After` "
              "says when to try again; otherwise the conversation has to go on first.",
              ErrorFields::kNone, false, true},
    ErrorInfo{Tag::kAlreadyClaimed, "AlreadyClaimed", 409, "The session belongs to an account",
              "another account has claimed it before",
              "The session's person belongs to another account already. Nothing was changed."},
    ErrorInfo{Tag::kSessionExpired, "SessionExpired", 410, "The session takes no more messages",
              "the session has expired; its results stay readable",
              "The session has expired. Its messages and results stay readable; start a new assessment to "
              "continue."},
    ErrorInfo{Tag::kPayloadTooLarge, "PayloadTooLarge", 413, "The body is too large",
              "the body is larger than any valid request",
              "The body has more bytes than any valid request needs."},
    ErrorInfo{Tag::kUnsupportedMediaType, "UnsupportedMediaType", 415, "The body must be JSON",
              "send `Content-Type: application/json`",
              "Content-Type must be `application/json`, in UTF-8 and without Content-Encoding."},
    ErrorInfo{Tag::kIdempotencyKeyReused, "IdempotencyKeyReused", 422, "The key belongs to another message",
              "an Idempotency-Key belongs to one message",
              "The Idempotency-Key was sent before with another message. Use a new key for a new message."},
    ErrorInfo{Tag::kModelRefused, "ModelRefused", 422, "The interviewer does not answer this",
              "rephrase the message",
              "The model refused to answer the message. The message stays readable and is left out of later "
              "requests to the model. Sent again with its Idempotency-Key, it stays refused, at no cost."},
    ErrorInfo{Tag::kRateLimitExceeded, "RateLimitExceeded", 429, "Too many requests",
              "a limit is reached; `resetAt` says when it ends",
              "A limit of the person, or of the address of an unknown person, is reached. `RateLimit` and "
              "`RateLimit-Policy` name it.",
              ErrorFields::kRateLimit, true},
    ErrorInfo{Tag::kCostLimitExceeded, "CostLimitExceeded", 503, "The budget is used up",
              "the service has spent its budget for now",
              "The budget of the day is spent or reserved. Nothing was saved; try again after Retry-After.",
              ErrorFields::kCostLimit, true},
    ErrorInfo{Tag::kModelUnavailable, "ModelUnavailable", 503, "The interviewer does not answer",
              "the model cannot be reached; try again",
              "The model is overloaded or unreachable, after all retries. Sent again with the same "
              "Idempotency-Key, the message counts once.",
              ErrorFields::kNone, true},
    ErrorInfo{Tag::kChallengeFailed, "ChallengeFailed", 403, "A challenge must be solved",
              "send `Challenge-Proof` with a fresh proof, or the token of an earlier session",
              "A caller without the token of an earlier session or of an account must solve the service's "
              "challenge first. A proof is valid once."},
    ErrorInfo{Tag::kAccountsUnavailable, "AccountsUnavailable", 503, "Accounts cannot be verified",
              "the keys of accounts cannot be read; try again",
              "A signed token was sent, but the keys to verify it could not be read yet, because their "
              "address does not answer. Tokens of sessions work.",
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
  // RFC 9110, 15.5.2: a 401 must have this header.
  if (error.tag == Tag::kUnauthorized && !http::find_header(reply.headers, "WWW-Authenticate"))
    reply.headers.emplace_back("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  if (error.retry_after || info.retry_after)
    reply.retry_after = error.retry_after.value_or(std::chrono::seconds{1});
  return reply;
}

}  // namespace bigocean::server::rpc
