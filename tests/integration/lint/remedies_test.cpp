// Remedies of lint against the server: each runs, and ends in the catalogue that the statement would have
// made.
#include <doctest/doctest.h>

#include "sql/lint/lint.hpp"
#include "tests/integration/lint/remedy.hpp"
#include "tests/unit/lint/linted.hpp"

namespace remedies_test {

using namespace bigocean::test;
namespace lint = bigocean::sql::lint;

namespace {

const char* const kSchema = R"sql(
  CREATE SCHEMA s;
  CREATE TABLE users (id bigint PRIMARY KEY, uid bigint UNIQUE, "E mail" text, a int, b int, UNIQUE (a, b));
  CREATE TABLE s.posts (id bigint NOT NULL, author bigint, "E mail" text, a int, b int, note text);
  CREATE INDEX posts_a ON s.posts (a);
  CREATE INDEX "Posts b" ON s.posts (b);
  CREATE MATERIALIZED VIEW seen AS SELECT id FROM users;
  CREATE UNIQUE INDEX seen_id ON seen (id);
)sql";

/// Constraints, indexes and columns that the database has now, one a line.
std::string catalogue(const std::string& url) {
  const std::string ours = "::regnamespace::text IN ('public', 's')";
  return query(url,
               "SELECT string_agg(line, E'\\n' ORDER BY line) FROM (SELECT conrelid::regclass || ' ' || "
               "conname || ' ' "
               "|| pg_get_constraintdef(oid) || ' ' || convalidated AS line FROM pg_constraint WHERE "
               "connamespace" +
                   ours +
                   " UNION ALL SELECT pg_get_indexdef(oid) || ' ' || indisvalid || indisprimary FROM "
                   "pg_index JOIN "
                   "pg_class ON oid = indexrelid WHERE relnamespace" +
                   ours +
                   " UNION ALL SELECT relname || ' ' || attname || attnotnull FROM pg_attribute JOIN "
                   "pg_class ON "
                   "oid = attrelid WHERE attnum > 0 AND relkind IN ('r', 'm') AND relnamespace" +
                   ours + ") AS lines")
      .at(0)
      .at(0);
}

/// What lint says to do instead of `sql`, by the rule.
std::vector<std::string> remedies(const std::string& sql, const std::string& rule) {
  const Pending pending({sql});
  std::vector<std::string> result;
  for (const auto& finding : lint::lint(pending.files(), {}))
    if (finding.rule->id == rule) result.push_back(finding.remedy);
  return result;
}

struct Row {
  const char* rule;
  const char* sql;
};

const Row kRows[] = {
    {"foreign-key-not-valid", "ALTER TABLE s.posts ADD FOREIGN KEY (author) REFERENCES users;"},
    {"foreign-key-not-valid",
     "ALTER TABLE s.posts ADD CONSTRAINT \"By whom\" FOREIGN KEY (author) REFERENCES users (uid) ON UPDATE "
     "RESTRICT ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;"},
    {"foreign-key-not-valid",
     "ALTER TABLE s.posts ADD FOREIGN KEY (a, b) REFERENCES users (a, b) MATCH FULL ON DELETE SET NULL;"},
    {"foreign-key-not-valid",
     "ALTER TABLE s.posts ADD FOREIGN KEY (a, b) REFERENCES users (a, b) ON DELETE SET DEFAULT (b);"},
    {"check-not-valid",
     "ALTER TABLE s.posts ADD CONSTRAINT \"a Check\" CHECK ((a > 0) OR note = 'CHECK (') NO INHERIT;"},
    {"unique-not-using-index", "ALTER TABLE s.posts ADD UNIQUE (a, \"E mail\");"},
    {"unique-not-using-index",
     "ALTER TABLE s.posts ADD CONSTRAINT one UNIQUE (a) INCLUDE (note, \"E mail\");"},
    {"unique-not-using-index", "ALTER TABLE s.posts ADD UNIQUE NULLS NOT DISTINCT (a);"},
    {"unique-not-using-index", "ALTER TABLE s.posts ADD UNIQUE (a) DEFERRABLE INITIALLY DEFERRED;"},
    {"unique-not-using-index", "ALTER TABLE s.posts ADD PRIMARY KEY (id);"},
    {"unique-not-using-index",
     "ALTER TABLE s.posts ADD CONSTRAINT \"Key\" PRIMARY KEY (id) INCLUDE (a) DEFERRABLE;"},
    // Inside a column that is added: the column comes first, with all that is no such constraint.
    {"foreign-key-not-valid",
     "ALTER TABLE s.posts ADD COLUMN room bigint DEFAULT 1 REFERENCES users (uid) ON DELETE CASCADE NOT "
     "NULL;"},
    {"check-not-valid",
     "ALTER TABLE s.posts ADD COLUMN age int DEFAULT 7 CHECK (age > 0), ALTER note SET STATISTICS 10;"},
    {"check-not-valid", "ALTER TABLE s.posts ADD age int CONSTRAINT adult CHECK (age > 17) DEFAULT 18;"},
    {"unique-not-using-index", "ALTER TABLE s.posts ADD COLUMN \"One of\" text UNIQUE COLLATE \"C\";"},
    {"set-not-null", "ALTER TABLE s.posts ALTER \"E mail\" SET NOT NULL;"},
    {"reindex-not-concurrently", "REINDEX TABLE s.posts;"},
    {"reindex-not-concurrently", "REINDEX (VERBOSE) INDEX s.\"Posts b\";"},
    {"reindex-not-concurrently", "REFRESH MATERIALIZED VIEW seen;"},
    {"index-not-concurrently", "CREATE UNIQUE INDEX \"by INDEX\" ON s.posts (a, lower(note)) WHERE b > 0;"},
    {"index-not-concurrently", "CREATE INDEX ON s.posts (\"E mail\");"},
    {"drop-index-not-concurrently", "DROP INDEX s.posts_a;"},
    {"drop-index-not-concurrently", "DROP INDEX IF EXISTS s.posts_a, s.\"Posts b\" CASCADE;"},
};

}  // namespace

TEST_CASE("a remedy ends in the catalogue that the statement would have made") {
  for (const auto& row : kRows) {
    const std::string sql = row.sql;
    CAPTURE(sql);
    const auto meant = shared_postgres().create_database();
    const auto remedied = shared_postgres().create_database();
    for (const auto& url : {meant, remedied}) query(url, kSchema);
    query(meant, sql);
    const auto texts = remedies(sql, row.rule);
    REQUIRE(!texts.empty());
    for (const auto& text : texts) {
      CAPTURE(text);
      CHECK_NOTHROW(run_each(remedied, text));
    }
    CHECK(catalogue(remedied) == catalogue(meant));
  }
}

TEST_CASE("the old name of a renamed table is a view in the schema of the table") {
  const auto url = shared_postgres().create_database();
  query(url, kSchema);
  const auto texts = remedies("ALTER TABLE s.posts RENAME TO \"All posts\";", "rename-table");
  REQUIRE(texts.size() == 1);
  CHECK_NOTHROW(run_each(url, texts[0]));
  CHECK(query(url, "SELECT count(*) FROM s.posts, s.\"All posts\"").at(0).at(0) == "0");
}

}  // namespace remedies_test
