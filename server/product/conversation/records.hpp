// Reads and writes the rows of conversations, with SQL inside and structs outside.
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

/// The key of all rows of a session.
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
  bool is_blocked = false;   ///< its person is blocked
  bool is_busy = false;      ///< a message is being answered, here or elsewhere
  bool was_silent = false;   ///< for longer than kSilence, by the database's clock
};

/// The state of a session that has completed or expired.
rpc::SessionState state_of(bool completed, bool expired);

/// A message after this much silence counts as a return to the session.
constexpr std::chrono::hours kSilence{24};

struct StoredMessage {
  assessment::Line line;
  std::optional<std::string> idempotency_key{};
  std::string facet{};  ///< the facet that it asks about; empty: none
  TimePoint created_at{};
  bool refused = false;  ///< the model refused to answer it
};

/// Owns nothing; usable as long as the pipeline. Functions that return sql::Pending or void add one
/// statement, which is sent with the next ones. All functions throw what the pipeline throws.
class Records {
 public:
  explicit Records(sql::Pipeline& pipeline) : pipeline_(pipeline) {}

  /// The session that `token` opens; nothing for a token that opens none.
  std::optional<Session> find_session(const std::string& token);

  /// The session of that id, if it belongs to the account.
  std::optional<Session> find_session(const accounts::Account& account, const std::string& session_id);
  /// The person for whom the account starts sessions; created if there is none. Waits for a concurrent call
  /// for the same account.
  std::string user_of(const accounts::Account& account);
  /// Whether one of the account's persons is blocked.
  bool is_blocked(const accounts::Account& account);
  /// Assigns a person to the account. Returns false if the person belongs to another account.
  bool claim(const std::string& user_id, const accounts::Account& account);
  /// Newest first, `count` at most.
  std::vector<rpc::SessionSummary> sessions_of(const accounts::Account& account, std::int64_t count);
  /// Replaces the session's token.
  void change_token(const SessionKey& key, const std::string& token);

  /// Creates a session with its first message, the greeting in its language. Without `user_id` it is for a
  /// new person.
  Session create_session(const std::optional<std::string>& user_id,
                         const std::optional<std::string>& display_name, const std::string& token,
                         std::chrono::milliseconds lifetime, assessment::Language language);

  /// Begins a turn, which is over after `lease` unless it is renewed; locks the session until the transaction
  /// ends. Returns the turn's number; nothing when another turn is under way, or the session is complete,
  /// expired or deleted.
  sql::Pending<std::optional<std::int64_t>> begin_turn(const SessionKey& key,
                                                       std::chrono::milliseconds lease);
  /// Extends the turn by another `lease`, unless it is over.
  void renew_turn(const SessionKey& key, std::int64_t turn, std::chrono::milliseconds lease);
  /// Ends the turn with its answer, and completes the session if `completes`. Returns the time of the answer.
  /// Stores nothing and returns nothing when the turn is no longer under way: another turn has begun, or the
  /// session was deleted.
  sql::Pending<std::optional<TimePoint>> answer_turn(const SessionKey& key, std::int64_t turn,
                                                     const StoredMessage& answer, bool completes);
  /// Requests that the turn under way stops. Returns its number; nothing when none is under way.
  sql::Pending<std::optional<std::int64_t>> cancel_turn(const SessionKey& key);
  /// Whether the turn is under way and was requested to stop.
  sql::Pending<bool> is_turn_cancelled(const SessionKey& key, std::int64_t turn);
  /// Whether the turn is under way.
  sql::Pending<bool> is_turn_running(const SessionKey& key, std::int64_t turn);
  /// Ends the turn without an answer.
  void end_turn(const SessionKey& key, std::int64_t turn);
  /// Marks what the user has said since the last answer as refused, unless another turn has begun.
  void refuse_turn(const SessionKey& key, std::int64_t turn);
  /// Removes this mark from one message.
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
  /// The last messages of the analyses that are due and of those that were given up. To be read before the
  /// latest analysis, so that an analysis that ends in between is seen as done.
  struct Due {
    std::optional<std::int64_t> pending;
    std::optional<std::int64_t> dead;
  };
  sql::Pending<Due> analyses_due(const SessionKey& key);
  std::vector<assessment::Evidence> evidence(const SessionKey& key, std::int64_t through_position);
  /// Existing evidence stays unchanged.
  void add_evidence(const SessionKey& key, const std::vector<assessment::Evidence>& evidence);
  void add_assessment(const SessionKey& key, std::int64_t through_position,
                      const assessment::Assessment& assessment);

  struct ArchetypeText {
    std::string name;
    std::string description;
  };
  ArchetypeText archetype(const std::string& code);

  /// Shares the session's profile, and returns its id: the existing one, or `new_profile_id`.
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

  /// Deletes all rows of the session. With its last session the person is deleted, too, unless the person
  /// belongs to an account: then only the name is removed, so that deleting a session does not reset the
  /// budget of the day.
  void delete_session(const SessionKey& key);

  /// Sessions that expired longer ago than that, oldest first, at most `count`, locked for this transaction.
  /// Sessions that other transactions hold are skipped.
  std::vector<SessionKey> lock_expired(std::chrono::milliseconds for_longer_than, std::int64_t count);
  /// Removes up to `count` accounts without data: no session, and no budget of the last days. Returns how
  /// many were examined.
  std::int64_t delete_idle_accounts(std::int64_t count);

 private:
  sql::Pipeline& pipeline_;
};

}  // namespace bigocean::server::conversation
