// The operator's queries and actions in SQL.
#include "server/product/conversation/operations.hpp"

#include "sql/postgres/values.hpp"

namespace bigocean::server::conversation {
namespace {

std::vector<CallsOfDay> calls_of(sql::Pipeline& pipeline, const std::string& day) {
  const auto rows = pipeline.execute(
      "SELECT purpose, model, count(*), count(*) FILTER (WHERE settled_at IS NULL),"
      "   count(*) FILTER (WHERE outcome = 'swept'),"
      "   sum(input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens),"
      "   sum(cache_read_tokens), sum(output_tokens), coalesce(sum(cost), 0)"
      " FROM ledger_entries WHERE day = $1 AND outcome IS DISTINCT FROM 'released'"
      " GROUP BY purpose, model ORDER BY purpose DESC, model",
      {day});
  std::vector<CallsOfDay> calls;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const auto number = [&](std::size_t column) { return sql::integer(rows.at(i, column)); };
    calls.push_back({rows.at(i, 0), rows.at(i, 1), number(2), number(3), number(4), number(5), number(6),
                     number(7), number(8)});
  }
  return calls;
}

}  // namespace

DayOverview Operations::today() {
  DayOverview overview;
  database_.transaction([&](sql::Pipeline& pipeline) {
    overview.day = pipeline.execute("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')", {}).at(0, 0);
    const auto service =
        pipeline.execute("SELECT spent, reserved FROM service_budgets WHERE day = $1", {overview.day});
    if (!service.rows.empty())
      overview.service = {sql::integer(service.at(0, 0)), sql::integer(service.at(0, 1))};
    overview.calls = calls_of(pipeline, overview.day);
    const auto people = pipeline.execute(
        "SELECT user_id, spent, reserved, count(*) OVER () FROM user_budgets WHERE day = $1"
        " ORDER BY spent + reserved DESC, user_id LIMIT $2",
        {overview.day, std::to_string(kPeopleShown)});
    for (std::size_t i = 0; i < people.rows.size(); ++i) {
      overview.people.push_back(
          {people.at(i, 0), {sql::integer(people.at(i, 1)), sql::integer(people.at(i, 2))}});
      overview.people_count = sql::integer(people.at(i, 3));
    }
    const auto counts = pipeline.execute(
        "SELECT count(*) FILTER (WHERE died_at IS NULL), count(died_at),"
        " (SELECT count(*) FROM users WHERE blocked_at IS NOT NULL) FROM analysis_jobs",
        {});
    overview.analyses_waiting = sql::integer(counts.at(0, 0));
    overview.analyses_dead = sql::integer(counts.at(0, 1));
    overview.blocked = sql::integer(counts.at(0, 2));
  });
  return overview;
}

std::vector<DeadAnalysis> Operations::dead_analyses() {
  const auto rows = database_.query(
      "SELECT session_id, through_position, attempts,"
      "   to_char(died_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), coalesce(last_error, '')"
      " FROM analysis_jobs WHERE died_at IS NOT NULL ORDER BY died_at DESC LIMIT $1",
      {std::to_string(kDeadShown)});
  std::vector<DeadAnalysis> dead;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    dead.push_back({rows.at(i, 0), sql::integer(rows.at(i, 1)), sql::integer(rows.at(i, 2)), rows.at(i, 3),
                    rows.at(i, 4)});
  }
  return dead;
}

std::int64_t Operations::retry_analyses(const std::optional<std::string>& session_id) {
  const auto rows = database_.query(
      "WITH retried AS ("
      "  UPDATE analysis_jobs SET died_at = NULL, attempts = 0, useless_replies = NULL, run_after = now()"
      "   WHERE died_at IS NOT NULL AND ($1::uuid IS NULL OR session_id = $1::uuid) RETURNING 1)"
      " SELECT count(*) FROM retried",
      {session_id});
  return sql::integer(rows.at(0, 0));
}

bool Operations::block(const std::string& user_id, bool blocked) {
  const auto rows = database_.query(
      "UPDATE users SET blocked_at = CASE WHEN $2::boolean THEN coalesce(blocked_at, now()) END"
      " WHERE user_id = $1 RETURNING 1",
      {user_id, blocked ? "t" : "f"});
  return !rows.rows.empty();
}

}  // namespace bigocean::server::conversation
