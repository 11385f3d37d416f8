// What can be wrong with a call, as its client is told: one table of tags.
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

/// What a tag's document has besides the members of every problem.
enum class ErrorFields { kNone, kFaults, kRateLimit, kCostLimit };

struct ErrorInfo {
  Tag tag;
  std::string_view name;  ///< "SessionNotFound"
  int status;
  std::string_view title;
  std::string_view detail;  ///< what is said when the error itself says nothing
  std::string_view help;    ///< when it comes and what to do, for people
  ErrorFields fields = ErrorFields::kNone;
  bool retry_after = false;      ///< comes with Retry-After
  bool may_retry_after = false;  ///< comes with Retry-After where that is known
};

std::span<const ErrorInfo> error_table();
const ErrorInfo& error_info(Tag tag);

/// One thing that is wrong with a request.
struct Fault {
  std::string pointer;  ///< RFC 6901, into the body: "/message"; empty: the body as a whole
  std::string detail;
  std::string header{};  ///< the header that it is about, in place of a pointer
};

/// An error on its way to the client. Neither text nor fields may hold what others must not know.
struct RpcError : std::exception {
  /// With no `detail` the table's is told.
  explicit RpcError(Tag tag_in, std::string detail_in = {}) : tag(tag_in), detail(std::move(detail_in)) {}

  const char* what() const noexcept override { return error_info(tag).name.data(); }

  Tag tag;
  std::string detail;
  std::optional<std::chrono::seconds> retry_after{};  ///< told where it is set, and as 1 s where one is due
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
/// ProfileNotFound always say the same, whatever `detail` holds: not even a word may tell what exists.
http::Reply problem_reply(const RpcError& error);

/// Where a problem's schema is found: "/openapi.json#/components/schemas/SessionNotFound".
std::string problem_type(std::string_view name);

}  // namespace bigocean::server::rpc
