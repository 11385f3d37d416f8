// What a span says of a statement.
#include <doctest/doctest.h>

#include "sql/postgres/query_span.hpp"

namespace query_span_test {

using bigocean::sql::summary_of;

TEST_CASE("a statement's summary: its first word, and the first table or function") {
  CHECK(summary_of("SELECT a, b FROM sessions WHERE c = $1") == "SELECT sessions");
  CHECK(summary_of("  select 1") == "SELECT");
  CHECK(summary_of("INSERT INTO app.\"users\" (a) VALUES ($1)") == "INSERT app.\"users\"");
  CHECK(summary_of("UPDATE sessions SET turn = 1") == "UPDATE sessions");
  CHECK(summary_of("DELETE\nFROM\n evidence") == "DELETE evidence");
  CHECK(summary_of("SELECT extract(epoch FROM created_at) FROM sessions") == "SELECT sessions");
  CHECK(summary_of("WITH x AS (SELECT 1 FROM y) SELECT * FROM x JOIN z ON true") == "WITH x");
  CHECK(summary_of("SELECT * FROM reserve($1, $2)") == "SELECT reserve");
  CHECK(summary_of("SELECT * FROM (SELECT 1) AS x") == "SELECT");
  CHECK(summary_of("BEGIN; SELECT 1 FROM x") == "BEGIN");
  CHECK(summary_of("SET LOCAL statement_timeout = 1") == "SET");
  CHECK(summary_of("") == "");
  CHECK(summary_of("-- words of a person\nSELECT 1") == "");
  CHECK(summary_of("'words of a person'") == "");
  CHECK(summary_of("SELECT 1 FROM") == "SELECT");
  CHECK(summary_of(")))(((") == "");
}

}  // namespace query_span_test
