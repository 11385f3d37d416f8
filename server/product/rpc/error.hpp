// The errors of the procedures: one table of tags.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"
#include "server/llm/usage.hpp"

namespace bigocean::server::rpc {

/// The `_tag` of a problem document, in the order of error_table().
enum class Tag {
  kInvalidRequest,
  kUnauthorized,
  kSessionNotFound,
  kProfileNotFound,
  kNotAcceptable,
  kSessionBusy,
  kMessageCancelled,
  kSessionCompleted,
  kProfileEmpty,
  kAlreadyClaimed,
  kSessionExpired,
  kPayloadTooLarge,
  kUnsupportedMediaType,
  kIdempotencyKeyReused,
  kModelRefused,
  kRateLimitExceeded,
  kCostLimitExceeded,
  kModelUnavailable,
  kChallengeFailed,
  kAccountsUnavailable,
};

/// The additional members of a tag's problem document.
enum class ErrorFields { kNone, kFaults, kRateLimit, kCostLimit };

struct ErrorInfo {
  Tag tag;
  std::string_view name;  ///< "SessionNotFound"
  int status;
  std::string_view title;
  std::string_view detail;  ///< used when the error has no detail of its own
  std::string_view help;    ///< when it occurs and what to do, for people
  ErrorFields fields = ErrorFields::kNone;
  bool retry_after = false;      ///< always has Retry-After
  bool may_retry_after = false;  ///< has Retry-After if the time is known
};

std::span<const ErrorInfo> error_table();
const ErrorInfo& error_info(Tag tag);

/// One fault of a request.
struct Fault {
  std::string pointer;  ///< RFC 6901, into the body: "/message"; empty: the body as a whole
  std::string detail;
  std::string header{};  ///< the name of the faulty header, instead of a pointer
};

/// An error that is sent to the client. Neither text nor fields may contain data of other users.
struct RpcError : std::exception {
  /// Without `detail` the table's detail is used.
  explicit RpcError(Tag tag_in, std::string detail_in = {}) : tag(tag_in), detail(std::move(detail_in)) {}

  const char* what() const noexcept override { return error_info(tag).name.data(); }

  Tag tag;
  std::string detail;
  std::optional<std::chrono::seconds> retry_after{};  ///< if not set, 1 s for tags that always have it
  http::Headers headers{};                            ///< RateLimit, RateLimit-Policy, WWW-Authenticate
  std::vector<Fault> faults{};                        ///< of InvalidRequest

  // Of RateLimitExceeded.
  std::optional<std::string> user_id{};
  std::chrono::system_clock::time_point reset_at{};

  // Of CostLimitExceeded.
  llm::NanoDollars daily_spend = 0;
  llm::NanoDollars limit = 0;
};

/// The error as a problem document: application/problem+json, its status, its headers. SessionNotFound and
/// ProfileNotFound always say the same, and ignore `detail`, so that they do not reveal what exists.
http::Reply problem_reply(const RpcError& error);

/// The address of a problem's schema: "/openapi.json#/components/schemas/SessionNotFound".
std::string problem_type(std::string_view name);

}  // namespace bigocean::server::rpc
