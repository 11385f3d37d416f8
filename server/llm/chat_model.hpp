// The interface of a language model: takes one request, passes on text as it arrives, and returns one reply
// or throws one error.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "server/llm/usage.hpp"

namespace bigocean::server::llm {

enum class Role { kUser, kAssistant };

struct ChatMessage {
  Role role = Role::kUser;
  std::string text;
};

/// The topic that the interviewer should steer to. Text models find it in the guidance, the scripted model
/// reads this struct.
struct Steering {
  std::string facet{};  ///< "orderliness"; empty: unsteered
  bool wind_down = false;
};

/// Which part of the prompt to mark for the API's cache; see server/llm/caching.hpp.
enum class Keep { kNothing, kSystem, kConversation };

/// What an earlier call with the same beginning shows about this call's input.
struct KnownPrompt {
  std::int64_t tokens = 0;     ///< the whole input of that call
  std::int64_t bytes_new = 0;  ///< bytes of text that were not in it, names and brackets included

  bool operator==(const KnownPrompt&) const = default;
};

struct ChatRequest {
  enum class Purpose { kInterview, kAnalysis };

  Purpose purpose = Purpose::kInterview;
  std::string model;
  std::string system;                 ///< the same for all calls of a purpose
  std::string guidance{};             ///< specific to this call; sent after the last message
  std::vector<ChatMessage> messages;  ///< oldest first; begins and ends with a message of the user
  std::string output_schema{};        ///< JSON Schema of the wanted output; empty: free text
  std::int64_t output_tokens_max = 0;
  Steering steering{};
  std::string language = "en";  ///< of the session; the scripted model asks in it
  Keep keep = Keep::kNothing;
  std::optional<KnownPrompt> known{};   ///< allows a closer bound on the input
  std::chrono::milliseconds timeout{};  ///< of the whole call, retries included
  /// Cancels the call when it is raised; null: the model's own interrupt. Must outlive the call.
  const base::Interrupt* interrupt = nullptr;
};

struct ChatReply {
  enum class Stop { kEnd, kMaxTokens, kRefusal };

  std::string text;
  Stop stop = Stop::kEnd;
  Usage usage;
  std::string request_id{};  ///< the API's id, for its support; empty for the scripted model
};

/// Why there is no reply, and what the call used nevertheless.
struct ChatError : base::Error {
  enum class Kind {
    kRefusedByApi,  ///< a fault of the request or account (400, 401, 403, 404, 413): a retry does not help
    kOverloaded,    ///< 429, 5xx, 529, after all retries
    kUnreachable,   ///< no connection, or it broke before anything was billed
    kBrokenOff,     ///< the answer began and did not end
    kTimedOut,      ///< may have been billed
    kCancelled,     ///< by the caller
  };

  ChatError(Kind kind_in, std::string message_in, std::string hint_in, std::string detail_in = {})
      : base::Error(base::ExitCode::kUnreachable, std::move(message_in), std::move(hint_in),
                    std::move(detail_in)),
        kind(kind_in) {}

  Kind kind;
  /// An upper bound on the billed usage: zero where nothing can have been billed, nothing where it is unknown
  /// because the API had not reported the input.
  std::optional<Usage> usage{};
  std::string request_id{};
  std::optional<std::chrono::milliseconds> retry_after{};  ///< if the API said when to retry
};

/// Called with each piece of text, on the caller's thread. Returning false cancels the call.
using OnText = std::function<bool(std::string_view)>;

/// Thread-safe.
class ChatModel {
 public:
  virtual ~ChatModel() = default;

  /// Returns the whole reply once it is complete; throws ChatError. `on_text` may be empty. A cancelled call
  /// throws kCancelled with an upper bound on what the API will bill.
  virtual ChatReply complete(const ChatRequest& request, const OnText& on_text) = 0;

  /// An upper bound on the tokens that a call of `request` can use, to be reserved before it.
  virtual Usage usage_max(const ChatRequest& request) const = 0;

  /// The name in the log: "anthropic", "scripted".
  virtual std::string_view name() const = 0;
};

}  // namespace bigocean::server::llm
