// What the text of a file shows if no role confines it to the scratch database; and what is removed from it
// if one does.
#include <doctest/doctest.h>

#include "sql/drift/owners.hpp"
#include "sql/drift/reach.hpp"
#include "sql/migrate/source/marks.hpp"

namespace drift_judge_test {

using namespace bigocean::sql;

namespace {

migrate::Migration file(const std::string& sql) {
  return migrate::parse_text({migrate::FileName::Role::kWhole, "1_a", "1"}, "1_a.sql", sql,
                             migrate::kPlainDialect);
}

/// What refuse_unknown_reach says; empty: it lets the file through.
std::string refusal(const std::string& sql) {
  try {
    drift::refuse_unknown_reach({file(sql)}, "no role");
    return {};
  } catch (const bigocean::base::Error& error) {
    CHECK(error.hint.find("--scratch-url") != std::string::npos);
    return error.message;
  }
}

const std::string kFunction =
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\n";
const std::string kTrigger = "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();\n";

}  // namespace

TEST_CASE("files whose text shows that they keep to their database are let through") {
  for (const auto& sql : std::vector<std::string>{
           "CREATE TABLE t (id uuid DEFAULT gen_random_uuid(), at timestamptz DEFAULT now() CHECK "
           "(at > '2020-01-01'))",
           "CREATE INDEX CONCURRENTLY i ON t (lower(a)) WHERE b IS NOT NULL",
           "INSERT INTO t VALUES (1), (2)",
           "SELECT pg_catalog.set_config('search_path', '', false)",
           "CREATE VIEW v AS SELECT extract(year FROM a), count(*) FILTER (WHERE b) OVER (PARTITION "
           "BY c) FROM t",
           "CREATE EXTENSION IF NOT EXISTS citext",
           "SET lock_timeout = '1s'",
           "ALTER TYPE mood ADD VALUE 'sad'",
           "COPY t (a) FROM stdin;\n1\n\\.\n",
           "CREATE MATERIALIZED VIEW v AS SELECT 1",
           "GRANT SELECT ON t TO r",
           "CREATE COLLATION c (locale = 'C')",
           "SELECT count(*) FROM pg_class",
           "CREATE TABLE u AS SELECT relname FROM pg_catalog.pg_class",
           "ANALYZE t",
           "REINDEX TABLE t",
           "CREATE TYPE r AS RANGE (subtype = int)",
           kFunction + kTrigger + "INSERT INTO t VALUES (1)",
           kFunction + "UPDATE t SET a = 1",
           kFunction + "DROP FUNCTION f();\n"}) {
    CHECK_MESSAGE(refusal(sql) == "", sql);
  }
}

TEST_CASE("files of which the text does not show it are refused, with place and reason") {
  const std::string message = refusal("CREATE TABLE t (a int);\nDO $$ BEGIN NULL; END $$;\nCALL p();\n");
  CHECK(message.find("\n1_a.sql:2: DO: ") != std::string::npos);
  CHECK(message.find("\n1_a.sql:3: CALL P: ") != std::string::npos);
  CHECK(message.find("1_a.sql:1") == std::string::npos);
  for (const auto& sql : std::vector<std::string>{
           "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",
           "SELECT pg_reload_conf()",
           "SELECT \"pg_reload_conf\"()",
           "select PG_CATALOG.PG_RELOAD_CONF()",
           "CREATE TABLE t (a bool DEFAULT pg_reload_conf())",
           "CREATE VIEW v AS SELECT pg_reload_conf()",
           "WITH x AS (SELECT pg_reload_conf()) SELECT 1",
           "SELECT query_to_xml('SELECT 1', true, true, '')",
           "COPY t TO PROGRAM 'true'",
           "COPY t FROM '/tmp/a'",
           "COPY (SELECT pg_reload_conf()) TO STDOUT",
           "PREPARE TRANSACTION 'a'",
           "PREPARE p AS SELECT 1",
           "EXECUTE p",
           "LOAD 'a'",
           "SET ROLE a",
           "SET SESSION AUTHORIZATION a",
           "CREATE EXTENSION pg_cron",
           "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'a', 'b'",
           "CREATE FUNCTION f() RETURNS int LANGUAGE plperl AS 'a'",
           "CREATE LANGUAGE plperl",
           "CREATE SERVER s FOREIGN DATA WRAPPER w",
           "IMPORT FOREIGN SCHEMA a FROM SERVER s INTO b",
           "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
           "CREATE OPERATOR + (FUNCTION = f, RIGHTARG = int)",
           "CREATE AGGREGATE a (int) (SFUNC = f, STYPE = int)",
           "CREATE CAST (a AS b) WITH FUNCTION f(a)",
           "CREATE TYPE r AS RANGE (subtype = int, canonical = f)",
           "CREATE TYPE b (INPUT = f, OUTPUT = g)",
           "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
           "ALTER SYSTEM SET a = 1",
           "ALTER EXTENSION a UPDATE",
           "EXPLAIN ANALYZE SELECT 1",
           "nonsense",
           "UPDATE pg_database SET datallowconn = false",
           "DELETE FROM pg_catalog.pg_authid",
           "LOCK TABLE pg_database",
           "INSERT INTO t SELECT 1 FROM pg_class",
           "CREATE VIEW v AS SELECT * FROM pg_database",
           "TRUNCATE pg_authid",
           "WITH x AS (DELETE FROM pg_authid RETURNING 1) SELECT 1",
           "SELECT 1 FROM pg_database FOR UPDATE",
           "CREATE RULE r AS ON INSERT TO t DO ALSO DELETE FROM pg_authid",
           "VACUUM",
           "ANALYZE",
           "REINDEX DATABASE d",
           "REINDEX SYSTEM d",
           "VACUUM FULL pg_authid",
           "REINDEX TABLE pg_database",
           "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stranger()",
           kFunction + "SELECT f()",
           kFunction + "CREATE TABLE u (a int DEFAULT f())",
           kFunction + "SELECT t.f FROM t",
           kFunction + "SELECT (t).f FROM t",
           kFunction + kTrigger + "UPDATE t SET a = 1",
           kFunction + kTrigger + "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1",
           kFunction + kTrigger + "DELETE FROM t",
           kFunction + kTrigger + "WITH x AS (UPDATE t SET a = 1 RETURNING *) SELECT * FROM x",
           kFunction + kTrigger + "CREATE RULE r AS ON INSERT TO u DO NOTHING; INSERT INTO u VALUES (1)",
           "CREATE FUNCTION lower(text) RETURNS text LANGUAGE sql AS 'SELECT $1'; SELECT lower('a')",
           kFunction + "ALTER FUNCTION f() RENAME TO now; SELECT now()"}) {
    CHECK_MESSAGE(refusal(sql) != "", sql);
  }
}

TEST_CASE("statements about owners are taken out, and nothing else of the text moves") {
  const drift::MadeBefore made{{"postgis"}, {"gis"}, {}, {}};
  const auto taken = [&](const std::string& sql, const std::string& left,
                         const std::vector<std::string>& later) {
    CAPTURE(sql);
    std::vector<migrate::Migration> files{file(sql)};
    const auto deferred = drift::take_out_owners(files, "live", made);
    CHECK(files[0].text.size() == sql.size());
    std::string squeezed;
    for (const char c : files[0].text) {
      if (c != ' ' || (!squeezed.empty() && squeezed.back() != ' ')) squeezed += c;
    }
    while (!squeezed.empty() && squeezed.back() == ' ') squeezed.pop_back();
    CHECK(squeezed == left);
    std::vector<std::string> texts;
    for (const auto& statement : deferred) texts.push_back(statement.sql);
    CHECK(texts == later);
  };
  taken("ALTER TABLE t OWNER TO app; SELECT 1;", "SELECT 1;", {});
  taken("ALTER FUNCTION s.f(int, text) OWNER TO \"My App\";", "", {});
  taken("CREATE SCHEMA s AUTHORIZATION app;", "CREATE SCHEMA s ;", {});
  taken("CREATE SCHEMA IF NOT EXISTS AUTHORIZATION app;", "CREATE SCHEMA IF NOT EXISTS app;", {});
  taken("SET search_path = a; ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES TO r;",
        "SET search_path = a;",
        {"SET search_path = a;ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES TO r;"});
  taken("CREATE SCHEMA gis;", "", {});
  taken("ALTER DEFAULT PRIVILEGES FOR ROLE live GRANT SELECT ON TABLES TO r;",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r;", {});
  taken("ALTER DEFAULT PRIVILEGES IN SCHEMA s FOR USER app GRANT SELECT ON TABLES TO r;", "",
        {"ALTER DEFAULT PRIVILEGES IN SCHEMA s FOR USER app GRANT SELECT ON TABLES TO r;"});
  taken("ALTER DEFAULT PRIVILEGES FOR ROLE live, app GRANT SELECT ON TABLES TO r;", "",
        {"ALTER DEFAULT PRIVILEGES FOR ROLE live, app GRANT SELECT ON TABLES TO r;"});
  for (const char* sql :
       {"SET ROLE live;", "SET SESSION AUTHORIZATION 'live';", "SET LOCAL ROLE \"live\";",
        "CREATE EXTENSION IF NOT EXISTS postgis;", "CREATE EXTENSION postgis WITH SCHEMA gis;",
        "COMMENT ON EXTENSION plpgsql IS 'a';", "ALTER EXTENSION postgis UPDATE;"})
    taken(sql, "", {});
  for (const char* sql :
       {"ALTER TABLE t OWNER TO CURRENT_USER;", "ALTER TABLE t ADD a int, OWNER TO app;", "SET ROLE app;",
        "RESET ROLE;", "CREATE SCHEMA s;", "CREATE EXTENSION hstore;", "DROP EXTENSION postgis;",
        "COMMENT ON TABLE t IS 'OWNER TO app';", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r;",
        "SELECT 'ALTER TABLE t OWNER TO app';"})
    taken(sql, sql, {});
}

}  // namespace drift_judge_test
