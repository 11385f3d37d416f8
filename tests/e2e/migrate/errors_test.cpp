// The message of a failing statement: place, source line, caret, SQLSTATE, detail, constraint, for every way
// in which it was sent.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

namespace errors_test {

using namespace bigocean::test;

namespace {

std::string many_inserts(int count) {
  std::string text = "CREATE TABLE t (n int PRIMARY KEY, what text);\n";
  for (int i = 1; i <= count; ++i) {
    text += "INSERT INTO t VALUES (" + std::to_string(i) +
            ", 'größer als nötig, damit es viele Bytes werden');\n";
  }
  return text;
}

constexpr int kManyInserts = 9000;  // about 700 KB: several messages of 256 KB

}  // namespace

TEST_CASE(
    "a large file that goes in batches: the place is right in the last batch, with a position and without") {
  const Scene scene;
  SUBCASE("with") {
    scene.file("1_large.sql",
               many_inserts(kManyInserts) + "INSERT INTO t\n  (n, was) VALUES (0, 'x');\nSELECT 1;\n");
    const auto done = scene.migrate();
    CHECK_MESSAGE(done.exit_code == 5, said(done));
    CHECK_MESSAGE(contains(done.err, "1_large.sql:9003:7: column \"was\""), said(done));
    CHECK(contains(done.err, "9003 |   (n, was) VALUES (0, 'x');\n"));
  }
  SUBCASE("without") {
    scene.file("1_large.sql", many_inserts(kManyInserts) +
                                  "SELECT 1; /* ; */ INSERT INTO t VALUES (7, 'again');\nSELECT 2;\n");
    const auto done = scene.migrate();
    CHECK_MESSAGE(done.exit_code == 5, said(done));
    CHECK_MESSAGE(contains(done.err, "1_large.sql:9002:19: duplicate key value"), said(done));
    CHECK(contains(done.err, "SQLSTATE 23505"));
    CHECK(contains(done.err, "detail: Key (n)=(7) already exists."));
    CHECK(contains(done.err, "constraint: t_pkey"));
  }
  CHECK_FALSE(scene.has_table("t"));
  CHECK(scene.history().empty());
}

TEST_CASE("a large file is applied as a whole, and its text is kept as a whole") {
  const Scene scene;
  scene.file("1_large.sql", many_inserts(kManyInserts));
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value("SELECT count(*) FROM t") == std::to_string(kManyInserts));
  CHECK(scene.value("SELECT string_agg(body, '' ORDER BY part) FROM bigocean.migration_texts") ==
        scene.read("1_large.sql"));
  CHECK(scene.migrate({"verify"}).exit_code == 0);
}

TEST_CASE("an error in COPY data names the line of the data") {
  for (const std::string mode : {"true", "false"}) {
    CAPTURE(mode);
    const Scene scene;
    scene.file("1_copy.sql", "-- migrate:up transaction:" + mode +
                                 "\nCREATE TABLE t (n int);\nCOPY t FROM stdin;\n1\n2\nthree\n4\n\\.\n");
    const auto done = scene.migrate();
    CHECK_MESSAGE(done.exit_code == 5, said(done));
    CHECK_MESSAGE(contains(done.err, "1_copy.sql:6:"), said(done));
    CHECK(contains(done.err, "  6 | three\n"));
    CHECK(contains(done.err, "SQLSTATE 22P02"));
    CHECK(contains(done.err, "COPY t, line 3, column n: \"three\""));
    if (mode == "true") CHECK_FALSE(scene.has_table("t"));
  }
}

TEST_CASE("an error in a DO block names the block's line and the way to the place inside") {
  const Scene scene;
  scene.file("1_do.sql", "SELECT 1;\n\nDO $$\nBEGIN\n  PERFORM 1/0;\nEND $$;\n");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 5, said(done));
  CHECK(contains(done.err, "1_do.sql:3:1: division by zero (SQLSTATE 22012)"));
  CHECK(contains(done.err, "  3 | DO $$\n"));
  CHECK(contains(done.err, "PL/pgSQL function inline_code_block line 3 at PERFORM"));
}

