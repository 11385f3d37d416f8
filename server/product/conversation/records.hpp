// The conversation's rows, read and written: SQL goes in here, structs come out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/accounts/accounts.hpp"
#include "server/product/assessment/evidence.hpp"
#include "server/product/assessment/language.hpp"
#include "server/product/assessment/prompts.hpp"
#include "server/product/assessment/scoring.hpp"
#include "server/product/rpc/backend.hpp"
#include "sql/postgres/database.hpp"

namespace bigocean::server::conversation {

using TimePoint = std::chrono::system_clock::time_point;

/// The key of everything that a session has.
struct SessionKey {
  std::string user_id;
  std::string session_id;
};

struct Session {
  SessionKey key;
  std::optional<std::string> display_name;
  TimePoint created_at;
  TimePoint expires_at;
  std::optional<TimePoint> completed_at;
  assessment::Language language = assessment::Language::kEnglish;
  bool has_expired = false;  ///< by the database's clock
  bool is_blocked = false;   ///< its person is shut out
  bool is_busy = false;      ///< a message is being answered, here or elsewhere
  bool was_silent = false;   ///< for longer than kSilence, by the database's clock
};

/// By whether it has completed and expired.
rpc::SessionState state_of(bool completed, bool expired);

/// What is said after this much silence is a return to the session, and counts as such.
constexpr std::chrono::hours kSilence{24};

struct StoredMessage {
  assessment::Line line;
  std::optional<std::string> idempotency_key{};
  std::string facet{};  ///< that it asks about; empty: none
  TimePoint created_at{};
  bool refused = false;  ///< the model would not answer it
};

/// Owns nothing; usable as long as the pipeline. What returns something pending, or nothing, is one statement
/// that goes along with the next ones. All functions throw what the pipeline throws.
class Records {
 public:
  explicit Records(sql::Pipeline& pipeline) : pipeline_(pipeline) {}

  /// The session that `token` opens; nothing for a token that opens none.
  std::optional<Session> find_session(const std::string& token);

  /// The session of that id, if it is one of the account's.
  std::optional<Session> find_session(const accounts::Account& account, const std::string& session_id);
  /// The person for whom the account begins sessions, made where there is none. Waits for whoever does the
  /// same at the same time.
  std::string user_of(const accounts::Account& account);
  /// Whether one of the account's persons is shut out.
  bool is_blocked(const accounts::Account& account);
  /// Makes a person the account's. False: the person is another account's.
  bool claim(const std::string& user_id, const accounts::Account& account);
  /// Newest first, `count` at most.
  std::vector<rpc::SessionSummary> sessions_of(const accounts::Account& account, std::int64_t count);
  /// Gives the session a token that nobody knows.
  void change_token(const SessionKey& key, const std::string& token);

  /// Makes a session with its first message, the greeting in its language, for a new person where there is no
  /// `user_id`.
  Session create_session(const std::optional<std::string>& user_id,
                         const std::optional<std::string>& display_name, const std::string& token,
                         std::chrono::milliseconds lifetime, assessment::Language language);

  /// Begins a turn, which is over after `lease` unless it is renewed; locks the session until the transaction
  /// ends. Nothing when another one is under way, or the session is complete or gone.
  sql::Pending<std::optional<std::int64_t>> begin_turn(const SessionKey& key,
                                                       std::chrono::milliseconds lease);
  /// The turn goes on for another `lease`, unless it is over.
  void renew_turn(const SessionKey& key, std::int64_t turn, std::chrono::milliseconds lease);
  /// Ends the turn with its answer, and `completes` the session with it. Returns when the answer was made.
  /// Nothing, and nothing is stored, when the turn is not under way any more: overtaken, or the session is
  /// gone.
  sql::Pending<std::optional<TimePoint>> answer_turn(const SessionKey& key, std::int64_t turn,
                                                     const StoredMessage& answer, bool completes);
  /// Asks whoever answers to stop. Returns the number of the turn; nothing when none is under way.
  sql::Pending<std::optional<std::int64_t>> cancel_turn(const SessionKey& key);
  /// Whether the turn is under way and somebody asked it to stop.
  sql::Pending<bool> is_turn_cancelled(const SessionKey& key, std::int64_t turn);
  /// Whether the turn is under way.
  sql::Pending<bool> is_turn_running(const SessionKey& key, std::int64_t turn);
  /// Ends the turn without an answer.
  void end_turn(const SessionKey& key, std::int64_t turn);
  /// Marks what the user has said since the last answer as refused, unless another turn has begun.
  void refuse_turn(const SessionKey& key, std::int64_t turn);
  /// Takes the mark off one message.
  void ask_again(const SessionKey& key, std::int64_t position);

  /// Oldest first.
  sql::Pending<std::vector<StoredMessage>> messages(const SessionKey& key);
  /// `position` must be the next one.
  void add_message(const SessionKey& key, const StoredMessage& message);
  void set_idempotency_key(const SessionKey& key, std::int64_t position, const std::string& idempotency_key);

  /// The latest analysis (made by `until`, if that is given), and the last message that it saw; 0: none yet.
  struct Analysis {
    assessment::Assessment assessment;
    std::int64_t through_position = 0;
  };
  sql::Pending<Analysis> latest_analysis(const SessionKey& key, std::optional<TimePoint> until = {});
  /// The last messages of the analyses that are due and of those that were given up. Read before the latest
  /// analysis: what ends in between is then seen as there.
  struct Due {
    std::optional<std::int64_t> pending;
    std::optional<std::int64_t> dead;
  };
  sql::Pending<Due> analyses_due(const SessionKey& key);
  std::vector<assessment::Evidence> evidence(const SessionKey& key, std::int64_t through_position);
  /// What is there already stays as it is.
  void add_evidence(const SessionKey& key, const std::vector<assessment::Evidence>& evidence);
  void add_assessment(const SessionKey& key, std::int64_t through_position,
                      const assessment::Assessment& assessment);

  struct ArchetypeText {
    std::string name;
    std::string description;
  };
  ArchetypeText archetype(const std::string& code);

  /// The id under which the session's profile is shared, from now on or already.
  std::string share(const SessionKey& key, const std::string& new_profile_id);
  /// False: it was not shared.
  bool unshare(const SessionKey& key);
  struct SharedProfile {
    SessionKey key;
    std::optional<std::string> display_name;
    TimePoint created_at;
    assessment::Language language = assessment::Language::kEnglish;  ///< of the session
  };
  std::optional<SharedProfile> find_profile(const std::string& profile_id);

  /// Everything of the session goes, and its person with the last one, unless the person is an account's:
  /// then only the name goes, so that who deletes a session does not begin the day anew.
  void delete_session(const SessionKey& key);

  /// Sessions that expired longer ago than that, oldest first, locked for this transaction; those that others
  /// hold are left out.
  std::vector<SessionKey> lock_expired(std::chrono::milliseconds for_longer_than, std::int64_t count);
  /// Removes up to `count` accounts of which nothing is kept: no session, and no budget of the last days.
  /// Returns how many were looked at.
  std::int64_t delete_idle_accounts(std::int64_t count);

 private:
  sql::Pipeline& pipeline_;
};

}  // namespace bigocean::server::conversation
