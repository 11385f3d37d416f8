// The product's own migrations on a real server: up and down, what the schema refuses, and the cost of its
// reads.
#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/integration/product_database.hpp"

namespace product_schema_test {

namespace {

using namespace bigocean;

std::string down_of(const base::EmbeddedFile& file) {
  return std::string(file.text.substr(file.text.find("\n-- migrate:down")));
}

/// Tables, columns, constraints and indexes, one a line.
std::vector<std::vector<std::string>> catalogue(const std::string& url) {
  return test::query(url, R"(
    SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1)");
}

std::string error_of(const std::string& url, const std::string& sql) {
  try {
    test::query(url, sql);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

/// One person with one session, one message and the scores of one analysis.
constexpr const char* kSomeone = R"(
  INSERT INTO users (user_id) VALUES ('00000000-0000-4000-8000-000000000001');
  INSERT INTO sessions (user_id, session_id, token_sha256, expires_at) VALUES
    ('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', sha256('a'), now() + '7 days');
  INSERT INTO messages (user_id, session_id, position, role, content) VALUES
    ('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', 1, 'user', 'Grüße, 世界');
  INSERT INTO trait_assessments
      (user_id, session_id, through_position, trait, facet, score, confidence, evidence_count) VALUES
    ('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', 1,
     'agreeableness', 'trust', 20, 100, 3);)";

}  // namespace

TEST_CASE("the schema goes up, comes down without a trace, and goes up to the same") {
  const std::string url = test::migrated_database();
  const auto first = catalogue(url);
  CHECK(first.size() > 30);
  const auto files = sql::embedded_migrations();
  std::for_each(files.rbegin(), files.rend(),
                [&](const base::EmbeddedFile& file) { test::query(url, down_of(file)); });
  CHECK(catalogue(url).empty());
  test::migrate_up(url);
  CHECK(catalogue(url) == first);
}

TEST_CASE("the 81 archetypes are there") {
  const auto rows =
      test::query(test::migrated_database(), "SELECT count(*), count(DISTINCT description) FROM archetypes");
  CHECK(rows == std::vector<std::vector<std::string>>{{"81", "81"}});
}

TEST_CASE("a database that is not UTF-8 is refused with the remedy") {
  auto& postgres = test::shared_postgres();
  test::query(postgres.url(), "CREATE DATABASE not_utf8 ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
  const std::string error =
      error_of(postgres.url("not_utf8"), test::up_of(sql::embedded_migrations().front()));
  CHECK(error.find("SQL_ASCII") != std::string::npos);
  CHECK(error.find("UTF8") != std::string::npos);
}

TEST_CASE("the schema refuses what cannot be") {
  const std::string url = test::migrated_database();
  test::query(url, kSomeone);
  const std::string someone =
      "'00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'";
  const std::string session =
      "INSERT INTO sessions (user_id, token_sha256, expires_at) VALUES "
      "('00000000-0000-4000-8000-000000000001', ";
  const std::string message =
      "INSERT INTO messages (user_id, session_id, position, role, content) VALUES (" + someone;
  const std::string score =
      "INSERT INTO trait_assessments (user_id, session_id, through_position, trait, facet, score, "
      "confidence, "
      "evidence_count) VALUES (" +
      someone;
  const std::pair<std::string, const char*> refused[] = {
      {session + "sha256('a'), now() + '7 days')", "sessions_token_sha256_key"},
      {session + "'short', now() + '7 days')", "sessions_token_sha256_check"},
      {session + "sha256('b'), now() - interval '1 day')", "sessions_check"},
      {message + ", 1, 'user', 'again')", "messages_pkey"},
      {message + ", 0, 'user', 'x')", "messages_position_check"},
      {message + ", 2, 'system', 'x')", "messages_role_check"},
      {message + ", 2, 'user', '')", "messages_content_check"},
      {message + ", 2, 'user', repeat('x', 20001))", "messages_content_check"},
      {score + ", 1, 'agreeableness', 'anger', 1, 1, 1)", "trait_assessments_facet_of_trait"},
      {score + ", 1, 'kindness', 'trust', 1, 1, 1)", "trait_assessments_facet_of_trait"},
      {score + ", 1, 'neuroticism', 'anger', 20.01, 1, 1)", "trait_assessments_score_check"},
      {score + ", 1, 'neuroticism', 'anger', 'NaN', 1, 1)", "trait_assessments_score_check"},
      {score + ", 1, 'neuroticism', 'anger', 1, 101, 1)", "trait_assessments_confidence_check"},
      {score + ", 1, 'neuroticism', 'anger', 1, 5, 0)", "trait_assessments_check"},
      {score + ", 9, 'neuroticism', 'anger', 1, 1, 1)",
       "trait_assessments_user_id_session_id_through_position_fkey"},
      {"INSERT INTO archetypes VALUES ('XXXX', 'The Nobody', 'Nothing.')", "archetypes_code_check"},
  };
  for (const auto& [statement, constraint] : refused) {
    CAPTURE(statement);
    CHECK(error_of(url, statement).find(constraint) != std::string::npos);
  }
}

TEST_CASE("what the service reads comes by an index, in order, without sorting") {
  const std::string url = test::migrated_database();
  const std::pair<std::string, const char*> reads[] = {
      {"SELECT user_id, session_id FROM sessions WHERE token_sha256 = sha256('a')",
       "sessions_token_sha256_key"},
      {"SELECT session_id FROM sessions WHERE user_id = $$00000000-0000-4000-8000-000000000001$$ ORDER BY "
       "created_at DESC LIMIT 10",
       "sessions_user_created_idx"},
      {"SELECT role, content FROM messages WHERE user_id = $$00000000-0000-4000-8000-000000000001$$ "
       "AND session_id = $$00000000-0000-4000-8000-000000000002$$ ORDER BY position",
       "messages_pkey"},
      {"SELECT through_position FROM trait_assessments WHERE user_id = "
       "$$00000000-0000-4000-8000-000000000001$$ "
       "AND session_id = $$00000000-0000-4000-8000-000000000002$$ ORDER BY through_position DESC LIMIT 1",
       "trait_assessments_pkey"},
      {"SELECT name FROM archetypes WHERE code = 'ODEW'", "archetypes_pkey"},
  };
  for (const auto& [read, index] : reads) {
    CAPTURE(read);
    std::string plan;
    // The tables are almost empty here: without the settings a scan would rightly be preferred.
    for (const auto& row :
         test::query(url, std::string("SET enable_seqscan = off; SET enable_bitmapscan = off; "
                                      "EXPLAIN ") +
                              read)) {
      plan += row.at(0) + "\n";
    }
    CAPTURE(plan);
    CHECK(plan.find(index) != std::string::npos);
    CHECK(plan.find("Sort") == std::string::npos);
  }
}

TEST_CASE("deleting a person deletes everything of theirs") {
  const std::string url = test::migrated_database();
  test::query(url, kSomeone);
  test::query(url, "DELETE FROM users");
  const auto rows = test::query(url,
                                "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM messages) + "
                                "(SELECT count(*) FROM trait_assessments)");
  CHECK(rows.at(0).at(0) == "0");
}

}  // namespace product_schema_test