TEST_CASE("the column counts characters, the excerpt is cut to a readable width") {
  const Scene scene;
  scene.file("1_wide.sql",
             "SELECT '" + std::string(400, 'x') + "', 'größe', oops, '" + std::string(400, 'y') + "';\n");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 5, said(done));
  CHECK(contains(done.err, "1_wide.sql:1:421: column \"oops\" does not exist"));
  CHECK(done.err.size() < 1000);
  // The caret stands under the first character of the word.
  const auto word = done.err.find("oops, '");
  const auto line = done.err.rfind('\n', word);
  const auto caret_line = done.err.find('\n', word);
  REQUIRE(word != std::string::npos);
  const auto two_byte_letters = 2U;  // ö and ß stand before it
  CHECK(done.err.find('^', caret_line) - caret_line == word - line - two_byte_letters);
}

TEST_CASE("a syntax error in the middle of a file that is one message, on its first line, after a BOM") {
  const Scene scene;
  scene.file("1_a.sql", "SELECT 1;\nSELECT 2 FRM x y;\nSELECT 3;\n");
  const auto done = scene.migrate();
  CHECK_MESSAGE(contains(done.err, "1_a.sql:2:14: syntax error at or near \"x\""), said(done));
  scene.file("1_a.sql", "\xef\xbb\xbfSELEC 1;\n");
  const auto bom = scene.migrate();
  CHECK_MESSAGE(contains(bom.err, "1_a.sql:1:1: syntax error at or near \"SELEC\""), said(bom));
}

TEST_CASE("a constraint that is checked at COMMIT only is an error of the file") {
  const Scene scene;
  scene.file("1_deferred.sql",
             "CREATE TABLE t (n int PRIMARY KEY, m int REFERENCES t DEFERRABLE INITIALLY DEFERRED);\n"
             "INSERT INTO t VALUES (1, 2);\n");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 5, said(done));
  CHECK(contains(done.err, "1_deferred.sql: "));
  CHECK(contains(done.err, "SQLSTATE 23503"));
  CHECK(contains(done.err, "constraint: t_m_fkey"));
  CHECK_FALSE(scene.has_table("t"));
  CHECK(scene.history().empty());
}

TEST_CASE("JSON says the same as the text") {
  const Scene scene;
  scene.file("1_t.sql", "CREATE TABLE t (n int CONSTRAINT positive CHECK (n > 0));");
  scene.file("2_bad.sql", "SELECT 1;\n  INSERT INTO t VALUES (-1);\n");
  const auto json = document(scene.migrate({"--json"}));
  CHECK(json["exit_code"] == 5);
  CHECK(json["ran"].size() == 1);
  CHECK(json["ran"][0]["name"] == "1_t");
  CHECK(json["pending_at_start"] == 2);
  const auto& error = json["error"];
  CHECK(error["file"].get<std::string>().ends_with("2_bad.sql"));
  CHECK(error["line"] == 2);
  CHECK(error["column"] == 3);
  CHECK(error["sqlstate"] == "23514");
  CHECK(error["constraint"] == "positive");
  CHECK(error["detail"] == "Failing row contains (-1).");
}

TEST_CASE("an error outside a transaction is placed the same way, and the file goes on after a correction") {
  const Scene scene;
  scene.file("1_steps.sql",
             "-- migrate:up transaction:false\nCREATE TABLE t (n int);\nINSERT INTO t VALUES (1);\nINSERT "
             "INTO t (m) VALUES (2);\n");
  const auto failed = scene.migrate();
  CHECK_MESSAGE(failed.exit_code == 5, said(failed));
  CHECK(contains(failed.err, "1_steps.sql:4:16: column \"m\""));
  CHECK(scene.value("SELECT count(*) FROM t") == "1");
  scene.file("1_steps.sql",
             "-- migrate:up transaction:false\nCREATE TABLE t (n int);\nINSERT INTO t VALUES (1);\nINSERT "
             "INTO t (n) VALUES (2);\n");
  const auto fixed = scene.migrate();
  CHECK_MESSAGE(fixed.exit_code == 0, said(fixed));
  CHECK(scene.value("SELECT count(*) FROM t") == "2");
  CHECK(scene.migrate({"verify"}).exit_code == 0);
}

TEST_CASE("a file outside a transaction whose done part was changed is not gone on with") {
  const Scene scene;
  scene.file("1_steps.sql", "-- migrate:up transaction:false\nCREATE TABLE t (n int);\nSELECT 1/0;\n");
  CHECK(scene.migrate().exit_code == 5);
  scene.file("1_steps.sql", "-- migrate:up transaction:false\nCREATE TABLE t (n bigint);\nSELECT 1;\n");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 6, said(done));
  CHECK(contains(done.err, "has changed since"));
  CHECK(contains(done.err, "migrate verify"));
}

}  // namespace errors_test
