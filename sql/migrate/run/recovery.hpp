// Finds out from the catalogue whether an interrupted statement was done, if it cannot be atomic with the
// journal.
#pragma once

#include <string>
#include <string_view>

#include "sql/migrate/source/lexer.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

/// How the outcome of a statement can be known after a crash.
enum class RecoveryKind {
  kIndexBuild,  ///< CREATE INDEX CONCURRENTLY: compare the table's indexes with those before
  kIndexDrop,   ///< DROP INDEX CONCURRENTLY: gone or not
  kReindex,     ///< REINDEX CONCURRENTLY: repeat, after dropping its leftovers
  kDatabase,    ///< CREATE/DROP DATABASE
  kTablespace,  ///< CREATE/DROP TABLESPACE
  kDetach,      ///< ALTER TABLE … DETACH PARTITION … CONCURRENTLY
  kTwoPhase,    ///< PREPARE TRANSACTION, COMMIT and ROLLBACK PREPARED: is it prepared or not
  kRepeatable,  ///< VACUUM, ALTER SYSTEM SET, CHECKPOINT, …: the same once or twice
  kNone         ///< CALL, DO with commits, subscriptions: cannot be known
};
RecoveryKind recovery_kind(const Statement& statement);

/// What has to be remembered before the statement runs, as a text for the journal; may be empty.
std::string note_before(Connection& connection, RecoveryKind kind, std::string_view statement_text);

enum class Outcome { kDone, kNotDone, kUnknown };

/// After a crash or an error: looks at the catalogue and compares with `before`. What a half-done statement
/// of ours left behind (an INVALID index) is dropped here, which may wait for older transactions as the
/// statement does. `said` describes in a few words what was found, or is empty.
Outcome recover_outcome(Connection& connection, RecoveryKind kind, std::string_view statement_text,
                        const std::string& before, const Connection::Limits& limits, std::string& said);

/// After a CREATE INDEX CONCURRENTLY that the server called a success: the name of the index when it is
/// INVALID (IF NOT EXISTS skips the INVALID index of a failed build), else empty.
std::string invalid_index_of(Connection& connection, std::string_view statement_text);

}  // namespace bigocean::sql::migrate
