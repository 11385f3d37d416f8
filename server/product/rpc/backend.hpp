// The interface between the procedures and the service: takes plain requests, and returns plain replies or
// throws an RpcError.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/accounts/accounts.hpp"
#include "server/http/message.hpp"
#include "server/llm/usage.hpp"
#include "server/product/assessment/language.hpp"

namespace bigocean::server::rpc {

using TimePoint = std::chrono::system_clock::time_point;

/// The caller of a procedure. All values have the correct form, but only the account has been verified.
struct Caller {
  std::optional<std::string> token;  ///< of a session: 43 characters of base64url
  std::string client_address;        ///< numeric; the address that a trusted proxy names, else the peer's
  std::string request_id;            ///< for log lines
  std::string challenge_proof{};     ///< of StartAssessment; empty: none was sent
  /// The supported language that Accept-Language prefers, for procedures that use it; nothing if it names
  /// none.
  std::optional<assessment::Language> language{};
  /// Gets the headers of a successful reply: those of the limits that it counts against, and
  /// Content-Language. Null: they are not needed.
  http::Headers* reply_headers = nullptr;
  /// The account that a verified signed token names. Then `token` is empty; if a token is required, one of
  /// the two is set.
  std::optional<accounts::Account> account{};
};

struct Message {
  enum class Role { kUser, kAssistant };

  std::int64_t position = 0;  ///< from 1
  Role role = Role::kAssistant;
  std::string content;
  TimePoint created_at;
};

struct Progress {
  std::int64_t answered = 0;      ///< the user's messages
  std::int64_t messages_max = 0;  ///< of them, in one session
  std::int64_t facets_known = 0;  ///< 0 to 30
  double confidence = 0;          ///< mean over all facets, 0 to 100
  bool winding_down = false;      ///< the next answer is the closing one, or it has been given
  bool completed = false;
};

struct Archetype {
  std::string code;  ///< four letters
  std::string name;
  std::string description;
};

struct TraitScore {
  std::string trait;                  ///< "openness"
  double score = 0;                   ///< 0 to 120
  std::string level;                  ///< "low", "mid", "high"
  std::string letter;                 ///< "O"
  std::string label{};                ///< for people: "Openness"
  std::optional<std::string> text{};  ///< what the level means; nothing if none of its facets has evidence
};

struct FacetScore {
  std::string facet;  ///< "artistic_interests"
  std::string trait;
  double score = 0;       ///< 0 to 20
  double confidence = 0;  ///< 0 to 100
  std::int64_t evidence_count = 0;
  std::string label{};                ///< for people: "Artistic interests"
  std::string level{};                ///< "low", "mid", "high"
  std::optional<std::string> text{};  ///< what the level means; nothing without evidence
};

/// Whether a session takes messages.
enum class SessionState {
  kActive,     ///< takes messages
  kCompleted,  ///< no more messages: the assessment has ended
  kExpired,    ///< no more messages: its time is over
};

/// Whether results will still change.
struct Analysis {
  enum class State {
    kNone,     ///< nothing was analysed, and no analysis is due
    kPending,  ///< an analysis is waiting or under way
    kCurrent,  ///< the results contain all analyses that were due
    kFailed,   ///< the last analysis was given up; the results are those of the one before
  };

