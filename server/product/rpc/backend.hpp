// What the procedures ask of the service behind them: plain requests in, plain replies or an RpcError out.
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

/// Who calls. Everything has its right form, nothing of it has been looked up.
struct Caller {
  std::optional<std::string> token;  ///< of a session: 43 characters of base64url
  std::string client_address;        ///< numeric; the client's own where a trusted proxy names it
  std::string request_id;            ///< for log lines
  std::string challenge_proof{};     ///< of StartAssessment; empty: none was sent
  /// Which of our languages Accept-Language prefers, where the procedure looks; nothing where it names none.
  std::optional<assessment::Language> language{};
  /// Where headers of the reply are noted that a success has, too: those of the limits it counts against, and
  /// Content-Language.
  /// Null: nobody wants them.
  http::Headers* reply_headers = nullptr;
  /// Who is named by a signed token, verified. With it there is no token of a session; where one is required,
  /// there is either.
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
  std::optional<std::string> text{};  ///< what the level means; nothing where no facet of it has evidence
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

/// What a session takes.
enum class SessionState {
  kActive,     ///< messages
  kCompleted,  ///< no more messages: the assessment has ended
  kExpired,    ///< no more messages: its time is over
};

/// Whether results will still change.
struct Analysis {
  enum class State {
    kNone,     ///< nothing was analysed, nothing is about to be
    kPending,  ///< an analysis is waiting or under way
    kCurrent,  ///< all that was to be analysed is in the results
    kFailed,   ///< the last analysis was given up; the results are those of the one before
  };

  State state = State::kNone;
  std::int64_t through_position = 0;  ///< the last message that was analysed; 0: none yet
  /// Of kPending and kFailed: the last message of the analysis that is not there.
  std::optional<std::int64_t> due_through;
};

/// The caller's account, if any, is whose session it will be; the token of a session ties the new one to the
/// same person.
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
/// How far a client has read the answers of a session: what the ids of a stream's events say.
struct StreamPlace {
  std::int64_t position = 0;  ///< of the answer
  std::int64_t turn = 0;      ///< that makes it, counted within the session; 0: it is stored
  std::int64_t bytes = 0;     ///< of its text, as UTF-8
  bool whole = false;         ///< all of it was told
};

/// "3.2.120", "3.2.end".
std::string text_of(const StreamPlace& place);
/// Nothing for a text that no place has.
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
  Analysis analysis;       ///< as long as it is pending, what the profile shows changes
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

/// One call of a model.
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

/// A session of one's own, in a list.
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

/// Called with each piece of the reply's text, whole code points. False: this client has left.
using OnText = std::function<bool(std::string_view)>;

/// An answer on its way to a client: made for a message that has been taken (saved, paid for in advance, the
/// session held), stored already, or followed while another client's request makes it. Whatever becomes of a
/// message that was taken, the destructor lets go of the session; one that never ran has asked no model and
/// gives back what it reserved.
class Turn {
 public:
  virtual ~Turn() = default;

  /// Where the text that run() tells begins.
  virtual StreamPlace place() const = 0;
  /// The pieces that the client has are of an attempt that came to nothing: it has to drop them.
  virtual bool begins_again() const { return false; }

  /// Called at most once, on the thread that began the turn. A stored reply is not told in pieces. An answer
  /// that is being made is completed and stored although its client leaves. Throws RpcError:
  /// ModelUnavailable, ModelRefused, MessageCancelled, or any once `on_text` has said false, for nobody reads
  /// it then.
  virtual SendMessageReply run(const OnText& on_text) = 0;
};

/// Thread-safe. All functions throw RpcError for what a client may know; any other exception becomes a 500,
/// or a 503 when it is a base::Error of ExitCode::kUnreachable.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Whom a signed token names. Throws Unauthorized and AccountsUnavailable.
  virtual accounts::Account account_of(std::string_view token) = 0;

  virtual StartAssessmentReply start_assessment(const Caller& caller,
                                                const StartAssessmentRequest& request) = 0;
  /// Everything that may refuse the message does it here: access, limits, budget.
  virtual std::unique_ptr<Turn> send_message(const Caller& caller, const SendMessageRequest& request) = 0;
  /// Goes on with the answer under way, or tells one that is complete. Null when there is nothing to tell.
  /// Waits up to assessment.reply_wait for an answer that another process makes, then throws SessionBusy.
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

  // Of callers with an account.
  /// The person of the session, with all sessions, belongs to the account from now on; those are returned.
  virtual std::vector<SessionSummary> claim_session(const Caller& caller, const ClaimRequest& request) = 0;
  virtual std::vector<SessionSummary> list_sessions(const Caller& caller) = 0;
  /// The session's own token opens nothing from now on.
  virtual void revoke_session(const Caller& caller, const SessionRequest& request) = 0;
};

}  // namespace bigocean::server::rpc
