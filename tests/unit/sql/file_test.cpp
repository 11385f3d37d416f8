// One migration file: its name, parts and options, and all of its possible errors.
#include "sql/migrate/source/file.hpp"
#include "base/checksum.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "sql/migrate/source/text.hpp"

namespace file_test {

using namespace bigocean::sql::migrate;
using std::chrono::milliseconds;

namespace {

Migration parse(const std::string& text, const std::string& name = "0001_x.sql") {
  return parse_migration(name, "db/" + name, text);
}

std::string down_sql(const Migration& m) {
  REQUIRE(m.down.has_value());
  return std::string(m.down_source().substr(m.down->begin, m.down->end - m.down->begin));
}

std::string refusal(const std::string& text, const std::string& name = "0001_x.sql") {
  try {
    parse(text, name);
  } catch (const bigocean::base::Error& error) {
    CHECK(error.code == bigocean::base::ExitCode::kUsage);
    return error.message;
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a file without marks is all up") {
  const Migration m = parse(
      "\xEF\xBB\xBF"
      "select 1;\r\n-- migrate users to v2\r\n");
  CHECK(m.name == "0001_x");
  CHECK(m.version == "0001");
  CHECK(m.path == "db/0001_x.sql");
  CHECK(m.text == "select 1;\n-- migrate users to v2\n");
  CHECK(m.up_sql() == m.text);
  CHECK(!m.down);
  CHECK(m.checksum == bigocean::base::sha256_hex("select 1;\n-- migrate users to v2\n"));
  CHECK(!m.up.options.transaction);
}

TEST_CASE("marks part up from down") {
  const Migration m =
      parse("-- users\n\n/* of ours */\n-- migrate:up\nselect 1;\n  --\tmigrate:down  \ndrop table a;\n");
  CHECK(m.up_sql() == "select 1;\n");
  CHECK(down_sql(m) == "drop table a;\n");
  CHECK(m.down_path.empty());
  CHECK(parse("--migrate:up\nselect 1;").up_sql() == "select 1;");
  CHECK(parse("-- migrate:up").up_sql().empty());
  CHECK(parse("-- migrate:up\n-- nothing yet\n-- migrate:down\n").up_sql() == "-- nothing yet\n");
  CHECK(down_sql(parse("-- migrate:up\n-- migrate:down")).empty());
  // As for dbmate, a mark counts inside a string as well.
  CHECK(parse("-- migrate:up\nselect $$\n-- migrate:down\n$$;").up_sql() == "select $$\n");
}

TEST_CASE("options stand on the mark and above the first statement") {
  const Migration m = parse(
      "-- migrate:up transaction:false lock-timeout=2s\n\n-- why\n-- bigocean: statement-timeout=1h  "
      "retry=0\n/* b */\n--bigocean:"
      " allow drop-column\nselect 1;\n-- bigocean: allow drop-table\n-- migrate:down transaction=true\n-- "
      "bigocean: lock-timeout:0\nselect 2;");
  CHECK(m.up.options.transaction == false);
  CHECK(m.up.options.lock_timeout == milliseconds(2000));
  CHECK(m.up.options.statement_timeout == milliseconds(3'600'000));
  CHECK(m.up.options.retry == 0);
  REQUIRE(m.down.has_value());
  CHECK(m.down->options.transaction == true);
  CHECK(m.down->options.lock_timeout == milliseconds(0));
  CHECK(!m.down->options.retry);
  CHECK(parse("-- bigocean: retry=1000\nselect 1;").up.options.retry == 1000);
}

TEST_CASE("comments that only sound like marks are comments") {
  for (const std::string comment : {"-- migrate",
                                    "-- migrate the users",
                                    "-- migration: creates users",
                                    "-- migrated: up to 5 rows",
                                    "-- bigocean is great",
                                    "-- big ocean: x",
                                    "-- note:down",
                                    "-- up",
                                    "-- down",
                                    "-- emigrate: down the river",
                                    "--",
                                    "-- :",
                                    "-- =",
                                    "-- goose",
                                    "-- migrate: rows are kept",
                                    "-- migrate:rows are kept",
                                    "-- migrate: down the old way",
                                    "-- Down migration: nothing to do",
                                    "-- up migration of the row",
                                    "-- +goose is gone",
                                    "-- +goose Upwards",
                                    "-- +migrate is another tool",
                                    "  -- down migrations are rare"}) {
    CAPTURE(comment);
    CHECK(parse(comment + "\nselect 1;").up_sql() == comment + "\nselect 1;");
  }
}

TEST_CASE("what stands in a string, a block comment or parentheses is no mark gone wrong") {
  for (const std::string line :
       {"-- migrate: up", "-- Migrate:down", "  -- migrate:down", "-- Down Migration", "-- +goose Down",
        "-- bigocean: retry", "-- bigocaen: retry=3"}) {
    CAPTURE(line);
    for (const auto& text : std::vector<std::string>{
             "create function f() returns int language sql as $$\n" + line + "\nselect 1 $$;",
             "/*\n" + line + "\n*/ select 1;", "select 'a\n" + line + "\n';",
             "create table t (\n" + line + "\nn int);"}) {
      CHECK(parse(text).up_sql() == text);
      CHECK(parse("-- migrate:up\n" + text).up_sql() == text);
    }
  }
  // Not even rows of a COPY, with a quote in them, hide what comes below.
  CHECK(down_sql(parse("-- migrate:up\ncopy t from stdin;\nit's\n\\.\n -- migrate:down\nselect 2;")) ==
        "select 2;");
}

TEST_CASE("what is wrong in a file is said with its line") {
  struct Row {
    std::string text;
    std::string message;
  };
  const std::string marks = "; write `-- migrate:up` or `-- migrate:down`";
  const std::vector<Row> rows{
      {"", "db/0001_x.sql: the file is empty; write the SQL below a line `-- migrate:up`"},
      {" \n\n", "db/0001_x.sql: nothing to run; if that is meant, say so with a line `-- migrate:up`"},
      {"-- only words\n/* more */ ;",
       "db/0001_x.sql: nothing to run; if that is meant, say so with a line `-- migrate:up`"},
      {"-- migrate:upp\nselect 1;", "db/0001_x.sql:1: `-- migrate:upp` is not a mark" + marks},
      {"select 1;\n-- migrate: up", "db/0001_x.sql:2: `-- migrate: up` is not a mark" + marks},
      {"-- migrate:\n", "db/0001_x.sql:1: `-- migrate:` is not a mark" + marks},
      {"-- migrate:UP\n", "db/0001_x.sql:1: `-- migrate:UP` is not a mark" + marks},
      {"-- Migrate:up\n", "db/0001_x.sql:1: `-- Migrate:up` is not a mark" + marks},
      {"-- migrat:down\n", "db/0001_x.sql:1: `-- migrat:down` is not a mark" + marks},
      {"-- migarte: up retry=3\n", "db/0001_x.sql:1: `-- migarte: up retry=3` is not a mark" + marks},
      {"-- migrate up\n", "db/0001_x.sql:1: `-- migrate up` is not a mark" + marks},
      {"-- migrate   down\n", "db/0001_x.sql:1: `-- migrate   down` is not a mark" + marks},
      {"-- migrate:up\n-- migrate:up\n", "db/0001_x.sql:2: a second `-- migrate:up`; the first is in line 1"},
      {"-- migrate:up\n-- migrate:down\n\n-- migrate:down\n",
       "db/0001_x.sql:4: a second `-- migrate:down`; the first is in line 2"},
      {"-- migrate:down\nselect 1;\n-- migrate:up\n",
       "db/0001_x.sql:3: `-- migrate:up` comes below `-- migrate:down` in line 1; put it first"},
      {"select 1;\n-- migrate:down\n",
       "db/0001_x.sql:2: `-- migrate:down` without a line `-- migrate:up` above it"},
      {"-- a\nselect 1;\n-- migrate:up\n",
       "db/0001_x.sql:2: SQL above the line `-- migrate:up` never runs; move it below"},
      {"\n/* open\n-- migrate:up\nselect 1;",
       "db/0001_x.sql:2: SQL above the line `-- migrate:up` never runs; move it below"},
      {"-- bigocean: retry=1\n-- migrate:up\n",
       "db/0001_x.sql:1: options stand above the line `-- migrate:up`; move them below it"},
      {"-- +goose Up\nselect 1;\n", "db/0001_x.sql:1: `-- +goose Up` is a mark of goose" + marks},
      {"-- +migrate Up\nselect 1;\n", "db/0001_x.sql:1: `-- +migrate Up` is a mark of sql-migrate" + marks},
      {"-- Down Migration\nselect 1;\n",
       "db/0001_x.sql:1: `-- Down Migration` is a mark of node-pg-migrate" + marks},
      {"-- migrate:up transction:false\n",
       "db/0001_x.sql:1: option `transction:false` is unknown (did you mean `transaction`?); the options are "
       "transaction, lock-timeout, "
       "statement-timeout, retry, max-blocking"},
      {"-- migrate:up lock_timeout=2s\n",
       "db/0001_x.sql:1: option `lock_timeout=2s` is unknown (did you mean `lock-timeout`?); the options are "
       "transaction, lock-timeout, "
       "statement-timeout, retry, max-blocking"},
      {"-- migrate:up colour=red\n",
       "db/0001_x.sql:1: option `colour=red` is unknown; the options are transaction, lock-timeout, "
       "statement-timeout, retry, max-blocking"},
      {"-- migrate:up transaction\n",
       "db/0001_x.sql:1: option `transaction` has no value; write key=value (did you mean `transaction`?)"},
      {"-- migrate:up transaction:\n",
       "db/0001_x.sql:1: option `transaction` has no value; write key=value (did you mean `transaction`?)"},
      {"-- migrate:up transaction:no\n", "db/0001_x.sql:1: option `transaction:no` must be true or false"},
      {"-- migrate:up transaction:False\n",
       "db/0001_x.sql:1: option `transaction:False` must be true or false"},
      {"-- migrate:up lock-timeout=2\n",
       "db/0001_x.sql:1: option `lock-timeout=2` must be a duration such as 500ms, 2s, 5m (0: no limit)"},
      {"-- migrate:up statement-timeout=-1s\n",
       "db/0001_x.sql:1: option `statement-timeout=-1s` must be a duration such as 500ms, 2s, 5m (0: no "
       "limit)"},
      {"-- migrate:up retry=many\n", "db/0001_x.sql:1: option `retry=many` must be a number from 0 to 1000"},
      {"-- migrate:up retry=1001\n", "db/0001_x.sql:1: option `retry=1001` must be a number from 0 to 1000"},
      {"-- migrate:up retry=3x\n", "db/0001_x.sql:1: option `retry=3x` must be a number from 0 to 1000"},
      {"-- migrate:up retry=1 retry=2\n", "db/0001_x.sql:1: option `retry=2` is given twice"},
      {"-- migrate:up retry=1\n-- bigocean: retry=1\n", "db/0001_x.sql:2: option `retry=1` is given twice"},
      {"-- migrate:up # why\n",
       "db/0001_x.sql:1: option `#` has no value; write key=value\n"
       "db/0001_x.sql:1: option `why` has no value; write key=value"},
      {"select 1;\n-- bigocean: retry=1\n", "db/0001_x.sql:2: options belong above the first statement"},
      {"-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;\n-- bigocean: retry=1\n",
       "db/0001_x.sql:5: options belong above the first statement"},
      {"-- bigocean:\nselect 1;", "db/0001_x.sql:1: `-- bigocean:` is empty; write key=value after it"},
      {"-- bigocean retry=3\nselect 1;",
       "db/0001_x.sql:1: write `-- bigocean: key=value`, with a colon after `bigocean`"},
      {"-- bigocaen: retry=3\nselect 1;", "db/0001_x.sql:1: unknown `bigocaen:`; did you mean `bigocean:`?"},
      {"-- Bigocean: retry=3\nselect 1;", "db/0001_x.sql:1: unknown `Bigocean:`; did you mean `bigocean:`?"},
      {"-- bigocean: alow drop-column\nselect 1;",
       "db/0001_x.sql:1: option `alow` has no value; write key=value (did you mean `allow`?)\n"
       "db/0001_x.sql:1: option `drop-column` has no value; write key=value"},
      {"select '\xC3';", "db/0001_x.sql:1: invalid UTF-8 (0xC3) at byte 9"},
      {std::string("select 1;\n\0", 11), "db/0001_x.sql:2: a NUL byte at byte 11"},
      {"-- migrate:upp\n-- bigocean: retrry=1\nselect 1;\n-- bigocean: retry=1",
       "db/0001_x.sql:1: `-- migrate:upp` is not a mark" + marks +
           "\ndb/0001_x.sql:2: option `retrry=1` is unknown (did you mean `retry`?); the options are "
           "transaction, "
           "lock-timeout, statement-timeout, "
           "retry, max-blocking\ndb/0001_x.sql:4: options belong above the first statement"}};
  for (const auto& [text, message] : rows) {
    CAPTURE(text);
    CHECK(refusal(text) == message);
  }
}

TEST_CASE("names: a number, a separator, a name") {
  for (const std::string name : {"1.sql", "20260131120000_create_users.sql", "0001-x.sql", "1.x.sql",
                                 "1_v1.2_x.sql", "1_a b é.sql", "99999999999999999999999999_x.sql"}) {
    CAPTURE(name);
    const Migration m = parse("select 1;", name);
    CHECK(m.name + ".sql" == name);
    CHECK(name.find(m.version) == 0);
  }
  CHECK(parse("select 1;", "1_x.up.sql").name == "1_x");
  struct Row {
    std::string name;
    std::string message;
  };
  const std::string example = ", for example 20260131120000_add_users.sql";
  const std::vector<Row> rows{
      {"V1__x.sql", "the name must start with a number" + example},
      {"R__x.sql", "the name must start with a number" + example},
      {"create_users.sql", "the name must start with a number" + example},
      {".sql", "the name must start with a number" + example},
      {" 1_x.sql", "the name must start with a number" + example},
      {"1_x", "the name must end in .sql" + example},
      {"1_x.SQL", "the name must end in .sql" + example},
      {"1x.sql", "after the number comes `_` and a name" + example},
      {"1 x.sql", "after the number comes `_` and a name" + example},
      {"1_.sql", "nothing follows the number's `_`" + example},
      {"1_a\nb.sql", "the name has a control character in it"},
      {"1_" + std::string(300, 'x') + ".sql", "the name is longer than 200 bytes"},
      {"1_x.dwn.sql", "`.dwn` in the name is not understood; a pair of files ends in .up.sql and .down.sql"},
      {"1_x.UP.sql", "`.UP` in the name is not understood; a pair of files ends in .up.sql and .down.sql"},
      {"1.undo.x.sql",
       "`.undo` in the name is not understood; a pair of files ends in .up.sql and .down.sql"},
      {"1_x.up.down.sql",
       "`.up` in the name is not understood; a pair of files ends in .up.sql and .down.sql"},
      {"1_x.down.sql", "its up file 1_x.up.sql is missing"}};
  for (const auto& [name, message] : rows) {
    CAPTURE(name);
    CHECK(refusal("select 1;", name) == "db/" + name + ": " + message);
  }
}

TEST_CASE("a pair of files: no marks, options in lines of their own") {
  Migration m = parse("-- bigocean: retry=2\nselect 1;", "7_x.up.sql");
  CHECK(m.up.options.retry == 2);
  add_down_file(m, "db/7_x.down.sql", "-- bigocean: transaction=false\nselect 2;", kNativeDialect);
  CHECK(down_sql(m) == "-- bigocean: transaction=false\nselect 2;");
  CHECK(m.down->options.transaction == false);
  CHECK(m.down_path == "db/7_x.down.sql");
  CHECK(m.checksum == bigocean::base::sha256_hex(m.text));
  const std::string message =
      "a file of an .up.sql/.down.sql pair has no marks; remove the line or join the two in one .sql file";
  CHECK(refusal("-- migrate:up\nselect 1;", "7_x.up.sql") == "db/7_x.up.sql:1: " + message);
  CHECK_THROWS_AS(add_down_file(m, "db/7_x.down.sql", "-- migrate:down\n", kNativeDialect),
                  bigocean::base::Error);
}

TEST_CASE("migrations run in the order of their numbers, then of their names") {
  std::vector<std::string> names{"10_a",
                                 "9_b",
                                 "2-x",
                                 "2_x",
                                 "02_x",
                                 "1",
                                 "1_a",
                                 "99999999999999999999999_z",
                                 "100000000000000000000000_a",
                                 "0_a"};
  std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return runs_before(a, b); });
  CHECK(names == std::vector<std::string>{"0_a", "1", "1_a", "2-x", "02_x", "2_x", "9_b", "10_a",
                                          "99999999999999999999999_z", "100000000000000000000000_a"});
  CHECK(!runs_before("1_a", "1_a"));
}

}  // namespace file_test
