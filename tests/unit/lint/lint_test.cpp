// What lint exempts, allows and considers; levels; places.
#include <doctest/doctest.h>

#include "base/error.hpp"
#include "tests/unit/lint/linted.hpp"

namespace lint_test {

using namespace bigocean::sql::lint;
using bigocean::test::found;
using bigocean::test::Pending;
using Findings = std::vector<std::string>;

TEST_CASE("a table made in the same file, or in an earlier pending one, is exempt") {
  const std::string make = "CREATE TABLE app.users (id bigint PRIMARY KEY, email text);\n";
  const std::string use = "CREATE INDEX ON app.users (email);\nALTER TABLE users ALTER email SET NOT NULL;\n";
  CHECK(found({make + use}).empty());
  CHECK(found({make, use}).empty());
  Options applied;
  applied.earlier_applied = true;
  CHECK(found({make, use}, applied) == Findings{"2.sql:1 index-not-concurrently", "2.sql:2 set-not-null"});
  CHECK(found({use, make}) == Findings{"1.sql:1 index-not-concurrently", "1.sql:2 set-not-null"});
  CHECK(found({make, "CREATE INDEX ON other.users (email);"}) == Findings{"2.sql:1 index-not-concurrently"});
  CHECK(found({"CREATE TYPE mood AS ENUM ('a');", "ALTER TYPE mood RENAME VALUE 'a' TO 'b';"}).empty());
  CHECK(found({make + "ALTER TABLE app.users RENAME TO people;\nDROP TABLE app.people;"}).empty());
}

TEST_CASE("an index on ONLY a partitioned table is built over nothing") {
  CHECK(found({"CREATE INDEX i ON ONLY parent (v);"}).empty());
  CHECK(found({"CREATE INDEX i ON parent (v);"}) == Findings{"1.sql:1 index-not-concurrently"});
}

TEST_CASE("a lock time-out that is taken away is found in each form") {
  for (const char* off : {"SET lock_timeout = 0;", "SET LOCAL lock_timeout TO '0';",
                          "SET SESSION lock_timeout = '0s';", "SET lock_timeout TO DEFAULT;"})
    CHECK_MESSAGE(found({off}) == Findings{"1.sql:1 lock-timeout-off"}, off);
  for (const char* on : {"SET lock_timeout = 1000;", "SET LOCAL lock_timeout TO '2s';",
                         "SET statement_timeout = 0;", "RESET lock_timeout;"})
    CHECK_MESSAGE(found({on}).empty(), on);
}

TEST_CASE("what a statement that is not analysed makes is new all the same") {
  // `q x 1` is a syntax error of every version: a stand-in for what is newer than the parser.
  const std::string use = "CREATE INDEX ON fresh (a);\nALTER TABLE fresh ALTER a SET NOT NULL;\n";
  for (const std::string make :
       {"CREATE TABLE fresh AS SELECT a FROM q x 1;\n",
        "create unlogged table if not exists app.fresh as select a from q x 1;\n",
        "CREATE TEMP TABLE \"fresh\" AS SELECT a FROM q x 1;\n",
        "CREATE /* c */ MATERIALIZED VIEW fresh AS SELECT a FROM q x 1;\n",
        "CREATE TABLE fresh (a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL);\n"}) {
    CAPTURE(make);
    CHECK(found({make + use}) == Findings{"1.sql:1 not-analysed"});
    CHECK(found({make, use}) == Findings{"1.sql:1 not-analysed"});
  }
  // What it only reads or changes is not.
  CHECK(found({"DELETE FROM fresh USING q x 1;\n" + use}) ==
        Findings{"1.sql:1 not-analysed", "1.sql:2 index-not-concurrently", "1.sql:3 set-not-null"});
  CHECK(found({"CREATE TABLE other AS SELECT a FROM q x 1;\n" + use}) ==
        Findings{"1.sql:1 not-analysed", "1.sql:2 index-not-concurrently", "1.sql:3 set-not-null"});
}

TEST_CASE("an allow line counts for its file, needs a reason, and must be needed") {
  const std::string drop = "DROP TABLE a;\n";
  CHECK(found({"-- bigocean: allow drop-table gone since 1.2\n" + drop}).empty());
  CHECK(found({drop + "-- bigocean: allow drop-table gone since 1.2\n"}).empty());
  CHECK(found({"-- bigocean: allow drop-table\n" + drop}) ==
        Findings{"1.sql:1 allow-without-reason", "1.sql:2 drop-table"});
  CHECK(found({"-- bigocean: allow drop-table why\nSELECT 1;", drop}) ==
        Findings{"1.sql:1 unused-allow", "2.sql:1 drop-table"});
  // Where the table is new nothing is found, but elsewhere it may be in use.
  CHECK(found({"CREATE TABLE a ();", "-- bigocean: allow drop-table gone since 1.2\n" + drop}).empty());
  // The down part is another file's worth.
  CHECK(found({"-- migrate:up\nSELECT 1;\n-- migrate:down\n-- bigocean: allow drop-table why\nDROP TABLE a;"})
            .empty());
}

TEST_CASE(
    "what the same transaction makes again under the old name is no finding, unless it is another one") {
  const std::string rename = "ALTER TABLE users RENAME TO people;\n";
  CHECK(found({rename + "CREATE VIEW users AS SELECT * FROM people;"}).empty());
  CHECK(found({rename + "CREATE TABLE users (id bigint);"}) == Findings{"1.sql:1 rename-table"});
  CHECK(found({"DROP VIEW v;\nCREATE VIEW v AS SELECT 1;"}).empty());
  CHECK(found({"DROP SEQUENCE s;\nCREATE SEQUENCE s;"}) == Findings{"1.sql:1 drop-object"});
  CHECK(found({"-- migrate:up transaction:false\nDROP VIEW v;\nCREATE VIEW v AS SELECT 1;"}) ==
        Findings{"1.sql:2 drop-object"});
}

TEST_CASE("a column's earlier type decides whether a new one rewrites the table") {
  const auto change = [](const std::string& from, const std::string& to) {
    Options applied;
    applied.earlier_applied = true;
    applied.levels = parse_levels("varchar-length=off, timestamp-without-time-zone=off");
    return found({"CREATE TABLE a (x " + from + ");", "ALTER TABLE a ALTER x TYPE " + to + ";"}, applied);
  };
  CHECK(change("varchar(20)", "varchar(40)").empty());
  CHECK(change("varchar(20)", "text").empty());
  CHECK(change("text", "varchar").empty());
  CHECK(change("numeric(8,2)", "numeric(10,2)").empty());
  CHECK(change("timestamp(3)", "timestamp(6)").empty());
  const Findings rewrite{"2.sql:1 alter-column-type"};
  CHECK(change("varchar(40)", "varchar(20)") == rewrite);
  CHECK(change("text", "varchar(20)") == rewrite);
  CHECK(change("int", "bigint") == rewrite);
  CHECK(change("numeric(8,2)", "numeric(10,3)") == rewrite);
  CHECK(change("varchar(20)", "text USING lower(x)") == rewrite);
  CHECK(change("varchar(20)", "text[]") == rewrite);
}

TEST_CASE("a validated CHECK spares SET NOT NULL the scan") {
  const std::string check = "ALTER TABLE a ADD CONSTRAINT k CHECK (x IS NOT NULL) NOT VALID;";
  const std::string validate = "ALTER TABLE a VALIDATE CONSTRAINT k;";
  CHECK(found({check, validate + "ALTER TABLE a ALTER x SET NOT NULL;"}).empty());
  CHECK(found({check, "ALTER TABLE a ALTER x SET NOT NULL;"}) == Findings{"2.sql:1 set-not-null"});
  CHECK(found({check, validate + "ALTER TABLE a ALTER y SET NOT NULL;"}) == Findings{"2.sql:1 set-not-null"});
}

TEST_CASE("what shares a transaction decides") {
  const std::string both = "ALTER TABLE a ADD x int;\nUPDATE a SET x = 1 WHERE x IS NULL;\n";
  CHECK(found({both}) == Findings{"1.sql:2 backfill-in-ddl-transaction"});
  CHECK(found({"-- migrate:up transaction:false\n" + both}).empty());
  CHECK(found({"-- migrate:up transaction:false\nBEGIN;\n" + both + "COMMIT;"}) ==
        Findings{"1.sql:4 backfill-in-ddl-transaction"});
  CHECK(found({"ALTER TYPE e ADD VALUE 'v';", "SELECT 'v';"}).empty());
  CHECK(found({"WITH old AS (DELETE FROM b WHERE old RETURNING id) UPDATE a SET x = 1 WHERE x IS NULL;"})
            .empty());
}

TEST_CASE("a finding stands where it is: the subcommand of an ALTER TABLE, columns in characters") {
  const Pending pending({"SELECT 'ä'; ALTER TABLE a ADD y int,\n  DROP COLUMN \"ü\", ALTER z SET NOT NULL;"});
  const auto findings = lint(pending.files(), {});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].place.line == 2);
  CHECK(findings[0].place.column == 3);
  CHECK(findings[1].place.column == 20);
  CHECK(findings[1].remedy.find("CHECK (z IS NOT NULL) NOT VALID") != std::string::npos);
}

