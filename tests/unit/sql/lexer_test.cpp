// The lexer: where statements begin and end, what they are, and what it refuses.
#include "sql/migrate/source/lexer.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sql/migrate/source/file.hpp"
#include "tests/unit/sql/fixtures.hpp"

namespace lexer_test {

using namespace bigocean::sql::migrate;
using bigocean::test::fixture_names;
using bigocean::test::read_fixture;

namespace {

std::vector<std::string> cut(const std::string& sql) {
  std::vector<std::string> texts;
  for (const Statement& s : lex(sql).statements) texts.push_back(sql.substr(s.begin, s.end - s.begin));
  return texts;
}

Statement only(const std::string& sql) {
  const Script script = lex(sql);
  REQUIRE(script.statements.size() == 1);
  return script.statements[0];
}

LexError error_of(const std::string& sql) {
  try {
    lex(sql);
  } catch (const LexError& error) {
    CHECK(error.code == bigocean::base::ExitCode::kUsage);
    return error;
  }
  FAIL("accepted: " << sql);
  return LexError(0, "");
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every tricky file is cut into the statements it has") {
  struct Expected {
    std::string file;
    std::size_t statements;
  };
  const std::vector<Expected> expected{{"01_dollar_tags.sql", 3},
                                       {"02_dollar_in_names.sql", 3},
                                       {"03_escape_strings.sql", 2},
                                       {"04_escape_continuation.sql", 3},
                                       {"05_plain_backslash.sql", 3},
                                       {"06_unicode_strings.sql", 2},
                                       {"07_other_strings.sql", 4},
                                       {"08_quoted_names.sql", 2},
                                       {"09_nested_comments.sql", 3},
                                       {"10_comment_in_operators.sql", 2},
                                       {"11_begin_atomic.sql", 5},
                                       {"12_begin_atomic_procedure.sql", 6},
                                       {"13_atomic_labels.sql", 3},
                                       {"14_begin_without_atomic.sql", 7},
                                       {"15_rules.sql", 4},
                                       {"16_copy_text.sql", 3},
                                       {"17_copy_csv.sql", 3},
                                       {"18_copy_old_syntax.sql", 4},
                                       {"19_copy_without_end.sql", 2},
                                       {"20_copy_twice.sql", 5},
                                       {"21_copy_in_words.sql", 5},
                                       {"22_pg_dump.sql", 10},
                                       {"23_bom_crlf.sql", 3},
                                       {"24_lone_cr.sql", 2},
                                       {"25_concurrently.sql", 7},
                                       {"26_vacuum.sql", 4},
                                       {"27_enum.sql", 4},
                                       {"28_do_block.sql", 3},
                                       {"29_colons.sql", 3},
                                       {"30_unicode_names.sql", 3},
                                       {"31_session_settings.sql", 5},
                                       {"32_parameters.sql", 7},
                                       {"33_case_and_end.sql", 5},
                                       {"34_empty_statements.sql", 2},
                                       {"35_marks.sql", 2},
                                       {"36_savepoints.sql", 9}};
  REQUIRE(fixture_names().size() == expected.size());
  for (const auto& [file, statements] : expected) {
    CAPTURE(file);
    const Migration migration = parse_migration(file, file, read_fixture(file));
    CHECK(lex(migration.up_sql()).statements.size() == statements);
  }
}

TEST_CASE("a statement begins at its first token and ends with its semicolon or its last token") {
  CHECK(cut("") == Texts{});
  CHECK(cut(" -- nothing\n/* ; */ ;; ") == Texts{});
  CHECK(cut("-- a\n select 1 /* b */ ; -- c\nselect 2 -- d\n") == Texts{"select 1 /* b */ ;", "select 2"});
  CHECK(cut("a;b;") == Texts{"a;", "b;"});
  CHECK(cut("select 1)); select (2") == Texts{"select 1));", "select (2"});
  CHECK(cut("select '('; select ')';") == Texts{"select '(';", "select ')';"});
  CHECK(cut("select a[(1;2)]; b") == Texts{"select a[(1;2)];", "b"});
}

TEST_CASE("strings, names and comments hold their semicolons") {
  for (const std::string text : {"select E'\\';';",
                                 "select e'a' \n 'b\\';';",
                                 "select 'a\\';",
                                 "select U&'\\003b;';",
                                 "select \"a;\"\";\";",
                                 "select $$;$$;",
                                 "select $a$;$$;$b$;$a$;",
                                 "select a$b$;",
                                 "select $1;",
                                 "select $1$a$;$a$;",
                                 "select 1$a$;$a$;",
                                 "select 0x1F$a$;$a$;",
                                 "select /* ; /* ; */ ; */ 1;",
                                 "select 1 --;\n;",
                                 "select 1+--;\n2;",
                                 "select 1-/*;*/-2;",
                                 "select xe'\\';",
                                 "select B'1;';",
                                 "select E'a' -- ;'\n -- ;'\n '\\';';",
                                 "select E'a' /* \n */ ' b';",
                                 "select n'\\', E'\\'' ;",
                                 "select 1 -- ;\r;"}) {
    CAPTURE(text);
    CHECK(cut(text + "select 2;") == Texts{text, "select 2;"});
  }
}

TEST_CASE("BEGIN ATOMIC holds its statements, and only in a routine") {
  const std::string body =
      "create function f() returns int begin atomic select case when a then 1 end; select 1 end; end;";
  CHECK(cut(body + "select 2;") == Texts{body, "select 2;"});
  const std::string procedure =
      "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC\n SELECT (CASE WHEN a THEN b END); SELECT t.end; SELECT "
      "1 AS end; END;";
  CHECK(cut(procedure + procedure) == Texts{procedure, procedure});
  CHECK(cut("begin atomic; end; select 1;").size() == 3);
  CHECK(cut("create table begin (atomic int); end;").size() == 2);
  CHECK(cut("create function f(begin atomic) returns int as 'x'; select 1;").size() == 2);
  const std::string label =
      "create function f() returns int begin atomic select begin atomic from begin; end;";
  CHECK(cut(label + "x;") == Texts{label, "x;"});
}

TEST_CASE("each statement is known for what it is") {
  struct Row {
    StatementKind kind;
    std::vector<std::string> texts;
  };
  using enum StatementKind;
  const std::vector<Row> rows{
      {kData,
       {"insert into t values (1)",
        "UPDATE t SET a = 1",
        "delete from t",
        "merge into t using s on true when matched then do nothing",
        "select 1",
        "(select 1) union (select 2)",
        "with a as (select 1) select 2",
        "values (1)",
        "table t",
        "copy t to stdout",
        "copy t to stdin",
        "copy (select 1) to stdout",
        "copy t from '/tmp/x'",
        "copy t from program 'x'",
        "copy t from 'stdin'",
        "analyze t",
        "set lock_timeout = '1s'",
        "reset all",
        "show all",
        "explain select 1",
        "notify a",
        "listen a",
        "savepoint a",
        "release a",
        "rollback to a",
        "rollback work to savepoint a",
        "rollback transaction to a",
        "prepare p as select 1",
        "deallocate p",
        "discard plans",
        "set transaction read only"}},
      {kOther,
       {"create table t (a int)",
        "alter table t add a int",
        "do $$ begin end $$",
        "call p()",
        "truncate t",
        "lock t",
        "comment on table t is 'x'",
        "grant select on t to u",
        "refresh materialized view concurrently v",
        "create index i on t (a)",
        "create index \"concurrently\" on t (a)",
        "drop index i",
        "reindex table t",
        "reindex (verbose) index i",
        "reindex (concurrently off) index i",
        "reindex (concurrently false) table t",
        "cluster t",
        "cluster verbose t using i",
        "cluster (verbose) t",
        "alter database d set work_mem = '1MB'",
        "alter table t detach partition p",
        "alter table t detach partition p finalize",
        "alter table t.concurrently detach partition p",
        "alter type e add value 'x'",
        "alter subscription s disable",
        "create view database as select 1"}},
      {kTransaction,
       {"begin", "BEGIN ISOLATION LEVEL SERIALIZABLE", "start transaction", "commit", "commit and chain",
        "end", "end work", "rollback", "rollback work", "rollback and no chain", "abort",
        "prepare transaction 'a'", "commit prepared 'a'", "rollback prepared 'a'"}},
      {kConcurrently,
       {"create index concurrently i on t (a)",
        "CREATE UNIQUE INDEX /* x */ CONCURRENTLY IF NOT EXISTS i ON t (a)",
        "create index concurrently on t (a)", "drop index concurrently if exists a, b",
        "reindex index concurrently i", "reindex (verbose) table concurrently t",
        "reindex (concurrently) table t", "reindex (verbose, concurrently on) schema s",
        "reindex (concurrently 1, verbose) database d", "reindex schema concurrently s",
        "alter table if exists only a.b detach partition c.d concurrently",
        "alter table t detach partition p concurrently"}},
      {kNonTransactional,
       {"vacuum",
        "vacuum (full, analyze) t",
        "alter system set work_mem = '1MB'",
        "create database d",
        "drop database if exists d",
        "create tablespace s location '/x'",
        "drop tablespace s",
        "alter database d set tablespace s",
        "reindex database d",
        "reindex (verbose) system d",
        "reindex schema s",
        "create subscription s connection 'x' publication p",
        "drop subscription s",
        "alter subscription s refresh publication",
        "alter subscription s set publication p",
        "alter subscription s add publication p",
        "cluster",
        "cluster verbose",
        "cluster (verbose)",
        "discard all"}},
      {kCopyFromStdin,
       {"copy t from stdin", "COPY public.t (a, b) FROM STDIN WITH (FORMAT csv)",
        "copy t from stdin delimiter ','", "copy binary t from stdin", "copy \"T\".\"from\" from stdout",
        "copy t (\"from\", stdin) from stdin where a > 1"}}};
  for (const auto& [kind, texts] : rows) {
    for (const std::string& text : texts) {
      CAPTURE(text);
      CHECK(only(text + ";").kind == kind);
      CHECK(only("-- c\n" + text).kind == kind);
    }
  }
}

TEST_CASE("a long column list does not hide COPY … FROM STDIN") {
  std::string columns = "c0";
  for (int i = 1; i < 200; ++i) columns += ", c" + std::to_string(i);
  CHECK(only("COPY t (" + columns + ") FROM STDIN;\n").kind == StatementKind::kCopyFromStdin);
}

TEST_CASE("words are the statement's start in upper case") {
  CHECK(only("create unique index concurrently if not exists i on s.t (a) where x").words ==
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS I ON S.T WHERE X");
  CHECK(only("insert into \"My table\" . \"x\" (a, b) values (1)").words ==
        "INSERT INTO \"My table\".\"x\" VALUES");
  CHECK(only("alter type mood add value 'x' before 'y'").words == "ALTER TYPE MOOD ADD VALUE");
  CHECK(only("a b c d e f g h i j k l m n").words == "A B C D E F G H I J K L");
  CHECK(only("(select 1)").words.empty());
}

TEST_CASE("COPY data lies between the next line and its end mark") {
  const auto data = [](const std::string& sql, std::size_t number = 0) {
    const Script script = lex(sql);
    REQUIRE(script.statements.size() > number);
    const Statement& s = script.statements[number];
    CHECK(s.kind == StatementKind::kCopyFromStdin);
    return sql.substr(s.data_begin, s.data_end - s.data_begin);
  };
  CHECK(data("copy t from stdin;\na;b\n\\.\nselect 1;") == "a;b\n");
  CHECK(cut("copy t from stdin;\na;b\n\\.\nselect 1;") == Texts{"copy t from stdin;", "select 1;"});
  CHECK(data("copy t from stdin; -- rows\r\na\r\n\\.\r\nselect 1;") == "a\r\n");
  CHECK(data("copy t from stdin;\n\\.\n").empty());
  CHECK(data("copy t from stdin;\n").empty());
  CHECK(data("copy t from stdin").empty());
  CHECK(data("copy t from stdin;\na\n") == "a\n");
  CHECK(data("copy t from stdin;\na\n\\.") == "a\n");
  CHECK(data("copy t from stdin;\nx\\.\n\\.x\n \\.\n\\. \n\\.\n") == "x\\.\n\\.x\n \\.\n\\. \n");
  CHECK(data("copy t from stdin;\n1\n\\.\ncopy t from stdin;\n2\n\\.\n", 1) == "2\n");
  for (const std::string copy :
       {"copy t from stdin (format binary);", "copy t from stdin with (header, FORMAT 'binary');",
        "copy binary t from stdin;", "copy t from stdin with binary;"}) {
    CAPTURE(copy);
    CHECK(data(copy + "\nPGCOPY\n\\.\n\n") == "PGCOPY\n\\.\n\n");
  }
  CHECK(error_of("copy t from stdin; select 1;\n").offset == 19);
  CHECK(error_of("copy t from stdin;;\n").message == "text on the same line after COPY … FROM stdin;");
}

TEST_CASE("pg_dump's restrict lines are blanked in place") {
  const std::string sql = "\\restrict k1\nselect 1;\n\\unrestrict k1\r\n\\restrict k2\n\\unrestrict k2";
  const Script script = lex(sql);
  CHECK(script.statements.size() == 1);
  CHECK(script.rewritten.size() == sql.size());
  CHECK(script.sql(sql) == std::string(12, ' ') + "\nselect 1;\n" + std::string(15, ' ') + "\n" +
                               std::string(12, ' ') + "\n" + std::string(14, ' '));
  const std::string plain = "select 1;";
  CHECK(lex(plain).sql(plain).data() == plain.data());
}

TEST_CASE("what the lexer refuses, with the place") {
  struct Row {
    std::string sql;
    std::size_t offset;
    std::string message;
  };
  const std::vector<Row> rows{
      {"select 'a;", 7, "a string is not closed"},
      {"select 1; select 'a\\''", 17, "a string is not closed"},
      {"select E'a\\'", 7, "a string E'…' is not closed"},
      {"select E'a\\", 7, "a string E'…' is not closed"},
      {"select E'a'\n'b\\'", 7, "a string E'…' is not closed"},
      {"select \"a", 7, "a quoted identifier is not closed"},
      {"select U&\"a", 7, "a quoted identifier is not closed"},
      {"select $$a", 7, "a dollar-quoted string $$ is not closed"},
      {"select $Tag$a$tag$", 7, "a dollar-quoted string $Tag$ is not closed"},
      {"select /* /* */ 1", 7, "a comment /* is not closed"},
      {"select 1; /*/", 10, "a comment /* is not closed"},
      {"\\connect db", 0, "\\connect is a psql command; the server does not know it"},
      {"select 1;\n  \\copy t from x", 12, "\\copy is a psql command"},
      {"select 1 \\gexec", 9, "\\gexec is a psql command"},
      {"select 1 \\; select 2;", 9, "\\; is a psql command"},
      {"\\.\n", 0, "\\. is a psql command"},
      {"\\", 0, "\\ is a psql command"},
      {" \\restrict k\n", 1, "\\restrict is a psql command"},
      {"select\n\\restrict k\n", 7, "\\restrict is a psql command"},
      {"\\restrict\n", 0, "\\restrict without its key"},
      {"\\restrict k\nselect 1;", 0, "\\restrict has no \\unrestrict below it"},
      {"\\restrict k\n\\restrict k\n", 12, "a second \\restrict before \\unrestrict"},
      {"\\restrict k\n\\unrestrict j\n", 12, "\\unrestrict does not match"},
      {"\\unrestrict k\n", 0, "\\unrestrict does not match"},
      {"set standard_conforming_strings = off;", 34, "standard_conforming_strings cannot be turned off"},
      {"SET LOCAL \"standard_conforming_strings\" TO 'off'", 43,
       "standard_conforming_strings cannot be turned off"},
      {"set session Standard_Conforming_Strings to default;", 43,
       "standard_conforming_strings cannot be turned off"}};
  for (const auto& [sql, offset, message] : rows) {
    CAPTURE(sql);
    const LexError error = error_of(sql);
    CHECK(error.offset == offset);
    CHECK(error.message.substr(0, message.size()) == message);
    CHECK(!error.hint.empty());
  }
  for (const std::string sql :
       {"set standard_conforming_strings = on", "set standard_conforming_strings to 'on';",
        "set local standard_conforming_strings = true", "reset standard_conforming_strings",
        "alter role r set standard_conforming_strings = off"}) {
    CAPTURE(sql);
    CHECK(lex(sql).statements.size() == 1);
  }
}

TEST_CASE("a place counts lines and characters") {
  const std::string text = "ab\nçé😀x\n\nz";
  CHECK(place_of(text, 0).line == 1);
  CHECK(place_of(text, 0).column == 1);
  CHECK(place_of(text, 2).column == 3);
  CHECK(place_of(text, text.find('x')).line == 2);
  CHECK(place_of(text, text.find('x')).column == 4);
  CHECK(place_of(text, text.find('z')).line == 4);
  CHECK(place_of(text, 1000).line == 4);
  CHECK(place_of(text, 1000).column == 2);
}

}  // namespace lexer_test
