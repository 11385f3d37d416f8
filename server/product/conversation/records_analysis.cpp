// Evidence, assessments and archetypes in SQL.
#include <fmt/format.h>

#include "server/product/conversation/records.hpp"
#include "sql/postgres/values.hpp"

namespace bigocean::server::conversation {
namespace {

/// An array's text, from texts that need quotes or not.
std::string array_of(const std::vector<std::string>& values) {
  std::string text = "{";
  for (const auto& value : values) {
    if (text.size() > 1) text += ',';
    text += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + '}';
}

assessment::Facet facet_named(const std::string& name) {
  if (const auto facet = assessment::find_facet(name)) return *facet;
  throw base::Error(base::ExitCode::kInternal,
                    fmt::format("`{}` is stored as a facet, but is not one", name));
}

/// Reads the rows of latest_analysis().
Records::Analysis analysis_of(const sql::Rows& rows) {
  assessment::FacetScores scores{};
  std::int64_t through = 0;
  for (std::size_t row = 0; row < rows.rows.size(); ++row) {
    through = sql::integer(rows.at(row, 0));
    scores.at(assessment::index_of(facet_named(rows.at(row, 1)))) = {
        sql::real(rows.at(row, 2)), static_cast<int>(sql::integer(rows.at(row, 3))),
        sql::integer(rows.at(row, 4))};
  }
  return {assessment::assess(scores), through};
}

}  // namespace

sql::Pending<Records::Analysis> Records::latest_analysis(const SessionKey& key,
                                                         std::optional<TimePoint> until) {
  static const std::string sql =
      "SELECT through_position, facet, score, confidence, evidence_count FROM trait_assessments"
      " WHERE user_id = $1 AND session_id = $2 AND through_position ="
      " (SELECT max(through_position) FROM trait_assessments WHERE user_id = $1 AND session_id = $2"
      "   AND ($3::bigint IS NULL OR created_at <= to_timestamp(0) + $3::bigint * interval '1 microsecond'))";
  std::optional<std::string> until_micros;
  if (until) {
    until_micros = std::to_string(
        std::chrono::duration_cast<std::chrono::microseconds>(until->time_since_epoch()).count());
  }
  return pipeline_.add(sql, {key.user_id, key.session_id, until_micros}, analysis_of);
}

sql::Pending<Records::Due> Records::analyses_due(const SessionKey& key) {
  return pipeline_.add(
      "SELECT max(through_position) FILTER (WHERE died_at IS NULL), max(through_position) FILTER (WHERE "
      "died_at IS NOT NULL) FROM analysis_jobs WHERE user_id = $1 AND session_id = $2",
      {key.user_id, key.session_id}, [](const sql::Rows& rows) {
        Due due;
        const auto& row = rows.rows.at(0);
        if (row.at(0)) due.pending = sql::integer(*row.at(0));
        if (row.at(1)) due.dead = sql::integer(*row.at(1));
        return due;
      });
}

std::vector<assessment::Evidence> Records::evidence(const SessionKey& key, std::int64_t through_position) {
  // The turn is the number of the user's earlier messages without refused ones. It does not follow from
  // positions, because of unanswered messages.
  const auto rows = pipeline_.execute(
      "SELECT e.position, m.turn, e.facet, e.score, e.confidence, e.quote FROM evidence e"
      " JOIN (SELECT position, row_number() OVER (ORDER BY position) - 1 AS turn FROM messages"
      "        WHERE user_id = $1 AND session_id = $2 AND role = 'user' AND refused_at IS NULL) m"
      "   USING (position)"
      " WHERE e.user_id = $1 AND e.session_id = $2 AND e.position <= $3 ORDER BY e.position, e.facet",
      {key.user_id, key.session_id, std::to_string(through_position)});
  std::vector<assessment::Evidence> evidence;
  for (std::size_t row = 0; row < rows.rows.size(); ++row) {
    evidence.push_back({sql::integer(rows.at(row, 0)), sql::integer(rows.at(row, 1)),
                        facet_named(rows.at(row, 2)), sql::real(rows.at(row, 3)), sql::real(rows.at(row, 4)),
                        rows.at(row, 5)});
  }
  return evidence;
}

void Records::add_evidence(const SessionKey& key, const std::vector<assessment::Evidence>& evidence) {
  if (evidence.empty()) return;
  std::vector<std::string> positions, facets, scores, confidences, quotes;
  for (const auto& one : evidence) {
    positions.push_back(std::to_string(one.position));
    facets.emplace_back(assessment::info_of(one.facet).name);
    scores.push_back(sql::text_of(one.score));
    confidences.push_back(sql::text_of(one.confidence));
    quotes.push_back(one.quote);
  }
  pipeline_.add(
      "INSERT INTO evidence (user_id, session_id, position, facet, score, confidence, quote)"
      " SELECT $1, $2, * FROM unnest($3::bigint[], $4::text[], $5::double precision[],"
      "   $6::double precision[], $7::text[]) ON CONFLICT DO NOTHING",
      {key.user_id, key.session_id, array_of(positions), array_of(facets), array_of(scores),
       array_of(confidences), array_of(quotes)});
}

void Records::add_assessment(const SessionKey& key, std::int64_t through_position,
                             const assessment::Assessment& assessment) {
  std::vector<std::string> facets, traits, scores, confidences, counts;
  for (std::size_t i = 0; i < assessment::kFacetCount; ++i) {
    const auto facet = assessment::facet_at(i);
    const auto& score = assessment.of(facet);
    facets.emplace_back(assessment::info_of(facet).name);
    traits.emplace_back(assessment::info_of(assessment::info_of(facet).trait).name);
    scores.push_back(sql::text_of(score.score));
    confidences.push_back(std::to_string(score.confidence));
    counts.push_back(std::to_string(score.evidence_count));
  }
  pipeline_.add(
      "INSERT INTO trait_assessments"
      "   (user_id, session_id, through_position, facet, trait, score, confidence, evidence_count)"
      " SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::double precision[], $7::smallint[],"
      "   $8::bigint[]) ON CONFLICT DO NOTHING",
      {key.user_id, key.session_id, std::to_string(through_position), array_of(facets), array_of(traits),
       array_of(scores), array_of(confidences), array_of(counts)});
}

Records::ArchetypeText Records::archetype(const std::string& code) {
  const auto rows = pipeline_.execute("SELECT name, description FROM archetypes WHERE code = $1", {code});
  return {rows.at(0, 0), rows.at(0, 1)};
}

}  // namespace bigocean::server::conversation
