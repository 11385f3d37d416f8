// The state of the migrating session between two files: what a new session would show, and a held lock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

struct Job;
struct Statement;

/// What a file may leave in its session beyond what statements can reset. Ordered: the larger includes the
/// smaller.
enum class SessionTraces {
  kNone,    ///< nothing
  kLocks,   ///< advisory locks taken or released: the server is asked
  kLasting  ///< custom settings, loaded libraries, defaults of role or database, …: a new session is
            ///< needed
};

/// Judged by the words of the file's statements, function bodies included. The body of a function that an
/// earlier run made is not examined.
SessionTraces session_traces(const Job& job);

/// Brings the session into the known state, and keeps track of whether it is in it. The known state is that
/// of a session which has just begun, with the migration lock held and these settings of our own: UTF-8,
/// standard strings, no time-out that ends the session, and a server that notices within two seconds that the
/// runner is gone.
///
/// Settings that change how a message is read (client_encoding, standard_conforming_strings) have to be in
/// force before that message arrives. So the state is established in a message before it: behind the COMMIT
/// of the preceding file, or in a message of its own.
class SessionState {
 public:
  /// `connection` must outlive it; `lock_key` is that of the migration lock. The state is unknown at first.
  SessionState(Connection& connection, std::int64_t lock_key);

  /// SQL that follows a file's COMMIT in the same message. If the file may have changed advisory
  /// locks, its last statement's rows are for `after_commit`.
  std::string sql_after_commit(SessionTraces traces) const;
  /// Records that a message with that SQL has succeeded.
  void after_commit(SessionTraces traces, const Rows& rows);
  /// Records that a file ran without such SQL behind it, or that the SQL failed.
  void after_file(SessionTraces traces);

  /// Establishes the known state in a message of its own, unless the session is in it already. Throws what
  /// Connection::execute throws; then the state is unknown.
  void establish();
  /// The same SQL for use inside a transaction that is rolled back later.
  std::string reset_sql() const;

  /// Asks the server, in the middle of a file, whether the migration lock is still held.
  void look_at_locks();

  /// True if only a new session has the known state or can hold the migration lock.
  bool must_be_replaced() const { return lasting_traces_ || foreign_locks_ || !lock_held_; }
  bool lock_held() const { return lock_held_; }

 private:
  void read_locks(const Rows& rows);

  Connection& connection_;
  std::int64_t lock_key_;
  bool known_ = false;
  bool lock_held_ = true;
  bool foreign_locks_ = false;
  bool lasting_traces_ = false;
};

/// Whether the statement's words release all advisory locks of its session, the migration lock among them.
bool gives_lock_away(std::string_view sql);

/// Judged by the words of one statement.
SessionTraces session_traces(std::string_view sql, const Statement& statement);

/// After each message of a file: a statement in it may have changed how text is read, and the next message
/// would then mean something else. Resets that, and returns what had been changed ("client_encoding to
/// LATIN1"), or an empty text. Costs no round trip if nothing was changed. Throws what Connection::execute
/// throws.
std::string restore_text_settings(Connection& connection);

}  // namespace bigocean::sql::migrate
