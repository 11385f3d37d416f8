// The table of procedures, from which routes, validation, GET /openapi.json and docs/api.md are made.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"
#include "server/product/rpc/backend.hpp"
#include "server/product/rpc/error.hpp"
#include "server/product/rpc/input.hpp"
#include "server/product/rpc/negotiation.hpp"
#include "server/product/rpc/schema.hpp"

namespace bigocean::server::rpc {

/// The error of a call in each state of its session; no tag: it is served. The session is the one in the
/// request, the token's (StartAssessment), the profile's (GetProfile), or one of the account's
/// (ListSessions).
struct InState {
  std::optional<Tag> active{};
  std::optional<Tag> completed{};
  std::optional<Tag> expired{};
  std::optional<Tag> deleted = Tag::kSessionNotFound;
};

/// The language of the texts in a reply, except the messages.
enum class Texts {
  kNone,       ///< there are no texts
  kOfSession,  ///< the session's
  kOfReader,   ///< what Accept-Language prefers
};

/// The group of a procedure in the documents.
enum class Topic { kConversation, kResults, kSharing, kAccounts, kData };

struct Procedure {
  std::string_view name;     ///< "SendMessage", served at POST /rpc/SendMessage unless `get_path` is set
  std::string_view summary;  ///< one line
  std::string_view help;     ///< further facts for callers
  Topic topic = Topic::kConversation;
  Bearer bearer = Bearer::kRequired;
  InState in_state{};
  http::Place place = http::Place::kWorker;
  bool takes_proof = false;  ///< reads the proof of a challenge from the header Challenge-Proof
  Texts texts = Texts::kNone;
  Schema request;  ///< an object of texts
  Schema reply;
  std::vector<Tag> errors;  ///< besides those that follow from other fields: see errors_of()
  /// Returns the reply as JSON. Null for a procedure with `begin`.
  std::string (*call)(Backend&, const Caller&, const Input&) = nullptr;
  /// Begins the turn of a procedure that can stream its reply; returns null when there is no answer. Null for
  /// other procedures.
  std::unique_ptr<Turn> (*begin)(Backend&, const Caller&, const Input&) = nullptr;
  /// "/rpc/sessions/{sessionId}/events": served at this path with GET, and as a stream only. The request is
  /// the segment in braces.
  std::string_view get_path{};
};

/// The table. `message_chars_max` is the limit of one message in code points.
std::vector<Procedure> procedures(std::int64_t message_chars_max);

/// All errors that a procedure may return, in the order of error_table().
std::vector<Tag> errors_of(const Procedure& procedure);

/// The name of a topic, "Conversation", and one sentence about it.
std::string_view name_of(Topic topic);
std::string_view help_of(Topic topic);
inline constexpr std::array kTopics{Topic::kConversation, Topic::kResults, Topic::kSharing, Topic::kAccounts,
                                    Topic::kData};

/// "/rpc/SendMessage", or its get_path.
std::string path_of(const Procedure& procedure);

}  // namespace bigocean::server::rpc
