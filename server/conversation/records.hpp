// The conversation's rows, read and written: SQL goes in here, structs come out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/assessment/evidence.hpp"
#include "server/assessment/prompts.hpp"
#include "server/assessment/scoring.hpp"
#include "sql/database.hpp"

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
  bool has_expired = false;  ///< by the database's clock
};

struct StoredMessage {
  assessment::Line line;
  std::optional<std::string> idempotency_key{};
  std::string facet{};  ///< that it asks about; empty: none
  TimePoint created_at{};
};

/// One connection of the service's, on loan. Owns nothing; usable as long as the loan. All functions throw
/// what the connection throws.
class Records {
 public:
  /// `timeout`: of each statement, on this side.
  Records(sql::Connection& connection, std::chrono::milliseconds timeout)
      : connection_(connection), timeout_(timeout) {}

  /// The session that `token` opens; nothing for a token that opens none.
  std::optional<Session> find_session(const std::string& token);

  /// Makes a session with its first message, for a new person where there is no `user_id`.
  Session create_session(const std::optional<std::string>& user_id,
                         const std::optional<std::string>& display_name, const std::string& token,
                         std::chrono::milliseconds lifetime, std::string_view greeting);

  /// Begins a turn, which is over after `lease` unless it is renewed; locks the session until the transaction
  /// ends. Nothing when another one is under way, or the session is complete or gone.
  std::optional<std::int64_t> begin_turn(const SessionKey& key, std::chrono::milliseconds lease);
  /// The turn goes on for another `lease`, unless it is over.
  void renew_turn(const SessionKey& key, std::int64_t turn, std::chrono::milliseconds lease);
  /// Ends the turn; `completes` the session with it. False when it is not under way any more: overtaken, or
  /// the session is gone.
  bool end_turn(const SessionKey& key, std::int64_t turn, bool completes);

  /// Oldest first.
  std::vector<StoredMessage> messages(const SessionKey& key);
  /// `position` must be the next one. Returns when it was made.
  TimePoint add_message(const SessionKey& key, const StoredMessage& message);
  void set_idempotency_key(const SessionKey& key, std::int64_t position, const std::string& idempotency_key);

  /// The latest analysis (made by `until`, if that is given), and the last message that it saw; 0: none yet.
  struct Analysis {
    assessment::Assessment assessment;
    std::int64_t through_position = 0;
  };
  Analysis latest_analysis(const SessionKey& key, std::optional<TimePoint> until = {});
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
  struct SharedProfile {
    SessionKey key;
    std::optional<std::string> display_name;
    TimePoint created_at;
  };
  std::optional<SharedProfile> find_profile(const std::string& profile_id);

  /// Everything of the session goes, and its person with the last one.
  void delete_session(const SessionKey& key);

 private:
  using Parameters = std::vector<std::optional<std::string>>;
  sql::Rows ask(const std::string& sql, const Parameters& parameters);

  sql::Connection& connection_;
  const std::chrono::milliseconds timeout_;
};

}  // namespace bigocean::server::conversation
