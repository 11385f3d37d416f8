// Folders of other tools on the real binary: the same catalogue as psql makes from the same SQL; files that
// manage their own transactions; enum values; baseline migrations; the report of entries that are not
// migrations.
#include <doctest/doctest.h>

#include "tests/e2e/migrate/folder_scene.hpp"
#include "tests/support/folders.hpp"

namespace folders_test {

using namespace bigocean::test;

TEST_CASE("each of fifty folders makes what psql makes of the same SQL, or is refused before anything runs") {
  std::size_t compared = 0;
  for (const auto& folder : folder_cases()) {
    CAPTURE(folder.name);
    const Scene scene;
    lay_out(scene, folder.files);
    const auto up = scene.migrate(folder.named ? Arguments{"--format", folder.format} : Arguments{});
    if (!folder.error.empty()) {
      CHECK_MESSAGE(up.exit_code == 2, said(up));
      CHECK_MESSAGE(contains(up.err, folder.error), said(up));
      CHECK(catalogue(scene).empty());
      continue;
    }
    CHECK_MESSAGE(up.exit_code == 0, said(up));
    if (folder.sql.empty()) continue;
    const Scene reference;
    const auto by_psql = run_psql(reference, folder.sql);
    REQUIRE_MESSAGE(by_psql.exit_code == 0, said(by_psql));
    CHECK(catalogue(scene) == catalogue(reference));
    ++compared;
  }
  CHECK(compared >= 30);
}

TEST_CASE("what looks like a migration and is none is said on every run, everything with --verbose") {
  const Scene scene;
  lay_out(scene, {{"1_a.sql", "SELECT 1;"}, {"README.md", ""}, {"seeds/1_x.sql", "SELECT 1;"}});
  const auto up = scene.migrate();
  CHECK_MESSAGE(contains(up.out, "not a migration, skipped: seeds/1_x.sql (in a sub-folder"), said(up));
  CHECK_FALSE(contains(up.out, "README.md"));
  const auto verbose = scene.migrate({"--verbose"});
  CHECK_MESSAGE(contains(verbose.out,
                         "3 entries: 1 belong to 1 migrations, 2 to none: README.md (not SQL), "
                         "seeds/1_x.sql (in a sub-folder, which native does not read)"),
                said(verbose));
  CHECK_FALSE(contains(scene.migrate({"--quiet"}).out, "skipped"));
}

TEST_CASE("a file that uses the enum value which it adds makes what psql makes, in any format") {
  const std::string type = "CREATE TYPE mood AS ENUM ('low');\nCREATE TABLE m (x mood, t text);\n";
  const std::string use =
      "ALTER TYPE mood ADD VALUE 'high';\nINSERT INTO m VALUES ('high', 'high');\n"
      "ALTER TABLE m ALTER x SET DEFAULT 'high';\nCREATE INDEX ON m (x) WHERE x = 'high';\n";
  // As a text it is no use of the value, and neither is one whose type is new: those stay one transaction.
  const std::string no_use =
      "ALTER TYPE mood ADD VALUE 'mid';\nINSERT INTO m (x, t) VALUES ('low', 'mid');\n";
  const std::string own =
      "CREATE TYPE own AS ENUM ('a');\nALTER TYPE own ADD VALUE 'b';\n"
      "CREATE TABLE o AS SELECT 'b'::own AS x;\n";
  const Scene reference;
  REQUIRE(run_psql(reference, type + use + no_use + own).exit_code == 0);
  struct Row {
    const char* format;
    const char *one, *two, *three, *four;
  };
  for (const auto& row :
       {Row{"native", "1_a.sql", "2_b.sql", "3_c.sql", "4_d.sql"},
        Row{"flyway", "V1__a.sql", "V2__b.sql", "V3__c.sql", "V4__d.sql"},
        Row{"prisma", "1/migration.sql", "2/migration.sql", "3/migration.sql", "4/migration.sql"},
        Row{"diesel", "1_a/up.sql", "2_b/up.sql", "3_c/up.sql", "4_d/up.sql"}}) {
    CAPTURE(row.format);
    const Scene scene;
    lay_out(scene, {{row.one, type}, {row.two, use}, {row.three, no_use}, {row.four, own}});
    // Until 17 the server refuses the values of a new type, too.
    const std::size_t left = std::stoi(scene.value("SHOW server_version_num")) < 170000 ? 2 : 1;
    const auto up = scene.migrate({"--format", row.format});
    CHECK_MESSAGE(up.exit_code == 0, said(up));
    CHECK_MESSAGE(count_of(up.out, "running it statement by statement") == left, said(up));
    CHECK(catalogue(scene) == catalogue(reference));
    CHECK(scene.rows("SELECT x::text, t FROM m ORDER BY 1, 2") ==
          reference.rows("SELECT x::text, t FROM m ORDER BY 1, 2"));
    const auto drift = scene.migrate({"drift", "--format", row.format});
    CHECK_MESSAGE(drift.exit_code == 0, said(drift));
  }
}

TEST_CASE("an enum value is used in COPY, in many INSERTs and in a down part") {
  Scene scene;
  std::string inserts;
  for (int i = 0; i < 400; ++i) inserts += "INSERT INTO m VALUES ('mid', " + std::to_string(i) + ");\n";
  scene.environment["BIGOCEAN_MIGRATE_BATCH_BYTES"] = "4096";
  scene.file("1_a.sql", "CREATE TYPE mood AS ENUM ('low');\nCREATE TABLE m (x mood, n int);\n");
  scene.file("2_b.sql",
             "-- migrate:up\nALTER TYPE mood ADD VALUE 'high';\nCOPY m FROM stdin;\nhigh\t1\n\\.\n"
             "-- migrate:down\nALTER TYPE mood ADD VALUE 'down';\nUPDATE m SET x = 'down';\n");
  scene.file("3_c.sql", "ALTER TYPE mood ADD VALUE 'mid';\n" + inserts);
  const auto up = scene.migrate();
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(scene.value("SELECT count(*) FILTER (WHERE x = 'high') || ' ' || count(*) FILTER (WHERE x = 'mid') "
                    "|| ' ' || count(DISTINCT n) FROM m") == "1 400 400");
  const auto down = scene.migrate({"down", "--to", "1", "--yes"});
  CHECK_MESSAGE(down.exit_code == 0, said(down));
  CHECK(scene.value("SELECT count(*) FROM m WHERE x = 'down'") == "401");
}

TEST_CASE("after adopt, drift replays a file with transactions of its own") {
  const Scene scene;
  const std::string text = "CREATE TYPE mood AS ENUM ('a');\nBEGIN;\nCREATE TABLE t (m mood);\nCOMMIT;\n";
  scene.file("1_a.up.sql", text);
  REQUIRE(run_psql(scene, text +
                              "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT "
                              "NULL); INSERT INTO schema_migrations VALUES (1, false);")
              .exit_code == 0);
  const auto adopt = scene.migrate({"adopt", "--apply"});
  CHECK_MESSAGE(adopt.exit_code == 0, said(adopt));
  const auto drift = scene.migrate({"drift", "--ignore", "public.schema_migrations"});
  CHECK_MESSAGE(drift.exit_code == 0, said(drift));
}

TEST_CASE("in another tool's folder a file may have transactions of its own, if they are paired") {
  const std::string text =
      "CREATE TYPE mood AS ENUM ('a');\nBEGIN;\nCREATE TABLE t (n int);\nCOMMIT;\nSTART TRANSACTION;\n"
      "CREATE TABLE u (m mood);\nEND;\nBEGIN;\nCREATE TABLE gone (n int);\nROLLBACK;\n"
      "INSERT INTO t VALUES (1);\n";
  const Scene reference;
  REQUIRE(run_psql(reference, text).exit_code == 0);
  for (const auto& [format, file] :
       std::vector<std::pair<std::string, std::string>>{{"golang-migrate", "1_a.up.sql"},
                                                        {"flyway", "V1__a.sql"},
                                                        {"sqlx", "1_a.sql"},
                                                        {"prisma", "1_a/migration.sql"},
                                                        {"diesel", "1_a/up.sql"},
                                                        {"drizzle", "20260101000000_a/migration.sql"},
                                                        {"node-pg-migrate", "1_a.sql"}}) {
    CAPTURE(format);
    const Scene scene;
    scene.file(file, text);
    const auto up = scene.migrate({"--format", format});
    CHECK_MESSAGE(up.exit_code == 0, said(up));
    CHECK(count_of(up.out, "it has transactions of its own") == 1);
    CHECK(catalogue(scene) == catalogue(reference));
    CHECK(scene.value("SELECT count(*) FROM t") == "1");
    const auto drift = scene.migrate({"drift", "--format", format});
    CHECK_MESSAGE(drift.exit_code == 0, said(drift));
  }
  const Scene ours;
  ours.file("1_a.sql", text);
  const auto refused = ours.migrate();
  CHECK_MESSAGE(refused.exit_code == 2, said(refused));
  CHECK(contains(refused.err, "transaction:false"));
}

TEST_CASE("transaction control without its partner is an error before anything runs") {
  struct Row {
    const char* text;
    const char* says;
  };
  for (const auto& row :
       {Row{"BEGIN;\nCREATE TABLE t (n int);\n", ":1:1: BEGIN: nothing ends the transaction"},
        Row{"CREATE TABLE t (n int);\nCOMMIT;\n", ":2:1: COMMIT: no transaction is open here"},
        Row{"BEGIN;\nBEGIN;\nCOMMIT;\n", ":2:1: BEGIN: a transaction is open here already"},
        Row{"BEGIN;\nCOMMIT;\nROLLBACK;\n", ":3:1: ROLLBACK: no transaction is open here"},
        Row{"BEGIN;\nCOMMIT AND CHAIN;\n", ":2:1: COMMIT AND: nothing ends the transaction"}}) {
    CAPTURE(row.text);
    const Scene scene;
    scene.file("1_ok.up.sql", "CREATE TABLE before (n int);");
    scene.file("2_x.up.sql", row.text);
    const auto up = scene.migrate();
    CHECK_MESSAGE(up.exit_code == 2, said(up));
    CHECK_MESSAGE(contains(up.err, std::string("2_x.up.sql") + row.says), said(up));
    CHECK_FALSE(scene.has_table("before"));
  }
}

TEST_CASE("Flyway's baseline migrations: the newest on an empty history, none where others were applied") {
  const std::string a = "CREATE TABLE a (n int);\n", b = "CREATE TABLE b (n int);\n";
  const Files files{{"V1__a.sql", a},
                    {"V2__b.sql", b},
                    {"V3__c.sql", "CREATE TABLE c (n int);"},
                    {"B1__old.sql", a},
                    {"B2__all.sql", a + b}};
  const Scene fresh;
  lay_out(fresh, files);
  const auto covered = fresh.migrate({"--to", "1"});
  CHECK_MESSAGE(covered.exit_code == 2, said(covered));
  CHECK(contains(covered.err, "a baseline migration stands for it"));
  const auto up = fresh.migrate();
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(fresh.history() == "B2__all V3__c");
  const auto status = fresh.migrate({"status", "--check"});
  CHECK_MESSAGE(status.exit_code == 0, said(status));
  CHECK(contains(status.out, "covered       V1__a"));
  fresh.file("B3__later.sql", "SELECT 1 / 0;");
  CHECK(contains(fresh.migrate().out, "nothing to do"));
  const auto drift = fresh.migrate({"drift"});
  CHECK_MESSAGE(drift.exit_code == 0, said(drift));

  const Scene used;
  used.file("V1__a.sql", a);
  REQUIRE(used.migrate().exit_code == 0);
  lay_out(used, files);
  REQUIRE(used.migrate().exit_code == 0);
  CHECK(used.history() == "V1__a V2__b V3__c");

  const Scene recorded;
  lay_out(recorded, files);
  REQUIRE(recorded.migrate({"baseline", "2"}).exit_code == 0);
  CHECK(recorded.history() == "V1__a V2__b");
  recorded.remove("V1__a.sql");
  recorded.remove("V2__b.sql");
  const Scene only;
  lay_out(only, {{"B2__all.sql", a + b}, {"V3__c.sql", ""}});
  REQUIRE(only.migrate({"baseline", "2"}).exit_code == 0);
  CHECK(only.history() == "B2__all");
}

TEST_CASE("the schema that other libraries take from a URL: what is named in its place works") {
  Scene scene;
  scene.rows("CREATE SCHEMA \"Sales\"");
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  const auto plain = scene.environment["DATABASE_URL"];
  const auto join = plain.find('?') == std::string::npos ? "?" : "&";
  scene.environment["DATABASE_URL"] = plain + join + "schema=Sales";
  const auto refused = scene.migrate();
  CHECK_MESSAGE(refused.exit_code == 2, said(refused));
  const std::string option = "options=-csearch_path%3D%22Sales%22";
  CHECK_MESSAGE(contains(refused.err, option), said(refused));
  scene.environment["DATABASE_URL"] = plain + join + option;
  const auto up = scene.migrate();
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(scene.value("SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'a'") ==
        "\"Sales\"");
}

}  // namespace folders_test