  State state = State::kNone;
  std::int64_t through_position = 0;  ///< the last message that was analysed; 0: none yet
  /// For kPending and kFailed: the last message of the missing analysis.
  std::optional<std::int64_t> due_through;
};

/// The new session belongs to the caller's account, if there is one, or to the person of the session whose
/// token is sent.
struct StartAssessmentRequest {
  std::optional<std::string> display_name;  ///< 1 to 80 code points, no control characters
};
struct StartAssessmentReply {
  std::string session_id;
  std::string user_id;
  std::string token;
  TimePoint expires_at;
  Message message;
};

struct SendMessageRequest {
  std::string session_id;
  std::string message;  ///< 1 to rpc.message_chars_max code points; nothing that base::is_forbidden
  std::optional<std::string> idempotency_key;  ///< 1 to 200 visible ASCII characters
};
/// How far a client has read the answers of a session, as the ids of a stream's events encode it.
struct StreamPlace {
  std::int64_t position = 0;  ///< of the answer
  std::int64_t turn = 0;      ///< the turn that makes it, counted within the session; 0: it is stored
  std::int64_t bytes = 0;     ///< bytes of its text (UTF-8) that were read
  bool whole = false;         ///< the whole answer was read
};

/// "3.2.120", "3.2.end".
std::string text_of(const StreamPlace& place);
/// Nothing for any text that text_of() does not return.
std::optional<StreamPlace> read_stream_place(std::string_view text);

struct FollowRequest {
  std::string session_id;
  std::optional<StreamPlace> seen;
};

struct SendMessageReply {
  Message message;  ///< the interviewer's
  Progress progress;
};

/// A session by its id, lower case.
struct SessionRequest {
  std::string session_id;
};
struct ResumeSessionReply {
  std::string session_id;
  TimePoint created_at;
  TimePoint expires_at;
  std::optional<TimePoint> completed_at;
  SessionState state = SessionState::kActive;
  std::vector<Message> messages;
  Progress progress;
};

struct Results {
  std::string code5;
  Archetype archetype;
  std::vector<TraitScore> traits;
  std::vector<FacetScore> facets;
  Analysis analysis;
  bool completed = false;  ///< the conversation; the last analysis may still be pending
};

struct ShareProfileReply {
  std::string profile_id;  ///< 43 characters of base64url
  std::string path;        ///< where a front end shows it
  Analysis analysis;       ///< while it is pending, the profile may still change
};
struct ProfileRequest {
  std::string profile_id;
};
struct Profile {
  std::optional<std::string> display_name;
  Archetype archetype;
  std::vector<TraitScore> traits;
  std::vector<FacetScore> facets;
  TimePoint created_at;
};

struct Evidence {
  std::int64_t position = 0;
  std::string facet;
  double score = 0;       ///< 0 to 20
  double confidence = 0;  ///< 0 to 100
  std::string quote;
};

/// One call to a model, and its cost.
struct CallCost {
  TimePoint created_at;
  std::string purpose;  ///< "interview", "analysis"
  std::string model;
  llm::Usage usage;
  llm::NanoDollars cost = 0;
};

struct Export {
  std::string session_id;
  std::string user_id;
  std::optional<std::string> display_name;
  TimePoint created_at;
  TimePoint expires_at;
  std::optional<TimePoint> completed_at;
  std::string language;  ///< "en"
  std::vector<Message> messages;
  std::vector<Evidence> evidence;
  Analysis analysis;
  std::optional<Results> results;
  std::vector<CallCost> calls;
};

/// A session in the caller's list.
struct SessionSummary {
  std::string session_id;
  TimePoint created_at;
  TimePoint expires_at;
  std::optional<TimePoint> completed_at;
  SessionState state = SessionState::kActive;
  std::int64_t answered = 0;  ///< the user's messages
};

/// A guest's session and the token that opens it.
struct ClaimRequest {
  std::string session_id;
  std::string token;
};

/// Called with each piece of the reply's text, whole code points. Returns false when the client has left.
using OnText = std::function<bool(std::string_view)>;

/// An answer for a client: to be made for an accepted message (saved, its cost reserved, the session held),
/// already stored, or followed while another request makes it. The destructor always releases the session. A
/// turn that never ran has called no model and gives back its reservation.
class Turn {
 public:
  virtual ~Turn() = default;

  /// The place where the text of run() begins.
  virtual StreamPlace place() const = 0;
  /// Whether the client must drop the pieces that it has, because they are from a failed attempt.
  virtual bool begins_again() const { return false; }

  /// Makes or follows the answer and returns it. To be called at most once, on the thread that began the
  /// turn. A stored reply is not passed in pieces. An answer that is being made is completed and stored even
  /// if its client leaves. Throws RpcError: ModelUnavailable, ModelRefused, MessageCancelled, or any tag
  /// after `on_text` has returned false.
  virtual SendMessageReply run(const OnText& on_text) = 0;
};

/// Thread-safe. All functions throw RpcError for what a client may know; any other exception becomes a 500,
/// or a 503 when it is a base::Error of ExitCode::kUnreachable.
class Backend {
 public:
  virtual ~Backend() = default;

  /// The account that a signed token names. Throws Unauthorized and AccountsUnavailable.
  virtual accounts::Account account_of(std::string_view token) = 0;

  virtual StartAssessmentReply start_assessment(const Caller& caller,
                                                const StartAssessmentRequest& request) = 0;
  /// Accepts a message. All checks that may refuse it run here: access, limits, budget.
  virtual std::unique_ptr<Turn> send_message(const Caller& caller, const SendMessageRequest& request) = 0;
  /// Continues with the answer under way, or returns one that is complete. Null when there is none. Waits up
  /// to assessment.reply_wait for an answer that another process makes, and then throws SessionBusy.
  virtual std::unique_ptr<Turn> follow_session(const Caller& caller, const FollowRequest& request) = 0;
  /// Stops the answer under way, and waits until it has ended. False when none was under way, or it was
  /// complete before it could be stopped.
  virtual bool cancel_message(const Caller& caller, const SessionRequest& request) = 0;
  virtual ResumeSessionReply resume_session(const Caller& caller, const SessionRequest& request) = 0;
  virtual Results get_results(const Caller& caller, const SessionRequest& request) = 0;
  virtual ShareProfileReply share_profile(const Caller& caller, const SessionRequest& request) = 0;
  /// Whether there was a shared profile to withdraw.
  virtual bool unshare_profile(const Caller& caller, const SessionRequest& request) = 0;
  virtual Profile get_profile(const Caller& caller, const ProfileRequest& request) = 0;
  virtual void delete_session(const Caller& caller, const SessionRequest& request) = 0;
  virtual Export export_session(const Caller& caller, const SessionRequest& request) = 0;

  // For callers with an account.
  /// Assigns the session's person, with all sessions, to the account. Returns the account's sessions.
  virtual std::vector<SessionSummary> claim_session(const Caller& caller, const ClaimRequest& request) = 0;
  virtual std::vector<SessionSummary> list_sessions(const Caller& caller) = 0;
  /// Makes the session's own token invalid.
  virtual void revoke_session(const Caller& caller, const SessionRequest& request) = 0;
};

}  // namespace bigocean::server::rpc
