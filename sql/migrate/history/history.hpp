// What the database knows about the migrations: the history tables, their layout and its upgrades.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/migrate/source/file.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

/// applied: done. running / reverting: a file outside a transaction that has begun and not ended.
enum class RowState { kApplied, kRunning, kReverting };

struct HistoryRow {
  std::string name;
  std::string checksum;
  RowState state = RowState::kApplied;
};

/// A file's row with what it says of the run. What an older layout did not record is empty.
struct HistoryEntry {
  std::string name;
  std::string state;       ///< as row_state_name() writes it, or one of a newer version
  std::string applied_at;  ///< RFC 3339, UTC, to the second
  std::string duration_ms;
  std::string applied_by;   ///< the role of the session
  std::string app_version;  ///< of the binary that ran it
  std::string git_commit;
  std::string how;  ///< "up", "baseline"
};

/// One statement of a file outside a transaction. A row says that the prefix of the file up to and including
/// this statement is done, or (`done` false) that this statement was begun.
struct Step {
  int ordinal = 0;          ///< from 1
  std::string prefix_hash;  ///< SHA-256 over the file's part up to the statement's end
  bool done = false;
  std::string before;  ///< what recovery.hpp noted before the statement ran
};

/// What the first round trip returns.
struct Snapshot {
  int layout = 0;  ///< of the history tables; 0: none yet
  bool schema_exists = false;
  bool pooler = false;     ///< something between us and the server answers with its own process ids
  bool read_only = false;  ///< in recovery, or the session is read-only
  std::vector<HistoryRow> rows;
};

/// An older binary refuses a layout above its own, so the number changes only if an older binary cannot use
/// the tables. An addition (a table, or a column that may be NULL or has a default) leaves the number
/// unchanged: after a roll-back the older `migrate` must work on the newer tables.
constexpr int kHistoryLayout = 2;

/// The history tables in one schema: `migrations` (a row per file), `migration_texts` (the text as applied,
/// in parts), `migration_steps` (journal of files outside a transaction), `migration_events` (who did what
/// besides `up`). A method returns SQL text if the statement must go into another message, and executes it if
/// not. Each INSERT of a row proves that no other run holds the migration lock. Not thread-safe.
class History {
 public:
  History(Connection& connection, std::string schema);

  /// One round trip (two on a database without history). Throws SqlError, with a hint if privileges are
  /// missing.
  Snapshot read();

  /// The rows alone; nullopt if read() is needed: no history yet, one that cannot be read, or a state that is
  /// not known here.
  std::optional<std::vector<HistoryRow>> rows();

  /// Makes the tables, or brings an older layout up. Call it with the migration lock held.
  void prepare(const Snapshot& snapshot);

  /// SQL that records `migration` in the transaction it runs in; its duration is the transaction's age.
  std::string record_sql(const Migration& migration, RowState state, std::string_view how) const;
  /// SQL that stores the text as applied, in one part or in several from 0 on.
  std::string text_sql(const std::string& name, std::string_view text) const;
  sql::Query text_part(const std::string& name, std::size_t part, std::string_view text) const;
  /// SQL that takes over `migration`'s checksum and removes the stored text, for the new one to follow.
  std::string renew_text_sql(const Migration& migration) const;
  /// SQL that removes the row and the text of a file; does nothing where another session holds the migration
  /// lock.
  std::string forget_sql(const std::string& name) const;
  std::string step_sql(const std::string& key, const Step& step) const;
  std::string event_sql(const std::string& name, std::string_view action, std::string_view reason,
                        std::string_view checksum_before, std::string_view checksum_after) const;
  /// SQL that notes which texts a run sets out to apply.
  std::string started_sql(const std::vector<const Migration*>& migrations) const;
  /// SQL that ends a file outside a transaction: state applied, journal gone.
  std::string finish_sql(const std::string& name, const std::string& key) const;
  std::string unbegin_step_sql(const std::string& key, int ordinal) const;
  std::string clear_steps_sql(const std::string& key) const;
  std::string set_state_sql(const std::string& name, RowState state) const;

  /// A query for the file applied last: its name, when (UTC, to the second), and by which version.
  std::string newest_sql() const;
  /// A condition that is true where the history's tables do not exist.
  std::string is_missing_sql() const;

  std::vector<Step> steps(const std::string& key);
  /// Name and checksum of what runs set out to apply and have not applied; without what was taken back.
  std::set<std::pair<std::string, std::string>> started();
  /// The files applied last, latest first, at most `count`; none where there is no history yet.
  std::vector<HistoryEntry> latest(std::size_t count, std::chrono::milliseconds timeout) const;
  /// The text as applied, or nullopt if it was not kept (layout 1, baseline).
  std::optional<std::string> text(const std::string& name);

  /// Whether that migration is recorded as applied. One round trip.
  bool is_applied(const std::string& name) const;

  const std::string& schema() const { return schema_; }
  std::int64_t lock_key() const { return lock_key_; }

 private:
  std::string table(std::string_view name) const;
  std::string rows_sql() const;
  std::string literal(std::string_view text) const { return connection_.quote_literal(text); }
  /// A literal that is NULL if another session holds the migration lock.
  std::string proven(std::string_view text) const;
  /// A condition that is false there.
  std::string is_alone_sql() const;
  /// Runs a query on the tables; rows that row-level security hides are an error, not missing.
  Rows read_rows(const std::string& sql) const;

  Connection& connection_;
  std::string schema_;
  std::int64_t lock_key_;
};

/// "applied", "running", "reverting", as the table has them.
std::string_view row_state_name(RowState state);

}  // namespace bigocean::sql::migrate
