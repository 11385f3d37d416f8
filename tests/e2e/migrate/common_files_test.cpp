// Common problems of migration tools: the content of files.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

namespace common_files_test {

using namespace bigocean::test;

TEST_CASE("CRLF line ends and a BOM do not change the checksum") {
  const Scene scene;
  scene.file("1_t.sql", "-- migrate:up\nCREATE TABLE t (n int);\n\n-- migrate:down\nDROP TABLE t;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.file(
      "1_t.sql",
      "\xef\xbb\xbf-- migrate:up\r\nCREATE TABLE t (n int);\r\n\r\n-- migrate:down\r\nDROP TABLE t;\r\n");
  const auto again = scene.migrate();
  CHECK_MESSAGE(again.exit_code == 0, said(again));
  CHECK(contains(again.out, "nothing to do"));
  CHECK(scene.migrate({"verify"}).exit_code == 0);
  scene.file("2_bom.sql", "\xef\xbb\xbfINSERT INTO t VALUES (1);\r\n");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value("SELECT count(*) FROM t") == "1");
}

TEST_CASE("dollar tags, BEGIN ATOMIC, E'' strings and nested comments are cut rightly") {
  const Scene scene;
  const std::string text = R"SQL(CREATE TABLE got (what text);
CREATE FUNCTION plain() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END; $$;
CREATE FUNCTION tagged() RETURNS text LANGUAGE plpgsql AS $x$ BEGIN RETURN $$c;d$$; END; $x$;
CREATE FUNCTION atomic(n int) RETURNS text LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO got VALUES (CASE WHEN n > 0 THEN 'e;f' ELSE 'none' END);
  SELECT 'g'::text;
END;
/* a comment; /* nested; */ still; ' */
INSERT INTO got VALUES (E'it\'s; \\'), (plain()), (tagged()), (atomic(1));
)SQL";
  for (const std::string mode : {"true", "false"}) {
    scene.rows("DROP SCHEMA IF EXISTS bigocean, public CASCADE; CREATE SCHEMA public");
    scene.file("1_tricky.sql", "-- migrate:up transaction:" + mode + "\n" + text);
    const auto done = scene.migrate({"--json"});
    CHECK_MESSAGE(done.exit_code == 0, said(done));
    CHECK(document(done)["ran"][0]["statements"] == 5);
    CHECK(scene.value("SELECT string_agg(what, '|' ORDER BY what COLLATE \"C\") FROM got") ==
          "a;b|c;d|e;f|g|it's; \\");
  }
}

TEST_CASE("COPY … FROM stdin with inline data, in text and in CSV, in and out of a transaction") {
  const Scene scene;
  const std::string text =
      "CREATE TABLE t (n int, what text);\nCOPY t FROM stdin;\n1\tone; \\\\. two\n2\t\\N\n\\.\n"
      "COPY t (n, what) FROM STDIN WITH (FORMAT csv);\n3,\"a, \"\"b\"\"\nc\"\n\\.\nINSERT INTO t VALUES (4, "
      "'after');\n";
  for (const std::string mode : {"true", "false"}) {
    scene.rows("DROP TABLE IF EXISTS t; DROP SCHEMA IF EXISTS bigocean CASCADE");
    scene.file("1_copy.sql", "-- migrate:up transaction:" + mode + "\n" + text);
    const auto done = scene.migrate();
    CHECK_MESSAGE(done.exit_code == 0, said(done));
    CHECK(scene.rows("SELECT n, what FROM t ORDER BY n") ==
          Rows{{"1", "one; \\. two"}, {"2", "(null)"}, {"3", "a, \"b\"\nc"}, {"4", "after"}});
  }
}

TEST_CASE("pg_dump's \\restrict pair is accepted, any other backslash command names its line") {
  const Scene scene;
  scene.file("1_dump.sql", "\\restrict Ab1\nCREATE TABLE dumped (n int);\n\\unrestrict Ab1\n");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.has_table("dumped"));
  scene.file("2_psql.sql", "CREATE TABLE other (n int);\n\\connect other\nSELECT 1;\n");
  const auto refused = scene.migrate();
  CHECK_MESSAGE(refused.exit_code == 2, said(refused));
  CHECK(contains(refused.err, "2_psql.sql:2:1: "));
  CHECK(contains(refused.err, "\\connect"));
  CHECK_FALSE(scene.has_table("other"));
}

}  // namespace common_files_test
