// Copies out of a PGresult.
#include "sql/postgres/result.hpp"

#include <fmt/format.h>

namespace bigocean::sql {

std::string error_field(const PGresult* result, int code) {
  const char* value = pq::result_error_field(result, code);
  return value == nullptr ? std::string{} : std::string(value);
}

SqlError make_sql_error(const PGresult* result) {
  const auto state = error_field(result, PG_DIAG_SQLSTATE);
  const auto text = error_field(result, PG_DIAG_MESSAGE_PRIMARY);
  SqlError error(base::ExitCode::kSqlError,
                 state.empty() ? text : fmt::format("{} (SQLSTATE {})", text, state),
                 error_field(result, PG_DIAG_MESSAGE_HINT));
  error.sqlstate = state;
  error.server_message = text;
  error.server_detail = error_field(result, PG_DIAG_MESSAGE_DETAIL);
  error.server_hint = error.hint;
  error.context = error_field(result, PG_DIAG_CONTEXT);
  error.schema = error_field(result, PG_DIAG_SCHEMA_NAME);
  error.table = error_field(result, PG_DIAG_TABLE_NAME);
  error.column = error_field(result, PG_DIAG_COLUMN_NAME);
  error.constraint = error_field(result, PG_DIAG_CONSTRAINT_NAME);
  const auto position = error_field(result, PG_DIAG_STATEMENT_POSITION);
  if (!position.empty()) error.position = std::stoul(position);
  return error;
}

Rows make_rows(const PGresult* result) {
  Rows rows;
  rows.command_tag = pq::command_status(const_cast<PGresult*>(result));
  const int columns = pq::field_count(result);
  for (int c = 0; c < columns; ++c) rows.columns.emplace_back(pq::field_name(result, c));
  rows.rows.resize(static_cast<std::size_t>(pq::row_count(result)));
  for (int r = 0; r < pq::row_count(result); ++r) {
    auto& row = rows.rows[static_cast<std::size_t>(r)];
    row.reserve(static_cast<std::size_t>(columns));
    for (int c = 0; c < columns; ++c) {
      if (pq::is_null(result, r, c) != 0) {
        row.emplace_back(std::nullopt);
      } else {
        row.emplace_back(
            std::string(pq::value(result, r, c), static_cast<std::size_t>(pq::length(result, r, c))));
      }
    }
  }
  return rows;
}

const std::string& Rows::at(std::size_t row, std::size_t column) const {
  if (row >= rows.size() || column >= rows[row].size() || !rows[row][column]) {
    throw base::Error(base::ExitCode::kInternal,
                      fmt::format("the server's answer lacks row {}, column {}", row, column));
  }
  return *rows[row][column];
}

}  // namespace bigocean::sql
