// Sessions, messages and profiles in SQL; analyses are in records_analysis.cpp.
#include "server/product/conversation/records.hpp"
#include "sql/postgres/values.hpp"

#include <fmt/format.h>

#include "base/constant_time.hpp"
#include "server/product/assessment/questions.hpp"
#include "server/product/conversation/session_rows.hpp"
#include "server/product/conversation/token.hpp"

namespace bigocean::server::conversation {

namespace {

/// The column is empty in sessions from before there were languages.
assessment::Language language_of(const std::optional<std::string>& tag) {
  return assessment::find_language(tag.value_or("")).value_or(assessment::Language::kEnglish);
}

}  // namespace

const std::string& session_columns() {
  static const auto columns = fmt::format(
      "s.user_id, s.session_id, u.display_name, {}, {}, {}, s.expires_at <= now(), coalesce(s.turn_ends_by > "
      "now(), false), s.last_active_at < now() - interval '{} hours', u.blocked_at IS NOT NULL, s.language",
      sql::micros("s.created_at"), sql::micros("s.expires_at"), sql::micros("s.completed_at"),
      kSilence.count());
  return columns;
}

Session session_of(const sql::Rows& rows, std::size_t row) {
  const auto& columns = rows.rows.at(row);
  Session session;
  session.key = {rows.at(row, 0), rows.at(row, 1)};
  session.display_name = columns.at(2);
  session.created_at = sql::time_of(rows.at(row, 3));
  session.expires_at = sql::time_of(rows.at(row, 4));
  if (columns.at(5)) session.completed_at = sql::time_of(*columns.at(5));
  session.has_expired = rows.at(row, 6) == "t";
  session.is_busy = rows.at(row, 7) == "t";
  session.was_silent = rows.at(row, 8) == "t";
  session.is_blocked = rows.at(row, 9) == "t";
  session.language = language_of(columns.at(10));
  return session;
}

namespace {

/// $4: the session is complete with it.
constexpr const char* kEndTurn =
    "UPDATE sessions SET turn_ends_by = NULL, cancelled_turn = NULL, last_active_at = now(),"
    "  completed_at = CASE WHEN $4::boolean THEN now() END"
    " WHERE user_id = $1 AND session_id = $2 AND turn = $3 AND turn_ends_by IS NOT NULL"
    " RETURNING user_id, session_id";

/// Reads the rows of messages().
std::vector<StoredMessage> messages_of(const sql::Rows& rows) {
  std::vector<StoredMessage> messages;
  for (std::size_t row = 0; row < rows.rows.size(); ++row) {
    const auto role = rows.at(row, 1) == "user" ? llm::Role::kUser : llm::Role::kAssistant;
    messages.push_back({{sql::integer(rows.at(row, 0)), role, rows.at(row, 2)},
                        rows.rows[row].at(3),
                        rows.at(row, 4),
                        sql::time_of(rows.at(row, 5)),
                        rows.at(row, 6) == "t"});
  }
  return messages;
}

}  // namespace

std::optional<Session> Records::find_session(const std::string& token) {
  static const auto sql = fmt::format(
      "SELECT {}, encode(s.token_sha256, 'hex') FROM sessions s JOIN users u USING (user_id)"
      " WHERE s.token_sha256 = decode($1, 'hex')",
      session_columns());
  const auto hash = token_hash(token);
  const auto rows = pipeline_.execute(sql, {hash});
  if (rows.rows.empty() || !base::equal_in_constant_time(rows.at(0, 11), hash)) return std::nullopt;
  return session_of(rows, 0);
}

Session Records::create_session(const std::optional<std::string>& user_id,
                                const std::optional<std::string>& display_name, const std::string& token,
                                std::chrono::milliseconds lifetime, assessment::Language language) {
  static const auto sql = fmt::format(
      "WITH person AS ("
      "  INSERT INTO users AS u (user_id, display_name) VALUES (coalesce($1::uuid, gen_random_uuid()), $2)"
      "  ON CONFLICT (user_id) DO UPDATE SET display_name = coalesce(excluded.display_name, u.display_name)"
      "  RETURNING user_id, display_name, blocked_at),"
      " session AS ("
      "  INSERT INTO sessions (user_id, token_sha256, expires_at, language)"
      "  SELECT user_id, decode($3, 'hex'), now() + $4::interval, $6 FROM person RETURNING *),"
      " hello AS ("
      "  INSERT INTO messages (user_id, session_id, position, role, content)"
      "  SELECT user_id, session_id, 1, 'assistant', $5 FROM session)"
      " SELECT {} FROM session s JOIN person u USING (user_id)",
      session_columns());
  const auto rows = pipeline_.execute(
      sql, {user_id, display_name, token_hash(token), sql::interval(lifetime),
            std::string(assessment::greeting(language)), std::string(assessment::tag_of(language))});
  return session_of(rows, 0);
}

sql::Pending<std::optional<std::int64_t>> Records::begin_turn(const SessionKey& key,
                                                              std::chrono::milliseconds lease) {
  return pipeline_.add(
      "UPDATE sessions SET turn = turn + 1, cancelled_turn = NULL, turn_ends_by = now() + $3::interval, "
      "last_active_at = now()"
      " WHERE user_id = $1 AND session_id = $2 AND completed_at IS NULL AND expires_at > now()"
      "   AND (turn_ends_by IS NULL OR turn_ends_by <= now()) RETURNING turn",
      {key.user_id, key.session_id, sql::interval(lease)}, [](const sql::Rows& rows) {
        return rows.rows.empty() ? std::nullopt : std::optional(sql::integer(rows.at(0, 0)));
      });
}

void Records::renew_turn(const SessionKey& key, std::int64_t turn, std::chrono::milliseconds lease) {
  pipeline_.add(
      "UPDATE sessions SET turn_ends_by = now() + $4::interval"
      " WHERE user_id = $1 AND session_id = $2 AND turn = $3 AND turn_ends_by IS NOT NULL",
      {key.user_id, key.session_id, std::to_string(turn), sql::interval(lease)});
}

sql::Pending<std::optional<TimePoint>> Records::answer_turn(const SessionKey& key, std::int64_t turn,
                                                            const StoredMessage& answer, bool completes) {
  static const auto sql = fmt::format(
      "WITH ended AS ({})"
      " INSERT INTO messages (user_id, session_id, position, role, content, facet)"
      " SELECT user_id, session_id, $5, 'assistant', $6, nullif($7, '') FROM ended RETURNING {}",
      kEndTurn, sql::micros("created_at"));
  return pipeline_.add(sql,
                       {key.user_id, key.session_id, std::to_string(turn), completes ? "t" : "f",
                        std::to_string(answer.line.position), answer.line.text, answer.facet},
                       [](const sql::Rows& rows) {
                         return rows.rows.empty() ? std::nullopt : std::optional(sql::time_of(rows.at(0, 0)));
                       });
}

void Records::end_turn(const SessionKey& key, std::int64_t turn) {
  pipeline_.add(kEndTurn, {key.user_id, key.session_id, std::to_string(turn), "f"});
}

sql::Pending<std::optional<std::int64_t>> Records::cancel_turn(const SessionKey& key) {
  return pipeline_.add(
      "UPDATE sessions SET cancelled_turn = turn"
      " WHERE user_id = $1 AND session_id = $2 AND turn_ends_by > now() RETURNING turn",
      {key.user_id, key.session_id}, [](const sql::Rows& rows) {
        return rows.rows.empty() ? std::nullopt : std::optional(sql::integer(rows.at(0, 0)));
      });
}

sql::Pending<bool> Records::is_turn_cancelled(const SessionKey& key, std::int64_t turn) {
  return pipeline_.add(
      "SELECT 1 FROM sessions WHERE user_id = $1 AND session_id = $2 AND turn = $3 AND cancelled_turn = turn",
      {key.user_id, key.session_id, std::to_string(turn)},
      [](const sql::Rows& rows) { return !rows.rows.empty(); });
}

sql::Pending<bool> Records::is_turn_running(const SessionKey& key, std::int64_t turn) {
  return pipeline_.add(
      "SELECT 1 FROM sessions WHERE user_id = $1 AND session_id = $2 AND turn = $3 AND turn_ends_by > now()",
      {key.user_id, key.session_id, std::to_string(turn)},
      [](const sql::Rows& rows) { return !rows.rows.empty(); });
}

void Records::refuse_turn(const SessionKey& key, std::int64_t turn) {
  pipeline_.add(
      "UPDATE messages SET refused_at = now() WHERE user_id = $1 AND session_id = $2 AND role = 'user'"
      "   AND refused_at IS NULL"
      "   AND position > (SELECT coalesce(max(position), 0) FROM messages"
      "                    WHERE user_id = $1 AND session_id = $2 AND role = 'assistant')"
      "   AND EXISTS (SELECT FROM sessions WHERE user_id = $1 AND session_id = $2 AND turn = $3)",
      {key.user_id, key.session_id, std::to_string(turn)});
}

void Records::ask_again(const SessionKey& key, std::int64_t position) {
  pipeline_.add(
      "UPDATE messages SET refused_at = NULL WHERE user_id = $1 AND session_id = $2 AND position = $3",
      {key.user_id, key.session_id, std::to_string(position)});
}

sql::Pending<std::vector<StoredMessage>> Records::messages(const SessionKey& key) {
  static const auto sql = fmt::format(
      "SELECT position, role, content, idempotency_key, coalesce(facet, ''), {}, refused_at IS NOT NULL"
      " FROM messages"
      " WHERE user_id = $1 AND session_id = $2 ORDER BY position",
      sql::micros("created_at"));
  return pipeline_.add(sql, {key.user_id, key.session_id}, messages_of);
}

void Records::add_message(const SessionKey& key, const StoredMessage& message) {
  pipeline_.add(
      "INSERT INTO messages (user_id, session_id, position, role, content, idempotency_key, facet)"
      " VALUES ($1, $2, $3, $4, $5, $6, nullif($7, ''))",
      {key.user_id, key.session_id, std::to_string(message.line.position),
       message.line.role == llm::Role::kUser ? "user" : "assistant", message.line.text,
       message.idempotency_key, message.facet});
}

void Records::set_idempotency_key(const SessionKey& key, std::int64_t position,
                                  const std::string& idempotency_key) {
  pipeline_.add(
      "UPDATE messages SET idempotency_key = $4 WHERE user_id = $1 AND session_id = $2 AND position = $3",
      {key.user_id, key.session_id, std::to_string(position), idempotency_key});
}

std::string Records::share(const SessionKey& key, const std::string& new_profile_id) {
  const auto rows = pipeline_.execute(
      "WITH made AS (INSERT INTO shared_profiles (user_id, session_id, profile_id) VALUES ($1, $2, $3)"
      "   ON CONFLICT (user_id, session_id) DO NOTHING RETURNING profile_id)"
      " SELECT profile_id FROM made UNION ALL"
      " SELECT profile_id FROM shared_profiles WHERE user_id = $1 AND session_id = $2 LIMIT 1",
      {key.user_id, key.session_id, new_profile_id});
  // Empty only if another request is sharing at this moment and has not committed yet.
  return rows.rows.empty() ? share(key, new_profile_id) : rows.at(0, 0);
}

bool Records::unshare(const SessionKey& key) {
  const auto rows =
      pipeline_.execute("DELETE FROM shared_profiles WHERE user_id = $1 AND session_id = $2 RETURNING 1",
                        {key.user_id, key.session_id});
  return !rows.rows.empty();
}

std::optional<Records::SharedProfile> Records::find_profile(const std::string& profile_id) {
  static const auto sql = fmt::format(
      "SELECT p.user_id, p.session_id, u.display_name, {}, s.language FROM shared_profiles p"
      " JOIN users u USING (user_id) JOIN sessions s USING (user_id, session_id)"
      " WHERE p.profile_id = $1",
      sql::micros("p.created_at"));
  const auto rows = pipeline_.execute(sql, {profile_id});
  if (rows.rows.empty()) return std::nullopt;
  return SharedProfile{{rows.at(0, 0), rows.at(0, 1)},
                       rows.rows[0].at(2),
                       sql::time_of(rows.at(0, 3)),
                       language_of(rows.rows[0].at(4))};
}

}  // namespace bigocean::server::conversation
