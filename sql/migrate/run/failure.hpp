// An error from the server, traced back to the line of the file that caused it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sql/migrate/source/lexer.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

/// A migration that failed. `message` is ready to print (several lines, source line and caret included).
struct MigrationError : ServerError {
  using ServerError::ServerError;
  std::string file;
  std::size_t line = 0, column = 0;  ///< 1-based; 0: the server gave no position
  std::string server_message, server_detail, server_hint, context, constraint;
};

/// `offset` is a byte of `text`, the whole file; `path` names it in the message.
MigrationError make_migration_error(const SqlError& error, std::string_view path, std::string_view text,
                                    std::optional<std::size_t> offset);

/// An error of bigocean itself about a place in a file: "path:line:column: message", source line and caret
/// below.
MigrationError make_file_error(base::ExitCode code, std::string_view path, std::string_view text,
                               std::size_t offset, std::string_view message, std::string hint);

/// The line of `text` that `offset` is in, with a caret under the place, cut to a readable width; two lines,
/// each after a line end.
std::string excerpt(std::string_view text, std::size_t offset, const Place& place);

/// The byte offset in `sent` of the server's 1-based character position.
std::size_t byte_of_character(std::string_view sent, std::size_t position);

/// Where in `sql` an error of a COPY with inline data belongs: to the line of the data that the server's
/// context names ("COPY t, line 3, column a: …"), else to the position it gives, else to the statement.
std::size_t copy_error_offset(std::string_view sql, const Statement& statement, const SqlError& error);

/// True for a retryable error: a lock time-out, a deadlock, a serialization failure.
bool is_lock_trouble(const SqlError& error);

}  // namespace bigocean::sql::migrate
