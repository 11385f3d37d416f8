// Folders as other migration tools leave them, and the histories that the tools keep of them.
#include "tests/e2e/migrate/adopt_case.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace bigocean::test {
namespace {

const std::string kA = "CREATE TABLE a (n int);\n";
const std::string kB = "CREATE TABLE b (n int);\n";
const std::string kC = "CREATE TABLE c (n int);\n";

/// SQL for the hash of a text, in hexadecimal digits.
std::string hash_sql(const std::string& function, const std::string& text) {
  return "encode(" + function + "(convert_to($text$" + text + "$text$, 'UTF8')), 'hex')";
}

const std::string kFlywayTable =
    "CREATE TABLE flyway_schema_history (installed_rank integer PRIMARY KEY, version varchar(50),"
    " description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL,"
    " checksum integer, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(),"
    " execution_time integer NOT NULL, success boolean NOT NULL);";
const std::string kSqlxTable =
    "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL,"
    " installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL,"
    " execution_time bigint NOT NULL);";
const std::string kDrizzleTable =
    "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY,"
    " hash text NOT NULL, created_at bigint);";
const std::string kPrismaTable =
    "CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL,"
    " finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,"
    " started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0);";

std::string journal(const std::string& entries) {
  return R"({"version": "7", "dialect": "postgresql", "entries": [)" + entries + "]}";
}
std::string journal_entry(int index, const std::string& tag) {
  return R"({"idx": )" + std::to_string(index) + R"(, "version": "7", "when": )" +
         std::to_string(1700000000000 + index) + R"(, "tag": ")" + tag + R"(", "breakpoints": true})";
}

AdoptCase dbmate() {
  return {"dbmate",
          "public.schema_migrations",
          {{"20260101000000_a.sql", "-- migrate:up\n" + kA + "-- migrate:down\nDROP TABLE a;\n"},
           {"20260102000000_b.sql", "-- migrate:up\n" + kB + "-- migrate:down\nDROP TABLE b;\n"}},
          "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);"
          "INSERT INTO schema_migrations VALUES ('20260101000000'), ('20260102000000')",
          {{"20260103000000_c.sql", "-- migrate:up\n" + kC}},
          "20260101000000_a 20260102000000_b",
          "20260103000000_c"};
}

AdoptCase golang_migrate() {
  return {"golang-migrate",
          "public.schema_migrations",
          {{"9_a.up.sql", kA}, {"9_a.down.sql", "DROP TABLE a;\n"}, {"10_b.up.sql", kB}},
          "CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL);"
          "INSERT INTO schema_migrations VALUES (10, false)",
          {{"11_c.up.sql", kC}, {"11_c.down.sql", "DROP TABLE c;\n"}},
          "9_a 10_b",
          "11_c"};
}

AdoptCase goose() {
  return {"goose",
          "public.goose_db_version",
          {{"00001_a.sql", "-- +goose Up\n" + kA + "-- +goose Down\nDROP TABLE a;\n"},
           {"00002_b.go", "package migrations\n"},
           {"00003_nothing.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n"}},
          "CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT NULL,"
          " is_applied boolean NOT NULL, tstamp timestamp NOT NULL DEFAULT now());"
          // Version 3 went up and down again.
          "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true), (2, true), (3, "
          "true),"
          " (3, false)",
          {{"00004_c.sql", "-- +goose Up\n-- +goose StatementBegin\n" + kC + "-- +goose StatementEnd\n"}},
          "00001_a 00002_b",
          "00003_nothing 00004_c"};
}

AdoptCase flyway() {
  return {"Flyway",
          "public.flyway_schema_history",
          {{"V1.2__a.sql", kA},
           {"V1_10__b.sql", "CREATE TABLE b (n int);\r\n"},
           {"U1.2__a.sql", "DROP TABLE a;\n"}},
          kFlywayTable +
              "INSERT INTO flyway_schema_history VALUES"
              " (0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA', '\"public\"', NULL, 'x', now(), 0, true),"
              " (1, '1.2', 'a', 'SQL', 'V1.2__a.sql', -954861068, 'x', now(), 3, true),"
              " (2, '1.10', 'b', 'SQL', 'V1_10__b.sql', 740442871, 'x', now(), 3, true),"
              " (3, NULL, 'views', 'SQL', 'R__views.sql', 7, 'x', now(), 3, true)",
          {{"V2__c.sql", kC}},
          "V1.2__a V1_10__b",
          "V2__c"};
}

AdoptCase sqlx() {
  return {"sqlx",
          "public._sqlx_migrations",
          {{"1_a.sql", kA}, {"20_b.sql", "-- no-transaction\n" + kB}},
          kSqlxTable + "INSERT INTO _sqlx_migrations SELECT 1, 'a', now(), true, sha384(convert_to($t$" + kA +
              "$t$, 'UTF8')), 1; INSERT INTO _sqlx_migrations SELECT 20, 'b', now(), true,"
              " sha384(convert_to($t$-- no-transaction\n" +
              kB + "$t$, 'UTF8')), 1",
          {{"21_c.sql", kC}},
          "1_a 20_b",
          "21_c"};
}

AdoptCase drizzle() {
  const std::string two = kA + "--> statement-breakpoint\n" + kB;
  return {"drizzle",
          "drizzle.__drizzle_migrations",
          {{"0000_swift_owl.sql", two}, {"meta/_journal.json", journal(journal_entry(0, "0000_swift_owl"))}},
          kDrizzleTable + "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES (" +
              hash_sql("sha256", two) + ", 1700000000000)",
          {{"0001_c.sql", "SELECT 1\n--> statement-breakpoint\n" + kC},
           {"meta/_journal.json",
            journal(journal_entry(0, "0000_swift_owl") + ", " + journal_entry(1, "0001_c"))}},
          "0000_swift_owl",
          "0001_c"};
}

AdoptCase drizzle_folders() {
  const std::string snapshot = "{}";
  return {"drizzle",
          "drizzle.__drizzle_migrations",
          {{"20260101000000_a/migration.sql", kA},
           {"20260101000000_a/snapshot.json", snapshot},
           {"20260101000000_b/migration.sql", kB},
           {"20260101000000_b/snapshot.json", snapshot}},
          kDrizzleTable +
              "ALTER TABLE drizzle.__drizzle_migrations ADD name text, ADD applied_at timestamptz;"
              "INSERT INTO drizzle.__drizzle_migrations (hash, created_at, name) VALUES (" +
              hash_sql("sha256", kA) + ", 1767225600000, '20260101000000_a'), (" + hash_sql("sha256", kB) +
              ", 1767225600000, '20260101000000_b')",
          {{"20260102000000_c/migration.sql", kC}},
          "20260101000000_a 20260101000000_b",
          "20260102000000_c"};
}

AdoptCase prisma() {
  const std::string b_on_windows = "CREATE TABLE b (n int);\r\n";
  return {
      "Prisma",
      "public._prisma_migrations",
      {{"migration_lock.toml", "provider = \"postgresql\"\n"},
       {"20260101000000_a/migration.sql", kA},
       {"20260102000000_b/migration.sql", kB},
       {"20260103000000_again/migration.sql", "SELECT 1;\n"}},
      kPrismaTable +
          "INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, rolled_back_at) VALUES"
          " ('1', " +
          hash_sql("sha256", kA) +
          ", now(), '20260101000000_a', NULL),"
          " ('2', " +
          hash_sql("sha256", b_on_windows) +
          ", now(), '20260102000000_b', NULL),"
          " ('3', 'x', NULL, '20260103000000_again', now())",
      {{"20260104000000_c/migration.sql", kC}},
      "20260101000000_a 20260102000000_b",
      "20260103000000_again 20260104000000_c"};
}

AdoptCase diesel() {
  return {
      "diesel",
      "public.__diesel_schema_migrations",
      {{"00000000000000_diesel_initial_setup/up.sql", kA},
       {"00000000000000_diesel_initial_setup/down.sql", "DROP TABLE a;\n"},
       {"2026-01-02-000000_b/up.sql", kB}},
      "CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL"
      " DEFAULT now()); INSERT INTO __diesel_schema_migrations VALUES ('00000000000000'), ('20260102000000')",
      {{"2026-01-03-000000_c/up.sql", kC + "CREATE INDEX CONCURRENTLY c_n ON c (n);\n"},
       {"2026-01-03-000000_c/metadata.toml", "run_in_transaction = false\n"}},
      "00000000000000_diesel_initial_setup 2026-01-02-000000_b",
      "2026-01-03-000000_c"};
}

AdoptCase node_pg_migrate() {
  return {
      "node-pg-migrate",
      "public.pgmigrations",
      {{"1700000000000_a.sql", "-- Up Migration\n" + kA + "-- Down Migration\nDROP TABLE a;\n"},
       {"1700000000001_b.js", "exports.up = (pgm) => {};\n"}},
      "CREATE TABLE pgmigrations (id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT "
      "NULL);"
      "INSERT INTO pgmigrations (name, run_on) VALUES ('1700000000000_a', now()), ('1700000000001_b', now())",
      {{"20260103000000000_c.sql", "-- Up Migration\n" + kC}},
      "1700000000000_a 1700000000001_b",
      "20260103000000000_c"};
}

}  // namespace

