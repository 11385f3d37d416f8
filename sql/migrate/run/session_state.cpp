// The state of the migrating session between two files: what a new session would show, and a held lock.
#include "sql/migrate/run/session_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "sql/migrate/run/job.hpp"
#include "sql/migrate/run/lock.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::chrono::milliseconds kResetTimeout{30'000};

/// Words that change the session beyond what RESET and DISCARD undo: settings by function, the random
/// generator's seed, libraries, connections and origins that a session keeps.
constexpr std::array<std::string_view, 8> kLastingWords{
    "set_config",     "setseed",          "seed",           "load",
    "dblink_connect", "dblink_connect_u", "pg_reload_conf", "pg_replication_origin_session_setup"};

/// What the word after ALTER must be for a change that sessions see when they begin.
constexpr std::array<std::string_view, 4> kDefaultsOf{"database", "role", "user", "system"};

bool is_name_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || (c & 0x80) != 0;
}

/// The words of a text, also those in strings and function bodies, since these may be run as code.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}
  /// The next word, or an empty one at the end.
  std::string_view next() {
    while (at_ < text_.size() && !is_name_byte(text_[at_])) ++at_;
    const auto begin = at_;
    while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  bool dot_follows() const { return at_ < text_.size() && text_[at_] == '.'; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

template <std::size_t N>
bool is_any(std::string_view word, const std::array<std::string_view, N>& of) {
  return std::any_of(of.begin(), of.end(),
                     [&](std::string_view one) { return base::equals_ignoring_case(word, one); });
}

SessionTraces traces_of_text(std::string_view text) {
  auto found = SessionTraces::kNone;
  Words words(text);
  bool after_set = false, after_alter = false;
  for (auto word = words.next(); !word.empty(); word = words.next()) {
    // SET app.user: a setting of one's own stays known to the session, as an empty text, after RESET ALL.
    if (after_set && words.dot_follows()) return SessionTraces::kLasting;
    if (after_alter && is_any(word, kDefaultsOf)) return SessionTraces::kLasting;
    if (is_any(word, kLastingWords)) return SessionTraces::kLasting;
    after_alter = base::equals_ignoring_case(word, "alter");
    after_set = base::equals_ignoring_case(word, "set") ||
                (after_set &&
                 (base::equals_ignoring_case(word, "local") || base::equals_ignoring_case(word, "session")));
    const bool about_locks = base::equals_ignoring_case(word, "discard") ||
                             (word.size() > 8 && base::to_lower(word).find("advisory") != std::string::npos);
    if (about_locks) found = SessionTraces::kLocks;
  }
  return found;
}

/// Rows of data do not change the session, and large files consist of them.
bool is_plain_rows(const Statement& statement) {
  return statement.kind == StatementKind::kCopyFromStdin || statement.words.starts_with("INSERT INTO ");
}

/// True for a statement that runs code that may do anything.
bool is_procedural(const Statement& statement) {
  constexpr std::array<std::string_view, 7> kFirst{"DO",      "CALL",   "SELECT", "WITH",
                                                   "EXECUTE", "VALUES", "EXPLAIN"};
  const std::string_view words = statement.words;
  return is_any(words.substr(0, words.find(' ')), kFirst);
}

}  // namespace

bool gives_lock_away(std::string_view sql) {
  Words words(sql);
  bool after_discard = false;
  for (auto word = words.next(); !word.empty(); word = words.next()) {
    if (after_discard && base::equals_ignoring_case(word, "all")) return true;
    if (base::equals_ignoring_case(word, "pg_advisory_unlock_all")) return true;
    after_discard = base::equals_ignoring_case(word, "discard");
  }
  return false;
}

SessionTraces session_traces(std::string_view sql, const Statement& statement) {
  if (is_plain_rows(statement)) return SessionTraces::kNone;
  const auto traces = traces_of_text(sql);
  return is_procedural(statement) ? std::max(traces, SessionTraces::kLocks) : traces;
}

SessionTraces session_traces(const Job& job) {
  auto traces = SessionTraces::kNone;
  for (const auto& statement : job.script.statements) {
    traces = std::max(traces, session_traces(job.sql(statement), statement));
    if (traces == SessionTraces::kLasting) break;
  }
  return traces;
}

SessionState::SessionState(Connection& connection, std::int64_t lock_key)
    : connection_(connection), lock_key_(lock_key) {}

std::string SessionState::reset_sql() const {
  // As DISCARD ALL does, except for advisory locks: the migration lock is one.
  std::string sql =
      "RESET SESSION AUTHORIZATION;RESET ROLE;RESET ALL;DEALLOCATE ALL;CLOSE ALL;UNLISTEN *;"
      "DISCARD PLANS;DISCARD SEQUENCES;DISCARD TEMP;SET standard_conforming_strings = on;";
  // The server looks every two seconds whether we are still there: when we are killed, a long statement ends
  // and the migration lock is free, instead of both living on until the statement is through.
  if (connection_.server_version() >= 140000) {
    sql += "SET client_connection_check_interval = 2000;SET idle_session_timeout = 0;";
  }
  if (connection_.server_version() >= 170000) sql += "SET transaction_timeout = 0;";
  return sql + "SET idle_in_transaction_session_timeout = 0;";
}

std::string SessionState::sql_after_commit(SessionTraces traces) const {
  return traces == SessionTraces::kNone ? reset_sql() : reset_sql() + held_locks_sql(lock_key_);
}

void SessionState::after_commit(SessionTraces traces, const Rows& rows) {
  known_ = true;
  lasting_traces_ |= traces == SessionTraces::kLasting;
  if (traces != SessionTraces::kNone) read_locks(rows);
}

void SessionState::after_file(SessionTraces traces) {
  known_ = false;
  lasting_traces_ |= traces == SessionTraces::kLasting;
}

void SessionState::establish() {
  if (known_) return;
  Connection::Limits limits;
  limits.timeout = kResetTimeout;
  read_locks(connection_.execute(reset_sql() + held_locks_sql(lock_key_), limits));
  known_ = true;
}

void SessionState::look_at_locks() {
  Connection::Limits limits;
  limits.timeout = kResetTimeout;
  read_locks(connection_.execute(held_locks_sql(lock_key_), limits));
}

void SessionState::read_locks(const Rows& rows) {
  lock_held_ = rows.at(0, 0) == "t";
  foreign_locks_ = rows.at(0, 1) == "t";
}

std::string restore_text_settings(Connection& connection) {
  std::string changed, sql;
  for (const auto& [name, value] :
       {std::pair{"client_encoding", "UTF8"}, std::pair{"standard_conforming_strings", "on"}}) {
    const auto found = connection.parameter(name);
    if (found == value) continue;
    changed += fmt::format("{}{} to {}", changed.empty() ? "" : ", ", name, found);
    sql += fmt::format("SET {} = '{}';", name, value);
  }
  if (!sql.empty()) connection.execute(sql);
  return changed;
}

}  // namespace bigocean::sql::migrate
