// `migrate plan` on names that a file takes away from the version that is running: told whatever takes them,
// and never safe.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

namespace preview_names_test {

using namespace bigocean::test;
using Json = nlohmann::json;

namespace {

const char* const kLive =
    "CREATE SCHEMA app; CREATE TABLE app.things (id bigint, note text);"
    "CREATE TABLE users (id bigint PRIMARY KEY, name text, age int);"
    "CREATE VIEW names AS SELECT name FROM users; CREATE MATERIALIZED VIEW ages AS SELECT age FROM users;"
    "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE TABLE diary (id bigint, felt mood);"
    "CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TYPE pair AS (a int, b int);"
    "CREATE SEQUENCE ticket; CREATE EXTENSION pg_trgm;"
    "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';"
    "CREATE PROCEDURE tidy() LANGUAGE sql AS 'DELETE FROM diary WHERE id < 0';";

struct Case {
  const char* sql;
  std::vector<std::string> gone;
  const char* verdict = "unknown";
};

const std::vector<Case> kCases = {
    {"DROP SCHEMA app CASCADE;", {"schema app", "table app.things"}},
    {"ALTER SCHEMA app RENAME TO product;", {"schema app", "table app.things"}},
    {"DROP TABLE app.things;", {"table app.things"}},
    {"ALTER TABLE app.things RENAME TO items;", {"table app.things"}},
    {"ALTER TABLE app.things SET SCHEMA public;", {"table app.things"}},
    {"ALTER TABLE app.things DROP COLUMN note;", {"column app.things.note"}},
    {"ALTER TABLE app.things RENAME COLUMN note TO remark;", {"column app.things.note"}},
    {"DROP VIEW names;", {"view public.names"}},
    {"ALTER VIEW names RENAME TO all_names;", {"view public.names"}},
    {"ALTER VIEW names RENAME COLUMN name TO full_name;", {"column public.names.name"}},
    {"DROP MATERIALIZED VIEW ages;", {"materialized view public.ages"}},
    {"DROP FUNCTION twice(int);", {"function public.twice(n integer)"}},
    {"ALTER FUNCTION twice(int) RENAME TO doubled;", {"function public.twice(n integer)"}},
    {"ALTER FUNCTION twice(int) SET SCHEMA app;", {"function public.twice(n integer)"}},
    {"DROP PROCEDURE tidy();", {"function public.tidy()"}},
    {"DROP TYPE mood CASCADE;", {"column public.diary.felt", "type public.mood"}},
    {"ALTER TYPE mood RENAME VALUE 'sad' TO 'low';", {"value 'sad' of type public.mood"}},
    {"ALTER TYPE pair RENAME ATTRIBUTE b TO c;", {"column public.pair.b"}},
    {"DROP DOMAIN positive;", {"domain public.positive"}},
    {"DROP SEQUENCE ticket;", {"sequence public.ticket"}},
    {"DROP OWNED BY CURRENT_USER;", {}, "unknown"},
    // By code, which no text shows.
    {"DO $$BEGIN EXECUTE 'ALTER SCHEMA app ' || 'RENAME TO product'; END$$;",
     {"schema app", "table app.things"}},
    {"DO $$BEGIN DROP VIEW names; END$$;", {"view public.names"}},
    // Made again under the same name: nothing is gone.
    {"DROP VIEW names; CREATE VIEW names AS SELECT name, id FROM users;", {}, "safe"},
    {"SET search_path = app; CREATE OR REPLACE FUNCTION public.twice(n int) RETURNS int LANGUAGE sql "
     "IMMUTABLE AS"
     " 'SELECT n + n';",
     {},
     "safe"},
    // The same name with other arguments is another function.
    {"DROP FUNCTION twice(int); CREATE FUNCTION twice(n bigint) RETURNS bigint LANGUAGE sql AS 'SELECT n * "
     "2';",
     {"function public.twice(n integer)"}},
    // A file that says why knows it.
    {"-- bigocean: allow drop-object not used since 1.4\nDROP VIEW names;", {"view public.names"}, "safe"},
    {"-- bigocean: allow drop-object\nDROP VIEW names;", {"view public.names"}},
};

}  // namespace

TEST_CASE("what a file takes away is listed, and is not called safe") {
  const Scene scene;
  scene.rows(kLive);
  for (const auto& one : kCases) {
    CAPTURE(one.sql);
    scene.file("1_case.sql", std::string(one.sql) + "\n");
    const auto done = scene.migrate({"plan", "--json", "--new-history"});
    REQUIRE_MESSAGE(done.exit_code == 0, said(done));
    const auto json = document(done);
    CHECK(json["preview"]["observed"] == true);
    const auto& file = json["outlook"][0];
    CAPTURE(file.dump());
    CHECK(file["verdict"] == one.verdict);
    if (std::string(one.sql).find("OWNED") == std::string::npos) {
      CHECK(file["gone"] == Json(one.gone));
    }
  }
}

TEST_CASE("what else is dropped from tables that stay is listed, too") {
  const Scene scene;
  scene.rows(kLive);
  scene.rows(
      "CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint CONSTRAINT buyers REFERENCES users (id), n "
      "int UNIQUE);"
      "CREATE INDEX by_buyer ON orders (buyer); CREATE POLICY own ON orders USING (buyer = 1);"
      "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
      "CREATE TRIGGER seen BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION watch();");
  const std::vector<std::pair<const char*, std::vector<std::string>>> cases = {
      {"DROP TABLE users CASCADE;", {"constraint buyers of public.orders"}},
      {"DROP FUNCTION watch() CASCADE;", {"trigger seen of public.orders"}},
      {"ALTER TABLE orders DROP COLUMN buyer CASCADE;",
       {"constraint buyers of public.orders", "index by_buyer of public.orders",
        "policy own of public.orders"}},
      {"ALTER TABLE orders DROP CONSTRAINT orders_n_key;", {"constraint orders_n_key of public.orders"}},
      {"DROP TABLE orders;", {}},
  };
  for (const auto& [sql, dropped] : cases) {
    CAPTURE(sql);
    scene.file("1_case.sql", std::string(sql) + "\n");
    const auto json = document(scene.migrate({"plan", "--json", "--new-history"}));
    CHECK(json["outlook"][0]["dropped"] == Json(dropped));
  }
  scene.file("1_case.sql", "DROP TABLE users CASCADE;\n");
  CHECK(contains(scene.migrate({"plan", "--new-history"}).out,
                 "drops as well: constraint buyers of public.orders"));
}

TEST_CASE("a name that an earlier pending file made, and one that is gone already, are not told") {
  const Scene scene;
  scene.rows(kLive);
  scene.file("1_make.sql", "CREATE VIEW fresh AS SELECT 1 AS n;\n");
  scene.file("2_drop.sql", "DROP VIEW fresh; DROP VIEW names;\n");
  scene.file("3_again.sql", "CREATE VIEW names AS SELECT name FROM users;\n");
  scene.file("4_drop.sql", "DROP VIEW names;\n");
  const auto json = document(scene.migrate({"plan", "--json", "--new-history"}));
  const Json names{"view public.names"};
  CHECK(json["outlook"][0]["gone"].empty());
  CHECK(json["outlook"][1]["gone"] == names);
  CHECK(json["outlook"][3]["gone"].empty());
  const auto text = scene.migrate({"plan", "--new-history"}).out;
  CHECK(contains(text, "takes away: view public.names"));
}

TEST_CASE("without a copy, what the text takes away is not called safe either") {
  const Scene scene;
  scene.rows(kLive);
  for (const auto& one : kCases) {
    if (std::string(one.verdict) == "safe" || std::string(one.sql).starts_with("-- ")) continue;
    CAPTURE(one.sql);
    scene.file("1_case.sql", std::string(one.sql) + "\n");
    const auto json = document(scene.migrate({"plan", "--json", "--new-history", "--no-preview"}));
    CHECK(json["outlook"][0]["verdict"] == "unknown");
  }
}

TEST_CASE("up refuses what takes a name away as it refuses DROP TABLE, where the database has it") {
  const Scene scene;
  scene.rows(kLive);
  for (const char* sql : {"DROP SCHEMA app CASCADE;", "ALTER SCHEMA app RENAME TO product;",
                          "ALTER VIEW names RENAME TO all_names;", "DROP TYPE mood CASCADE;",
                          "ALTER TABLE names RENAME TO all_names;", "ALTER TYPE mood SET SCHEMA app;"}) {
    CAPTURE(sql);
    scene.file("1_case.sql", std::string(sql) + "\n");
    const auto done = scene.migrate({"up", "--new-history"});
    CHECK_MESSAGE(done.exit_code == 8, said(done));
  }
  // None of these is there, or all of it is of this run.
  for (const char* sql :
       {"DROP SCHEMA IF EXISTS nowhere CASCADE;", "DROP TYPE IF EXISTS nothing CASCADE;",
        "CREATE SCHEMA brand_new; CREATE TABLE brand_new.t (id bigint); DROP SCHEMA brand_new CASCADE;"}) {
    CAPTURE(sql);
    scene.file("1_case.sql", std::string(sql) + "\n");
    CHECK(document(scene.migrate({"lint", "--json"}))["findings"].empty());
  }
}

}  // namespace preview_names_test
