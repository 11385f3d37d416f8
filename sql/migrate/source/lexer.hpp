// Cuts SQL text into statements by psql's rules, and says what each one is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace bigocean::sql::migrate {

/// What a statement is, as far as running it needs to know.
enum class StatementKind {
  kOther,  ///< DDL and everything that may take a strong lock
  kData,   ///< INSERT, UPDATE, DELETE, MERGE, SELECT, WITH, VALUES, TABLE, COPY, ANALYZE, SET, SHOW, …
  kCopyFromStdin,    ///< with its inline data
  kTransaction,      ///< BEGIN, COMMIT, ROLLBACK, PREPARE TRANSACTION, … ; not SAVEPOINT and the like
  kConcurrently,     ///< CREATE/DROP INDEX, REINDEX, DETACH PARTITION … CONCURRENTLY: outside a transaction
  kNonTransactional  ///< VACUUM, ALTER SYSTEM, CREATE/DROP DATABASE and TABLESPACE, …: outside a transaction
};

/// One statement. Offsets are bytes into the text given to `lex`; [begin, end) starts at the first token (no
/// leading white space or comment) and includes the final ';' where there is one.
struct Statement {
  std::size_t begin = 0;
  std::size_t end = 0;
  StatementKind kind = StatementKind::kOther;
  std::string words;  ///< the first tokens at parenthesis depth 0, upper case, one space between them:
                      ///< "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS"; at most 12
  std::size_t data_begin = 0;  ///< kCopyFromStdin: the inline data, without the end mark
  std::size_t data_end = 0;
};

/// The text in statements; empty ones (a lone ';') are left out.
struct Script {
  std::vector<Statement> statements;
  std::string
      rewritten;  ///< the text with its \restrict/\unrestrict lines blanked out by spaces (same length, so
                  ///< that offsets hold); empty when it has none, which spares a copy of a large text

  /// What to send: `text` is the one that was given to `lex`; the view lives as long as it and this object.
  std::string_view sql(std::string_view text) const {
    return rewritten.empty() ? text : std::string_view(rewritten);
  }
};

/// A place in a text, both 1-based; the column counts characters, not bytes.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
};
Place place_of(std::string_view text, std::size_t offset);

/// Thrown by `lex`; exit code kUsage. `offset` is where it went wrong, message and hint say what and what to
/// do (without the file's name: the caller knows it).
struct LexError : base::Error {
  LexError(std::size_t offset_in, std::string message_in, std::string hint_in = {})
      : Error(base::ExitCode::kUsage, std::move(message_in), std::move(hint_in)), offset(offset_in) {}
  std::size_t offset;
};

/// Cuts `text` (UTF-8, LF or CRLF) into statements. Exact on dollar tags, '…' E'…' U&'…' B'…' strings and
/// their continuation over lines, quoted identifiers, nested comments, BEGIN ATOMIC bodies with CASE … END
/// inside, parenthesised rule commands, COPY data. Throws LexError on anything unterminated, on a backslash
/// command other than a matching \restrict/\unrestrict pair, on text after a COPY … FROM STDIN on its line,
/// and on SET standard_conforming_strings (it would change the rules under the lexer).
Script lex(std::string_view text);

}  // namespace bigocean::sql::migrate
