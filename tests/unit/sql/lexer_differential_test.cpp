// The lexer against PostgreSQL's own parser (libpg_query): the same statements at the same places.
#include <doctest/doctest.h>
#include <pg_query.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/source/file.hpp"
#include "sql/migrate/source/lexer.hpp"
#include "tests/unit/sql/fixtures.hpp"

namespace lexer_differential_test {

using namespace bigocean::sql::migrate;

namespace {

/// [begin, end) without the white space and comments around it.
using Range = std::pair<std::size_t, std::size_t>;

/// Offset behind the white space and comments at `at`; written apart from the lexer on purpose.
std::size_t skip_blank(std::string_view text, std::size_t at) {
  for (;;) {
    const std::string_view rest = text.substr(at);
    if (rest.empty()) return at;
    if (std::string_view(" \t\r\n\f").find(rest[0]) != std::string_view::npos) {
      ++at;
    } else if (rest.substr(0, 2) == "--") {
      at = std::min(text.find_first_of("\r\n", at), text.size());
    } else if (rest.substr(0, 2) == "/*") {
      int depth = 0;
      do {
        const std::string_view two = text.substr(at, 2);
        depth += two == "/*" ? 1 : two == "*/" ? -1 : 0;
        at += two == "/*" || two == "*/" ? 2U : 1U;
      } while (depth > 0 && at < text.size());
    } else {
      return at;
    }
  }
}

/// What the parser says; nothing when it does not take the text.
std::optional<std::vector<Range>> parse(const std::string& text) {
  const PgQuerySplitResult result = pg_query_split_with_parser(text.c_str());
  std::optional<std::vector<Range>> ranges;
  if (result.error == nullptr) {
    ranges.emplace();
    for (int i = 0; i < result.n_stmts; ++i) {
      const auto begin = static_cast<std::size_t>(result.stmts[i]->stmt_location);
      const auto length = static_cast<std::size_t>(result.stmts[i]->stmt_len);
      ranges->emplace_back(skip_blank(text, begin), length == 0 ? text.size() : begin + length);
    }
  }
  pg_query_free_split_result(result);
  return ranges;
}

/// Empty, or how the two differ. `text` is what the parser saw, `statements` what the lexer made.
std::string difference(std::string_view text, const std::vector<Range>& parsed,
                       const std::vector<Statement>& statements) {
  if (parsed.size() != statements.size()) {
    return std::to_string(parsed.size()) + " statements parsed, " + std::to_string(statements.size()) +
           " cut";
  }
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    const Statement& ours = statements[i];
    const auto [begin, end] = parsed[i];
    const std::size_t ours_end = ours.end - (text[ours.end - 1] == ';' ? 1 : 0);
    const std::size_t low = std::min(end, ours_end);
    const std::size_t high = std::max(end, ours_end);
    if (begin != ours.begin || skip_blank(text.substr(0, high), low) != high) {
      return "statement " + std::to_string(i + 1) + " is [" + std::to_string(begin) + ", " +
             std::to_string(end) + "), cut as [" + std::to_string(ours.begin) + ", " +
             std::to_string(ours_end) + ")";
    }
  }
  return {};
}

/// Makes scripts out of templates in which a blank is any gap and $-letters are literals and names.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string script() {
    std::string text = maybe_gap();
    const std::size_t count = 1 + below(5);
    for (std::size_t i = 0; i < count; ++i) {
      text += statement() + maybe_gap();
      if (i + 1 < count || below(3) > 0) text += below(8) == 0 ? ";" + maybe_gap() + ";" : ";";
      text += maybe_gap();
    }
    return text;
  }

  /// The text with a few bytes deleted, doubled or replaced by ones that matter to a scanner.
  std::string mutate(std::string text) {
    static constexpr std::string_view kBytes = "'\"$$;;()*/-\n\\ eEuU&bx_1.a:+,";
    for (std::size_t n = 1 + below(4); n > 0 && !text.empty(); --n) {
      const std::size_t at = below(text.size());
      const std::size_t what = below(3);
      if (what == 0) text.erase(at, 1);
      if (what == 1) text.insert(at, 1, text[at]);
      if (what == 2) text.insert(at, 1, kBytes[below(kBytes.size())]);
    }
    return text;
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  template <typename List>
  std::string pick(const List& list) {
    return std::string(list[below(std::size(list))]);
  }

  std::string gap() {
    static constexpr std::string_view kGaps[] = {
        " ",         " ",       " ",           "\n",          "\t ",       "\r\n",
        " /* ; */ ", "/**/",    "/*/* ' */*/", " -- it's;\n", " --\n",     " -- $$\r",
        "\n\n",      " /*--*/", " --/*\n",     "\f",          "/* \" */ ", " /* $a$ */\n"};
    return pick(kGaps);
  }
  std::string maybe_gap() { return below(2) == 0 ? "" : gap(); }

  std::string literal() {
    static constexpr std::string_view kLiterals[] = {"'a'",
                                                     "';'",
                                                     "'it''s;'",
                                                     "'\\'",
                                                     "'--'",
                                                     "'/*'",
                                                     "''",
                                                     "E'\\';'",
                                                     "e'\\\\'",
                                                     "E'a''\\\\\\';'",
                                                     "E'x' \n '\\';'",
                                                     "E'x' --;'\n --\n '\\';'",
                                                     "'x'\n'y\\'",
                                                     "'x' -- ;'\n '\\'",
                                                     "U&'\\003b;'",
                                                     "u&'!;' UESCAPE '?'",
                                                     "N'a;'",
                                                     "n'\\'",
                                                     "B'01'",
                                                     "x'1F'",
                                                     "$$;$$",
                                                     "$$'$$",
                                                     "$a$;$$;$b$;$a$",
                                                     "$_1$ $_2$;$_1$",
                                                     "$é$;$é$",
                                                     "$A$;$a$;$A$",
                                                     "$$$a$$",
                                                     "1",
                                                     "1.5",
                                                     ".5",
                                                     "1e10",
                                                     "$1",
                                                     "'a' || E'\\''",
                                                     "1+--;\n1",
                                                     "2*/*;*/3",
                                                     "(1)",
                                                     "(select ';')",
                                                     "case when true then ';' end",
                                                     "array[1,2]",
                                                     "- 1",
                                                     "1::text",
                                                     "null",
                                                     "'\n;\n'",
                                                     "E'\\\n;'",
                                                     "\"a;\"",
                                                     "\"a\"\"b\"",
                                                     "t . \"x;y\"",
                                                     "5 <-- ;\n 3"};
    return pick(kLiterals);
  }
  std::string name() {
    static constexpr std::string_view kNames[] = {
        "t",   "T1",         "a$b$",          "c$", "_x",    "\"q;\"", "\"q\"\"'\"", "größe",
        "s.t", "s . \"t;\"", "U&\"d\\0061\"", "e",  "begin", "atomic", "n",          "\"$$\"",
        "x$1$"};
    return pick(kNames);
  }
  std::string column() {
    static constexpr std::string_view kNames[] = {"a", "B", "c$d$", "\"e;\"", "ü", "_1"};
    return pick(kNames);
  }

  std::string statement() {
    static constexpr std::string_view kTemplates[] = {
        "select %l",
        "select %l as %c from %n",
        "select %l , %l , %l",
        "insert into %n ( %c , %c ) values ( %l , %l ) , ( %l , %l )",
        "update %n set %c = %l where %c = %l",
        "delete from %n where %c = %l or %c in ( %l , %l )",
        "create table %n ( %c int , %c text default 'a;' )",
        "comment on table %n is ';'",
        "alter table %n add column %c int",
        "create index concurrently on %n ( %c )",
        "begin",
        "commit",
        "end",
        "rollback to %c",
        "savepoint %c",
        "vacuum %n",
        "set search_path to %c",
        "set %c = 'x;'",
        "do $$ begin; end; $$",
        "do 'begin x; end'",
        "create rule %c as on insert to %n do also ( select %l ; select %l )",
        "create rule %c as on insert to %n do ( select 1 ; ; delete from %n ; )",
        "create view %n as select case when %l is null then %l else %l end as end",
        "copy %n to stdout",
        "copy ( select %l ) to stdout",
        "call %n ( %l )",
        "create function %n ( ) returns int language sql as $b$ select 1; $b$",
        "create function %n ( begin int , atomic int ) returns int return %l",
        "create function %n ( a int ) returns int begin atomic select %l ; select case a when 1 then %l end "
        "; end",
        "create or replace function %n ( ) returns int language sql begin atomic end",
        "create or replace procedure %n ( ) begin atomic insert into %n values ( case when true then %l end "
        ") ; select 1 end ; select %n . end ; end",
        "create function %n ( ) returns int begin atomic ; ; select ( case when a then ( select 1 ) end ) as "
        "case ; end",
        "create procedure %n ( ) language sql begin atomic select %l as begin ; select begin . atomic from "
        "begin ; return 1 ; end",
        "with a as ( select %l ) select * from a",
        "values ( %l ) , ( %l )",
        "table %n",
        "explain select %l",
        "notify %c , ';'",
        "create trigger %c before insert on %n for each row execute function %n ( )",
        "select %l [ 1 : 2 ]",
        "select a -> 'b' ->> ';' from %n",
        "select %l operator ( pg_catalog. + ) %l",
        "merge into %n using %n as z on true when matched then do nothing"};
    return expand(pick(kTemplates));
  }

  std::string expand(const std::string& pattern) {
    std::string text;
    const bool upper = below(2) == 0;
    bool quoted = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const char c = pattern[i];
      if (c == '\'' || c == '$') quoted = c == '\'' ? !quoted : true;
      if (c == '%') {
        const char what = pattern[++i];
        text += what == 'l' ? literal() : what == 'n' ? name() : column();
      } else if (c == ' ' && !quoted) {
        text += gap();
      } else {
        text += upper && !quoted && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      }
    }
    return text;
  }

  std::mt19937 random_;
};

