// Jobs as rows: taken with SKIP LOCKED, kept by moving run_after.
#include "server/product/conversation/jobs.hpp"
#include "sql/postgres/values.hpp"

namespace bigocean::server::conversation {
namespace {

constexpr std::size_t kReasonCharsMax = 500;

sql::Parameters key_of(const Job& job) {
  return {job.key.user_id, job.key.session_id, std::to_string(job.through_position)};
}

sql::Parameters with(sql::Parameters parameters, std::initializer_list<std::string> more) {
  parameters.insert(parameters.end(), more.begin(), more.end());
  return parameters;
}

}  // namespace

void Jobs::add(sql::Pipeline& pipeline, const SessionKey& key, std::int64_t through_position,
               const std::string& request_id) {
  pipeline.add(
      "INSERT INTO analysis_jobs (user_id, session_id, through_position, request_id)"
      " SELECT user_id, session_id, position, nullif($4, '') FROM messages"
      "  WHERE user_id = $1 AND session_id = $2 AND position = $3 ON CONFLICT DO NOTHING",
      {key.user_id, key.session_id, std::to_string(through_position), request_id});
}

std::optional<Job> Jobs::take(std::chrono::milliseconds lease) {
  const auto rows = database_.query(
      "UPDATE analysis_jobs SET attempts = attempts + 1, run_after = now() + $1::interval"
      " WHERE (user_id, session_id, through_position) ="
      " (SELECT user_id, session_id, through_position FROM analysis_jobs j"
      "   WHERE died_at IS NULL AND run_after <= now()"
      "     AND NOT EXISTS (SELECT FROM analysis_jobs earlier WHERE earlier.user_id = j.user_id"
      "       AND earlier.session_id = j.session_id AND earlier.through_position < j.through_position"
      "       AND earlier.died_at IS NULL)"
      "   ORDER BY run_after LIMIT 1 FOR UPDATE SKIP LOCKED)"
      " RETURNING user_id, session_id, through_position, attempts, coalesce(useless_replies, 0),"
      "   coalesce(request_id, '')",
      {sql::interval(lease)});
  if (rows.rows.empty()) return std::nullopt;
  return Job{{rows.at(0, 0), rows.at(0, 1)},
             sql::integer(rows.at(0, 2)),
             sql::integer(rows.at(0, 3)),
             sql::integer(rows.at(0, 4)),
             rows.at(0, 5)};
}

sql::Pending<bool> Jobs::finish(sql::Pipeline& pipeline, const Job& job) {
  return pipeline.add(
      "DELETE FROM analysis_jobs WHERE user_id = $1 AND session_id = $2 AND through_position = $3 RETURNING "
      "1",
      key_of(job), [](const sql::Rows& rows) { return !rows.rows.empty(); });
}

void Jobs::fail(const Job& job, const JobFailure& failure, std::chrono::milliseconds wait) {
  database_.query(
      "UPDATE analysis_jobs SET run_after = now() + $4::interval, last_error = left($5, $6::int),"
      " died_at = CASE WHEN $7::boolean THEN now() END,"
      " useless_replies = coalesce(useless_replies, 0) + CASE WHEN $8::boolean THEN 1 ELSE 0 END"
      " WHERE user_id = $1 AND session_id = $2 AND through_position = $3",
      with(key_of(job), {sql::interval(wait), failure.reason, std::to_string(kReasonCharsMax),
                         failure.is_last ? "t" : "f", failure.is_useless_reply ? "t" : "f"}));
}

void Jobs::postpone(const Job& job, std::chrono::milliseconds wait) {
  database_.query(
      "UPDATE analysis_jobs SET run_after = now() + $4::interval, attempts = attempts - 1"
      " WHERE user_id = $1 AND session_id = $2 AND through_position = $3",
      with(key_of(job), {sql::interval(wait)}));
}

Jobs::Counts Jobs::counts() {
  const auto rows =
      database_.query("SELECT count(*) FILTER (WHERE died_at IS NULL), count(died_at) FROM analysis_jobs");
  return {sql::integer(rows.at(0, 0)), sql::integer(rows.at(0, 1))};
}

}  // namespace bigocean::server::conversation
