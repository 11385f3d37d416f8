// What the Messages API says went wrong, and what to do about it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.hpp"
#include "server/llm/chat_model.hpp"

namespace bigocean::server::llm {

/// Empty where the API does not say.
struct ApiError {
  std::string type;     ///< "overloaded_error"
  std::string code;     ///< details.error_code: "enforced_spend_limit_reached"
  std::string message;  ///< for the log
};

/// Reads {"error": {…}}; never throws.
ApiError read_api_error(std::string_view json);

/// The status that an error inside a stream would have had.
int status_of(const ApiError& error);

struct FailureClass {
  ChatError::Kind kind;
  bool retry = false;
  std::optional<std::chrono::milliseconds> pause{};  ///< before a retry, where the API names one
  bool may_be_billed = false;                        ///< the API may have worked on it
  std::string hint{};
};

/// Of an answer with a status other than 200. Nothing that may have been billed is retried: the reservation
/// is for one call. That concerns 504 and 524, by which a gateway or the API says that the work took too
/// long.
FailureClass classify_failure(int status, const http::Headers& headers, const ApiError& error,
                              std::chrono::system_clock::time_point now);

}  // namespace bigocean::server::llm