/// Compares where the parser takes the text; counts that, and fails on a difference.
void compare(const std::string& text, int& compared) {
  const auto parsed = parse(text);
  if (!parsed) return;
  CAPTURE(text);
  ++compared;
  try {
    const Script script = lex(text);
    const std::string wrong = difference(text, *parsed, script.statements);
    if (!wrong.empty()) FAIL_CHECK(wrong);
  } catch (const LexError& error) {
    FAIL_CHECK(error.message << " at " << error.offset);
  }
}

}  // namespace

TEST_CASE("tricky files: the parser finds the same statements") {
  for (const std::string& file : bigocean::test::fixture_names()) {
    CAPTURE(file);
    const Migration migration = parse_migration(file, file, bigocean::test::read_fixture(file));
    const Script script = lex(migration.up_sql());
    std::string text(script.sql(migration.up_sql()));
    // The parser knows no COPY data: blanks in its place.
    for (const Statement& s : script.statements) {
      if (s.kind != StatementKind::kCopyFromStdin) continue;
      const std::size_t next = std::min(text.find('\n', s.data_end), text.size());
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(s.data_begin),
                text.begin() + static_cast<std::ptrdiff_t>(next), ' ');
    }
    const auto parsed = parse(text);
    // libpg_query hands out comments as tokens, so unlike the server it does not see through one between the
    // pieces of a string.
    if (file == "04_escape_continuation.sql") {
      CHECK(!parsed.has_value());
      continue;
    }
    REQUIRE(parsed.has_value());
    CHECK(difference(text, *parsed, script.statements) == "");
  }
}

TEST_CASE("generated scripts: the parser finds the same statements") {
  Generator generator(20260131);
  int compared = 0;
  for (int i = 0; i < 4000; ++i) compare(generator.script(), compared);
  MESSAGE(compared << " of 4000 scripts were compared");
  CHECK(compared >= 2000);
}

TEST_CASE("damaged scripts: where the parser still takes them, it finds the same statements") {
  Generator generator(7);
  int compared = 0;
  for (int i = 0; i < 8000; ++i) compare(generator.mutate(generator.script()), compared);
  MESSAGE(compared << " of 8000 damaged scripts were compared");
  CHECK(compared >= 1000);
}

}  // namespace lexer_differential_test
