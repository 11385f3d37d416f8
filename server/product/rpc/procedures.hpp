// The one table of procedures: routes, validation, GET /openapi.json and docs/api.md come out of it.
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

/// What becomes of a call in each state of the session that it is about; no tag: it is served. The session is
/// the one that is named, the token's (StartAssessment), the profile's (GetProfile), or one of the account's
/// (ListSessions).
struct InState {
  std::optional<Tag> active{};
  std::optional<Tag> completed{};
  std::optional<Tag> expired{};
  std::optional<Tag> deleted = Tag::kSessionNotFound;
};

/// Whose language the texts of a reply are in, of those that are not what was said.
enum class Texts {
  kNone,       ///< it has none
  kOfSession,  ///< the session's
  kOfReader,   ///< what Accept-Language prefers
};

/// What a procedure is about, as documents group them.
enum class Topic { kConversation, kResults, kSharing, kAccounts, kData };

struct Procedure {
  std::string_view name;     ///< "SendMessage", served at POST /rpc/SendMessage unless `get_path` is set
  std::string_view summary;  ///< one line
  std::string_view help;     ///< what else a caller has to know
  Topic topic = Topic::kConversation;
  Bearer bearer = Bearer::kRequired;
  InState in_state{};
  http::Place place = http::Place::kWorker;
  bool takes_proof = false;  ///< of a challenge, in the header Challenge-Proof
  Texts texts = Texts::kNone;
  Schema request;  ///< an object of texts
  Schema reply;
  std::vector<Tag> errors;  ///< besides those that follow from the rest of the row: see errors_of()
  /// The reply as JSON. Null for a procedure that takes turns.
  std::string (*call)(Backend&, const Caller&, const Input&) = nullptr;
  /// Of a procedure that can stream its reply. Null where there is nothing to tell. Else null.
  std::unique_ptr<Turn> (*begin)(Backend&, const Caller&, const Input&) = nullptr;
  /// "/rpc/sessions/{sessionId}/events": served at this path with GET, and as a stream only. The request is
  /// the part of the path that stands in braces.
  std::string_view get_path{};
};

/// The table, for a limit of characters a message.
std::vector<Procedure> procedures(std::int64_t message_chars_max);

/// Every error that a procedure may answer with, in the order of error_table().
std::vector<Tag> errors_of(const Procedure& procedure);

/// "Conversation"; and what it is, in a sentence.
std::string_view name_of(Topic topic);
std::string_view help_of(Topic topic);
inline constexpr std::array kTopics{Topic::kConversation, Topic::kResults, Topic::kSharing, Topic::kAccounts,
                                    Topic::kData};

/// "/rpc/SendMessage", or its get_path.
std::string path_of(const Procedure& procedure);

}  // namespace bigocean::server::rpc
