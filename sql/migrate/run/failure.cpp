// An error from the server, traced back to the line of the file that caused it.
#include "sql/migrate/run/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace bigocean::sql::migrate {
namespace {

constexpr std::size_t kSourceLineMax = 120;  // characters of the line that are shown around the place

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

/// What to do next, where the server does not say it.
std::string hint_for(const SqlError& cause) {
  if (!cause.server_hint.empty() && cause.sqlstate != "55P04") return cause.server_hint;
  if (cause.sqlstate == "57014") {
    return "the statement ran into its time-out; give the file more with `-- bigocean: statement-timeout=2h`";
  }
  if (cause.sqlstate == "55P04") {
    return "a new enum value can be used once the transaction that adds it is committed: take ALTER TYPE … "
           "ADD "
           "VALUE out of BEGIN … COMMIT, or remove transaction:true";
  }
  if (cause.sqlstate == "2D000") {
    return "a procedure or DO block that commits cannot be in the file's transaction: write `-- bigocean: "
           "transaction:false` above the file's first statement";
  }
  if (cause.sqlstate == "25006") {
    return "the transaction is read-only: the file says so (SET TRANSACTION READ ONLY, "
           "default_transaction_read_only), "
           "or the server was made read-only meanwhile";
  }
  if (cause.sqlstate == "42501")
    return "connect as the role that owns these objects, or GRANT what is missing";
  if (cause.sqlstate == "53100")
    return "the server's disk is full: make room, then run the same command again";
  return "correct the file and run the same command again: it goes on from where it stopped";
}

}  // namespace

std::string excerpt(std::string_view text, std::size_t offset, const Place& place) {
  const auto before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  std::size_t caret = place.column - 1;
  std::size_t skip = 0;
  if (caret > kSourceLineMax * 2 / 3) {
    skip = offset - begin - std::min(offset - begin, kSourceLineMax / 2);
    while (skip < line.size() && is_continuation(line[skip])) ++skip;
    caret = 0;
    for (std::size_t i = begin + skip; i < offset; ++i) caret += is_continuation(text[i]) ? 0U : 1U;
  }
  line = line.substr(skip);
  if (line.size() > kSourceLineMax) {
    std::size_t end = kSourceLineMax;
    while (end > 0 && is_continuation(line[end])) --end;
    line = line.substr(0, end);
  }
  std::string shown(line);
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  const std::string number = std::to_string(place.line);
  return fmt::format("\n  {} | {}\n  {} | {}^", number, shown, std::string(number.size(), ' '),
                     std::string(caret, ' '));
}

std::size_t byte_of_character(std::string_view sent, std::size_t position) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    if (!is_continuation(sent[i]) && ++characters == position) return i;
  }
  return sent.size();
}

std::size_t copy_error_offset(std::string_view sql, const Statement& statement, const SqlError& error) {
  if (error.position > 0) {
    const auto text = sql.substr(statement.begin, statement.end - statement.begin);
    return statement.begin + byte_of_character(text, error.position);
  }
  const auto at = error.context.find(", line ");
  if (at == std::string::npos) return statement.begin;
  auto offset = statement.data_begin;
  for (long line = std::atol(error.context.c_str() + at + 7); line > 1; --line) {
    const auto next = sql.find('\n', offset);
    if (next == std::string_view::npos || next >= statement.data_end) break;
    offset = next + 1;
  }
  return offset;
}

bool is_lock_trouble(const SqlError& error) {
  return error.sqlstate == "55P03" || error.sqlstate == "40P01" || error.sqlstate == "40001";
}

MigrationError make_file_error(base::ExitCode code, std::string_view path, std::string_view text,
                               std::size_t offset, std::string_view message, std::string hint) {
  const auto place = place_of(text, offset);
  MigrationError error(
      code,
      fmt::format("{}:{}:{}: {}{}", path, place.line, place.column, message, excerpt(text, offset, place)),
      std::move(hint));
  error.file = path;
  error.line = place.line;
  error.column = place.column;
  error.server_message = message;
  return error;
}

MigrationError make_migration_error(const SqlError& cause, std::string_view path, std::string_view text,
                                    std::optional<std::size_t> offset) {
  std::string message = cause.server_message.empty() ? cause.message : cause.server_message;
  if (!cause.sqlstate.empty()) message += fmt::format(" (SQLSTATE {})", cause.sqlstate);
  auto error = offset ? make_file_error(base::ExitCode::kSqlError, path, text, std::min(*offset, text.size()),
                                        message, hint_for(cause))
                      : MigrationError(base::ExitCode::kSqlError, fmt::format("{}: {}", path, message),
                                       hint_for(cause));
  error.file = path;
  error.sqlstate = cause.sqlstate;
  error.server_message = cause.server_message;
  error.server_detail = cause.server_detail;
  error.server_hint = cause.server_hint;
  error.context = cause.context;
  error.constraint = cause.constraint;
  if (!cause.server_detail.empty()) error.message += fmt::format("\n  detail: {}", cause.server_detail);
  if (!cause.constraint.empty()) error.message += fmt::format("\n  constraint: {}", cause.constraint);
  if (!cause.context.empty()) error.message += fmt::format("\n  context: {}", cause.context);
  return error;
}

}  // namespace bigocean::sql::migrate