TEST_CASE("levels are read, and a slip of the pen is named") {
  const auto levels = parse_levels(" drop-table = warning ,json-type=off,");
  CHECK(levels.size() == 2);
  Options options;
  options.levels = levels;
  const Pending pending({"DROP TABLE a; CREATE TABLE b (x json);"});
  const auto findings = lint(pending.files(), options);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].level == Level::kWarning);
  const auto message = [](const char* text) {
    try {
      parse_levels(text);
      return std::string("no error");
    } catch (const bigocean::base::Error& error) {
      return error.message;
    }
  };
  CHECK(message("drop-tabel=off") ==
        "lint.levels: there is no rule `drop-tabel` (did you mean `drop-table`?)");
  CHECK(message("drop-table=warn") ==
        "lint.levels: `warn` is not a level; the levels are off, info, warning, error");
  CHECK(message("drop-table") == "lint.levels: `drop-table` has no level");
}

TEST_CASE("what the parser does not know is said, and hides nothing else") {
  const Pending pending({"CREATE TABLE a (x int GENERATED ALWAYS AS (1) VIRTUAL);\nDROP TABLE b;"});
  const auto findings = lint(pending.files(), {});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].level == Level::kInfo);
  CHECK(findings[0].title.starts_with("not analysed (parser is PostgreSQL "));
  CHECK(findings[1].rule->id == "drop-table");
}

}  // namespace lint_test
