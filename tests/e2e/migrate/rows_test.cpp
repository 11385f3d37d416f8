// Many INSERTs of one row each, sent with parameters: the result is the same as that of the file as written.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/e2e/migrate/fixture.hpp"

namespace rows_test {

using namespace bigocean::test;

namespace {

constexpr int kRows = 260;  // more than a few groups, and a rest

std::string many(const std::function<std::string(int)>& row) {
  std::string all;
  for (int i = 1; i <= kRows; ++i) all += row(i) + "\n";
  return all;
}

/// With a batch this small the files count as large ones.
struct SmallBatches : Scene {
  SmallBatches() { environment["BIGOCEAN_MIGRATE_BATCH_BYTES"] = "4096"; }
};

/// Everything in the tables of the schema public, in the order in which the rows were written.
std::string contents(const Scene& scene) {
  std::string all;
  for (const auto& table : scene.rows("SELECT format('%I', relname) FROM pg_class WHERE relkind = 'r' AND "
                                      "relnamespace = 'public'::regnamespace ORDER BY 1")) {
    all += table[0] + "\n";
    for (const auto& row : scene.rows("SELECT t::text FROM " + table[0] + " t ORDER BY ctid"))
      all += row[0] + "\n";
  }
  return all;
}

const std::string kPrepared =
    "CREATE TABLE prepared AS SELECT count(*) AS n FROM pg_prepared_statements WHERE name LIKE "
    "'bigocean_%';\n";

}  // namespace

TEST_CASE("with parameters every type of column gets what the literal would give it") {
  struct Row {
    const char* type;
    std::vector<const char*> literals;
  };
  const std::vector<Row> rows = {
      {"smallint", {"1", "-7", "'12'", "NULL", "1.5"}},
      {"int", {"1", "-2147483648", "'007'", "2.5", "'  5 '"}},
      {"bigint", {"1", "9223372036854775807", "3000000000", "-1.4"}},
      {"numeric", {"1", "1.50", "'1.50'", "12345678901234567890", ".5", "-0.0", "'NaN'"}},
      {"numeric(5,2)", {"1", "1.005", "'1.005'", "-3.14159"}},
      {"real", {"0.1", "1", "'1e10'", "123456789"}},
      {"double precision", {"0.1", "3", "'-infinity'", "123456789.123456789"}},
      {"money", {"'12.34'", "5"}},
      {"boolean", {"true", "FALSE", "'yes'", "'0'", "NULL"}},
      {"text", {"'a'", "''", "'it''s'", "'back\\slash'", "'two\nlines'", "'über ✓'", "007", "1.50", "-0"}},
      {"varchar(3)", {"'abc'", "'a'", "'ab   '", "12"}},
      {"char(4)", {"'ab'", "'ab  '", "1"}},
      {"\"char\"", {"'x'", "'xyz'"}},
      {"name", {"'some'"}},
      {"date", {"'2024-02-29'", "'March 5, 2024'", "'infinity'"}},
      {"time(0)", {"'12:34:56.7'"}},
      {"timestamp(1)", {"'2024-01-01 12:00:00.96'"}},
      {"timestamptz", {"'2024-07-01 12:00 Europe/Berlin'", "'epoch'"}},
      {"interval", {"'5'", "'1 day 2:03'", "'1-2'"}},
      {"interval minute", {"'5'", "'1:30:45'"}},
      {"uuid", {"'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"}},
      {"json", {"'{\"a\":  1}'", "'null'"}},
      {"jsonb", {"'{\"b\":1,\"a\":  2}'"}},
      {"bytea", {"'\\x00ff'", "'a\\\\b'"}},
      {"int[]", {"'{1,2,NULL}'", "'[0:1]={5,6}'"}},
      {"text[]", {"'{\"a b\",c}'"}},
      {"inet", {"'10.0.0.1/8'"}},
      {"bit(3)", {"'101'"}},
      {"varbit(5)", {"'10101'"}},
      {"oid", {"1", "'2'"}},
      {"regclass", {"'pg_class'", "1259"}},
      {"int4range", {"'[1,5)'"}},
      {"tsvector", {"'a b'"}},
      {"xid", {"'1'"}},
      {"mood", {"'fine'", "'sad'"}},
      {"positive", {"3", "'4'"}},
      {"minutes", {"'5'"}},
  };
  for (const bool with_units : {false, true}) {
    std::string text =
        "CREATE TYPE mood AS ENUM ('fine', 'sad');\nCREATE DOMAIN positive AS int CHECK (VALUE > 0);\n";
    std::size_t table = 0;
    for (const Row& row : rows) {
      const bool has_units = std::string(row.type) == "interval minute" || std::string(row.type) == "minutes";
      if (has_units && !with_units) continue;
      if (std::string(row.type) == "minutes") text += "CREATE DOMAIN minutes AS interval minute;\n";
      const auto name = fmt::format("t{:02}", table++);
      text += fmt::format("CREATE TABLE {} (n int, v {});\n", name, row.type);
      text += many([&](int i) {
        return fmt::format("INSERT INTO {} (n, v) VALUES ({}, {});", name, i,
                           row.literals[static_cast<std::size_t>(i) / 120 % row.literals.size()]);
      });
      // In turns, too: then no two neighbours have the same types.
      text += many([&](int i) {
        return fmt::format("INSERT INTO {} VALUES ({}, {});", name, i,
                           row.literals[static_cast<std::size_t>(i) % row.literals.size()]);
      });
    }
    const Scene plain;
    plain.rows("BEGIN;" + text + "COMMIT");
    const SmallBatches scene;
    scene.file("1_rows.sql", text);
    const auto done = scene.migrate();
    REQUIRE_MESSAGE(done.exit_code == 0, said(done));
    CHECK(contents(scene) == contents(plain));
  }
}

TEST_CASE("with parameters everything that looks on sees what it would see") {
  struct Row {
    const char* name;
    const char* before;
    bool many_in_one;
    std::string insert = "INSERT INTO t (id, v) VALUES (@, 'row @');";
  };
  const std::string log =
      "CREATE TABLE log (n serial, what text);"
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " INSERT INTO log (what) SELECT format('%s %s', tg_op, count(*)) FROM t; RETURN NEW;"
      " END $$;";
  const std::string counting =
      "CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM pg_class, t "
      "WHERE pg_class.oid = 1259';";
  for (const Row& row : {
           Row{"nothing", "CREATE TABLE t (id int PRIMARY KEY, v text)", true},
           Row{"identity and defaults",
               "CREATE TABLE t (id int UNIQUE, v text, a bigint GENERATED ALWAYS AS IDENTITY, b serial,"
               " c timestamptz DEFAULT now(), d text GENERATED ALWAYS AS (upper(v)) STORED)",
               true},
           Row{"a reference to another table",
               "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 260);"
               "CREATE TABLE t (id int REFERENCES p, v text)",
               true},
           Row{"statement trigger",
               "{log} CREATE TABLE t (id int, v text); CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION "
               "note()",
               false},
           Row{"row trigger",
               "{log} CREATE TABLE t (id int, v text);"
               "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION note()",
               false},
           Row{"rule",
               "CREATE TABLE u (v text); CREATE TABLE t (id int, v text);"
               "CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u SELECT (SELECT count(*) FROM t)::text "
               "|| NEW.v",
               false},
           Row{"a default that counts",
               "CREATE TABLE t (id int, v text); {counting} ALTER TABLE t ADD c bigint DEFAULT counted()",
               false},
           Row{"a check that counts",
               "CREATE TABLE t (id int, v text); {counting} ALTER TABLE t ADD CHECK (counted() = id - 1)",
               false},
           Row{"policies", "CREATE TABLE t (id int, v text); ALTER TABLE t ENABLE ROW LEVEL SECURITY", false},
           Row{"a reference to itself", "CREATE TABLE t (id int PRIMARY KEY, v text, p int REFERENCES t)",
               false},
           Row{"partitions",
               "CREATE TABLE t (id int, v text) PARTITION BY RANGE (id);"
               "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100);"
               "CREATE TABLE t2 PARTITION OF t DEFAULT",
               false},
           Row{"a view",
               "CREATE TABLE base (id int, v text); CREATE VIEW t AS SELECT * FROM base WHERE id > 0", false},
           Row{"conflicts", "CREATE TABLE t (id int PRIMARY KEY, v text, n int DEFAULT 0)", true,
               "INSERT INTO t (id, v) VALUES (7, '@') ON CONFLICT (id) DO UPDATE SET n = t.n + 1, v = "
               "EXCLUDED.v;"},
           Row{"a default in the row", "CREATE TABLE t (id int, v text DEFAULT 'd')", true,
               "INSERT INTO t VALUES (@, DEFAULT);"},
           Row{"a name that needs its quotes",
               "CREATE SCHEMA \"a b\"; CREATE TABLE \"a b\".\"T\" (id int, v text);"
               "CREATE TABLE t (LIKE \"a b\".\"T\")",
               true, "INSERT INTO \"a b\".\"T\" VALUES (@, '@');"},
       }) {
    CAPTURE(std::string(row.name));
    std::string before = row.before;
    for (const auto& [word, sql] : {std::pair("{log}", log), std::pair("{counting}", counting)}) {
      if (const auto at = before.find(word); at != before.npos)
        before.replace(at, std::string(word).size(), sql);
    }
    const auto rows = many([&](int i) {
      std::string insert = row.insert;
      for (auto at = insert.find('@'); at != insert.npos; at = insert.find('@'))
        insert.replace(at, 1, std::to_string(i));
      return insert;
    });
    const Scene plain;
    plain.rows("BEGIN;" + before + ";" + rows + "COMMIT");
    const SmallBatches scene;
    scene.file("1_before.sql", before + ";\n");
    scene.file("2_rows.sql", rows + kPrepared);
    const auto done = scene.migrate();
    REQUIRE_MESSAGE(done.exit_code == 0, said(done));
    const auto prepared = std::stoi(scene.value("SELECT n FROM prepared"));
    CHECK(prepared == (row.many_in_one && row.insert.find("CONFLICT") == std::string::npos ? 2 : 1));
    scene.rows("DROP TABLE prepared");
    auto expected = contents(plain), seen = contents(scene);
    if (std::string(row.before).find("now()") != std::string::npos) {  // the two ran at different times
      plain.rows("UPDATE t SET c = 'epoch'"), scene.rows("UPDATE t SET c = 'epoch'");
      expected = contents(plain), seen = contents(scene);
    }
    CHECK(seen == expected);
  }
}

TEST_CASE("insert_parameters = false sends every INSERT as it is written") {
  for (const bool with_parameters : {true, false}) {
    SmallBatches scene;
    scene.environment["BIGOCEAN_MIGRATE_INSERT_PARAMETERS"] = with_parameters ? "true" : "false";
    scene.file("1_table.sql", "CREATE TABLE t (a int, b text);\n");
    scene.file("2_rows.sql", many([](int i) {
                               return fmt::format("INSERT INTO t VALUES ({}, 'row {}');", i, i);
                             }) + kPrepared);
    const auto done = scene.migrate();
    REQUIRE_MESSAGE(done.exit_code == 0, said(done));
    CHECK((scene.value("SELECT n FROM prepared") == "0") == !with_parameters);
    CHECK(scene.value("SELECT count(*) FROM t") == std::to_string(kRows));
  }
}

TEST_CASE("what fails with parameters is told as the file has it, and nothing is applied") {
  struct Row {
    const char* before;
    std::string odd;  ///< the insert in the middle
    bool positioned;  ///< the server says where in the statement
  };
  for (const Row& row : {
           Row{"CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (200, 'no number');",
               true},
           Row{"CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (3, 3);", false},
           Row{"CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (200, true);", true},
           Row{"CREATE TABLE t (id int PRIMARY KEY, v varchar(2))", "INSERT INTO t VALUES (200, 1234);",
               false},
           Row{"CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (200, 1, 2);", true},
           Row{"CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO nowhere VALUES (200, 1);", true},
           Row{"CREATE TABLE t (id int PRIMARY KEY, v int REFERENCES t)", "INSERT INTO t VALUES (200, 250);",
               false},
       }) {
    CAPTURE(row.odd);
    const auto text =
        std::string(row.before) + ";\n" + many([&](int i) {
          return i == 200 ? row.odd
                          : fmt::format("INSERT INTO t VALUES ({}, {});", i, i % 9 == 0 ? "NULL" : "1");
        });
    std::vector<std::string> messages;
    for (const char* batch_bytes : {"4096", "1000000"}) {
      Scene scene;
      scene.environment["BIGOCEAN_MIGRATE_BATCH_BYTES"] = batch_bytes;
      scene.file("1_rows.sql", text);
      const auto done = scene.migrate();
      CHECK(done.exit_code == 5);
      CHECK_FALSE(scene.has_table("t"));
      const auto begin = done.err.find(scene.folder());
      REQUIRE_MESSAGE(begin != done.err.npos, said(done));
      messages.push_back(done.err.substr(begin + scene.folder().size()));
      CHECK_MESSAGE(contains(done.err, "1_rows.sql:201:"), said(done));
      CHECK_MESSAGE((!row.positioned || contains(done.err, "^")), said(done));
    }
    CHECK(messages.at(0) == messages.at(1));
  }
}

TEST_CASE("rows between other statements: each run is asked for anew") {
  const SmallBatches scene;
  std::string text = "CREATE TABLE t (id int, v text);\n";
  text += many([](int i) { return fmt::format("INSERT INTO t VALUES ({}, 'a');", i); });
  text += "DEALLOCATE ALL;\nALTER TABLE t ALTER v TYPE int USING 1;\n";
  text += many([](int i) { return fmt::format("INSERT INTO t VALUES ({}, '{}');", i, i); });
  text += "ALTER TABLE t ADD w interval minute;\n";
  text += many([](int i) { return fmt::format("INSERT INTO t VALUES ({}, 1, '5');", i); });
  text += many([](int i) {
    return i % 50 == 0 ? "INSERT INTO t VALUES (1 + 1, 2);" : "INSERT INTO t VALUES (3, 4);";
  });
  text += "COPY t FROM stdin;\n1\t2\t3\n\\.\n";
  text += many([](int i) { return fmt::format("INSERT INTO t VALUES ({}, 1, '5');", i); });
  scene.file("1_rows.sql", text);
  scene.file("2_more.sql", many([](int i) { return fmt::format("INSERT INTO t VALUES ({}, 1);", i); }));
  const auto done = scene.migrate();
  REQUIRE_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value("SELECT count(*) FROM t") == std::to_string(6 * kRows + 1));
  CHECK(scene.value("SELECT count(*) FROM t WHERE w = '5 minutes'") == std::to_string(2 * kRows));
  CHECK(scene.value("SELECT string_agg(body, '' ORDER BY part) FROM bigocean.migration_texts"
                    " WHERE name = '1_rows'") == text);
}

}  // namespace rows_test
