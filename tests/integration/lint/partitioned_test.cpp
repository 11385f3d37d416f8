// Lint on partitioned tables, with the partitions that the database has: what the server refuses is found
// before, and the way around it runs and ends in what was meant.
#include <doctest/doctest.h>

#include "sql/lint/lint.hpp"
#include "tests/integration/lint/remedy.hpp"
#include "tests/unit/lint/linted.hpp"

namespace partitioned_test {

using namespace bigocean::test;
namespace lint = bigocean::sql::lint;
namespace sql = bigocean::sql;

namespace {

const char* const kSchema = R"sql(
  CREATE TABLE users (id bigint PRIMARY KEY);
  INSERT INTO users VALUES (1);
  CREATE SCHEMA s;
  CREATE TABLE s.events (id bigint NOT NULL, at date NOT NULL, "User" bigint) PARTITION BY RANGE (at);
  CREATE TABLE s.events_2026 PARTITION OF s.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE "Events 2027" PARTITION OF s.events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')
    PARTITION BY HASH (id);
  CREATE TABLE events_2027_a PARTITION OF "Events 2027" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
  CREATE TABLE events_2027_b PARTITION OF "Events 2027" FOR VALUES WITH (MODULUS 2, REMAINDER 1);
  CREATE INDEX old ON s.events (at);
  INSERT INTO s.events SELECT n, '2026-05-05', 1 FROM generate_series(1, 100) n;
  INSERT INTO s.events SELECT n, '2027-05-05', 1 FROM generate_series(1, 100) n;
)sql";

/// Indexes and constraints, without the names of those of partitions, which differ.
std::string shapes(const std::string& url) {
  return query(url,
               "SELECT string_agg(line, E'\\n' ORDER BY line) FROM ("
               "SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) || convalidated || "
               "(conparentid <> 0)"
               " || CASE conparentid WHEN 0 THEN conname ELSE '' END AS line FROM pg_constraint WHERE "
               "contype <> 'n'"
               " AND connamespace::regnamespace::text IN ('public', 's')"
               " UNION ALL SELECT indrelid::regclass || ' ' || regexp_replace(pg_get_indexdef(c.oid), 'INDEX "
               ".* ON ',"
               " 'INDEX ON ') || indisvalid || indisprimary || c.relispartition || CASE WHEN "
               "c.relispartition THEN ''"
               " ELSE c.relname END FROM pg_index JOIN pg_class c ON c.oid = indexrelid"
               " WHERE relnamespace::regnamespace::text IN ('public', 's')) AS lines")
      .at(0)
      .at(0);
}

std::vector<lint::Finding> findings_of(const std::string& url, const std::vector<std::string>& texts) {
  auto connection = sql::Connection::connect(bigocean::config::Secret(url), {});
  const Pending pending(texts);
  return lint::lint_pending(connection, pending.files(), {}, false);
}

std::string rules_of(const std::vector<lint::Finding>& findings) {
  std::string rules;
  for (const auto& finding : findings) rules += (rules.empty() ? "" : " ") + std::string(finding.rule->id);
  return rules;
}

struct Row {
  const char* rules;
  const char* text;
  const char* meant = nullptr;  ///< null: the text itself, which the server takes
};

const Row kRows[] = {
    {"index-not-concurrently", "CREATE INDEX by_user ON s.events (\"User\");"},
    {"index-not-concurrently", "CREATE UNIQUE INDEX ON s.events USING btree (id, at) WHERE id > 0;",
     "CREATE UNIQUE INDEX events_id_at_idx ON s.events (id, at) WHERE id > 0;"},
    {"concurrently-on-partitioned",
     "CREATE INDEX CONCURRENTLY \"by User\" ON s.events (\"User\") INCLUDE (id);",
     "CREATE INDEX \"by User\" ON s.events (\"User\") INCLUDE (id);"},
    {"concurrently-on-partitioned", "DROP INDEX CONCURRENTLY s.old;", "DROP INDEX s.old;"},
    {"unique-not-using-index", "ALTER TABLE s.events ADD CONSTRAINT once UNIQUE (id, at);"},
    {"unique-not-using-index", "ALTER TABLE s.events ADD PRIMARY KEY (id, at);"},
    {"foreign-key-not-valid foreign-key-without-index",
     "ALTER TABLE s.events ADD FOREIGN KEY (\"User\") REFERENCES users ON DELETE CASCADE;",
     "ALTER TABLE s.events ADD FOREIGN KEY (\"User\") REFERENCES users ON DELETE CASCADE;"
     "CREATE INDEX \"events_User_idx\" ON s.events (\"User\");"},
};

}  // namespace

TEST_CASE("the way to an index or key of a partitioned table runs, and ends in what was meant") {
  for (const auto& row : kRows) {
    CAPTURE(row.text);
    const auto meant = shared_postgres().create_database();
    const auto remedied = shared_postgres().create_database();
    for (const auto& url : {meant, remedied}) query(url, kSchema);
    query(meant, row.meant == nullptr ? row.text : row.meant);
    const auto findings = findings_of(remedied, {row.text});
    CHECK(rules_of(findings) == row.rules);
    for (const auto& finding : findings) {
      CAPTURE(finding.remedy);
      CHECK_NOTHROW(run_each(remedied, finding.remedy));
      // What is advised is not found again.
      for (const auto& again : findings_of(meant, files_of(finding.remedy))) {
        CAPTURE(again.title);
        CHECK(again.level != lint::Level::kError);
      }
    }
    CHECK(shapes(remedied) == shapes(meant));
  }
}

TEST_CASE("an index of the partitioned table alone, and its removal, are no findings") {
  const auto url = shared_postgres().create_database();
  query(url, kSchema);
  CHECK(rules_of(findings_of(url, {"CREATE INDEX by_user ON ONLY s.events (\"User\");"})).empty());
  CHECK(rules_of(findings_of(url, {"DROP INDEX s.old;"})).empty());
  CHECK(
      rules_of(findings_of(url, {"CREATE INDEX CONCURRENTLY by_user ON s.events_2026 (\"User\");"})).empty());
}

}  // namespace partitioned_test
