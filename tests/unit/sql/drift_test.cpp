// Drift without a server: the order of a schema's text, what belongs together, what must not run twice.
#include <doctest/doctest.h>

#include "sql/drift/compare.hpp"
#include "sql/drift/schema_text.hpp"
#include "sql/drift/server_wide.hpp"
#include "sql/migrate/source/lexer.hpp"

namespace drift_test {

using namespace bigocean::sql;
using drift::Description;

namespace {

/// The first line of each statement after the text's head.
std::string statements(const Description& description) {
  auto text = schema_text(description);
  text.erase(0, text.find("SET search_path"));
  std::string lines;
  for (auto at = text.find("\n\n"); at != std::string::npos; at = text.find("\n\n", at + 1))
    lines += text.substr(at + 2, text.find('\n', at + 2) - at - 2) + " ";
  return lines;
}

}  // namespace

TEST_CASE("what an object needs stands before it; the rest keeps its place") {
  Description description{{{"type", "t", "", "type;", "", "1"},
                           {"function", "f", "", "function;", "", "2"},
                           {"table", "a", "a", "table(", ");", "3"},
                           {"column", "a.c", "a", "c int", "", ""},
                           {"view", "v", "v", "view;", "", "4"},
                           {"comment", "TABLE a", "a", "comment;", "", ""}},
                          {}};
  CHECK(statements(description) == "type; function; table( view; comment; ");
  CHECK(schema_text(description).find("\ntable(\n  c int\n);\n") != std::string::npos);
  description.needs = {{"2", "4"}, {"4", "3"}, {"3", "1"}, {"3", "3"}, {"3", "nothing described"}};
  CHECK(statements(description) == "type; table( view; function; comment; ");

  SUBCASE("a circle is broken where it begins, and nothing is lost") {
    description.needs.push_back({"1", "2"});
    CHECK(statements(description) == "type; table( view; function; comment; ");
  }
}

TEST_CASE("what belongs to a missing table is told with it") {
  const Description with{{{"table", "a", "a", "table(", ");", "1"},
                          {"column", "a.c", "a", "c int", "", ""},
                          {"index", "i", "a", "index;", "", "2"},
                          {"grant", "g", "", "grant;", "", ""}},
                         {}};
  const auto missing = compare(with, {});
  REQUIRE(missing.size() == 2);
  CHECK(missing[0].identity == "a");
  CHECK(missing[0].migrations == "table(\n  c int\n);\nindex;");
  CHECK(missing[1].identity == "g");
  const auto extra = compare({}, with);
  REQUIRE(extra.size() == 2);
  CHECK(extra[0].database == missing[0].migrations);
  CHECK(compare(with, with).empty());
}

TEST_CASE("statements that reach beyond their database are told from those that do not") {
  const auto reaches = [](const std::string& sql) {
    return drift::is_server_wide(sql, migrate::lex(sql).statements.at(0).words);
  };
  for (const char* sql :
       {"CREATE ROLE a", "alter user a PASSWORD 'x'", "DROP GROUP a", "CREATE DATABASE a",
        "ALTER DATABASE a SET b = 1", "CREATE TABLESPACE a LOCATION '/b'", "ALTER SYSTEM SET a = 1",
        "DROP OWNED BY a", "REASSIGN OWNED BY a TO b", "GRANT a TO b", "REVOKE ADMIN OPTION FOR a FROM b",
        "GRANT CONNECT ON DATABASE a TO b", "revoke create on tablespace a from b",
        "COMMENT ON ROLE a IS 'b'", "CREATE SUBSCRIPTION a CONNECTION 'b' PUBLICATION c"}) {
    CHECK_MESSAGE(reaches(sql), sql);
  }
  for (const char* sql :
       {"CREATE TABLE role (a int)", "ALTER TABLE database ADD a int", "GRANT SELECT (a), INSERT ON t TO b",
        "GRANT ALL ON ALL TABLES IN SCHEMA a TO b", "CREATE USER MAPPING FOR a SERVER b",
        "COMMENT ON TABLE a IS 'ROLE'", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a",
        "DROP TABLE \"ROLE\"", "CREATE FUNCTION f() RETURNS int AS 'CREATE ROLE a'"}) {
    CHECK_MESSAGE(!reaches(sql), sql);
  }
}

}  // namespace drift_test
