// Accounts, tokens and deletion in SQL.
#include <fmt/format.h>

#include "server/product/conversation/records.hpp"
#include "server/product/conversation/session_rows.hpp"
#include "server/product/conversation/token.hpp"
#include "sql/postgres/values.hpp"

namespace bigocean::server::conversation {

std::optional<Session> Records::find_session(const accounts::Account& account,
                                             const std::string& session_id) {
  static const auto sql = fmt::format(
      "SELECT {} FROM account_users a JOIN sessions s USING (user_id) JOIN users u USING (user_id)"
      " WHERE a.issuer = $1 AND a.subject = $2 AND s.session_id = $3",
      session_columns());
  const auto rows = pipeline_.execute(sql, {account.issuer, account.subject, session_id});
  return rows.rows.empty() ? std::nullopt : std::optional(session_of(rows, 0));
}

std::string Records::user_of(const accounts::Account& account) {
  static constexpr const char* kOldest =
      "SELECT user_id FROM account_users WHERE issuer = $1 AND subject = $2"
      " ORDER BY created_at, user_id LIMIT 1";
  const auto found = pipeline_.execute(kOldest, {account.issuer, account.subject});
  if (!found.rows.empty()) return found.at(0, 0);
  pipeline_.execute("SELECT pg_advisory_xact_lock(hashtextextended($1::text || E'\\n' || $2::text, 0))",
                    {account.issuer, account.subject});
  const auto meanwhile = pipeline_.execute(kOldest, {account.issuer, account.subject});
  if (!meanwhile.rows.empty()) return meanwhile.at(0, 0);
  return pipeline_
      .execute(
          "WITH person AS (INSERT INTO users DEFAULT VALUES RETURNING user_id)"
          " SELECT user_id FROM person",
          {})
      .at(0, 0);
}

bool Records::is_blocked(const accounts::Account& account) {
  const auto rows = pipeline_.execute(
      "SELECT 1 FROM account_users a JOIN users u USING (user_id)"
      " WHERE a.issuer = $1 AND a.subject = $2 AND u.blocked_at IS NOT NULL LIMIT 1",
      {account.issuer, account.subject});
  return !rows.rows.empty();
}

bool Records::claim(const std::string& user_id, const accounts::Account& account) {
  const auto rows = pipeline_.execute(
      "INSERT INTO account_users AS a (user_id, issuer, subject) VALUES ($1, $2, $3)"
      " ON CONFLICT (user_id) DO UPDATE SET issuer = a.issuer"
      "   WHERE a.issuer = excluded.issuer AND a.subject = excluded.subject RETURNING 1",
      {user_id, account.issuer, account.subject});
  return !rows.rows.empty();
}

std::vector<rpc::SessionSummary> Records::sessions_of(const accounts::Account& account, std::int64_t count) {
  static const auto sql = fmt::format(
      "SELECT s.session_id, {}, {}, {}, s.expires_at <= now(),"
      " (SELECT count(*) FROM messages m WHERE m.user_id = s.user_id AND m.session_id = s.session_id"
      "    AND m.role = 'user')"
      " FROM account_users a JOIN sessions s USING (user_id) WHERE a.issuer = $1 AND a.subject = $2"
      " ORDER BY s.created_at DESC, s.session_id LIMIT $3",
      sql::micros("s.created_at"), sql::micros("s.expires_at"), sql::micros("s.completed_at"));
  const auto rows = pipeline_.execute(sql, {account.issuer, account.subject, std::to_string(count)});
  std::vector<rpc::SessionSummary> sessions;
  for (std::size_t row = 0; row < rows.rows.size(); ++row) {
    rpc::SessionSummary session;
    session.session_id = rows.at(row, 0);
    session.created_at = sql::time_of(rows.at(row, 1));
    session.expires_at = sql::time_of(rows.at(row, 2));
    if (const auto& completed = rows.rows[row].at(3)) session.completed_at = sql::time_of(*completed);
    session.state = state_of(session.completed_at.has_value(), rows.at(row, 4) == "t");
    session.answered = sql::integer(rows.at(row, 5));
    sessions.push_back(std::move(session));
  }
  return sessions;
}

void Records::change_token(const SessionKey& key, const std::string& token) {
  pipeline_.add("UPDATE sessions SET token_sha256 = decode($3, 'hex') WHERE user_id = $1 AND session_id = $2",
                {key.user_id, key.session_id, token_hash(token)});
}

void Records::delete_session(const SessionKey& key) {
  // A transaction that starts another session of the person now waits, or came first and keeps the person.
  pipeline_.add("SELECT FROM users WHERE user_id = $1 FOR UPDATE", {key.user_id});
  // An analysis that is storing its result holds its job and will need the messages: it goes first.
  pipeline_.add("DELETE FROM analysis_jobs WHERE user_id = $1 AND session_id = $2",
                {key.user_id, key.session_id});
  pipeline_.add("DELETE FROM sessions WHERE user_id = $1 AND session_id = $2", {key.user_id, key.session_id});
  pipeline_.add(
      "UPDATE users u SET display_name = NULL WHERE user_id = $1 AND display_name IS NOT NULL"
      " AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = u.user_id)",
      {key.user_id});
  pipeline_.add(
      "DELETE FROM users u WHERE user_id = $1"
      " AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = u.user_id)"
      " AND NOT EXISTS (SELECT FROM account_users a WHERE a.user_id = u.user_id)",
      {key.user_id});
}

std::vector<SessionKey> Records::lock_expired(std::chrono::milliseconds for_longer_than, std::int64_t count) {
  // Does not wait: sessions that another process removes, answers or writes to at this moment are left for
  // the next time.
  const auto rows = pipeline_.execute(
      "SELECT s.user_id, s.session_id FROM sessions s JOIN users u USING (user_id)"
      " WHERE s.expires_at <= now() - $1::interval AND (s.turn_ends_by IS NULL OR s.turn_ends_by <= now())"
      " ORDER BY s.expires_at LIMIT $2 FOR UPDATE OF s, u SKIP LOCKED",
      {sql::interval(for_longer_than), std::to_string(count)});
  std::vector<SessionKey> keys;
  for (std::size_t row = 0; row < rows.rows.size(); ++row) keys.push_back({rows.at(row, 0), rows.at(row, 1)});
  return keys;
}

std::int64_t Records::delete_idle_accounts(std::int64_t count) {
  const auto locked = pipeline_.execute(
      "SELECT u.user_id FROM users u JOIN account_users a USING (user_id)"
      " WHERE NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = u.user_id)"
      "   AND NOT EXISTS (SELECT FROM user_budgets b WHERE b.user_id = u.user_id)"
      "   AND a.created_at < now() - interval '1 day'"
      " LIMIT $1 FOR UPDATE OF u SKIP LOCKED",
      {std::to_string(count)});
  // In a separate statement, so that it sees a session that was started before the lock.
  for (std::size_t row = 0; row < locked.rows.size(); ++row) {
    pipeline_.add(
        "DELETE FROM users u WHERE user_id = $1"
        " AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = u.user_id)",
        {locked.at(row, 0)});
  }
  return static_cast<std::int64_t>(locked.rows.size());
}

}  // namespace bigocean::server::conversation
