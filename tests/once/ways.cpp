// The ways in which a statement of a migration runs, each as files whose effect can be counted.
#include "tests/once/ways.hpp"

namespace bigocean::test {
namespace {

constexpr int kRows = 3500;  // above 256 KB: batches, and rows with parameters

const std::string kOutside = "-- migrate:up transaction:false\n";

std::string add(const std::string& counter) {
  return "UPDATE counter SET n = n + 1 WHERE name = '" + counter + "';\n";
}

/// Gives an interruption the time to come in between.
const std::string kPause = "SELECT pg_sleep(0.004);\n";

std::string many_rows(const std::string& table) {
  std::string text;
  for (int i = 0; i < kRows; ++i) {
    text += "INSERT INTO " + table + " (n, what) VALUES (" + std::to_string(i) +
            ", 'one of the many rows of a file that goes in batches');\n";
  }
  return text;
}

std::string many_statements() {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "SELECT '" + std::string(140, 'x') + "';\n";
  return text;
}

std::string copy(const std::string& table, int rows) {
  std::string text = "COPY " + table + " (n, what) FROM stdin;\n";
  for (int i = 0; i < rows; ++i) text += std::to_string(i) + "\tcopied\n";
  return text + "\\.\n";
}

}  // namespace

std::vector<Way> all_ways() {
  const auto steps = add("a") + kPause + add("b");
  return {
      {"one message",
       add("a") + kPause + "ALTER TABLE busy ADD COLUMN c int;\n" + add("b"),
       {"a", "b"},
       "",
       0,
       false},
      {"one message, serializable",
       "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n" + steps + "ALTER TABLE busy ADD COLUMN c int;\n",
       {"a", "b"},
       "",
       0,
       false},
      {"batches", add("a") + many_statements() + kPause + add("b"), {"a", "b"}, "", 0, false},
      {"with parameters",
       add("a") + many_rows("plain") + kPause + add("b"),
       {"a", "b"},
       "plain",
       kRows,
       false},
      {"with parameters, one at a time",
       add("a") + many_rows("looked_at") + add("b"),
       {"a", "b"},
       "looked_at",
       kRows,
       false},
      {"COPY", add("a") + copy("plain", 500) + kPause + add("b"), {"a", "b"}, "plain", 500, false},
      {"outside a transaction",
       kOutside + add("a") + "VACUUM counter;\n" + kPause +
           "CREATE INDEX CONCURRENTLY busy_n ON busy (n);\n" + add("b") +
           "ALTER TABLE busy ADD COLUMN c int;\n" + add("c") + "DROP INDEX CONCURRENTLY busy_n;\n" + add("d"),
       {"a", "b", "c", "d"},
       "",
       0,
       false},
      {"COPY outside a transaction",
       kOutside + add("a") + copy("plain", 500) + kPause + add("b"),
       {"a", "b"},
       "plain",
       500,
       false},
      {"the file's own transaction",
       kOutside + add("a") + "BEGIN;\n" + add("b") + kPause + "ALTER TABLE busy ADD COLUMN c int;\n" +
           add("c") + "COMMIT;\n" + "BEGIN;\nUPDATE counter SET n = n + 100;\nROLLBACK;\n" + add("d"),
       {"a", "b", "c", "d"},
       "",
       0,
       false},
      {"the file's own transaction, serializable, chained",
       kOutside + "BEGIN ISOLATION LEVEL SERIALIZABLE;\n" + add("a") + kPause + add("b") +
           "COMMIT AND CHAIN;\n" + add("c") + "COMMIT;\n" + add("d"),
       {"a", "b", "c", "d"},
       "",
       0,
       false},
      {"the file's own transaction, in two phases",
       kOutside + add("a") + "BEGIN;\n" + add("b") + kPause +
           "PREPARE TRANSACTION 'once';\nCOMMIT PREPARED 'once';\n" + add("c"),
       {"a", "b", "c"},
       "",
       0,
       false},
      {"CALL that commits",
       kOutside + add("a") + "CALL halves('b', 'c');\n" + add("d"),
       {"a", "b", "c", "d"},
       "",
       0,
       true},
      {"DO that commits",
       kOutside + add("a") +
           "DO $$ BEGIN UPDATE counter SET n = n + 1 WHERE name = 'b'; COMMIT; PERFORM pg_sleep(0.004);"
           " UPDATE counter SET n = n + 1 WHERE name = 'c'; END $$;\n" +
           add("d"),
       {"a", "b", "c", "d"},
       "",
       0,
       true},
  };
}

std::string setup_sql() {
  return "CREATE TABLE counter (name text PRIMARY KEY, n int NOT NULL);"
         "INSERT INTO counter SELECT unnest(ARRAY['before', 'a', 'b', 'c', 'd', 'after']), 0;"
         "CREATE TABLE busy (n int); CREATE TABLE plain (n int, what text); CREATE TABLE looked_at (n int, "
         "what text);"
         "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
         "CREATE TRIGGER look BEFORE INSERT ON looked_at FOR EACH ROW EXECUTE FUNCTION look();"
         "CREATE PROCEDURE halves(one text, two text) LANGUAGE plpgsql AS $$ BEGIN"
         " UPDATE counter SET n = n + 1 WHERE name = one; COMMIT; PERFORM pg_sleep(0.004);"
         " UPDATE counter SET n = n + 1 WHERE name = two; END $$";
}

}  // namespace bigocean::test
