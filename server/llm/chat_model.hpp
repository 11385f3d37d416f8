// The port to a language model: one request in, text as it comes, one reply or one error out.
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

/// What the interviewer is to steer to. A model that reads text finds the same in the system text; the
/// scripted one reads this.
struct Steering {
  std::string facet{};  ///< "orderliness"; empty: unsteered
  bool wind_down = false;
};

/// What is worth keeping for the next call, where the model's API can: see server/llm/caching.hpp.
enum class Keep { kNothing, kSystem, kConversation };

/// What an earlier call with the same beginning says about this one's input.
struct KnownPrompt {
  std::int64_t tokens = 0;     ///< that call's whole input
  std::int64_t bytes_new = 0;  ///< of text that was not in it, names and brackets included

  bool operator==(const KnownPrompt&) const = default;
};

struct ChatRequest {
  enum class Purpose { kInterview, kAnalysis };

  Purpose purpose = Purpose::kInterview;
  std::string model;
  std::string system;                 ///< the same for all calls of a purpose
  std::string guidance{};             ///< what is particular to this call; sent behind the last message
  std::vector<ChatMessage> messages;  ///< oldest first; begins and ends with the user's
  std::string output_schema{};        ///< JSON Schema of the wanted output; empty: free text
  std::int64_t output_tokens_max = 0;
  Steering steering{};
  std::string language = "en";  ///< of the session: in which the scripted model asks
  Keep keep = Keep::kNothing;
  std::optional<KnownPrompt> known{};   ///< makes the bound on its input a closer one
  std::chrono::milliseconds timeout{};  ///< for the whole of it, retries included
  /// Raised when nobody wants the answer any more; null: the model's own. Must outlive the call.
  const base::Interrupt* interrupt = nullptr;
};

struct ChatReply {
  enum class Stop { kEnd, kMaxTokens, kRefusal };

  std::string text;
  Stop stop = Stop::kEnd;
  Usage usage;
  std::string request_id{};  ///< the API's, for its support; empty for the scripted model
};

/// Why there is no reply, and what it cost nevertheless.
struct ChatError : base::Error {
  enum class Kind {
    kRefusedByApi,  ///< our fault (400, 401, 403, 404, 413) or the account's: trying again does not help
    kOverloaded,    ///< 429, 5xx, 529, after all retries
    kUnreachable,   ///< no connection, or it broke before anything was billed
    kBrokenOff,     ///< began to answer and did not end
    kTimedOut,      ///< may have been billed
    kCancelled,     ///< by us
  };

  ChatError(Kind kind_in, std::string message_in, std::string hint_in, std::string detail_in = {})
      : base::Error(base::ExitCode::kUnreachable, std::move(message_in), std::move(hint_in),
                    std::move(detail_in)),
        kind(kind_in) {}

  Kind kind;
  /// What was used, never less than the API bills: zero where nothing can have been billed, nothing where it
  /// is unknown, because the API had not said what went in.
  std::optional<Usage> usage{};
  std::string request_id{};
  std::optional<std::chrono::milliseconds> retry_after{};  ///< where the API said when to come back
};

/// Called with each piece of text, on the caller's thread. False: nobody wants the rest, cancel.
using OnText = std::function<bool(std::string_view)>;

/// Thread-safe.
class ChatModel {
 public:
  virtual ~ChatModel() = default;

  /// Returns the whole reply once it is complete; throws ChatError. `on_text` may be empty. A cancelled call
  /// throws kCancelled with what it used so far, never less than the API will bill.
  virtual ChatReply complete(const ChatRequest& request, const OnText& on_text) = 0;

  /// No call of `request` can use more tokens than this: what is reserved before it.
  virtual Usage usage_max(const ChatRequest& request) const = 0;

  /// What the log calls it: "anthropic", "scripted".
  virtual std::string_view name() const = 0;
};

}  // namespace bigocean::server::llm