const std::vector<AdoptCase>& adopt_cases() {
  static const std::vector<AdoptCase> cases{dbmate(), golang_migrate(), goose(),           flyway(),
                                            sqlx(),   drizzle(),        drizzle_folders(), prisma(),
                                            diesel(), node_pg_migrate()};
  return cases;
}

const AdoptCase& adopt_case(std::string_view tool) {
  const auto& all = adopt_cases();
  return *std::find_if(all.begin(), all.end(), [&](const AdoptCase& one) { return one.tool == tool; });
}

std::string way_back(const std::string& tool, std::size_t number) {
  constexpr std::string_view kBegin = "```sql\n";
  std::ostringstream page;
  page << std::ifstream(BIGOCEAN_SOURCE_DIR "/docs/coming-from.md").rdbuf();
  const auto text = page.str();
  const auto begin = text.find("## " + tool + "\n");
  if (begin == std::string::npos) throw std::runtime_error("docs/coming-from.md has no section " + tool);
  const auto section = text.substr(begin, text.find("\n## ", begin) - begin);
  auto sql = section.find(kBegin);
  for (; number > 0 && sql != std::string::npos; --number) sql = section.find(kBegin, sql + 1);
  if (sql == std::string::npos) return "";
  sql += kBegin.size();
  return section.substr(sql, section.find("```", sql) - sql);
}

void set_up(const Scene& scene, const AdoptCase& adopt) {
  scene.rows(kA + kB + adopt.history);
  for (const auto& [name, text] : adopt.files) scene.file(name, text);
}

}  // namespace bigocean::test
