// Errors of the Messages API: reads and classifies them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.hpp"
#include "server/llm/chat_model.hpp"

namespace bigocean::server::llm {

/// Members are empty where the API does not report them.
struct ApiError {
  std::string type;     ///< "overloaded_error"
  std::string code;     ///< details.error_code: "enforced_spend_limit_reached"
  std::string message;  ///< for the log
};

/// Reads {"error": {…}}; never throws.
ApiError read_api_error(std::string_view json);

/// The HTTP status that corresponds to an error inside a stream.
int status_of(const ApiError& error);

struct FailureClass {
  ChatError::Kind kind;
  bool retry = false;
  std::optional<std::chrono::milliseconds> pause{};  ///< before a retry, if the API names one
  bool may_be_billed = false;                        ///< the API may have processed the request
  std::string hint{};
};

/// Classifies an answer with a status other than 200. What may have been billed is not retried, because the
/// reservation is for one call: these are 504 and 524, with which a gateway or the API reports that the work
/// took too long.
FailureClass classify_failure(int status, const http::Headers& headers, const ApiError& error,
                              std::chrono::system_clock::time_point now);

}  // namespace bigocean::server::llm
