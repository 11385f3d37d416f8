// What the role of a scratch database can do with statements, and with the extensions of the live database.
#include <doctest/doctest.h>

#include "tests/integration/sql/scratch_support.hpp"

namespace scratch_reach_test {

using namespace bigocean;
using namespace bigocean::test;

TEST_CASE(
    "the extensions of the live database are in the scratch database, closed where they reach beyond it") {
  Beside beside;
  CHECK(beside.made.extensions == beside.made.unasked_extensions);
  std::size_t made = 0;
  for (const auto& row : query(beside.live_url, "SELECT extname FROM pg_extension WHERE oid >= 16384")) {
    CAPTURE(row[0]);
    const bool known = sql::drift::is_known_extension(row[0]);
    CHECK(beside.made.extensions.contains(row[0]) == known);
    made += known ? 1U : 0U;
    const auto trusted =
        query(beside.live_url,
              "SELECT bool_or(trusted) FROM pg_available_extension_versions WHERE name = '" + row[0] + "'");
    if (!known && trusted[0][0] != "t")
      CHECK(beside.state_of("CREATE EXTENSION \"" + row[0] + "\"") == "42501");
  }
  MESSAGE(made << " extensions made");
  CHECK(made >= 40);
  for (const char* sql :
       {"SELECT dblink_connect('dbname=postgres')", "SELECT dblink_exec('dbname=postgres', 'SELECT 1')",
        "SELECT * FROM dblink('dbname=postgres', 'SELECT 1') AS t (a int)",
        "SELECT dblink_connect_u('dbname=postgres')", "SELECT autoprewarm_dump_now()",
        "SELECT autoprewarm_start_worker()", "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw",
        "CREATE SERVER s FOREIGN DATA WRAPPER dblink_fdw", "CREATE SERVER s FOREIGN DATA WRAPPER file_fdw",
        "SELECT pg_stat_statements_reset()"}) {
    CAPTURE(sql);
    CHECK(beside.state_of(sql) == "42501");
  }
}

TEST_CASE("no statement reaches beyond a scratch database as its role") {
  Beside beside;
  const auto live = query(beside.live_url, "SELECT current_database()")[0][0];
  const std::string& role = beside.scratch->role();
  for (const auto& sql : std::vector<std::string>{
           "COPY (SELECT 1) TO PROGRAM 'true'",
           "COPY (SELECT 1) TO '/tmp/bigocean'",
           "CREATE TABLE c (a text); COPY c FROM '/etc/hostname'",
           "ALTER SYSTEM SET work_mem = '4MB'",
           "CREATE ROLE other",
           "CREATE DATABASE other",
           "CREATE TABLESPACE other LOCATION '/tmp'",
           "ALTER ROLE postgres SET work_mem = '4MB'",
           "ALTER ROLE ALL SET work_mem = '4MB'",
           std::string("GRANT pg_monitor TO ") + role,
           std::string("GRANT postgres TO ") + role,
           "ALTER ROLE " + role + " SUPERUSER",
           "ALTER ROLE " + role + " CREATEDB",
           "ALTER ROLE " + role + " REPLICATION",
           "ALTER DATABASE " + live + " SET work_mem = '4MB'",
           "DROP DATABASE " + live,
           "COMMENT ON DATABASE " + live + " IS 'a'",
           std::string("ALTER DATABASE ") + role + " RENAME TO other",
           "SET ROLE postgres",
           "SET SESSION AUTHORIZATION postgres",
           "CHECKPOINT",
           "LOAD 'autoprewarm'",
           "CREATE FUNCTION f() RETURNS bool LANGUAGE internal AS 'pg_reload_conf'",
           "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'a', 'b'",
           "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT "
           "TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
           "CREATE SUBSCRIPTION s CONNECTION 'dbname=a' PUBLICATION p WITH (connect = false)",
           "CREATE PUBLICATION p FOR ALL TABLES",
           "SET session_replication_role = replica",
           "DO $$ BEGIN LOCK TABLE pg_database IN SHARE MODE; END $$",
           "UPDATE pg_database SET datname = datname",
           "DELETE FROM pg_authid",
           "SELECT FROM pg_shdescription FOR UPDATE",
           "REINDEX TABLE pg_database",
           "TRUNCATE pg_authid",
           "CREATE TABLE c (a int) TABLESPACE pg_global",
           "SELECT pg_read_file('PG_VERSION')",
           "SELECT pg_ls_dir('.')",
           "SELECT lo_import('/etc/hostname')",
           "SELECT lo_export(1, '/tmp/a')",
           "SELECT pg_reload_conf()",
           "SELECT pg_rotate_logfile()",
           "SELECT pg_switch_wal()",
           "SELECT pg_create_restore_point('a')",
           "SELECT pg_promote()",
           "SELECT pg_log_backend_memory_contexts(1)",
           "SELECT pg_stat_reset_shared('bgwriter')",
           "SELECT pg_stat_reset()",
           "SELECT pg_replication_origin_create('a')",
           "DO $$ BEGIN EXECUTE 'SELECT pg_reload_' || 'conf()'; END $$",
           "SELECT query_to_xml('SELECT pg_reload_conf()', true, true, '')"}) {
    CAPTURE(sql);
    const auto state = beside.state_of(sql);
    CHECK_MESSAGE((state == "42501" || state == "42809"), state);
  }
}

}  // namespace scratch_reach_test
