// Which INSERTs can run with parameters, and what they become.
#include "sql/migrate/run/literal_insert.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace literal_insert_test {

using namespace bigocean;
using namespace bigocean::sql::migrate;

namespace {

/// "SQL | value | value"; a value that is NULL is shown as "-". Empty: it is none.
std::string shown(std::string_view text) {
  const auto insert = read_literal_insert(text);
  if (!insert) return {};
  const auto statement = with_parameters({&*insert, 1});
  std::string all = statement.sql;
  for (const auto& value : statement.parameters) all += " | " + value.value_or("-");
  return all;
}

}  // namespace

TEST_CASE("an INSERT of literals becomes one with parameters") {
  struct Row {
    const char* text;
    const char* shown;
  };
  for (const Row& row : {
           Row{"INSERT INTO t VALUES (1);", "INSERT INTO t VALUES ($1::int4)  | 1"},
           Row{"insert into t(a) values('x')", "insert into t(a) values ($1)  | x"},
           Row{"INSERT INTO s.\"T\" AS q (a, \"b c\") OVERRIDING SYSTEM VALUE VALUES (-5, NULL, DEFAULT, "
               "true)",
               "INSERT INTO s.\"T\" AS q (a, \"b c\") OVERRIDING SYSTEM VALUE VALUES "
               "($1::int4,$2,DEFAULT,$3::bool)  | -5 | - | true"},
           Row{"INSERT INTO t VALUES ('it''s', '''', '', 'a\\b')",
               "INSERT INTO t VALUES ($1,$2,$3,$4)  | it's | ' |  | a\\b"},
           Row{"INSERT INTO t VALUES (2147483647, 2147483648, -2147483648, -2147483649)",
               "INSERT INTO t VALUES ($1::int4,$2::int8,$3::int4,$4::int8)"
               "  | 2147483647 | 2147483648 | -2147483648 | -2147483649"},
           Row{"INSERT INTO t VALUES (9223372036854775808, -9223372036854775808, 1.50, .5, - 7.)",
               "INSERT INTO t VALUES ($1::numeric,$2::int8,$3::numeric,$4::numeric,$5::numeric)"
               "  | 9223372036854775808 | -9223372036854775808 | 1.50 | .5 | -7."},
           Row{"INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 2;",
               "INSERT INTO t VALUES ($1::int4) ON CONFLICT (id) DO UPDATE SET n = 2 | 1"},
           Row{"INSERT INTO t VALUES (1) RETURNING id", "INSERT INTO t VALUES ($1::int4) RETURNING id | 1"},
           Row{"INSERT /* why */ INTO t VALUES -- here\n (1 /* one */, 2)",
               "INSERT /* why */ INTO t VALUES ($1::int4,$2::int4)  | 1 | 2"},
       }) {
    CAPTURE(std::string(row.text));
    CHECK(shown(row.text) == row.shown);
  }
}

TEST_CASE("what is more than a literal, or no such INSERT, travels as it is written") {
  for (const char* text : {
           "SELECT 1",
           "INSERT INTO t SELECT 1",
           "INSERT INTO t (SELECT 1)",
           "INSERT INTO t SELECT * FROM (VALUES (1)) v",
           "INSERT INTO t DEFAULT VALUES",
           "INSERT INTO t VALUES (1), (2)",
           "INSERT INTO t VALUES (1) UNION ALL SELECT 2",
           "INSERT INTO t VALUES (1) ORDER BY 1",
           "INSERT INTO t VALUES (1 + 1)",
           "INSERT INTO t VALUES (+1)",
           "INSERT INTO t VALUES (- -1)",
           "INSERT INTO t VALUES (now())",
           "INSERT INTO t VALUES (current_date)",
           "INSERT INTO t VALUES ('1'::int)",
           "INSERT INTO t VALUES (date '2024-01-01')",
           "INSERT INTO t VALUES ('a' 'b')",
           "INSERT INTO t VALUES ('a'\n'b')",
           "INSERT INTO t VALUES (E'a\\nb')",
           "INSERT INTO t VALUES (U&'a')",
           "INSERT INTO t VALUES (B'101')",
           "INSERT INTO t VALUES (N'a')",
           "INSERT INTO t VALUES ($$a$$)",
           "INSERT INTO t VALUES ($1)",
           "INSERT INTO t VALUES (0x1F)",
           "INSERT INTO t VALUES (1_000)",
           "INSERT INTO t VALUES (1e5)",
           "INSERT INTO t VALUES (1.2.3)",
           "INSERT INTO t VALUES (-'1')",
           "INSERT INTO t VALUES (ARRAY[1])",
           "INSERT INTO t VALUES ((1))",
           "INSERT INTO t VALUES ()",
           "INSERT INTO t (a[1]) VALUES (1)",
           "INSERT INTO t (values) VALUES (1)",
           "WITH c AS (SELECT 1) INSERT INTO t VALUES (1)",
       }) {
    CAPTURE(std::string(text));
    CHECK(shown(text).empty());
  }
}

TEST_CASE("the table's name is told as it is written") {
  CHECK(read_literal_insert("INSERT INTO t VALUES (1)")->table == "t");
  CHECK(read_literal_insert("INSERT INTO values VALUES (1)")->table == "values");
  CHECK(read_literal_insert("INSERT INTO t AS x (a) VALUES (1)")->table == "t");
  CHECK(read_literal_insert("INSERT INTO a . \"B c\"(a) VALUES (1)")->table == "a . \"B c\"");
}

TEST_CASE("rows of one statement have the same head and types; a NULL takes the type above it") {
  const auto read = [](const char* text) { return read_literal_insert(text).value(); };
  const auto first = read("INSERT INTO t VALUES (1, 'a', NULL)");
  auto second = read("INSERT INTO t VALUES (NULL, NULL, 'b')");
  REQUIRE(joins(first, second));
  const std::vector<LiteralInsert> rows{first, second};
  CHECK(with_parameters(rows).sql == "INSERT INTO t VALUES ($1::int4,$2,$3),($4::int4,$5,$6) ");
  for (const char* other : {"INSERT INTO u VALUES (1, 'a', NULL)", "INSERT INTO t VALUES (1, 'a')",
                            "INSERT INTO t VALUES (1, 2, 'a')", "INSERT INTO t VALUES (3000000000, 'a', 'b')",
                            "INSERT INTO t VALUES (DEFAULT, 'a', 'b')",
                            "INSERT INTO t VALUES (1, 'a', 'b') ON CONFLICT DO NOTHING"}) {
    CAPTURE(std::string(other));
    auto row = read(other);
    CHECK_FALSE(joins(first, row));
  }
}

}  // namespace literal_insert_test
